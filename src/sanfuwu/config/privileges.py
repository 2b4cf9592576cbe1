"""What the running role may do to each table; everything else it may only read.

"Append-only" is a privilege here, not a promise: events cannot be changed or deleted by any page, job or bug, because
the role that runs them is not allowed to. `sanfuwu migrate` applies this table as the owner; a test compares it with
the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

from .language import gettext as _

PUBLIC = "public"
_VERBS = {"I": "INSERT", "U": "UPDATE", "D": "DELETE"}
_ALL_VERBS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

# Model → letters. A model of ours that is missing here fails a test: say "" when it is only read.
WRITES: dict[str, str] = {
    # ── shared by all counties ──
    "counties.County": "",
    "counties.CountyDomain": "",
    "counties.Division": "IU",
    "counties.DivisionVersion": "IU",
    "counties.CalendarYear": "IU",
    "counties.CalendarDay": "IUD",  # entering a year's notice again replaces its days
    "accounts.Account": "IU",
    "sessions.Session": "IUD",
    "mfa.Authenticator": "IUD",
    "procrastinate.ProcrastinateJob": "IUD",
    "procrastinate.ProcrastinateEvent": "IUD",
    "procrastinate.ProcrastinatePeriodicDefer": "IUD",
    "procrastinate.ProcrastinateWorker": "IUD",
    # ── of a county ──
    "ledger.Event": "I",
    "ledger.Note": "IU",  # erasing empties a text
    "ledger.Checkpoint": "I",
    "ledger.AccessLog": "I",
    "ledger.IdempotencyKey": "ID",
    "ledger.OutboxMessage": "IU",
    "territory.Person": "IU",
    "territory.Unit": "IU",
    "territory.UnitVersion": "IU",
    "territory.UnitMerge": "IU",
    "territory.UnitReach": "ID",  # who reaches whom now; its history is in the events
    "territory.Post": "IU",
    "territory.Delegation": "IU",
    "territory.ApiToken": "IU",
    "territory.DutyShift": "IU",
    "parties.Party": "IU",
    "parties.Contact": "IU",
    "reference.Stamp": "IU",
    "reference.SettingsBook": "IU",
    "reference.SettingValue": "I",  # what stood there before stays readable
    "reference.ReasonCode": "IU",
    "reference.Phrase": "IU",
    "reference.RuleVersion": "IU",
    "reference.CalendarNotice": "IU",
    "triage.CatalogueEntry": "IU",
    "problems.Category": "IU",
    "problems.Problem": "IU",
    "problems.Assignment": "IU",
    "problems.ClockPause": "IU",
    "problems.Deadline": "IU",
    "problems.VerificationCycle": "IU",
    "problems.Callback": "IU",
    "problems.Attachment": "IU",
    "problems.Leadership": "IU",
    "problems.Coordination": "IU",
    "problems.CoordinationItem": "IU",
    "problems.Commitment": "IU",
    "problems.PlanStep": "IU",
    "problems.Requirement": "IU",
    "problems.ForeignSystem": "IU",
    "problems.ForeignNumber": "IU",
    "problems.UnitRequest": "IU",
    "problems.Facet": "I",
    "problems.ProblemRow": "IU",
    "problems.ProblemText": "IU",
    "problems.SavedView": "IU",
    "problems.ListSetting": "IU",
    "visits.Visit": "IU",
    "visits.VisitVisitor": "I",
    "visits.VisitParty": "I",
    "visits.VisitProblem": "I",
    "visits.Opinion": "IU",
    "intake.ImportRun": "IU",
    "intake.ImportPiece": "ID",  # of an uploaded file: gone when the import has ended
    "intake.ImportRows": "ID",  # its table laid out: gone with it
    "intake.ImportFindings": "ID",  # rows that were refused: gone after 30 days
    "intake.ImportMapping": "IU",
    "intake.ImportedText": "I",
    "meetings.Meeting": "IU",
    "meetings.MeetingParty": "I",
    "meetings.MeetingItem": "I",
    "exchange.Exchange": "IU",
    "exchange.ToldLine": "I",
    "exchange.ToldUpTo": "IU",
    "exchange.AnswerLine": "IU",  # words are emptied once they are recorded or dropped
    "exchange.Partner": "IU",
    "exchange.Transfer": "IU",
    "exchange.LedgerMessage": "IU",
    "documents.LedgerColumns": "IU",
    "documents.Export": "IU",
    "documents.DocumentSeries": "IU",
    "documents.IssuedDocument": "IU",  # UPDATE of the chain's head alone; no action changes what it says
    "documents.PaperTemplate": "IU",
    "documents.Letterhead": "IU",
}


def expected(schema: str) -> dict[str, set[str]]:
    """Table → verbs besides SELECT, for the public schema or a county's."""
    wanted: dict[str, set[str]] = {}
    for label, letters in WRITES.items():
        model = apps.get_model(label)
        of_county = model._meta.app_config.name in settings.TENANT_APPS
        if of_county == (schema != PUBLIC):
            wanted[model._meta.db_table] = {_VERBS[letter] for letter in letters}
    return wanted


