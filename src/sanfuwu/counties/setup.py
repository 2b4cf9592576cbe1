"""Making and migrating counties, as the owner role: schemas, tables, sequences, privileges, the calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context

from sanfuwu.config import privileges

from .actions import seed_calendar
from .models import County, CountyDomain
from .queries import county_schemas

Say = Callable[[str], None]
_SCHEMA = re.compile(r"[a-z][a-z0-9_]{1,40}")
_RESERVED = frozenset({"public", "information_schema"})
PROBLEM_SEQUENCE = "problem_number_{year}"


class CountyClash(ValueError):
    """A county cannot be made because another one has its code or its host name."""


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """A county that should exist: its schema (pinyin), GB/T 2260 code (6 digits), name, and host names."""

    schema: str
    code: str
    name: str
    domains: tuple[str, ...] = ()

    def faults(self) -> list[str]:
        """What is wrong with it, in words; empty = fine."""
        found = []
        if not _SCHEMA.fullmatch(self.schema) or self.schema in _RESERVED or self.schema.startswith("pg_"):
            found.append(_("the schema is a short name in small letters, such as `shangyu`"))
        if not re.fullmatch(r"[1-9][0-9]{5}", self.code):
            found.append(_("the code has six digits (GB/T 2260), such as 330604"))
        if not self.name.strip():
            found.append(_("the county needs a name"))
        return found


def migrate_all(plans: list[CountyPlan], *, year: int, say: Say = lambda _line: None) -> list[str]:
    """Bring the whole database up to date; may be run again at any time. Returns the schemas of all counties.

    `year` is the current local year: problem numbers of it and of the next one get their sequences. A new county gets
    its row last, when its tables, sequences and privileges are there: jobs, pages and other commands go by the rows,
    and a worker that runs meanwhile must not come into a county that is half made. Raises `CountyClash`.
    """
    say(_("shared tables"))
    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0, skip_checks=True)
    for plan in plans:
        refuse_clash(plan)
    known = county_schemas()
    new = [plan for plan in plans if plan.schema not in known]
    for plan in plans:
        if plan.schema in known:
            ensure_county(plan)
    schemas = [*known, *(plan.schema for plan in new)]
    for schema in schemas:
        say(_("county %(schema)s") % {"schema": schema})
        _ensure_schema(schema)
        call_command("migrate_schemas", schema_name=schema, interactive=False, verbosity=0, skip_checks=True)
        with schema_context(schema):
            ensure_sequences(year + 1)
    for schema in (privileges.PUBLIC, *schemas):
        privileges.apply(schema)
    if fresh := seed_calendar():
        say(_("working calendar: %(first)d to %(last)d") % {"first": fresh[0], "last": fresh[-1]})
    for plan in new:
        ensure_county(plan)
    return schemas


def refuse_clash(plan: CountyPlan) -> None:
    """Raises `CountyClash` where another county has the code or a host name: neither is taken away in silence."""
    other = County.objects.filter(code=plan.code).exclude(schema_name=plan.schema).first()
    if other is not None:
        said = _("the code %(code)s is that of the county %(schema)s (%(name)s)")
        raise CountyClash(said % {"code": plan.code, "schema": other.schema_name, "name": other.name})
    names = [domain.lower() for domain in plan.domains]
    taken = CountyDomain.objects.filter(domain__in=names).exclude(tenant__schema_name=plan.schema).first()
    if taken is not None:
        said = _("the host name %(host)s is that of the county %(schema)s")
        raise CountyClash(said % {"host": taken.domain, "schema": taken.tenant.schema_name})


@transaction.atomic
def ensure_county(plan: CountyPlan) -> County:
    """The county's row and host names, seen by others all at once; a new name or a further host name is taken over."""
    county, _made = County.objects.update_or_create(
        schema_name=plan.schema, defaults={"code": plan.code, "name": plan.name}
    )
    for domain in plan.domains:
        first = not CountyDomain.objects.filter(tenant=county).exists()
        CountyDomain.objects.update_or_create(
            domain=domain.lower(), defaults={"tenant": county}, create_defaults={"tenant": county, "is_primary": first}
        )
    return county


def problem_sequences() -> set[int]:
    """The years for which the current county can give problem numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = current_schema()::regnamespace"
            " AND relname LIKE 'problem\\_number\\_%'"
        )
        return {int(name.rpartition("_")[2]) for (name,) in cursor.fetchall()}


def ensure_sequences(last: int) -> list[int]:
    """Make the missing sequences up to a year; returns the years made."""
    have = problem_sequences()
    missing = [year for year in range(min(have, default=last), last + 1) if year not in have]
    with connection.cursor() as cursor:
        for year in missing:
            cursor.execute(f"CREATE SEQUENCE {PROBLEM_SEQUENCE.format(year=year)}")
    return missing


def _ensure_schema(schema: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
