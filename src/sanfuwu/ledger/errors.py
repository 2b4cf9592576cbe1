"""What an action may refuse with. Each error says where and what to do; pages and API only translate it."""

from __future__ import annotations


class ActionError(Exception):
    """Base: `code` is stable for programs, `message` is for people (already translated), `field` names the input."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class InvalidInput(ActionError):
    """A field is missing or wrong."""

    code = "invalid_input"


class NotAllowed(ActionError):
    """This actor may not do this act on this thing, though he may see it."""

    status = 403
    code = "not_allowed"


class NotVisible(ActionError):
    """What is not visible does not exist (architecture.md, house rule 3)."""

    status = 404
    code = "not_found"


class IllegalTransition(ActionError):
    """The lifecycle table has no such step from here."""

    status = 409
    code = "illegal_transition"


class StaleVersion(ActionError):
    """Somebody else was first; `changed` names what happened since, so that nothing typed is lost."""

    status = 409
    code = "stale_version"


class IdempotencyConflict(ActionError):
    """The same key came with another body."""

    status = 409
    code = "idempotency_conflict"
