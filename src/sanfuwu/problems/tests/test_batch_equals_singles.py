"""A batch is nothing but its singles: the same events, rows and facets, whichever way they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import models, transaction

from sanfuwu.ledger.models import Event, Note, OutboxMessage
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.parties.models import Contact

from .. import actions
from ..commands import Accept, Dispatch, Hold, Merge, Registration, RequestHold, Return, RuleReassign, Sign, Unhold
from ..models import (
    Assignment,
    ClockPause,
    Deadline,
    Facet,
    Problem,
    ProblemRow,
    ProblemText,
    UnitRequest,
    VerificationCycle,
)
from .cast import ELSEWHERE, NOW, PHONE, Cast, at, firm, told

# What is random or counted, and therefore differs between two runs of the same act.
_DRAWN = {"id", "number", "read_code", "chain_head", "text_enc", "name_enc", "phone_enc", "salt", "hash", "prev_hash"}


_ID_OR_HASH = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")


class _Names:
    """Ids in order of appearance: two traces are equal when the same things stand at the same places."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}

    def plain(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.plain(k): self.plain(v) for k, v in value.items() if k != "number"}
        if isinstance(value, list):
            return [self.plain(v) for v in value]
        if isinstance(value, UUID) or (isinstance(value, str) and _ID_OR_HASH.fullmatch(value)):
            return self.seen.setdefault(str(value), f"#{len(self.seen)}")
        return value


def _row(names: _Names, row: models.Model) -> dict[str, Any]:
    return {
        f.attname: names.plain(getattr(row, f.attname))
        for f in row._meta.concrete_fields
        if f.attname not in _DRAWN and f.attname != "pk"
    }


def trace(problem_ids: Sequence[UUID]) -> list[Any]:
    """All that stands written about each problem, in the order of the ids given."""
    tokens = {f.pk: (f.kind, f.key) for f in Facet.objects.all()}
    told_of = []
    for pk in problem_ids:
        names = _Names()
        problem = Problem.objects.get(pk=pk)
        row = ProblemRow.objects.get(pk=pk)
        told_of.append(
            {
                "problem": _row(names, problem),
                "events": [
                    _row(names, e) for e in Event.objects.filter(stream_kind="problem", stream_id=pk).order_by("seq")
                ],
                "facets": sorted((k, names.plain(v)) for k, v in map(tokens.__getitem__, row.facets)),
                "row": (row.registered_at, row.due_at, row.is_open),
                "grams": ProblemText.objects.get(pk=pk).grams,
                "notes": [n.audience for n in Note.objects.filter(pk=problem.text_note_id)],
                "contact": [_row(names, c) for c in Contact.objects.filter(pk=problem.contact_id)],
                **{
                    model.__name__: [_row(names, x) for x in model.objects.filter(problem=pk).order_by("pk")]
                    for model in (Assignment, Deadline, UnitRequest, VerificationCycle)
                },
                "pauses": [_row(names, x) for x in ClockPause.objects.filter(assignment__problem=pk).order_by("pk")],
                "outbox": [_row(names, x) for x in OutboxMessage.objects.filter(subject_id=pk).order_by("pk")],
            }
        )
    return told_of


class _Undone(Exception):
    pass


def both_ways(single: Any, batch: Any) -> tuple[list[Any], list[Any]]:
    """The trace of each way, from the same start: the first one is rolled back."""
    found: list[Any] = []
    try:
        with transaction.atomic():
            found = trace(single())
            raise _Undone
    except _Undone:
        pass
    return found, trace(batch())


REGS: list[Registration] = [
    told(),
    told("村道路灯不亮，夜里不安全。", RequesterInput(contact_name="阮小二", phone=PHONE), urgency="urgent"),
    told("匿名反映河道有异味。", RequesterInput(), anonymous=True, division=ELSEWHERE, channel="hotline"),
    told("请保密：拖欠工资。", RequesterInput(contact_name="陈某"), confidential=True),
    told("同一家企业的另一件事，要求增设公交站。", firm(), title="增设公交站", channel="meeting"),
    told("新的企业。", firm(2), source_system="12345", source_ref="77", channel="hotline"),
    told("没有代码的企业。", RequesterInput("enterprise", name="样例小厂"), nature="dispute", raised_on=at(11)),
]


def test_registering_many_is_registering_each(cast: Cast) -> None:
    office = cast.office
    many = REGS * 7  # more than 40 rows of a table go through COPY
    many = [r if r.source_ref is None else told("x", firm(2)) for r in many]
    one_by_one, at_once = both_ways(
        lambda: [actions.register_problem(r, actor=office, now=NOW).pk for r in many],
        lambda: [r.problem.pk for r in actions.register_problems(many, actor=office, now=NOW) if r.problem],
    )
    assert len(at_once) == len(many) > 40
    for single, batched in zip(one_by_one, at_once, strict=True):
        assert batched == single


