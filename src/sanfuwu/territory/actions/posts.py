"""People and the posts they serve in. The system officer enters them; who may log in is `access`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput, NotVisible
from sanfuwu.ledger.fields import new_id
from sanfuwu.rules.identifiers import check_mobile

from .. import policies
from ..actor import Actor
from ..models import Person, Post, Rank, Role, Unit
from ..naming import pinyin_key
from ..tree import Tree, load_tree

# Digits only: a fixed line with or without 86, area code and extension; 400 and 800; 9…; a short number of the house.
# A fixed line never begins with 0, 1 or 9 behind its area code.
_OFFICE_PHONE = re.compile(r"(?:86)?(?:0\d{2,3})?[2-8]\d{6,13}|[48]00\d{7}|9\d{4,7}|\d{3,6}")


def create_person(name: str, *, office_phone: str = "", actor: Actor, now: dt.datetime) -> Person:
    """Enter an official by name. The event says that a person was entered, never who."""
    policies.require(policies.may_manage_posts(actor))
    with transaction.atomic():
        changes = Changes()
        person = plan_create_person(changes, name, office_phone=office_phone)
        commit(changes, actor=actor, now=now)
    return person


def plan_create_person(changes: Changes, name: str, *, office_phone: str = "") -> Person:
    """An official and his event. The caller has asked the policy."""
    name = _clean_person_name(name)
    check_office_phone(office_phone.strip())
    person = changes.insert(
        Person(id=new_id(), name=name, name_pinyin=pinyin_key(name), office_phone=office_phone.strip())
    )
    changes.event(person, "created")
    return person


def correct_person(person_id: UUID, *, name: str, office_phone: str, actor: Actor, now: dt.datetime) -> None:
    """Put a name or an office phone right. The event says that it was done, never what it was.

    The name is the system officer's to correct; the office phone also the district office's, which keeps the book.
    """
    with transaction.atomic():
        changes = Changes()
        person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
        if person is None:
            raise NotVisible(_("There is no such person."))
        policies.require(
            policies.may_manage_posts(actor) or (policies.may_keep_duty(actor) and name.strip() == person.name)
        )
        name, phone = _clean_person_name(name), office_phone.strip()
        check_office_phone(phone)
        changes.update(person, name=name, name_pinyin=pinyin_key(name), office_phone=phone)
        if changes.updates:
            changes.event(person, "corrected")
            commit(changes, actor=actor, now=now)


def create_post(
    person_id: UUID,
    unit_id: UUID,
    *,
    role: str,
    title: str,
    rank: str = Rank.STAFF,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    portfolio: Collection[UUID] = (),
    actor: Actor,
    now: dt.datetime,
) -> Post:
    """A person serves in a unit in a role from a day on. No account is linked: that is the security officer's act.

    `portfolio` are the units a leader answers for (分管). Raises `NotAllowed` (`officers_are_exclusive`) when the same
    person would hold an officer's role beside any other.
    """
    policies.require(policies.may_manage_posts(actor))
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        if not Person.objects.filter(pk=person_id).exists():
            raise NotVisible(_("There is no such person."))
        post = plan_create_post(
            changes,
            tree,
            person_id=person_id,
            unit_id=unit_id,
            role=role,
            title=title,
            rank=rank,
            valid_from=valid_from,
            valid_to=valid_to,
            portfolio=portfolio,
            others=Post.objects.filter(person_id=person_id),
        )
        commit(changes, actor=actor, now=now)
    return post


def plan_create_post(
    changes: Changes,
    tree: Tree,
    *,
    person_id: UUID,
    unit_id: UUID,
    role: str,
    title: str,
    rank: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    portfolio: Collection[UUID] = (),
    others: Iterable[Post] = (),
) -> Post:
    """A post and its event; `others` are the posts of the same person. The caller has asked the policy."""
    if role not in Role.values:
        raise InvalidInput(_("There is no such role."), field="role")
    if rank not in Rank.values:
        raise InvalidInput(_("There is no such rank."), field="rank")
    if valid_to is not None and valid_to <= valid_from:
        raise InvalidInput(_("A post must last at least one day."), field="valid_to")
    if portfolio and role != Role.LEADER:
        raise InvalidInput(_("Only a leader answers for other units."), field="portfolio")
    if tree.unit(unit_id).status == Unit.Status.CLOSED:
        raise InvalidInput(_("This unit is closed."), field="unit")
    for answered_for in portfolio:
        tree.unit(answered_for)
    post = Post(
        id=new_id(),
        person_id=person_id,
        unit_id=unit_id,
        role=role,
        rank=rank,
        title=_clean_title(title),
        valid_from=valid_from,
        valid_to=valid_to,
        portfolio=sorted(str(u) for u in portfolio),
    )
    policies.refuse_officer_conflict(post, others)
    changes.insert(post)
    changes.event(post, "created")
    return post


def correct_post(
    post_id: UUID,
    *,
    title: str,
    rank: str,
    portfolio: Collection[UUID] = (),
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Put title, rank or the units answered for right. Another role or unit is another post: hand this one over."""
    policies.require(policies.may_manage_posts(actor))
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        post = Post.objects.select_for_update(no_key=True).filter(pk=post_id).first()
        if post is None:
            raise NotVisible(_("There is no such post."))
        if rank not in Rank.values:
            raise InvalidInput(_("There is no such rank."), field="rank")
        if portfolio and post.role != Role.LEADER:
            raise InvalidInput(_("Only a leader answers for other units."), field="portfolio")
        for answered_for in portfolio:
            tree.unit(answered_for)
        changes.update(post, title=_clean_title(title), rank=rank, portfolio=sorted(str(unit) for unit in portfolio))
        if changes.updates:
            changes.event(post, "corrected")
            commit(changes, actor=actor, now=now)


def _clean_person_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 40:
        raise InvalidInput(_("A name of 1 to 40 characters is needed."), field="name")
    return name


def _clean_title(title: str) -> str:
    title = title.strip()
    if len(title) > 40:
        raise InvalidInput(_("At most %(n)d characters.") % {"n": 40}, field="title")
    return title


def check_office_phone(phone: str) -> None:
    """An office phone: digits with the usual signs between them. Mobile numbers stay out: they are personal."""
    if not phone:
        return
    if check_mobile(phone).ok:
        raise InvalidInput(
            _("Enter the number of the office: a mobile number is personal and does not belong here."),
            field="office_phone",
        )
    digits = re.sub(r"[-+()\s转（）]", "", phone)
    if not digits.isdigit() or not digits.isascii() or len(phone) > 20:
        raise InvalidInput(_("This is not a telephone number: digits, with - between them."), field="office_phone")
    if not _OFFICE_PHONE.fullmatch(digits):
        raise InvalidInput(
            _("“%(phone)s” is no office telephone: area code and seven or eight digits, as 0575-20001000.")
            % {"phone": phone},
            field="office_phone",
        )


def end_post(post_id: UUID, *, valid_to: dt.date, actor: Actor, now: dt.datetime) -> None:
    """Let a post end (`valid_to` = first day without it). From then on nobody can act in it, nor its tokens."""
    policies.require(policies.may_manage_posts(actor))
    with transaction.atomic():
        changes = Changes()
        post = Post.objects.select_for_update(no_key=True).filter(pk=post_id).first()
        if post is None:
            raise NotVisible(_("There is no such post."))
        if valid_to < post.valid_from:
            raise InvalidInput(_("A post cannot end before it began."), field="valid_to")
        changes.update(post, valid_to=valid_to)
        changes.event(post, "ended")
        commit(changes, actor=actor, now=now)
