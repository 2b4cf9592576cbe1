"""What an empty county still lacks, in the order in which it is set up. It reads what is there and stores nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.urls import reverse
from django.utils.translation import gettext as _

from sanfuwu.accounts.models import Account
from sanfuwu.counties.queries import county_code, published_years
from sanfuwu.problems.models import Category
from sanfuwu.territory.models import OFFICERS, Post, Role, Unit
from sanfuwu.territory.queries import divisions_below

from . import administration


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must be there before work begins. `who` does it; `url` is empty where this post cannot."""

    label: str
    why: str
    done: bool
    said: str  # what is there, in words
    who: str
    url: str = ""


def steps(today: dt.date) -> list[Step]:
    """The list, in order. Some ten small statements."""
    running = Post.objects.filter(valid_from__lte=today).exclude(valid_to__lte=today)
    business = running.exclude(role__in=OFFICERS)
    units = Unit.objects.filter(status=Unit.Status.ACTIVE).exclude(kind=Unit.Kind.COUNTY).count()
    towns = sum(
        code.endswith("000") and code[6:9] != "000" for code in divisions_below(county_code().ljust(12, "0"), today)
    )
    people = business.values("person_id").distinct().count()
    offices = business.filter(role=Role.DISPATCHER).count()
    linked = business.exclude(person__account_id=None).values_list("person__account_id", flat=True)
    accounts = {pk for pk in linked if pk is not None}
    slips = Account.objects.filter(pk__in=accounts).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).count()
    let_in = business.exclude(account_id=None).count()
    categories = Category.objects.filter(status=Category.Status.ACTIVE).count()
    system, security = _("System officer"), _("Security officer")
    return [
        Step(
            _("Units"),
            _("Offices, departments, towns, villages, public services: who can be made responsible."),
            units > 0,
            _("%(n)d at work") % {"n": units},
            system,
            reverse("web:admin_units_import"),
        ),
        Step(
            _("Towns and villages as places"),
            _("A problem is registered at a place. They come with the units that have a division."),
            towns > 0,
            _("%(n)d towns") % {"n": towns},
            system,
            reverse("web:admin_units_import"),
        ),
        Step(
            _("People and posts"),
            _("Who serves where as what."),
            people > 0,
            _("%(n)d people") % {"n": people},
            system,
            reverse("web:admin_people_import"),
        ),
        Step(
            _("The dispatch office"),
            _("Without a dispatcher nothing is accepted."),
            offices > 0,
            _("%(n)d dispatchers") % {"n": offices},
            system,
            reverse("web:admin_people"),
        ),
        Step(
            _("First passwords"),
            _("Printed, handed over, changed at the first log-in."),
            bool(accounts) and slips == len(accounts),
            _("%(n)d of %(all)d accounts") % {"n": slips, "all": len(accounts)},
            system,
            reverse("web:admin_slips"),
        ),
        Step(
            _("Access to posts"),
            _("The security officer lets the accounts in: two people, so that nobody lets himself in."),
            let_in > 0 and let_in == business.exclude(person__account_id=None).count(),
            _("%(n)d posts") % {"n": let_in},
            security,
            reverse("web:admin_access"),
        ),
        Step(
            _("Categories"),
            _("What problems are about: the dispatcher chooses one at acceptance."),
            categories > 0,
            _("%(n)d categories") % {"n": categories},
            system,
            _section("categor"),
        ),
        Step(
            _("Working calendar"),
            _("Holidays and make-up workdays of this year: deadlines are counted by them."),
            today.year in published_years(),
            _("%(year)d is entered") % {"year": today.year} if today.year in published_years() else _("missing"),
            system,
            _section("calendar"),
        ),
    ]


def _section(word: str) -> str:
    """The address of the section of another part of the administration, "" while there is none."""
    return next((s.url for s in administration.SECTIONS if word in s.url_name), "")
