"""管理: the sections of the administration, each with its page and with who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanfuwu.exchange.policies import may_exchange
from sanfuwu.territory.actor import Actor


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the administration's first page."""

    label: str | Promise
    why: str | Promise  # what is done there, in one sentence
    url_name: str
    icon: str
    open_to: Callable[[Actor], bool]

    @property
    def url(self) -> str:
        return reverse(self.url_name)


# In the order in which an office sets up its county.
SECTIONS: tuple[Section, ...] = (
    Section(
        _("Other systems"),
        _("Systems in which problems have a number of their own, and the headings of the workbooks for them."),
        "web:admin_systems",
        "link",
        may_exchange,
    ),
    Section(
        _("Partner counties"),
        _("Counties that problems may be sent to and taken from."),
        "web:admin_partners",
        "arrows-exchange",
        may_exchange,
    ),
)


def sections_for(actor: Actor) -> list[Section]:
    """What this post may administer."""
    return [section for section in SECTIONS if section.open_to(actor)]
