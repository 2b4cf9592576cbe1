"""`python -m tests.faults.inside begin|look`: what has to be done inside the installation that is killed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .installation import Found

SAMPLE = 200  # problems whose events are replayed


def _main() -> None:
    from sanfuwu.commands.common import program
    from sanfuwu.config import env

    with program(env.OWNER if sys.argv[1] == "begin" else env.APP):
        from django_tenants.utils import schema_context

        with schema_context("shangyu"):
            if sys.argv[1] == "begin":
                sys.stdout.write(_begin())
            else:
                json.dump(dataclasses.asdict(_look()), sys.stdout, ensure_ascii=False)


def _begin() -> str:
    """Units and one post; returns its token."""
    from django.utils import timezone

    from sanfuwu.accounts.start import Newcomer, let_in
    from sanfuwu.territory.actions import issue_token
    from sanfuwu.territory.actor import SYSTEM
    from sanfuwu.territory.models import Role, Unit
    from sanfuwu.territory.seed import seed_divisions, seed_shangyu

    now = timezone.now()
    seed_divisions()
    seed_shangyu(actor=SYSTEM, now=now)
    unit = Unit.objects.get(code="330604007000")
    cadre = Newcomer("cadre", "俞走访", unit.pk, Role.COLLECTOR, "副镇长")
    opened = let_in(cadre, valid_from=dt.date(2019, 1, 2), now=now)
    return issue_token(opened.post_id, "test", actor=SYSTEM, now=now)[1]


def _look() -> Found:
    """Numbers, keys, chains, and a sample of problems against what their events say."""
    from sanfuwu.ledger.models import Event, IdempotencyKey
    from sanfuwu.ledger.replay import differences, replay
    from sanfuwu.ledger.verify import verify
    from sanfuwu.problems.models import Problem

    from .installation import Found

    ids = list(Problem.objects.order_by("pk").values_list("pk", flat=True))
    step = max(1, len(ids) // SAMPLE)
    unfaithful = []
    for pk in ids[::step]:
        events = Event.objects.filter(stream_kind="problem", stream_id=pk)
        unfaithful += differences(replay(events), "problems")
    return Found(
        numbers=list(Problem.objects.values_list("number", flat=True)),
        keys={key: answer["number"] for key, answer in IdempotencyKey.objects.values_list("key", "answer")},
        events=Event.objects.filter(stream_kind="problem", kind="registered").count(),
        unfaithful=unfaithful[:20],
        broken=list(verify("shangyu").shown),
    )


if __name__ == "__main__":
    _main()
