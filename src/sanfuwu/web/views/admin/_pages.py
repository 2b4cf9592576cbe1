"""What the pages of the administration share: forms that carry a refusal, uploads, a post's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import ActionError, InvalidInput, NotAllowed, NotVisible
from sanfuwu.sheets import MOST_BYTES
from sanfuwu.territory.queries.phones import phone_lengths
from sanfuwu.territory.queries.units import post_labels


def refuse(form: forms.Form, error: ActionError) -> None:
    """Put an action's refusal at its field, or over the form. What is not visible stays a 404, and what the post may
    not do at all a 403; a refusal with a code of its own says what to do and stays with the form."""
    if isinstance(error, NotVisible) or (isinstance(error, NotAllowed) and error.code == NotAllowed.code):
        raise error
    form.add_error(error.field if error.field in form.fields else None, error.message)


def sent(request: HttpRequest) -> Any:
    """What was posted, an empty form too; None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def uploaded(request: HttpRequest, name: str = "file") -> bytes:
    """The bytes of a small file. Raises `InvalidInput` at the field."""
    sent = request.FILES.get(name)
    if sent is None:
        raise InvalidInput(_("Choose a file."), field=name)
    if (sent.size or 0) > MOST_BYTES:
        raise InvalidInput(_("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1024**2}, field=name)
    return bytes(sent.read())


def people(posts: Collection[UUID | None], now: dt.datetime) -> dict[UUID, str]:
    """{post: 区三服务办 受理员 周敏华}."""
    wanted = {post for post in posts if post is not None}
    labels = post_labels(wanted, timezone.localdate(now))
    return {pk: " ".join(part for part in parts if part) for pk, parts in labels.items()}


def text(**more: Any) -> forms.CharField:
    """A line that the action checks: the form only carries it."""
    return forms.CharField(**more)


def area(rows: int = 4, **more: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **more)


def day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"), **more)


class FileForm(forms.Form):
    """One workbook."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="f_%s")
        self.fields["file"] = forms.FileField(
            label=_("Workbook (.xlsx or .xls)"),
            required=False,
            help_text=_("Nothing is written before you have looked through it."),
            widget=forms.FileInput(attrs={"accept": ".xlsx,.xls"}),
        )


def warn_of_phone(request: HttpRequest, phone: str) -> None:
    """A message beside the success where a number that was just saved looks a digit short or long."""
    if doubt := phone_lengths().doubt(phone):
        messages.warning(request, doubt)
