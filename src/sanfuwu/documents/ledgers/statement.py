# ruff: noqa: S608 — put together from this module's own texts; every value is a parameter
"""The one SELECT behind a ledger: the columns chosen, for one reader, over the problems of given ids in their order.

Whether the reader may see the requester's side, and which notes he may read, is asked of the rule that everything else
asks (`problems.queries.scope`, `problems.queries.notes`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from sanfuwu.ledger.crypto import current_key_id
from sanfuwu.problems.queries.notes import readable_sql
from sanfuwu.problems.queries.scope import sees_requester_sql
from sanfuwu.rules.lifecycle import OPEN_ASSIGNMENT_STATES
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role
from sanfuwu.territory.queries import reach_of

from ..models import Ledger
from .columns import Column

_KEY = re.compile(r"\{key:(\w+)\}")
_OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_ASSIGNMENT_STATES))

# Alias → join. A join may lean on those before it; only what the columns look at is joined.
_JOINS: dict[str, str] = {
    "n": "LEFT JOIN ledger_note n ON n.id = CASE WHEN {sees} THEN p.text_note_id ELSE p.text_for_units_id END",
    "c": "LEFT JOIN parties_contact c ON c.id = p.contact_id AND c.erased_at IS NULL",
    "party": "LEFT JOIN parties_party party ON party.id = p.party_id",
    # As `Snapshot.top_lead`: the open lead at the top, or the last one done in the present cycle.
    "a": f"LEFT JOIN LATERAL (SELECT * FROM problems_assignment s WHERE s.problem_id = p.id AND s.parent_id IS NULL"
    f" AND s.role = 'lead' AND (s.state IN ({_OPEN}) OR (s.state = 'done' AND s.cycle_no = p.cycle_no))"
    f" ORDER BY s.state IN ({_OPEN}) DESC, s.id DESC LIMIT 1) a ON true",
    "co": "LEFT JOIN LATERAL (SELECT string_agg(uuid_send(s.unit_id), '' ORDER BY s.id) AS units"
    f" FROM problems_assignment s WHERE s.problem_id = p.id AND s.role = 'co' AND s.cycle_no = p.cycle_no"
    f" AND (s.state IN ({_OPEN}) OR s.state = 'done')) co ON true",
    "led": "LEFT JOIN LATERAL (SELECT string_agg(uuid_send(s.post_id), '' ORDER BY s.id) AS posts, min(s.kind) AS kind"
    " FROM problems_leadership s WHERE s.problem_id = p.id AND s.to_at IS NULL) led ON true",
    "doc": "LEFT JOIN documents_issueddocument doc ON doc.kind = 'order' AND doc.about_id = a.id",
    # Steps of the plan and promises; of a problem with neither, the assignment itself.
    "t": "CROSS JOIN LATERAL (SELECT s.id, s.text_note_id AS note, s.due_at, s.done_at IS NOT NULL AS done,"
    " uuid_send(s.unit_id) AS owner FROM problems_planstep s WHERE s.problem_id = p.id"
    " UNION ALL SELECT s.id, s.text_note_id, coalesce(s.due_at, s.date_to_be_named_by), s.kept_at IS NOT NULL,"
    " uuid_send(s.unit_id) FROM problems_commitment s WHERE s.problem_id = p.id"
    " UNION ALL SELECT p.id, CASE WHEN {sees} THEN p.text_note_id ELSE p.text_for_units_id END, a.due_at,"
    " a.state IS NOT DISTINCT FROM 'done', uuid_send(a.unit_id) || coalesce(uuid_send(a.handler_post), ''::bytea)"
    " WHERE NOT EXISTS (SELECT 1 FROM problems_planstep s WHERE s.problem_id = p.id)"
    " AND NOT EXISTS (SELECT 1 FROM problems_commitment s WHERE s.problem_id = p.id)) t",
    "tn": "LEFT JOIN ledger_note tn ON tn.id = t.note",
    "rn": "LEFT JOIN LATERAL (SELECT k.* FROM ledger_event e JOIN ledger_note k"
    " ON k.id = (e.payload -> 'data' ->> 'note')::uuid WHERE e.stream_kind = 'problem' AND e.stream_id = p.id"
    " AND e.kind = 'reported' ORDER BY e.seq DESC LIMIT 1) rn ON {follows}",
    "qn": "LEFT JOIN LATERAL (SELECT k.* FROM problems_requirement q JOIN ledger_note k ON k.id = q.text_note_id"
    " WHERE q.problem_id = p.id AND q.done_at IS NULL ORDER BY q.id LIMIT 1) qn ON true",
    "an": "LEFT JOIN ledger_note an ON an.id = a.result_note_id",
    "en": "LEFT JOIN LATERAL (SELECT k.* FROM ledger_event e JOIN ledger_note k"
    " ON k.id = (e.payload -> 'data' ->> 'evidence_note')::uuid WHERE e.stream_kind = 'problem' AND e.stream_id = p.id"
    " AND e.kind = 'result_submitted' AND e.assignment_id = a.id AND a.result_note_id IS NOT NULL"
    " ORDER BY e.seq DESC LIMIT 1) en ON true",
    "cb": "LEFT JOIN LATERAL (SELECT s.* FROM problems_callback s WHERE s.problem_id = p.id AND s.valid"
    " ORDER BY s.id DESC LIMIT 1) cb ON true",
    "so": "LEFT JOIN LATERAL (SELECT e.actor_post FROM ledger_event e WHERE e.stream_kind = 'problem'"
    " AND e.stream_id = p.id AND e.kind = 'struck_off' AND p.struck_off_at IS NOT NULL ORDER BY e.seq DESC LIMIT 1)"
    " so ON true",
}

_STAGE = (
    "CASE p.state WHEN 'draft' THEN '草稿' WHEN 'submitted' THEN '待受理' WHEN 'info_needed' THEN '待补充'"
    " WHEN 'pending_callback' THEN '待回访' WHEN 'pending_closure' THEN '待销号' WHEN 'struck_off' THEN '已销号'"
    " WHEN 'declined' THEN '不予受理' WHEN 'withdrawn' THEN '已撤回' WHEN 'merged' THEN '已合并'"
    " WHEN 'archived' THEN '已归档' ELSE CASE a.state WHEN 'pending_sign' THEN '待签收'"
    " WHEN 'in_progress' THEN '办理中' WHEN 'return_pending' THEN '退单待裁定' WHEN 'on_hold' THEN '挂账跟踪'"
    " WHEN 'pending_review' THEN CASE WHEN a.signed_off_at IS NULL THEN '待签发' ELSE '待审核' END"
    " ELSE '待交办' END END"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """`places[n]` says where in a row the values of column n stand; what two columns look at is sent once."""

    sql: str
    params: dict[str, Any]
    places: tuple[tuple[int, ...], ...]


def build(ledger: str, columns: tuple[Column, ...], actor: Actor) -> Statement:
    """One row per line of the ledger, for the problems %(ids)s in their order."""
    params: dict[str, Any] = {"zone": settings.TIME_ZONE, "key": current_key_id()}
    values = {
        "sees": sees_requester_sql(actor, params),
        "stage": _STAGE,
        # A unit does not learn how its work was rated by the person it worked for (domain.md §3.3).
        "rated": "FALSE" if actor.role in (Role.HANDLER, Role.UNIT_HEAD) else "TRUE",
        "follows": _follows(actor, params),
    }
    for name, alias in (
        ("body", "n"), ("task", "tn"), ("report", "rn"), ("paper", "qn"), ("answer", "an"), ("evidence", "en"),
    ):  # fmt: skip
        values[f"reads_{name}"] = readable_sql(actor, alias, values["sees"], params)
    wanted = {alias for column in columns for alias in column.joins}
    if ledger == Ledger.TASKS:
        wanted |= {"t", "a"}  # the lines of this ledger are tasks
    # The usual key is not named in every row (`Renderer` puts it back).
    asked = [tuple(_KEY.sub(r"nullif(\1.key_id, %(key)s)", part) for part in column.sql) for column in columns]
    selected = list(dict.fromkeys(part for parts in asked for part in parts)) or ["NULL"]
    places = tuple(tuple(selected.index(part) for part in parts) for parts in asked)
    joins = [sql for alias, sql in _JOINS.items() if alias in wanted]
    order = "w.place, t.due_at, t.id" if ledger == Ledger.TASKS else "w.place"
    sql = (
        f"SELECT {', '.join(selected)} FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY w(id, place)"
        f" JOIN problems_problem p ON p.id = w.id {' '.join(joins)} ORDER BY {order}"
    )
    for name, text in values.items():
        sql = sql.replace("{" + name + "}", text)
    return Statement(sql, params, places)


def _follows(actor: Actor, params: dict[str, Any]) -> str:
    """A unit from which a problem was taken away does not learn how it went on (model.md)."""
    if actor.role not in (Role.HANDLER, Role.UNIT_HEAD) or actor.unit_id is None:
        return "TRUE"
    params["reach"] = list(reach_of(actor.unit_id))
    return (
        "EXISTS (SELECT 1 FROM problems_assignment z WHERE z.problem_id = p.id AND z.unit_id = ANY(%(reach)s)"
        " AND z.end_reason NOT IN ('recalled', 'reassigned'))"
    )
