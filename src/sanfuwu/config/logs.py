"""Logging to standard error, one line per message, without personal data: no request body, no query string, no user."""

from __future__ import annotations

import logging
from typing import Any

from . import env


class WithoutQuery(logging.Filter):
    """Cuts query strings out of Django's request messages: a search word can be somebody's name."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(a.partition("?")[0] if isinstance(a, str) else a for a in record.args)
        record.__dict__.pop("request", None)
        return True


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_query": {"()": WithoutQuery}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_query"]},
    },
    "root": {"handlers": ["stderr"], "level": env.text("SANFUWU_LOG_LEVEL", "WARNING").upper()},
    "loggers": {
        "sanfuwu": {"level": "INFO"},
        "django": {"handlers": [], "propagate": True, "level": "WARNING"},
        # Statements carry values; they are never written, not even in debug mode.
        "django.db.backends": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
    },
}
