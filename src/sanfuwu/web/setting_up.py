"""What an empty county still lacks, in the order in which it is set up. It reads what is there and stores nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sanfuwu.accounts.models import Account
from sanfuwu.counties.models import CalendarYear
from sanfuwu.counties.queries import county_code, published_years
from sanfuwu.documents.models import Letterhead
from sanfuwu.documents.policies import may_set_columns
from sanfuwu.documents.queries import letterhead
from sanfuwu.problems.models import Category
from sanfuwu.reference import policies as reference
from sanfuwu.reference.known import BY_KEY
from sanfuwu.reference.models import CalendarNotice, Proposal
from sanfuwu.reference.queries import county_data
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import OFFICERS, Post, Role, Unit
from sanfuwu.territory.policies import may_grant_access, may_manage_posts, may_manage_units
from sanfuwu.territory.queries import divisions_below

# Requesters read the one; the law asks for the other (个人信息保护法 art. 17). Whatever else is empty may stay empty.
_NEEDED = ("phone", "privacy_notice")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must be there before work begins. `who` does it; `url` is empty where this post cannot."""

    label: str
    why: str
    done: bool
    said: str  # what is there or what is missing, in words
    who: str
    url: str = ""


def may_see_steps(actor: Actor) -> bool:
    """The three officers, and the district's dispatch office, which has steps of its own."""
    return (actor.is_officer and actor.on_behalf_of is None) or reference.may_set_lists(actor)


def next_of(found: Iterable[Step]) -> Step | None:
    """What this post does next; when nothing is left for it, what the county waits for."""
    missing = [step for step in found if not step.done]
    return next((step for step in missing if step.url), missing[0] if missing else None)


def steps(actor: Actor, today: dt.date) -> list[Step]:
    """The list, in order, with the way to each page for whoever may open it. Some ten small statements."""
    return [*_territory(actor, today), *_people(actor, today), *office_steps(actor, today), _county(actor)]


def office_steps(actor: Actor, today: dt.date) -> list[Step]:
    """What the dispatch office enters itself: three statements, and some more while the calendar or the letterhead is
    missing."""
    categories = Category.objects.filter(status=Category.Status.ACTIVE).count()
    published = today.year in published_years()
    waits = not published and CalendarNotice.objects.filter(year=today.year, status=Proposal.Status.PROPOSED).exists()
    said = _("%(year)d is not entered yet")
    if published:
        said = _("%(year)d is entered")
    elif waits:
        said = _("%(year)d waits for approval by supervision")
    return [
        Step(
            _("Categories"),
            _("What problems are about: the dispatcher chooses one at acceptance."),
            categories > 0,
            _("%(n)d categories") % {"n": categories},
            _("the dispatch office"),
            _open(actor, reference.may_set_lists, "web:admin_categories"),
        ),
        Step(
            _("Working calendar"),
            _("Holidays and make-up workdays of this year: deadlines are counted by them."),
            published,
            said % {"year": today.year},
            _("proposed by the dispatch office, approved by supervision"),
            _open(actor, reference.may_see_rules, "web:admin_calendar"),
        ),
        _papers(actor),
    ]


def _papers(actor: Actor) -> Step:
    """Whose name stands over the papers. It has a default, but somebody must have looked at it."""
    head = letterhead()
    there = not head._state.adding
    return Step(
        _("Official papers"),
        _("The issuing agency over dispatch orders and strike-off slips, and the words of their numbers."),
        there,
        head.agency if there else _("not confirmed yet; as it stands: %(agency)s") % {"agency": head.agency},
        _("the dispatch office"),
        _open(actor, may_set_columns, "web:admin_papers"),
    )


def office_is_ready(today: dt.date) -> bool:
    """Whether the dispatch office has nothing left to enter: one statement, for a desk that is opened all day."""
    categories = Exists(Category.objects.filter(status=Category.Status.ACTIVE))
    head = Exists(Letterhead.objects.all())
    return CalendarYear.objects.filter(categories, head, year=today.year, published=True).exists()


