"""Forms of the exchange: where a problem is sent, a workbook that came back, a system of the list, a partner."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sanfuwu.exchange import headings
from sanfuwu.exchange.actions.sending import Send
from sanfuwu.exchange.actions.systems import SetSystem
from sanfuwu.ledger.errors import ActionError
from sanfuwu.problems.models import ForeignSystem

from . import words
from .acts.fields import Choices


class Refusable(forms.Form):
    """A form that takes an action's refusal at its field."""

    folded: tuple[forms.BoundField, ...] = ()
    fold_open = False

    @property
    def front(self) -> list[forms.BoundField]:
        """Fields that stand open."""
        return list(self)

    def refuse(self, error: ActionError) -> None:
        """Put a refusal at its field, or over the form."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class SendForm(Refusable):
    """上报、移交: to whom, why, and what of the requester goes along."""

    why = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    with_requester = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, partners: Choices, confidential: bool) -> None:
        super().__init__(data, auto_id="f_%s", initial={"partner": partners[0][0] if len(partners) == 1 else ""})
        partner = forms.ChoiceField(label=_("To"), choices=partners, widget=forms.RadioSelect)
        self.fields = {"partner": partner, **self.fields}
        self.fields["why"].label = _("Why")
        self.fields["why"].help_text = _("They read this sentence with the text of the problem. Photographs stay here.")
        self.fields["with_requester"].label = _("Name and telephone of the requester go along")
        self.fields["with_requester"].help_text = _("Otherwise they answer to us, and we answer the requester.")
        if confidential:
            self.fields["confidential_confirmed"] = forms.BooleanField(
                label=_("The requester is confidential: I confirm that the original text may go there"),
                help_text=_("Otherwise only the text written for units goes."),
                required=False,
            )

    def command(self) -> Send:
        """What the act takes."""
        return Send(**self.cleaned_data)


class AnswersForm(Refusable):
    """A workbook of theirs."""

    file = forms.FileField(widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}), allow_empty_file=True)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="f_%s")
        self.fields["file"].label = _("Their workbook (.xlsx, .xls or .csv)")


class SystemForm(Refusable):
    """One system of the county's list; with its code when it is a new one."""

    name = forms.CharField(max_length=40)
    told_to_requester = forms.BooleanField(required=False)
    active = forms.BooleanField(required=False, initial=True)

    def __init__(self, data: Any = None, *, system: ForeignSystem | None = None) -> None:
        initial: dict[str, Any] = {}
        if system is not None:
            initial = {
                "name": system.name,
                "active": system.active,
                "told_to_requester": system.told_to_requester,
                **{f"h_{key}": value for key, value in system.headings.items()},
            }
        super().__init__(data, auto_id="f_%s", initial=initial)
        self.fields["name"].label = _("Name of the system")
        self.fields["name"].help_text = _("As people call it, in a few words.")
        self.fields["told_to_requester"].label = _("The requester may read the number on his page")
        self.fields["active"].label = _("In use")
        self.fields["active"].help_text = _("Otherwise it gets no new numbers; the old ones stay.")
        if system is None:
            code = forms.CharField(
                label=_("Code"),
                max_length=24,
                help_text=_("2 to 24 small letters, digits or hyphens; it never changes."),
            )
            self.fields = {"code": code, **self.fields}
        for key, usual in headings.ALL.items():
            self.fields[f"h_{key}"] = forms.CharField(
                label=usual,
                required=False,
                max_length=headings.LENGTH,
                widget=forms.TextInput(attrs={"placeholder": usual}),
            )

    @property
    def front(self) -> list[forms.BoundField]:
        """Everything but the headings."""
        return [self[name] for name in self.fields if not name.startswith("h_")]

    @property
    def out_headings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("h_out_")]

    @property
    def in_headings(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("h_in_")]

    def command(self) -> SetSystem:
        """What the action takes."""
        given = self.cleaned_data
        return SetSystem(
            name=given["name"],
            active=given["active"],
            told_to_requester=given["told_to_requester"],
            headings={key: given[f"h_{key}"] for key in headings.ALL},
        )

    def refuse(self, error: ActionError) -> None:
        """A heading's field has a prefix here."""
        field = f"h_{error.field}" if f"h_{error.field}" in self.fields else error.field
        self.add_error(field if field in self.fields else None, error.message)


class PartnerForm(Refusable):
    """One county of the installation as a partner."""

    active = forms.BooleanField(required=False, initial=True)

    def __init__(self, data: Any = None, *, counties: Choices) -> None:
        super().__init__(data, auto_id="f_%s")
        self.fields = {
            "code": forms.ChoiceField(label=_("County"), choices=counties, widget=forms.RadioSelect),
            "relation": forms.ChoiceField(
                label=_("It is to us"), choices=words.options(words.PARTNER_RELATIONS), widget=forms.RadioSelect
            ),
            **self.fields,
        }
        self.fields["active"].label = _("Problems may be sent there and taken from there")
