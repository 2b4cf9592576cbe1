"""管理: the sections of the administration, each with its page and with who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanfuwu.reference import policies
from sanfuwu.territory.actor import Actor


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the administration's first page."""

    label: str | Promise
    why: str | Promise  # what is done there, in one sentence
    url_name: str
    icon: str
    open_to: Callable[[Actor], bool]

    args: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=self.args)


# In the order in which an office sets up its county.
SECTIONS: tuple[Section, ...] = (
    Section(
        _("County data"),
        _("Name, telephone, notices to requesters, call-back share, training mode."),
        "web:admin_county",
        "building-community",
        policies.may_set_county,
    ),
    Section(
        _("Categories"),
        _("Three levels; confirm or merge what an import proposed."),
        "web:admin_categories",
        "category",
        policies.may_set_lists,
    ),
    Section(
        _("Catalogue of responsible units"),
        _("Which unit leads for a category in a place; proposed at registration and dispatch."),
        "web:admin_catalogue",
        "route",
        policies.may_set_lists,
    ),
    Section(
        _("Time limits"),
        _("How long each step may take, and the office hours; approved by supervision."),
        "web:admin_limits",
        "hourglass",
        policies.may_see_rules,
    ),
    Section(
        _("Work calendar"),
        _("Holidays and make-up workdays of each year; approved by supervision."),
        "web:admin_calendar",
        "calendar",
        policies.may_see_rules,
    ),
    Section(
        _("Reasons"),
        _("Why something is not accepted, returned, held, extended, and where to go instead."),
        "web:admin_reasons",
        "list-details",
        policies.may_set_lists,
        ("decline",),
    ),
    Section(
        _("Common words"),
        _("Sentences to put into forms with one press, for all or for one's unit."),
        "web:phrases",
        "messages",
        lambda actor: len(policies.phrase_scopes(actor)) > 1,
    ),
)


def sections_for(actor: Actor) -> list[Section]:
    """What this post may administer."""
    return [section for section in SECTIONS if section.open_to(actor)]
