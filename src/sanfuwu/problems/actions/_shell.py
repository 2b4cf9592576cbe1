"""The durable shell around the pure plans: one transaction, lock, policy, lifecycle, plan, commit (house rule 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import TRAINING, commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible, StaleVersion
from sanfuwu.ledger.rows import fresh
from sanfuwu.ledger.together import atomically, once, open_book
from sanfuwu.reference.queries import calendar_at, rules_at
from sanfuwu.reference.stamps import looked_at_once
from sanfuwu.rules.deadlines import DeadlineRules
from sanfuwu.rules.worktime import WorkCalendar
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Unit
from sanfuwu.territory.queries import scopes_over

from .. import facets, policies
from ..models import Assignment, Category, Problem, ProblemRow
from ..snapshot import Snapshot, load_many


@dataclass
class Context:
    """What a plan may look at besides the snapshot; read lazily, so that a plan pays only for what it asks."""

    actor: Actor
    now: dt.datetime
    subject: Assignment | None = None  # the assignment the act is about
    others: dict[UUID, Snapshot] = field(default_factory=dict)  # what hangs together with it, locked too
    made: list[Snapshot] = field(default_factory=list)  # new problems
    _units: dict[UUID, Unit] = field(default_factory=dict)
    _paths: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)

    @cached_property
    def rules(self) -> DeadlineRules:
        """The version of the time limits in force at this moment."""
        return rules_at(self.now)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The work calendar with the office hours in force at this moment."""
        return calendar_at(self.now)

    def sharing(self) -> Context:
        """A context for another problem of the same batch: what this one has looked up, it knows too."""
        other = replace(self, subject=None, others={}, made=[])
        other.__dict__.update(calendar=self.calendar, rules=self.rules)
        return other

    def unit(self, unit_id: UUID, field_name: str) -> Unit:
        """An active unit to be made responsible, or an error at the field."""
        unit = self._units.get(unit_id) or once(Unit, unit_id, lambda: Unit.objects.filter(pk=unit_id).first())
        if unit is None:
            raise InvalidInput(_("There is no such unit."), field=field_name)
        if unit.status != Unit.Status.ACTIVE:
            raise InvalidInput(_("This unit is not confirmed or no longer exists; choose another."), field=field_name)
        self._units[unit_id] = unit
        return unit

    def category_path(self, category_id: UUID) -> tuple[UUID, ...]:
        """The category and its ancestors, itself first; an error where it does not exist."""
        if category_id not in self._paths:
            # Three levels at most (`categories.create_category`): one statement instead of a walk.
            found = Category.objects.filter(pk=category_id).values_list("pk", "parent_id", "parent__parent_id")
            row = once(Category, ("path", category_id), found.first)
            if row is None:
                raise InvalidInput(_("There is no such category."), field="category_id")
            self._paths[category_id] = tuple(pk for pk in row if pk is not None)
        return self._paths[category_id]


MOST_AT_ONCE = 500
C = TypeVar("C")


def require_text(value: str, field_name: str, *, most: int = 5000) -> str:
    """Trimmed text, or an error at the field when it is empty or longer than `most` characters."""
    text = value.strip()
    if not text:
        raise InvalidInput(_("This must be filled in."), field=field_name)
    if len(text) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=field_name)
    return text


def require_choice(value: str, choices: Collection[str], field_name: str) -> str:
    """One of the choices, or an error at the field."""
    if value not in choices:
        raise InvalidInput(_("Choose one of the values offered."), field=field_name)
    return value


def finish(pairs: list[tuple[Snapshot, Context]], changes: Changes) -> None:
    """Bring the narrow rows up to date with the planned snapshots: facets, due date, open or not. With an open book
    once, when it is written."""
    book = open_book()
    if book is None:
        _finish(pairs, changes)
        return
    book.kept.update((snap.problem.pk, snap) for snap, _ctx in pairs)
    waiting: _Waiting = book.before_write.setdefault("problem rows", _Waiting())  # type: ignore[assignment]
    waiting.pairs.update((snap.problem.pk, (snap, ctx)) for snap, ctx in pairs)


@dataclass
class _Waiting:
    """Narrow rows to be brought up to date when the open book is written."""

    pairs: dict[UUID, tuple[Snapshot, Context]] = field(default_factory=dict)

    def __call__(self, changes: Changes) -> None:
        _finish(list(self.pairs.values()), changes)


def _finish(pairs: list[tuple[Snapshot, Context]], changes: Changes) -> None:
    units = {a.unit_id for snap, _ctx in pairs for a in snap.assignments}
    scopes = scopes_over(units) if units else {}
    wanted = []
    for snap, ctx in pairs:
        path = ctx.category_path(snap.problem.category_id) if snap.problem.category_id else ()
        _refresh(
            snap,
            changes,
            is_open=facets.is_open(snap.problem.state),
            due_at=_running_due(snap),
            struck_off_at=snap.problem.struck_off_at,
        )
        wanted.append((snap, facets.tokens_of(snap, scopes, path) | facets.list_tokens(snap.row)))
    numbers = facets.ids_of({t for _snap, tokens in wanted for t in tokens})
    for snap, tokens in wanted:
        _refresh(snap, changes, facets=sorted(numbers[t] for t in tokens))


