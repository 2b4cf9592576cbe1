"""移交: everything a post holds goes to one or several successors in one act; the post ends, its history stays.

What hangs on a post lies in many apps, most of them above this one. Each registers a `Part` when it starts: what it
counts, and how it moves. A test walks every column that holds a post and asks for a part or for a reason to stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible

from .. import policies
from ..actor import Actor, active_on
from ..models import OFFICERS, ApiToken, Delegation, DutyShift, Post, Unit


@dataclass(slots=True)
class Handover:
    """One act: the post that ends, the day that is the first one without it, and what the parts need to know."""

    post: Post
    day: dt.date
    actor: Actor
    now: dt.datetime
    moved: dict[str, int] = field(default_factory=dict)
    shared: dict[str, object] = field(default_factory=dict)  # what parts of one app read together
    posts: dict[UUID, Post] = field(default_factory=dict)  # those this act has in hand
    _units: dict[UUID, Unit] = field(default_factory=dict)

    def post_of(self, post_id: UUID) -> Post:
        """The post as one object for all parts, as `unit`."""
        if post_id not in self.posts:
            self.posts[post_id] = Post.objects.select_for_update(no_key=True).get(pk=post_id)
        return self.posts[post_id]

    def unit(self, unit_id: UUID) -> Unit:
        """The unit as one object for all parts: two would each append the same event number to its chain."""
        if unit_id not in self._units:
            self._units[unit_id] = Unit.objects.select_for_update(no_key=True).get(pk=unit_id)
        return self._units[unit_id]


Count = Callable[[Post, dt.date], int]
Move = Callable[[Changes, Handover, "Post | None"], int]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of thing that hangs on a post. `columns` are those that `move` rewrites, as `app.Model.field`."""

    code: str
    label: str | Promise
    count: Count
    move: Move  # (changes, handover, successor) → how many
    columns: tuple[str, ...] = ()
    needs_successor: bool = True
    fits: Callable[[Post], bool] = lambda post: True
    why: str | Promise = ""  # what becomes of it, in one sentence


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Let a kind of thing be handed over from now on (called from `AppConfig.ready`)."""
    _parts[part.code] = part


def parts() -> list[Part]:
    """All parts, territory's own first."""
    return [*OWN, *_parts.values()]


@dataclass(frozen=True, slots=True)
class Held:
    """A line of the preview: so many of this kind hang on the post."""

    part: Part
    count: int


def held_by(post: Post, day: dt.date) -> list[Held]:
    """What a hand-over on a day would move, kind by kind; what is not there is left out."""
    found = [Held(part, part.count(post, day)) for part in parts()]
    return [held for held in found if held.count]


