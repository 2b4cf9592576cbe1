"""A form from a command: fields from `fields.MAKERS`, a typed command from the cleaned values."""

from __future__ import annotations

import dataclasses
import re
import typing
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import ActionError

from .fields import ASKED, FOLDED, MAKERS, NOT_ASKED, FormContext


def asked_fields(act: str, command: type[Any]) -> list[str]:
    """Names of the command's fields that the page asks for, in the command's order.

    Raises KeyError for a field nobody has thought of: a new field of a command must be placed or named as not asked.
    """
    names = []
    for item in dataclasses.fields(command):
        key = f"{act}.{item.name}"
        if item.name in NOT_ASKED or key in NOT_ASKED:
            continue
        if key not in MAKERS:
            raise KeyError(key)
        names.append(item.name)
    return names


class ActForm(forms.Form):
    """The form of one act. `command()` gives what the act takes."""

    act: str
    command_type: type[Any]

    def __init__(self, act: str, command_type: type[Any], context: FormContext, data: Any = None) -> None:
        super().__init__(data, initial=context.initial, prefix=None, auto_id="f_%s")
        self.act, self.command_type, self.context = act, command_type, context
        for name in asked_fields(act, command_type):
            made = MAKERS[f"{act}.{name}"](context)
            if made is not None:
                made.asked = f"{act}.{name}" in ASKED  # type: ignore[attr-defined]
                self.fields[name] = made

    @property
    def front(self) -> list[forms.BoundField]:
        """Fields that stand open."""
        return [self[name] for name in self.fields if f"{self.act}.{name}" not in FOLDED]

    @property
    def folded(self) -> list[forms.BoundField]:
        """Fields behind "more"; they have a default."""
        return [self[name] for name in self.fields if f"{self.act}.{name}" in FOLDED]

    @property
    def fold_open(self) -> bool:
        return any(field.errors for field in self.folded)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.act == "record_callback" and cleaned.get("reached") and not self.context.anonymous:
            self._hear(cleaned)
        return cleaned

    def _hear(self, cleaned: dict[str, Any]) -> None:
        """Whoever was reached was asked: what is unanswered is said at its question, and what follows follows from the
        answers unless it was chosen."""
        for name in ("contacted", "solved", "satisfied"):
            if name in self.fields and name not in self.errors and cleaned.get(name) in (None, ""):
                self.add_error(name, _("Please answer this question."))
        if not cleaned.get("outcome"):
            kind = self.context.result_kind
            cleaned["outcome"] = _of_withdrawal(cleaned) if self.context.withdrawn else _outcome(cleaned, kind)

    def command(self, **given: Any) -> Any:
        """The command of the cleaned values; `given` adds what the page knows (the assignment)."""
        hints = typing.get_type_hints(self.command_type)
        known = {item.name for item in dataclasses.fields(self.command_type)}
        values = {name: _typed(hints[name], value) for name, value in self.cleaned_data.items()}
        return self.command_type(**values, **{k: v for k, v in given.items() if k in known})

    def refuse(self, error: ActionError) -> None:
        """Put an action's refusal at its field, or over the form."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


def _outcome(answers: dict[str, Any], result_kind: str) -> str:
    """What three answers mean; "" while one is missing, so that the act asks for it.

    What was only explained, or cannot be solved, need not be solved to be confirmed: the requester has to accept it.
    """
    solved, satisfied = answers.get("solved"), answers.get("satisfied")
    if solved is None or not satisfied:
        return ""
    if satisfied == "no":
        return "dissatisfied" if solved else "redo"
    return "confirmed" if solved or result_kind != "solved" else "redo"


def _of_withdrawal(answers: dict[str, Any]) -> str:
    """He did withdraw it, or it is taken up again; "" while it was not asked."""
    return {"yes": "confirmed", "no": "redo"}.get(answers.get("satisfied") or "", "")


def _paragraphs(text: str) -> tuple[str, ...]:
    """Texts with an empty line between them."""
    return tuple(part for part in (piece.strip() for piece in re.split(r"\r?\n[ \t\u3000]*\r?\n", text)) if part)


def _typed(hint: Any, value: Any) -> Any:
    """A cleaned value as the command's type wants it."""
    options = typing.get_args(hint) if type(None) in typing.get_args(hint) else ()
    wanted = next((t for t in options if t is not type(None)), hint)
    if options and value in ("", None):
        return None
    if wanted is UUID:
        return value if isinstance(value, UUID) else UUID(str(value))
    if typing.get_origin(wanted) is tuple:
        if typing.get_args(wanted)[0] is str:
            return _paragraphs(value)
        return tuple(UUID(str(item)) for item in value)
    if wanted is bool and isinstance(value, str):
        return value == "yes"
    return value


class PlainForm(forms.Form):
    """A form without fields of its own (photographs): it only carries errors."""

    front: tuple[forms.BoundField, ...] = ()
    folded: tuple[forms.BoundField, ...] = ()
    fold_open = False
