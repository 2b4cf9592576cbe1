"""Forms about units."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sanfuwu.rules.identifiers import check_division
from sanfuwu.territory.queries.units import UnitNode
from sanfuwu.web import choices, words

from .base import AdminForm, date_field, select, text_field


class NewUnitForm(AdminForm):
    """A unit that begins."""

    fields_of_errors: ClassVar = {"parent": "parent_id"}

    def __init__(self, data: Any = None, *, now: dt.datetime, today: dt.date) -> None:
        super().__init__(data)
        self.fields |= {
            "name": text_field(pgettext("unit", "Name"), 80),
            "kind": select(_("Kind"), words.options(words.UNIT_KINDS, words.UNIT_KINDS_TO_CHOOSE)),
            "parent_id": select(_("Stands under"), choices.superiors(now)),
            "code": text_field(
                pgettext("unit", "Code"), 32, help_text=_("Short and for ever, such as the initials: sfwb.")
            ),
            "division_code": text_field(
                _("Division"), 20, required=False, help_text=_("Twelve digits; only of a town or a village.")
            ),
            "valid_from": date_field(_("From"), initial=today),
        }

    def clean_division_code(self) -> str:
        return padded(self.cleaned_data["division_code"])

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said["parent_id"] = UUID(said["parent_id"])
        return said


class ChangeUnitForm(AdminForm):
    """Another name, superior or division from a day on."""

    fields_of_errors: ClassVar = {"parent": "parent_id"}

    def __init__(self, data: Any = None, *, node: UnitNode, now: dt.datetime, today: dt.date) -> None:
        super().__init__(
            data,
            initial={
                "name": node.name,
                "parent_id": str(node.parent_id or ""),
                "division_code": node.division_code,
                "valid_from": today,
            },
        )
        self.fields["name"] = text_field(pgettext("unit", "Name"), 80)
        if node.parent_id is not None:
            self.fields["parent_id"] = select(_("Stands under"), choices.superiors(now))
        self.fields["division_code"] = text_field(_("Division"), 20, required=False)
        self.fields["valid_from"] = date_field(
            _("From"),
            help_text=_(
                "Records before this day go on showing the old name and place. What was entered wrongly today is put "
                "right with today's date."
            ),
        )

    def clean_division_code(self) -> str:
        return padded(self.cleaned_data["division_code"])

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said["parent_id"] = UUID(said["parent_id"]) if said.get("parent_id") else None
        return said


class ConfirmUnitForm(AdminForm):
    """A name met in an import becomes a unit."""

    fields_of_errors: ClassVar = {"parent": "parent_id"}

    def __init__(self, data: Any = None, *, node: UnitNode, now: dt.datetime) -> None:
        super().__init__(data, initial={"name": node.name, "kind": node.kind, "parent_id": str(node.parent_id or "")})
        self.fields |= {
            "name": text_field(pgettext("unit", "Name"), 80),
            "kind": select(_("Kind"), words.options(words.UNIT_KINDS, words.UNIT_KINDS_TO_CHOOSE)),
            "parent_id": select(_("Stands under"), choices.superiors(now)),
        }

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said["parent_id"] = UUID(said["parent_id"])
        return said


class IntoUnitForm(AdminForm):
    """Which unit takes over."""

    fields_of_errors: ClassVar = {"into": "into_id"}

    def __init__(self, data: Any = None, *, node: UnitNode, now: dt.datetime, today: dt.date, label: str) -> None:
        super().__init__(data)
        self.fields |= {
            "into_id": select(label, choices.successors(node, now)),
            "on_date": date_field(_("First day of the successor"), initial=today),
        }

    @property
    def into_id(self) -> UUID:
        return UUID(self.cleaned_data["into_id"])


class CloseUnitForm(AdminForm):
    """The first day without it."""

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        super().__init__(data)
        self.fields["on_date"] = date_field(_("First day without it"), initial=today)


def padded(code: str) -> str:
    """A division's code with all its twelve digits; what is no code stays as typed, for the action to refuse."""
    code = "".join(code.split())
    return check_division(code).value if code else ""