def apply(schema: str, role: str | None = None) -> None:
    """Give the running role exactly these privileges in a schema. Run by the owner after its migrations."""
    place, name = sql.Identifier(schema), sql.Identifier(role or settings.SANFUWU_APP_ROLE)
    statements = [
        "REVOKE ALL ON SCHEMA {s} FROM PUBLIC",
        "REVOKE ALL ON ALL TABLES IN SCHEMA {s} FROM PUBLIC, {r}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA {s} FROM PUBLIC, {r}",
        "REVOKE ALL ON SCHEMA {s} FROM {r}",
        "GRANT USAGE ON SCHEMA {s} TO {r}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA {s} TO {r}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {s} TO {r}",
    ]
    composed = [sql.SQL(text).format(s=place, r=name) for text in statements]
    for table, verbs in sorted(expected(schema).items()):
        if verbs:
            verb_list = sql.SQL(", ").join(sql.SQL(verb) for verb in sorted(verbs))
            composed.append(sql.SQL("GRANT {} ON {}.{} TO {}").format(verb_list, place, sql.Identifier(table), name))
    with connection.cursor() as cursor:
        # One round trip; all of it or nothing.
        cursor.execute(sql.SQL("; ").join(composed).as_string(cursor.connection))


def actual(schema: str, role: str | None = None) -> dict[str, set[str]]:
    """Table → verbs besides SELECT that the running role really has, by whatever way, read from the catalogue."""
    role = role or settings.SANFUWU_APP_ROLE
    tests = ", ".join(f"has_table_privilege(%(role)s, c.oid, '{verb}')" for verb in _ALL_VERBS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.relname, {tests} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"  # noqa: S608 — our own verbs
            " WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
            {"role": role, "schema": schema},
        )
        rows = cursor.fetchall()
    return {table: {verb for verb, may in zip(_ALL_VERBS, flags, strict=True) if may} for table, *flags in rows}


def differences(schema: str, role: str | None = None) -> list[str]:
    """Where the catalogue says something else than this table; empty = as it should be."""
    wanted, found = expected(schema), actual(schema, role)
    lines = [
        _("%(table)s: the table is missing") % {"table": f"{schema}.{table}"}
        for table in sorted(wanted.keys() - found.keys())
    ]
    for table, verbs in sorted(found.items()):
        if verbs != (right := wanted.get(table, set())):
            told = _("%(table)s: may %(may)s, should %(should)s")
            lines.append(told % {"table": f"{schema}.{table}", "may": _words(verbs), "should": _words(right)})
    return lines


def powers(role: str | None = None) -> list[str]:
    """What the running role may do beyond tables and should not: attributes, ownership, CREATE. Empty = nothing."""
    role = role or settings.SANFUWU_APP_ROLE
    found: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_roles"
            " WHERE rolname = %s",
            [role],
        )
        row = cursor.fetchone()
        if row is None:
            return [_("the role %(role)s does not exist") % {"role": role}]
        names = ("SUPERUSER", "CREATEROLE", "CREATEDB", "BYPASSRLS", "REPLICATION")
        found += [
            _("%(role)s is %(name)s") % {"role": role, "name": name}
            for name, has in zip(names, row, strict=True)
            if has
        ]
        cursor.execute(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE pg_get_userbyid(c.relowner) = %s LIMIT 5",
            [role],
        )
        found += [_("%(role)s owns %(name)s") % {"role": role, "name": name} for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE has_schema_privilege(%s, oid, 'CREATE')"
            " OR pg_get_userbyid(nspowner) = %s",
            [role, role],
        )
        found += [
            _("%(role)s may create in schema %(name)s") % {"role": role, "name": name} for (name,) in cursor.fetchall()
        ]
        cursor.execute("SELECT has_database_privilege(%s, current_database(), 'CREATE')", [role])
        if cursor.fetchone() == (True,):
            found.append(_("%(role)s may create schemas") % {"role": role})
    return found


def _words(verbs: Iterable[str]) -> str:
    return _(", ").join(sorted(verbs)) or _("only read")