def _running_due(snap: Snapshot) -> dt.datetime | None:
    """What "due first" and "overdue" mean: the date of a clock that runs. A result under review, a call-back and a
    striking off have none; before the first dispatch and after a recall the requester's promise counts."""
    top = snap.top_lead
    if top is None:
        return snap.problem.promised_due
    return top.due_at if top.state in ("pending_sign", "in_progress", "return_pending") else None


def _refresh(snap: Snapshot, changes: Changes, **values: object) -> None:
    if changes.is_new(snap.row):
        for name, value in values.items():
            setattr(snap.row, name, value)
    else:
        changes.update(snap.row, **values)


@dataclass(frozen=True, slots=True)
class Act(Generic[C]):
    """One act on one problem, callable: `accept(problem_id, Accept(…), actor=…, now=…)`.

    Pages, API, imports, schedulers and the scenario's generator call these and nothing else.
    """

    name: str
    command: type[C]
    plan: Callable[[Snapshot, C, Context, Changes], None]
    related: Callable[[UUID, C], set[UUID]] | None = None  # other problems that the plan looks at or changes

    def __call__(
        self,
        problem_id: UUID,
        cmd: C,
        *,
        actor: Actor,
        now: dt.datetime,
        expected_version: int | None = None,
        request_id: str = "",
    ) -> Problem:
        """Run it. Raises the `ActionError`s of `ledger.errors`; then nothing is written."""
        with atomically(), looked_at_once():
            found = self._load({problem_id: cmd})
            if problem_id not in found:
                raise NotVisible(_("There is no such problem, or it is not visible to you."))
            snap = found[problem_id]
            if expected_version is not None and snap.problem.version != expected_version:
                raise StaleVersion(
                    _("Somebody else acted on this problem since you opened it. What you typed is kept.")
                )
            changes = Changes()
            ctx = self._planned(snap, cmd, actor, now, changes, found)
            _finish_all([(snap, ctx)], changes)
            commit(changes, actor=actor, now=now, request_id=request_id)
        return snap.problem

    def many(self, items: Iterable[tuple[UUID, C]], *, actor: Actor, now: dt.datetime) -> list[Problem]:
        """The same plan over at most 500 problems in id order in one transaction: all or none."""
        commands = dict(items)
        if len(commands) > MOST_AT_ONCE:
            raise InvalidInput(_("At most 500 problems at a time."))
        with atomically(), looked_at_once():
            found = self._load(commands)
            snaps = [found[pk] for pk in sorted(commands) if pk in found]
            changes = Changes()
            pairs = [(s, self._planned(s, commands[s.problem.pk], actor, now, changes, found)) for s in snaps]
            _finish_all(pairs, changes)
            commit(changes, actor=actor, now=now)
        return [s.problem for s in snaps]

    def _load(self, commands: Mapping[UUID, C]) -> dict[UUID, Snapshot]:
        """Everything that is planned on, locked in id order so that two acts never wait for each other."""
        wanted = set(commands) | self._related(commands)
        found = {snap.problem.pk: snap for snap in load_many(wanted, lock=True)}
        if not self._related(commands) <= wanted:  # merged or split between the look and the lock
            raise StaleVersion(_("Somebody else acted on this at the same moment. Reload and look at what changed."))
        return found

    def _related(self, commands: Mapping[UUID, C]) -> set[UUID]:
        if self.related is None:
            return set()
        return set().union(*(self.related(pk, cmd) for pk, cmd in commands.items()))

    def _planned(
        self, snap: Snapshot, cmd: C, actor: Actor, now: dt.datetime, changes: Changes, found: dict[UUID, Snapshot]
    ) -> Context:
        ctx = Context(actor=actor, now=now, others=found)
        ctx.subject = policies.authorise(actor, self.name, snap, getattr(cmd, "assignment_id", None))
        self.plan(snap, cmd, ctx, changes)
        return ctx


def _finish_all(pairs: list[tuple[Snapshot, Context]], changes: Changes) -> None:
    """`finish` for what was planned on, what was made, and whatever else an event was written about."""
    told = {draft.owner.pk for draft in changes.events}
    done = {snap.problem.pk for snap, _ctx in pairs}
    more: dict[UUID, tuple[Snapshot, Context]] = {}
    for _snap, ctx in pairs:
        for other in (*ctx.made, *ctx.others.values()):
            if other.problem.pk in told - done:
                more[other.problem.pk] = (other, ctx)
    finish([*pairs, *more.values()], changes)


def new_row(problem: Problem) -> ProblemRow:
    """The narrow row of a new problem, still without its facets."""
    return fresh(
        ProblemRow,
        problem_id=problem.pk,
        registered_at=problem.registered_at,
        raised_on=problem.raised_on,
        struck_off_at=problem.struck_off_at,
        is_open=True,
        training=problem.origin == TRAINING,
        facets=[],
    )
