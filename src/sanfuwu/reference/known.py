"""The values a county may set: what each is, within which bounds, and what holds while nobody has set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.territory.actions.posts import check_office_phone


@dataclass(frozen=True, slots=True)
class Known:
    """One value: `kind` is line, text, percent or switch; `most` bounds the characters."""

    key: str
    kind: str
    label: str | Promise
    help: str | Promise
    default: Any
    most: int = 200

    def checked(self, value: Any) -> Any:
        """The value as it is kept, or an error at its field."""
        if self.kind == "switch":
            return bool(value)
        if self.kind == "percent":
            if isinstance(value, bool) or not str(value).strip().isdigit() or not 0 <= int(value) <= 100:
                raise InvalidInput(_("A whole number from 0 to 100."), field=self.key)
            return int(value)
        text = str(value).replace("\r\n", "\n").strip()
        if self.kind == "line":
            text = " ".join(text.split())
        if len(text) > self.most:
            raise InvalidInput(_("At most %(most)d characters.") % {"most": self.most}, field=self.key)
        if self.key == "phone":
            try:
                check_office_phone(text)
            except InvalidInput as error:
                raise InvalidInput(error.message, field=self.key) from error
        return text


KNOWN: Final[tuple[Known, ...]] = (
    Known("name", "line", gettext_lazy("Name of the county"), gettext_lazy("Over every page and on papers."), "", 60),
    Known(
        "phone",
        "line",
        gettext_lazy("Telephone of the office"),
        gettext_lazy("Shown to requesters; an office line, never a mobile."),
        "",
        20,
    ),
    Known(
        "hours_text",
        "line",
        gettext_lazy("Opening hours, as requesters read them"),
        gettext_lazy("Time limits follow the office hours of the time limit rules, not this text."),
        "",
        80,
    ),
    Known(
        "spot_sample",
        "percent",
        gettext_lazy("Solved on the spot: share that is called back (percent)"),
        gettext_lazy("Requesters who come again within 30 days are always called back."),
        10,
    ),
    Known(
        "slip_text",
        "text",
        gettext_lazy("Text on the requester's page"),
        gettext_lazy("Stands under the stage and the unit, for whoever holds the paper slip."),
        "",
        600,
    ),
    Known(
        "privacy_notice",
        "text",
        gettext_lazy("Notice on personal data (Personal Information Protection Law, art. 17)"),
        gettext_lazy(
            "Who keeps it, what for, how long, and how to have it corrected or deleted. Shown when registering."
        ),
        "",
        2000,
    ),
    Known(
        "training",
        "switch",
        gettext_lazy("Training mode may be used"),
        gettext_lazy("Everybody may then switch himself into training; what is registered there never counts."),
        False,
    ),
)
BY_KEY: Final = {one.key: one for one in KNOWN}