def hand_over(
    post_id: UUID,
    successor_id: UUID | None,
    *,
    others: Mapping[str, UUID] | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Handover:
    """End a post today and give what it holds to `successor_id`, or a kind of it (by `Part.code`) to `others[code]`.

    Nobody acts in the post from now on: its sessions fall back to another post or to none, its tokens are worth
    nothing. Refused with `InvalidInput` while something would be left without anybody. What was done in the post stays
    under its name.
    """
    policies.require(policies.may_manage_posts(actor))
    today = timezone.localdate(now)
    others = dict(others or {})
    with transaction.atomic():
        wanted = {post_id, *others.values(), *([successor_id] if successor_id else [])}
        rows = Post.objects.select_for_update(no_key=True).order_by("pk").in_bulk(wanted)
        post = rows.get(post_id)
        if post is None:
            raise NotVisible(_("There is no such post."))
        if not active_on(post.valid_from, post.valid_to, today):
            raise InvalidInput(_("This post is not served in today."), field="post")
        if post.role in OFFICERS and not _another_officer(post, today):
            raise InvalidInput(_("Nobody else is in this office: first let another officer in."), field="post")
        changes = Changes()
        handover = Handover(post, today, actor, now, posts=dict(rows))
        for part in parts():
            if not part.count(post, today):
                continue
            chosen = others.get(part.code) or successor_id
            successor = _successor(post, rows.get(chosen) if chosen else None, part, today)
            handover.moved[part.code] = part.move(changes, handover, successor)
        changes.update(post, valid_to=today)
        to = sorted({str(row.pk) for row in rows.values() if row.pk != post.pk})
        changes.event(post, "handed_over", data={"to": to, "moved": handover.moved})
        for other in sorted((r for r in rows.values() if r.pk != post.pk), key=lambda r: str(r.pk)):
            changes.event(other, "took_over", data={"from": post.pk})
        commit(changes, actor=actor, now=now)
    return handover


def _another_officer(post: Post, today: dt.date) -> bool:
    rows = Post.objects.filter(role=post.role, account_id__isnull=False, valid_from__lte=today).exclude(pk=post.pk)
    return rows.exclude(valid_to__lte=today).exists()


def _successor(post: Post, chosen: Post | None, part: Part, today: dt.date) -> Post | None:
    if not part.needs_successor:
        return None
    if chosen is None:
        raise InvalidInput(_("Say who takes over: %(what)s.") % {"what": part.label}, field="successor")
    if chosen.pk == post.pk:
        raise InvalidInput(_("Choose another post as the successor."), field="successor")
    if chosen.role in OFFICERS or not active_on(chosen.valid_from, chosen.valid_to, today):
        raise InvalidInput(_("The successor must serve in a business post today."), field="successor")
    if not part.fits(chosen):
        raise InvalidInput(
            _("%(what)s cannot go to a post in this role: choose another one for it.") % {"what": part.label},
            field=part.code,
        )
    return chosen


# ── territory's own parts ────────────────────────────────────────────────────────────────────────────────────────────
def _delegations(post: Post, day: dt.date) -> list[Delegation]:
    rows = Delegation.objects.filter(post=post) | Delegation.objects.filter(to_post=post)
    rows = rows.select_related("post", "to_post").order_by("pk").distinct()
    return [row for row in rows if row.valid_to is None or row.valid_to > day]


def _move_delegations(changes: Changes, handover: Handover, successor: Post | None) -> int:
    """Who stood in for the post stands in for the successor, and the other way round; never for himself."""
    assert successor is not None
    rows = _delegations(handover.post, handover.day)
    for row in rows:
        until, owner = row.valid_to, handover.post_of(row.post_id)
        changes.update(row, valid_to=max(handover.day, row.valid_from))
        changes.event(owner, "delegation_ended")
        post, to_post = (successor, row.to_post) if row.post_id == handover.post.pk else (row.post, successor)
        if post.person_id != to_post.person_id:
            changes.insert(
                Delegation(
                    post_id=post.pk,
                    to_post_id=to_post.pk,
                    valid_from=max(handover.day, row.valid_from),
                    valid_to=until,
                    acts=row.acts,
                )
            )
            changes.event(handover.post_of(post.pk), "delegated")
    return len(rows)


def _shifts(post: Post, day: dt.date) -> list[DutyShift]:
    return list(DutyShift.objects.filter(post=post, day__gte=day, removed_at__isnull=True).order_by("pk"))


def _move_shifts(changes: Changes, handover: Handover, successor: Post | None) -> int:
    """The successor serves the days to come, for his own unit; where he does already, one line is enough."""
    assert successor is not None
    rows = _shifts(handover.post, handover.day)
    his = {(row.day, row.shift) for row in _shifts(successor, handover.day)}
    for row in rows:
        unit = handover.unit(row.unit_id)
        if (row.day, row.shift) in his:
            changes.update(row, removed_at=handover.now)
        else:
            changes.update(row, post_id=successor.pk, unit_id=successor.unit_id)
        changes.event(unit, "duty_handed_over")
    return len(rows)


def _tokens(post: Post) -> list[ApiToken]:
    return list(ApiToken.objects.filter(post=post, revoked_at__isnull=True).order_by("pk"))


def _revoke_tokens(changes: Changes, handover: Handover, _successor: Post | None) -> int:
    rows = _tokens(handover.post)
    for row in rows:
        changes.update(row, revoked_at=handover.now)
    changes.event(handover.post, "tokens_revoked", data={"tokens": [row.pk for row in rows]})
    return len(rows)


def _move_portfolio(changes: Changes, handover: Handover, successor: Post | None) -> int:
    """分管: the units that a leader answered for are the successor's from now on."""
    assert successor is not None
    units = list(handover.post.portfolio)
    changes.update(successor, portfolio=sorted({*successor.portfolio, *units}))
    changes.event(successor, "portfolio_taken_over", data={"from": handover.post.pk})
    return len(units)


OWN: tuple[Part, ...] = (
    Part(
        "portfolio",
        gettext_lazy("Units answered for"),
        count=lambda post, day: len(post.portfolio),
        move=_move_portfolio,
        fits=lambda post: post.role == "leader",
        why=gettext_lazy("The successor answers for them."),
    ),
    Part(
        "delegations",
        gettext_lazy("Delegations running or to come"),
        count=lambda post, day: len(_delegations(post, day)),
        move=_move_delegations,
        columns=("territory.Delegation.post", "territory.Delegation.to_post"),
        why=gettext_lazy("They end and begin anew with the successor."),
    ),
    Part(
        "duty",
        gettext_lazy("Days on duty to come"),
        count=lambda post, day: len(_shifts(post, day)),
        move=_move_shifts,
        columns=("territory.DutyShift.post",),
        why=gettext_lazy("The successor is on duty."),
    ),
    Part(
        "tokens",
        gettext_lazy("API tokens"),
        count=lambda post, day: len(_tokens(post)),
        move=_revoke_tokens,
        columns=("territory.ApiToken.post",),
        needs_successor=False,
        why=gettext_lazy("They are revoked at once; the successor gets new ones."),
    ),
)