def _territory(actor: Actor, today: dt.date) -> list[Step]:
    units = Unit.objects.filter(status=Unit.Status.ACTIVE).exclude(kind=Unit.Kind.COUNTY).count()
    towns = sum(
        code.endswith("000") and code[6:9] != "000" for code in divisions_below(county_code().ljust(12, "0"), today)
    )
    where = _open(actor, may_manage_units, "web:admin_units_import")
    return [
        Step(
            _("Units"),
            _("Offices, departments, towns, villages, public services: who can be made responsible."),
            units > 0,
            _("%(n)d at work") % {"n": units},
            _("System officer"),
            where,
        ),
        Step(
            _("Towns and villages as places"),
            _("A problem is registered at a place. They come with the units that have a division."),
            towns > 0,
            _("%(n)d towns") % {"n": towns},
            _("System officer"),
            where,
        ),
    ]


def _people(actor: Actor, today: dt.date) -> list[Step]:
    running = Post.objects.filter(valid_from__lte=today).exclude(valid_to__lte=today)
    business = running.exclude(role__in=OFFICERS)
    people = business.values("person_id").distinct().count()
    offices = business.filter(role=Role.DISPATCHER).count()
    with_account = business.exclude(person__account_id=None)
    linked = with_account.values_list("person__account_id", flat=True)
    accounts = {pk for pk in linked if pk is not None}
    slips = Account.objects.filter(pk__in=accounts).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).count()
    let_in = business.exclude(account_id=None).count()
    return [
        Step(
            _("People and posts"),
            _("Who serves where as what."),
            people > 0,
            _("%(n)d people") % {"n": people},
            _("System officer"),
            _open(actor, may_manage_posts, "web:admin_people_import"),
        ),
        Step(
            _("The dispatch office"),
            _("Without a dispatcher nothing is accepted."),
            offices > 0,
            _("%(n)d dispatchers") % {"n": offices},
            _("System officer"),
            _open(actor, may_manage_posts, "web:admin_people"),
        ),
        Step(
            _("First passwords"),
            _("Printed, handed over, changed at the first log-in."),
            bool(accounts) and slips == len(accounts),
            _slips_said(len(accounts), len(accounts) - slips),
            _("System officer"),
            _open(actor, may_manage_posts, "web:admin_slips"),
        ),
        _access(actor, let_in, with_account.filter(account_id=None).count()),
    ]


def _slips_said(accounts: int, without: int) -> str:
    if not accounts:
        return _("no account yet")
    if without:
        said = ngettext("%(n)d account has no first password yet", "%(n)d accounts have no first password yet", without)
        return said % {"n": without}
    return ngettext("%(n)d account", "%(n)d accounts", accounts) % {"n": accounts}


def _access(actor: Actor, let_in: int, waiting: int) -> Step:
    said = ngettext("%(n)d post", "%(n)d posts", let_in) % {"n": let_in}
    if waiting:
        said = ngettext("%(n)d post still waits for access", "%(n)d posts still wait for access", waiting)
        said %= {"n": waiting}
    return Step(
        _("Access to posts"),
        _("The security officer lets the accounts in: two people, so that nobody lets himself in."),
        let_in > 0 and not waiting,
        said,
        _("Security officer"),
        _open(actor, may_grant_access, "web:admin_access"),
    )


def _county(actor: Actor) -> Step:
    data = county_data()
    empty = [str(BY_KEY[key].label) for key in _NEEDED if not getattr(data, key)]
    return Step(
        _("County data"),
        _("What requesters read: whom to call, and what becomes of their data."),
        not empty,
        _("still empty: %(fields)s") % {"fields": "、".join(empty)} if empty else _("entered"),
        _("System officer"),
        _open(actor, reference.may_set_county, "web:admin_county"),
    )


def _open(actor: Actor, may: Callable[[Actor], bool], url_name: str) -> str:
    """The address of a page for whoever may open it, "" for the others: no link leads to a refusal."""
    return reverse(url_name) if may(actor) else ""
