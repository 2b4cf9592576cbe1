"""One act on many ticked problems: which acts, what is asked once for all, and what each line says of itself."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import ActionError, InvalidInput, StaleVersion
from sanfuwu.parties.queries import open_contact
from sanfuwu.problems import policies
from sanfuwu.problems.actions.batch import Item, Outcome
from sanfuwu.problems.acts import ACTS
from sanfuwu.problems.models import Problem
from sanfuwu.problems.queries import sees_requester
from sanfuwu.problems.snapshot import Snapshot
from sanfuwu.territory.actor import Actor

from . import choices, words
from .acts.fields import FormContext
from .acts.forms import ActForm
from .acts.texts import text_of
from .pieces import Act
from .proposing import Proposing
from .when import day

MOST = 500
# Acts that one decision can settle for many. The others need words or evidence of each problem.
BULK_ACTS = (
    "accept",
    "request_info",
    "decline",
    "dispatch",
    "recall",
    "sign",
    "sign_off",
    "review",
    "strike_off",
    "archive",
)
# Left open, each problem's own proposal is taken: field of the command → what is proposed for a problem.
_OWN_PROPOSAL: dict[tuple[str, str], Callable[[Problem, Proposing], UUID | None]] = {
    ("accept", "category_id"): lambda problem, _proposing: problem.proposed_category_id,
    ("dispatch", "lead"): lambda problem, proposing: proposing.lead(problem),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """One act with how many of the ticked problems allow it now."""

    act: Act
    possible: int


def acts_of(actor: Actor) -> list[str]:
    """Acts that this post could do on some problem: whether the list has ticks at all."""
    return [name for name in BULK_ACTS if policies.may_ever(actor, name)]


def act_of(name: str) -> Act:
    said = text_of(name)
    return Act(name, str(said.label), "", said.icon, str(said.consequence))


def offered(actor: Actor, snaps: Iterable[Snapshot]) -> list[Offered]:
    """Acts that at least one of the problems allows, those that most allow first, else in the order of the work."""
    acts = tuple(acts_of(actor))
    counts = Counter(name for snap in snaps for name in {offer.act for offer in policies.offers(actor, snap, acts)})
    return [Offered(act_of(name), counts[name]) for name in sorted(counts, key=lambda n: (-counts[n], acts.index(n)))]


class BulkForm(ActForm):
    """The form of the act, asked once for all. Where each problem has its own proposal, the field may stay open."""

    def __init__(self, name: str, now: dt.datetime, data: Any = None) -> None:
        context = FormContext(
            now=now,
            units=choices.units(now) if name == "dispatch" else [],
            categories=choices.categories(confirmed_only=True) if name == "accept" else [],
        )
        super().__init__(name, ACTS[name].command, context, data)
        self.proposing = Proposing(timezone.localdate(now))
        self.own: dict[str, UUID] = {}  # {number: what was taken for it}, filled as the commands are made
        for act, field in _OWN_PROPOSAL:
            if act == name:
                self.fields[field].required = False
                self.fields[field].help_text = (
                    _("Left open, each goes to the unit proposed for it; those without a proposal stay where they are.")
                    if name == "dispatch"
                    else _("Left open, each problem gets what was proposed at its registration.")
                )

    @property
    def shown(self) -> list[tuple[str, str]]:
        """(label, value in words) of what was filled in."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if name == "nature" and self.cleaned_data.get("tier") != "key":
                continue  # it is a kind of key problem; elsewhere it says nothing
            if value in ("", None, [], False):
                if (self.act, name) in _OWN_PROPOSAL:
                    found.append((str(field.label), _("as proposed for each")))
                continue
            named = choices.flat(_options(field))
            values = value if isinstance(value, list | tuple) else [value]
            found.append((str(field.label), _(", ").join(named.get(str(v), str(v)) for v in values)))
        return found

    def commands(self) -> Callable[[Problem], Any]:
        """The command for one problem."""
        open_fields = [field for act, field in _OWN_PROPOSAL if act == self.act and not self.cleaned_data.get(field)]
        if not open_fields:
            same = self.command()
            return lambda _problem: same
        (name,) = open_fields
        label = str(self.fields[name].label)
        known = choices.flat(_options(self.fields[name]))
        self.cleaned_data[name] = str(UUID(int=0))  # stands in until the problem is known
        draft = self.command()
        self.cleaned_data[name] = ""

        def command(problem: Problem) -> Any:
            own = _OWN_PROPOSAL[self.act, name](problem, self.proposing)
            if own is None:
                if self.act == "dispatch":
                    raise InvalidInput(_("Nobody proposed a unit: choose the lead unit."), field=name)
                raise InvalidInput(
                    _("Nothing was proposed at its registration: %(field)s is missing.") % {"field": label}, field=name
                )
            if name == "category_id" and str(own) not in known:
                raise InvalidInput(
                    _("The category proposed at its registration is not in use yet: choose one for it."), field=name
                )
            self.own[problem.number] = own
            return dataclasses.replace(draft, **{name: own})

        return command


def _options(field: forms.Field) -> list[Any]:
    """(value, word) of a field with choices."""
    found: Any = getattr(field, "choices", ())
    return list(found)


def items(name_of: dict[str, tuple[UUID, int]], form: BulkForm, versions: dict[str, int]) -> list[Item]:
    """The batch, in the order of the list. `versions` are those that the person saw."""
    command = form.commands()
    return [Item(name_of[n][0], command, versions[n]) for n in versions if n in name_of]


def unreachable(actor: Actor, name: str, ids: list[UUID]) -> dict[str, str]:
    """{number: that its requester cannot be called back}, while it can still be mended: as acceptance says of one."""
    if name != "accept":
        return {}
    rows = Problem.objects.filter(pk__in=ids, anonymous=False).select_related("contact")
    return {
        p.number: str(words.NO_TELEPHONE)
        for p in rows
        if sees_requester(actor, p) and (p.contact is None or not open_contact(p.contact).phone)
    }


def sentence(outcome: Outcome, now: dt.datetime) -> str:
    """What will happen to one problem, or why it will not, in one line."""
    if outcome.error is not None:
        return why_not(outcome.error)
    said = words.stage_word(outcome.after) if outcome.after else ""
    if outcome.due_at is not None:
        return _("%(stage)s, due %(day)s, close of business") % {"stage": said, "day": day(outcome.due_at, now)}
    return said


def why_not(error: ActionError) -> str:
    """The refusal as it is said of one line among many."""
    if isinstance(error, StaleVersion):
        return _("Somebody was first: look at it again.")
    if error.field in ("title_for_units", "text_for_units"):
        return _("Confidential: it needs a title and a text of its own for the units, dispatch it by itself.")
    if error.code == "which_assignment":
        return _("Several units have it in hand: take this act on its own page.")
    return error.message


def kind_of(outcome: Outcome) -> str:
    """done, first (somebody else was faster) or refused."""
    if outcome.error is None:
        return "done"
    return "first" if isinstance(outcome.error, StaleVersion) else "refused"
