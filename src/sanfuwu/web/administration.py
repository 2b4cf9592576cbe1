"""管理: the sections of the administration, each with its page and with who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanfuwu.documents.policies import may_set_columns, may_set_papers
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
        _("Columns of the ledgers"),
        _("Which columns the four ledgers have when they are taken out, and in which order."),
        "web:admin_ledgers",
        "table",
        may_set_columns,
    ),
    Section(
        _("Official papers"),
        _("Letterhead, numbers and Word templates of dispatch orders and strike-off slips."),
        "web:admin_papers",
        "file-text",
        may_set_papers,
    ),
)


def sections_for(actor: Actor) -> list[Section]:
    """What this post may administer."""
    return [section for section in SECTIONS if section.open_to(actor)]
