"""The registration form: who, what, where suffice; everything else has a default or may stay open."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import ActionError
from sanfuwu.parties.actions import RequesterInput
from sanfuwu.parties.matching import kind_of
from sanfuwu.problems.commands import Registration, SpotSolution
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role

from . import words
from .acts.fields import Choices

_KIND_OF_PLACE = re.compile(r"(镇|乡|街道|村|社区)$")
_DEFAULT_CHANNEL = {Role.COLLECTOR: "visit", Role.TOWN_DISPATCHER: "survey", Role.LEADER: "visit"}

# Behind "more": good defaults or rarely needed.
FOLDED = (
    "kind", "uscc", "channel", "category_id", "proposed_unit", "urgency",
    "title", "confidential", "anonymous",
)  # fmt: skip
REACH = ("contact_name", "phone")
SPOT = ("how", "confirmed_by")


def place_code(text: str, places: dict[str, str]) -> tuple[str, list[str]]:
    """(code, near names). The code of a place as named, with or without 镇/街道/村 and its town; "" when it is not
    exactly one, and then the names that come near."""
    asked = "".join(text.split())
    if asked in places:
        return asked, []
    exact = [code for code, name in places.items() if "".join(name.split()) == asked]
    if len(exact) == 1:
        return exact[0], []
    stem = _KIND_OF_PLACE.sub("", asked)
    last = {code: name.split()[-1] for code, name in places.items()}
    by_stem = [code for code, name in last.items() if stem and _KIND_OF_PLACE.sub("", name) == stem]
    towns = [code for code in by_stem if code.endswith("000")]
    if len(by_stem) == 1 or len(towns) == 1:
        return (towns or by_stem)[0], []
    near = [name for name in places.values() if len(stem) > 1 and stem in "".join(name.split())]
    return "", [places[code] for code in by_stem] or near[:8]


class RegisterForm(forms.Form):
    """登记. `places` are {code: name}; `actor` gives the defaults of his post."""

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Actor,
        places: dict[str, str],
        units: Choices,
        categories: Choices,
        spot: bool = False,
    ) -> None:
        here = places.get(actor.place.ljust(12, "0"), "") if actor.place else ""
        super().__init__(data, initial={"place": here}, auto_id="f_%s")
        self.places, self.spot = places, spot
        text = forms.CharField
        self.fields |= {
            "who": text(
                label=_("Requester"),
                max_length=120,
                required=False,
                help_text=_("Enterprise, village or name. Leave open only for an anonymous one."),
            ),
            "text": text(
                label=_("Problem"),
                max_length=5000,
                widget=forms.Textarea(attrs={"rows": 5}),
                help_text=_("In one's own words; the first sentence becomes the title. No state secrets."),
            ),
            "place": text(
                label=_("Town or village"),
                max_length=60,
                widget=forms.TextInput(attrs={"list": "places", "autocomplete": "off"}),
            ),
            "how": text(
                label=_("How it was solved"),
                max_length=2000,
                required=spot,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
            "confirmed_by": text(label=_("Who of the requester's side confirmed it"), max_length=80, required=spot),
            "kind": forms.ChoiceField(
                label=_("Kind of requester"),
                required=False,
                choices=[("", _("by the name")), *words.options(words.PARTY_KINDS)],
            ),
            "contact_name": text(
                label=_("Contact person"),
                max_length=40,
                required=False,
                help_text=_("Of an enterprise or a village: whom to ask for."),
            ),
            "phone": text(
                label=_("Telephone"),
                max_length=20,
                required=False,
                help_text=_("The unit and the call-back officer ring it. Nobody can be called back without one."),
                widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            ),
            "uscc": text(
                label=_("Unified social credit code"),
                max_length=18,
                required=False,
                help_text=_("18 characters; finds what this firm raised before."),
            ),
            "channel": forms.ChoiceField(
                label=_("Channel"),
                initial=_DEFAULT_CHANNEL.get(Role(actor.role), "line"),
                choices=words.options(words.CHANNELS, ("visit", "meeting", "survey", "line", "self", "hotline")),
            ),
            "category_id": forms.ChoiceField(
                label=_("Category"), required=False, choices=[("", _("the office decides")), *categories]
            ),
            "proposed_unit": forms.ChoiceField(
                label=_("Proposed lead unit"), required=False, choices=[("", _("the office decides")), *units]
            ),
            "urgency": forms.ChoiceField(label=_("Urgency"), initial="normal", choices=words.options(words.URGENCIES)),
            "title": text(label=_("Title"), max_length=200, required=False),
            "confidential": forms.BooleanField(
                label=_("Keep the identity of the requester confidential"),
                required=False,
                help_text=_("The handling unit does not learn who raised it."),
            ),
            "anonymous": forms.BooleanField(label=_("The requester is anonymous"), required=False),
        }

    @property
    def reach(self) -> list[forms.BoundField]:
        """How to reach the requester: may stay open, but is asked for in the open."""
        return [self[name] for name in REACH]

    @property
    def spot_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SPOT]

    @property
    def folded(self) -> list[forms.BoundField]:
        return [self[name] for name in FOLDED]

    @property
    def fold_open(self) -> bool:
        return any(field.errors for field in self.folded)

    @property
    def spot_open(self) -> bool:
        return self.spot or bool(self.data.get("how"))

    def clean_place(self) -> str:
        """The 12-digit code of the named place."""
        code, near = place_code(self.cleaned_data["place"], self.places)
        if code:
            return code
        if near:
            raise forms.ValidationError(_("Which one is meant: %(names)s?") % {"names": _(", ").join(near)})
        raise forms.ValidationError(_("There is no such town or village; choose one from the list."))

    def registration(self, now: dt.datetime) -> Registration:
        """What the form says, as the action takes it."""
        said = self.cleaned_data
        kind = said["kind"] or kind_of(said["who"])
        person = kind == "resident"
        return Registration(
            text=said["text"],
            division=said["place"],
            requester=RequesterInput(
                kind=kind,
                name="" if person else said["who"],
                uscc=said["uscc"],
                village_code=said["place"] if kind == "village" and not said["place"].endswith("000") else "",
                contact_name=said["contact_name"] or (said["who"] if person else ""),
                phone=said["phone"],
            ),
            title=said["title"],
            channel=said["channel"],
            urgency=said["urgency"],
            category_id=_id(said["category_id"]),
            proposed_unit=_id(said["proposed_unit"]),
            raised_on=now,
            confidential=said["confidential"],
            anonymous=said["anonymous"],
        )

    @property
    def unreachable(self) -> bool:
        """Somebody is to be called back, and nobody knows how."""
        return not (self.cleaned_data["phone"] or self.cleaned_data["anonymous"])

    def solution(self) -> SpotSolution:
        return SpotSolution(how=self.cleaned_data["how"], confirmed_by=self.cleaned_data["confirmed_by"])

    def refuse(self, error: ActionError) -> None:
        """Put an action's refusal at the field where a person can mend it."""
        field = {"requester": "who", "division": "place", "name": "who", "village_code": "place"}.get(
            error.field or "", error.field
        )
        self.add_error(field if field in self.fields else None, error.message)


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None
