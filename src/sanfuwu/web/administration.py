"""管理: the sections of the administration, each with its page and with who may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sanfuwu.documents.policies import may_set_columns, may_set_papers
from sanfuwu.exchange.policies import may_exchange
from sanfuwu.reference import policies
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Role
from sanfuwu.territory.policies import may_grant_access, may_keep_duty


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


def _officer(actor: Actor) -> bool:
    """The three officers: the system officer changes, the others look."""
    return actor.is_officer and actor.on_behalf_of is None


def _head(actor: Actor) -> bool:
    return actor.role == Role.UNIT_HEAD


# In the order in which an office sets up its county.
SECTIONS: tuple[Section, ...] = (
    Section(
        _("Setting up"), _("What is missing before work can begin."), "web:admin_setup", "clipboard-list", _officer
    ),
    Section(_("Units"), _("The tree, names and their history, mergers."), "web:admin_units", "sitemap", _officer),
    Section(
        _("People and posts"), _("Who serves where as what; log-ins; hand-over."), "web:admin_people", "users", _officer
    ),
    Section(
        _("Access"),
        _("Let accounts into posts; confidential officers; review."),
        "web:admin_access",
        "lock",
        may_grant_access,
    ),
    Section(
        _("Delegations"),
        _("Who stands in for whom, and for which acts."),
        "web:admin_delegations",
        "switch-horizontal",
        _officer,
    ),
    Section(_("My unit's posts"), _("Who serves in your unit as what."), "web:admin_own_unit", "id-badge-2", _head),
    Section(_("Duty roster"), _("Who is on duty when; from Excel."), "web:duty", "calendar-event", may_keep_duty),
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
