"""What the forms of the administration share."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms

from sanfuwu.ledger.errors import ActionError


class AdminForm(forms.Form):
    """A form whose action may refuse: the refusal stands at the field where a person can mend it."""

    fields_of_errors: ClassVar[dict[str, str]] = {}  # an action's name of a field → this form's

    def __init__(self, data: Any = None, files: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, files, initial=initial, auto_id="f_%s")

    def refuse(self, error: ActionError) -> None:
        name = self.fields_of_errors.get(error.field or "", error.field)
        self.add_error(name if name in self.fields else None, error.message)


class DateInput(forms.DateInput):
    """The browser's own calendar; it wants the date as 2019-02-12 whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def date_field(
    label: str, *, initial: dt.date | None = None, required: bool = True, help_text: str = ""
) -> forms.Field:
    return forms.DateField(
        label=label,
        initial=initial,
        required=required,
        help_text=help_text,
        widget=DateInput(),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"],
    )


def text_field(label: str, most: int, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def select(
    label: str, choices: Any, *, required: bool = True, empty: str = "", help_text: str = ""
) -> forms.ChoiceField:
    """A list to choose from; with `empty` its first line is that."""
    options = [("", empty), *choices] if empty or not required else [("", "—"), *choices]
    return forms.ChoiceField(label=label, choices=options, required=required, help_text=help_text)
