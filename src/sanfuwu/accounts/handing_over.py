"""岗位移交, the part of accounts: whoever hands his post over is out of it at once."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.utils.translation import gettext_lazy as _

from sanfuwu.ledger.changes import Changes
from sanfuwu.territory.actions.handover import Handover, Part
from sanfuwu.territory.models import Post

from .people import leave


def _count(post: Post, _day: dt.date) -> int:
    """One, when an account is linked."""
    return 1 if post.account_id else 0


def _withdraw(changes: Changes, handover: Handover, _successor: Post | None) -> int:
    """The link stays on the ended post as a record; a post that has ended opens nothing."""
    post = handover.post
    assert post.account_id is not None
    changes.after_write.append(partial(leave, post.person_id, post.account_id, actor=handover.actor, now=handover.now))
    return 1


PARTS: tuple[Part, ...] = (
    Part(
        "access",
        _("Access to this post"),
        count=_count,
        move=_withdraw,
        columns=("territory.Post.account_id",),
        needs_successor=False,
        why=_("It is withdrawn at once and all sessions end; an account without any other post is shut."),
    ),
)
