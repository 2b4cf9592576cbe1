"""The schema that the connection speaks to. django-tenants adds this to Django's connections; types know it here."""

from __future__ import annotations

from typing import Any

from django.db import connection

from .models import County


def current_schema() -> str:
    """The schema of the county that this thread works in; `public` outside a county."""
    here: Any = connection
    return str(here.schema_name)


def enter(county: County) -> None:
    """Let the connection speak to a county's schema.

    Setting it again would cost a SET per request and empty Django's content types, so it is done on a change only.
    """
    here: Any = connection
    if here.schema_name != county.schema_name:
        here.set_tenant(county)
    else:
        here.tenant = county
