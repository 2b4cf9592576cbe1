"""What the actions of this app share: texts checked at the door, and all that an event may keep of them."""

from __future__ import annotations

import hashlib

from django.utils.translation import gettext as _

from sanfuwu.ledger.errors import InvalidInput


def line(value: str, field: str, *, most: int, required: bool = True) -> str:
    """One line without superfluous space, or an error at the field."""
    text = " ".join(value.split())
    if required and not text:
        raise InvalidInput(_("This must be filled in."), field=field)
    if len(text) > most:
        raise InvalidInput(_("At most %(most)d characters.") % {"most": most}, field=field)
    return text


def digest(text: str) -> str:
    """SHA-256 in hex: which text it was can be proved, the text itself stays out of the event."""
    return hashlib.sha256(text.encode()).hexdigest()
