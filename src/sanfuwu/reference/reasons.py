"""The reasons that the program knows by itself. An office renames them, takes them out of use, and adds its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class BuiltIn:
    code: str
    label: str | Promise
    where_to_go: str | Promise = ""


# What a reason is for, in the order of a problem's life.
KINDS: Final[dict[str, str | Promise]] = {
    "decline": pgettext_lazy("reasons for", "Not accepting"),
    "return": pgettext_lazy("reasons for", "Returning a dispatch"),
    "extension": pgettext_lazy("reasons for", "Asking for more time"),
    "hold": pgettext_lazy("reasons for", "Holding"),
    "send_back": pgettext_lazy("reasons for", "Sending back for rework"),
    "invalid_callback": pgettext_lazy("reasons for", "Invalid call-back"),
    "withdraw": pgettext_lazy("reasons for", "Withdrawal"),
}
WITH_WHERE_TO_GO: Final = frozenset({"decline"})

BUILT_IN: Final[dict[str, tuple[BuiltIn, ...]]] = {
    "decline": (
        BuiltIn(
            "not_ours",
            _("Not the duty of this level"),
            _("Please turn to the competent authority of the place concerned, or dial 12345."),
        ),
        BuiltIn(
            "legal_channel",
            _("To be settled by lawsuit, arbitration or reconsideration"),
            _("Please turn to the court, the arbitration commission or the review authority that is competent."),
        ),
        BuiltIn(
            "letters_and_visits",
            _("Belongs to letters and visits"),
            _("Please turn to the letters and visits office of the district."),
        ),
        BuiltIn(
            "no_facts",
            _("No concrete facts, or they cannot be checked"),
            _("Please register again with the time, the place and what happened."),
        ),
        BuiltIn(
            "repeated",
            _("Already settled, no new facts or reasons"),
            _("The earlier answer stands; with new facts it can be registered again."),
        ),
        BuiltIn(
            "state_secret",
            _("Secret content may not be entered in this system"),
            _("Please hand it over in person at the secrecy office of the district."),
        ),
        BuiltIn(
            "other_district", _("outside this district"), _("Please turn to the authority of the district concerned.")
        ),
        BuiltIn(
            "emergency",
            _("an emergency: call 110, 119, 120 or 122"),
            _("Please call 110, 119, 120 or 122 at once."),
        ),
        BuiltIn(
            "party_organs",
            _("duty of another state organ"),
            _("Please turn to that organ; the office names it on request."),
        ),
        BuiltIn("military", _("military matters"), _("Please turn to the People's Armed Forces Department.")),
        BuiltIn(
            "in_procedure",
            _("being handled by another procedure already"),
            _("Please await the result of the procedure that is running."),
        ),
        BuiltIn(
            "disclosure",
            _("a request for disclosure of information"),
            _("Please apply to the office for disclosure of government information."),
        ),
        BuiltIn(
            "improper",
            _("against public order, or infringes privacy or business secrets"),
            _("Matters of this kind cannot be registered."),
        ),
    ),
    "return": (
        BuiltIn("not_our_duty", _("not a duty of this unit")),
        BuiltIn("wrong_place", _("the place lies outside this unit's area")),
        BuiltIn("needs_other_lead", _("another unit must take the lead")),
        BuiltIn("unclear", _("what is asked cannot be made out")),
    ),
    "extension": (
        BuiltIn("procedure", _("a procedure prescribed by law takes longer")),
        BuiltIn("construction", _("work on site takes longer")),
        BuiltIn("funds", _("funds are being applied for")),
        BuiltIn("several_units", _("several units have to be brought together")),
        BuiltIn("weather", _("weather or season")),
    ),
    "hold": (
        BuiltIn("policy", _("no rule or policy for it yet")),
        BuiltIn("planning", _("planning or land use must be changed first")),
        BuiltIn("funds", _("in no budget of this year")),
        BuiltIn("upper_level", _("waits for a decision of the upper level")),
        BuiltIn("season", _("can only be done in another season")),
    ),
    "send_back": (
        BuiltIn("off_the_point", _("Answers something else")),
        BuiltIn("untrue", _("Not true")),
        BuiltIn("no_evidence", _("Without evidence")),
        BuiltIn("incomplete", _("Incomplete")),
    ),
    "invalid_callback": (
        BuiltIn("wrong_number", _("wrong or dead number")),
        BuiltIn("not_requester", _("not the requester")),
        BuiltIn("refused", _("did not want to answer")),
        BuiltIn("other_matter", _("speaks of another matter")),
    ),
    "withdraw": (
        BuiltIn("settled", _("settled meanwhile")),
        BuiltIn("mistake", _("registered by mistake")),
        BuiltIn("other_way", _("goes another way")),
    ),
}