def test_a_small_batch_is_its_singles_too(cast: Cast) -> None:
    office = cast.office
    one_by_one, at_once = both_ways(
        lambda: [actions.register_problem(r, actor=office, now=NOW).pk for r in REGS],
        lambda: [r.problem.pk for r in actions.register_problems(REGS, actor=office, now=NOW) if r.problem],
    )
    assert at_once == one_by_one


def test_an_act_on_many_is_the_act_on_each(cast: Cast) -> None:
    office, handler = cast.office, cast.handler
    made = actions.register_problems([told(f"第{n}件事。") for n in range(21)], actor=office, now=NOW)
    ids = sorted(r.problem.pk for r in made if r.problem)
    accept = Accept(category_id=cast.category)
    dispatch = Dispatch(lead=cast.unit("gds-songxia"), co=(cast.unit("zlsgs"),), instruction="请核实")

    def singly() -> list[UUID]:
        for pk in ids:
            actions.accept(pk, accept, actor=office, now=NOW)
            actions.dispatch(pk, dispatch, actor=office, now=NOW)
            actions.sign(pk, Sign(), actor=handler, now=at(13))
        return ids

    def together() -> list[UUID]:
        actions.accept.many([(pk, accept) for pk in reversed(ids)], actor=office, now=NOW)
        actions.dispatch.many([(pk, dispatch) for pk in ids], actor=office, now=NOW)
        actions.sign.many([(pk, Sign()) for pk in ids], actor=handler, now=at(13))
        return ids

    one_by_one, at_once = both_ways(singly, together)
    for single, batched in zip(one_by_one, at_once, strict=True):
        assert batched == single


def test_what_units_ask_on_many_is_what_they_ask_on_each(cast: Cast) -> None:
    office, handler, head, above = cast.office, cast.handler, cast.head, cast.supervisor
    made = actions.register_problems([told(f"第{n}件事。") for n in range(8)], actor=office, now=NOW)
    ids = sorted(r.problem.pk for r in made if r.problem)
    power, water = cast.unit("gds-songxia"), cast.unit("zlsgs")
    held, returned, followers = ids[:3], ids[3:6], ids[6:]
    master = cast.contacted(told("主件", firm(5)))
    back = Return(reason="非本所", basis="区域", proposed_unit=water)
    wait = RequestHold(condition="season", review_on=at(29, month=3).date(), reason="等开春")
    steps = [
        (actions.accept, ids, Accept(category_id=cast.category), office, NOW),
        (actions.dispatch, ids, Dispatch(lead=power), office, NOW),
        (actions.sign, held, Sign(), handler, NOW),
        (actions.request_hold, held, wait, handler, at(13)),
        (actions.hold, held, Hold(), above, at(14)),
        (actions.unhold, held, Unhold(remark="已开工"), above, at(20)),
        (actions.give_back, returned, back, head, at(13)),
        (actions.rule_reassign, returned, RuleReassign(unit=water), office, at(14)),
        (actions.merge, followers, Merge(master=master.number, reason="同一件"), office, at(14)),
    ]

    def singly() -> list[UUID]:
        for act, which, cmd, who, now in steps:
            for pk in which:
                act(pk, cmd, actor=who, now=now)
        return ids

    def together() -> list[UUID]:
        for act, which, cmd, who, now in steps:
            act.many([(pk, cmd) for pk in reversed(which)], actor=who, now=now)
        assert Problem.objects.get(pk=master.pk).merged_count == len(followers)
        return ids

    one_by_one, at_once = both_ways(singly, together)
    for single, batched in zip(one_by_one, at_once, strict=True):
        assert batched == single


def test_of_an_act_on_many_all_or_none_are_written(cast: Cast) -> None:
    from sanfuwu.ledger.errors import IllegalTransition

    from .cast import refused

    open_one, taken, office = cast.registered(), cast.accepted(), cast.office
    cmd = Accept(category_id=cast.category)
    with refused(IllegalTransition):
        actions.accept.many([(open_one.pk, cmd), (taken.pk, cmd)], actor=office, now=NOW)


def test_requests_that_met_keep_their_ids_and_what_they_write_besides(cast: Cast) -> None:
    seen: list[str] = []

    def note(problem: Problem, _changes: object) -> None:
        seen.append(problem.number)

    nobody = RequesterInput(kind="resident")
    incoming = [
        actions.Incoming(
            Registration(text=f"第{n}件事情", division=ELSEWHERE, requester=nobody, anonymous=True),
            f"request-{n}",
            None if n == 2 else note,
        )
        for n in (1, 2, 3)
    ]
    results = actions.register_together(incoming, actor=cast.collector, now=NOW)
    problems = [r.problem for r in results if r.problem is not None]
    assert seen == [problems[0].number, problems[2].number]
    ids = dict(Event.objects.filter(stream_kind="problem").values_list("stream_id", "request_id"))
    assert [ids[p.pk] for p in problems] == ["request-1", "request-2", "request-3"]
