from __future__ import annotations

from dataclasses import dataclass

from sanfuwu.accounts.models import Account
from sanfuwu.territory.models import Post


@dataclass
class Cast:
    """An account with two posts, and the head of another unit for whom it stands in."""

    account: Account
    password: str
    handler: Post
    collector: Post
    head: Post
    stranger: Post
