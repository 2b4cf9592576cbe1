"""Forms about people, their posts, their log-ins and who stands in for them."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sanfuwu.territory.models import Role
from sanfuwu.web import choices, words

from .base import AdminForm, date_field, select, text_field


def post_fields(now: dt.datetime, today: dt.date) -> dict[str, forms.Field]:
    """Where somebody serves, as what and from when."""
    return {
        "unit_id": select(_("Unit"), choices.every_unit(now)),
        "role": select(
            pgettext("post", "Role"), words.options(words.ROLES), help_text=_("What the post may do in this system.")
        ),
        "title": text_field(
            pgettext("post", "Title"), 40, required=False, help_text=_("As on the door: deputy head, clerk …")
        ),
        "rank": forms.ChoiceField(label=_("Rank"), choices=words.options(words.RANKS), initial="staff"),
        "valid_from": date_field(_("From"), initial=today),
        "valid_to": date_field(
            _("Until"), required=False, help_text=_("First day without the post; empty when it has no end yet.")
        ),
    }


class NewPersonForm(AdminForm):
    """A person with the first post and, at will, an account."""

    fields_of_errors: ClassVar = {"unit": "unit_id"}

    def __init__(self, data: Any = None, *, now: dt.datetime, today: dt.date) -> None:
        super().__init__(data)
        self.fields |= {
            "name": text_field(_("Name"), 40),
            "office_phone": text_field(
                _("Office phone"), 20, required=False, help_text=_("Of the office; no mobile number.")
            ),
            **post_fields(now, today),
            "username": text_field(
                _("User name"), 60, required=False, help_text=_("To log in with; empty: no account for now.")
            ),
        }

    def post(self) -> dict[str, Any]:
        return _post(self.cleaned_data)


class NewPostForm(AdminForm):
    """One more post of a person."""

    fields_of_errors: ClassVar = {"unit": "unit_id"}

    def __init__(self, data: Any = None, *, now: dt.datetime, today: dt.date) -> None:
        super().__init__(data)
        self.fields |= post_fields(now, today)

    def post(self) -> dict[str, Any]:
        return _post(self.cleaned_data)


def _post(said: dict[str, Any]) -> dict[str, Any]:
    names = ("role", "title", "rank", "valid_from", "valid_to")
    return {"unit_id": UUID(said["unit_id"]), **{name: said[name] for name in names}}


class CorrectPersonForm(AdminForm):
    """Name and office phone."""

    def __init__(self, data: Any = None, *, name: str, office_phone: str, name_too: bool) -> None:
        super().__init__(data, initial={"name": name, "office_phone": office_phone})
        if name_too:
            self.fields["name"] = text_field(_("Name"), 40)
        self.fields["office_phone"] = text_field(
            _("Office phone"), 20, required=False, help_text=_("Of the office; no mobile number.")
        )


class CorrectPostForm(AdminForm):
    """Title, rank and, of a leader, the units answered for."""

    def __init__(self, data: Any = None, *, role: str, initial: dict[str, Any], now: dt.datetime) -> None:
        super().__init__(data, initial=initial)
        self.fields["title"] = text_field(pgettext("post", "Title"), 40, required=False)
        self.fields["rank"] = forms.ChoiceField(label=_("Rank"), choices=words.options(words.RANKS))
        if role == Role.LEADER:
            self.fields["portfolio"] = forms.MultipleChoiceField(
                label=_("Units answered for"),
                choices=choices.units(now),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )


class AccountForm(AdminForm):
    """The name to log in with."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["username"] = text_field(
            _("User name"), 60, help_text=_("Letters, digits and @ . + - _; for ever, so not the name of a post.")
        )


class DelegateForm(AdminForm):
    """Who stands in, from when to when, for what."""

    fields_of_errors: ClassVar = {"to_post": "to_post"}

    def __init__(
        self,
        data: Any = None,
        *,
        today: dt.date,
        deputies: choices.Choices,
        posts: choices.Choices | None = None,
    ) -> None:
        super().__init__(data)
        if posts is not None:
            self.fields["post"] = select(_("For whom"), posts)
        self.fields |= {
            "to_post": select(_("Who stands in"), deputies),
            "valid_from": date_field(_("From"), initial=today),
            "last_day": date_field(_("Last day"), required=False, help_text=_("Empty: until somebody ends it.")),
            "acts": forms.MultipleChoiceField(
                label=_("For which acts"),
                choices=words.options(words.DELEGATED_ACTS),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None ticked: all of them. Who stands behind a confidential problem is never shown."),
            ),
        }

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        last: dt.date | None = said["last_day"]
        return {
            "valid_from": said["valid_from"],
            "valid_to": last + dt.timedelta(1) if last else None,
            "acts": said["acts"],
        }


class HandoverForm(AdminForm):
    """Who takes over: one for all, or another one for a kind of thing."""

    def __init__(
        self, data: Any = None, *, successors: choices.Choices, parts: list[tuple[str, str]], needed: bool
    ) -> None:
        super().__init__(data)
        self.parts = [code for code, _label in parts]
        if needed:
            self.fields["successor"] = select(_("Successor"), successors, required=False, empty="—")
            self.fields["successor"].asked = True  # type: ignore[attr-defined]  # not "optional": some part needs it
        for code, label in parts:
            self.fields[code] = select(
                label,
                successors,
                required=False,
                empty=_("the successor above"),
            )

    @property
    def successor(self) -> UUID | None:
        said = self.cleaned_data.get("successor")
        return UUID(said) if said else None

    @property
    def others(self) -> dict[str, UUID]:
        return {code: UUID(self.cleaned_data[code]) for code in self.parts if self.cleaned_data.get(code)}


class DutyForm(AdminForm):
    """One line of the roster."""

    def __init__(self, data: Any = None, *, posts: choices.Choices, today: dt.date) -> None:
        super().__init__(data)
        self.fields |= {
            "day": date_field(_("Day"), initial=today),
            "shift": forms.ChoiceField(label=_("Shift"), choices=words.options(words.SHIFTS), initial="all_day"),
            "post": select(_("Who"), posts),
            "leads": forms.BooleanField(label=_("Leads the shift"), required=False),
        }
