"""All acts on one problem by name: pages, API, permission matrix and property tests read this."""

from __future__ import annotations

from typing import Any

from .actions import closing, dispatching, foreign, handling, overlays, triage, verifying
from .actions._shell import Act

ACTS: dict[str, Act[Any]] = {
    act.name: act
    for act in (
        triage.accept,
        triage.decline,
        triage.request_info,
        triage.supply_info,
        triage.correct,
        dispatching.dispatch,
        dispatching.hand_down,
        dispatching.recall,
        handling.sign,
        handling.contact,
        handling.report,
        handling.submit_result,
        handling.sign_off,
        handling.send_back,
        handling.review,
        verifying.record_callback,
        closing.strike_off,
        closing.archive,
        overlays.appoint_leader,
        overlays.record_coordination,
        overlays.record_commitment,
        overlays.set_plan,
        overlays.add_requirement,
        overlays.meet_requirement,
        foreign.note_foreign_number,
        foreign.correct_foreign_number,
        foreign.note_foreign_update,
    )
}
# Acts with a form in the pages of this version; the others are for the API and the scenario.
ACTS_WITH_FORM = (
    "accept",
    "dispatch",
    "sign",
    "contact",
    "submit_result",
    "sign_off",
    "review",
    "record_callback",
    "strike_off",
    "report",
    "hand_down",
    "supply_info",
    "request_info",
    "send_back",
    "recall",
    "decline",
    "correct",
    "archive",
    "add_requirement",
    "meet_requirement",
    "record_commitment",
    "note_foreign_number",
    "correct_foreign_number",
    "note_foreign_update",
)
