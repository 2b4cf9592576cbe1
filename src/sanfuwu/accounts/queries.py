"""What pages ask of accounts: by id, and whether another county still needs one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection
from psycopg import sql

from sanfuwu.counties.queries import county_schemas
from sanfuwu.counties.schema import current_schema

from .models import Account


def accounts(ids: Collection[UUID | None]) -> dict[UUID, Account]:
    """{id: account} of those that exist."""
    return Account.objects.in_bulk([pk for pk in ids if pk is not None])


def second_factors(account_id: UUID) -> int:
    """How many second factors an account has: time codes, passkeys, recovery codes."""
    count: int = Authenticator.objects.filter(user_id=account_id).count()
    return count


def serves_elsewhere(account_id: UUID, day: dt.date) -> bool:
    """Whether a post of another county is linked to the account on that day or later. One statement a county."""
    here = current_schema()
    with connection.cursor() as cursor:
        for schema in county_schemas():
            if schema == here:
                continue
            cursor.execute(
                sql.SQL(
                    "SELECT EXISTS (SELECT FROM {}.territory_post"
                    " WHERE account_id = %s AND (valid_to IS NULL OR valid_to > %s))"
                ).format(sql.Identifier(schema)),
                [account_id, day],
            )
            if cursor.fetchone() == (True,):
                return True
    return False
