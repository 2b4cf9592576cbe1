"""The shell of every page: who is here, in which post, what the menus hold, and the one `now` of the page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext

from sanfuwu.exchange.policies import may_exchange
from sanfuwu.figures.policies import may_see_figures
from sanfuwu.intake.policies import may_open as may_open_imports
from sanfuwu.problems.policies import may_register
from sanfuwu.reference.policies import may_approve, may_have_phrases
from sanfuwu.reference.queries import county_data
from sanfuwu.territory.actor import ActivePost, Actor
from sanfuwu.territory.queries import Standing, standing

from . import prefs
from .administration import sections_for
from .approving import Waiting, by_section, waiting
from .page import now_of
from .training import may_train
from .words import ROLES, word

_TABS = 4  # of the bar at the bottom of a phone, besides "more"


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class PostItem:
    """A line of the post menu; the two ids are what the form sends."""

    post: str
    on_behalf_of: str
    label: str
    current: bool


class Shell:
    """Computed when a template asks, so that an error page costs no query."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def prefs(self) -> prefs.Prefs:
        return prefs.read(self.request)

    @cached_property
    def actor(self) -> Actor | None:
        return getattr(self.request, "actor", None)

    @cached_property
    def county(self) -> str:
        """The county's name as it has set it; "" without a county."""
        return county_data().name if getattr(self.request, "tenant", None) is not None else ""

    @cached_property
    def county_name(self) -> str:
        """The name over every page; without a county the product's."""
        name = self.county
        return gettext("%(county)s Three Services") % {"county": name} if name else gettext("Three Services")

    @cached_property
    def sees_problems(self) -> bool:
        return self.actor is not None and not self.actor.is_officer

    @cached_property
    def training(self) -> bool:
        """Whether this session is in training: every page then says so."""
        return self.actor is not None and self.actor.training

    @cached_property
    def may_train(self) -> bool:
        return may_train(self.actor)

    @cached_property
    def has_phrases(self) -> bool:
        return self.actor is not None and may_have_phrases(self.actor)

    @cached_property
    def search(self) -> str:
        return self.request.GET.get("q", "")[:40]

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str]]:
        return [("zh-hans", "中文"), ("en", "English")]

    @cached_property
    def _my_posts(self) -> list[ActivePost]:
        my_posts = getattr(self.request, "my_posts", None)
        return my_posts() if self.actor is not None and my_posts is not None else []

    @cached_property
    def posts(self) -> list[PostItem]:
        found = self._my_posts
        if self.actor is None:
            return []
        alike = Counter(item.label for item in found)
        return [
            PostItem(
                post=str(item.post_id),
                on_behalf_of=str(item.on_behalf_of or ""),
                label=_with_role(item) if alike[item.label] > 1 else item.label,
                current=(item.post_id, item.on_behalf_of) == (self.actor.post_id, self.actor.on_behalf_of),
            )
            for item in found
        ]

    @cached_property
    def post_label(self) -> str:
        return next((post.label for post in self.posts if post.current), "")

    @cached_property
    def standing(self) -> Standing | None:
        """Of somebody logged in without a post: who it is here, and what is missing."""
        user = getattr(self.request, "user", None)
        if self.actor is not None or user is None or not user.is_authenticated:
            return None
        return standing(user.pk, timezone.localdate(now_of(self.request)))

    @cached_property
    def who(self) -> str:
        """Over every page: the person's own name, also while standing in for another; else the account's."""
        if self.actor is not None:
            return next((item.person for item in self._my_posts if item.person), "") or str(self.request.user)
        return (self.standing.name if self.standing else "") or str(self.request.user)

    @cached_property
    def waiting(self) -> list[Waiting]:
        """What this post is to approve; asked for once a page, and only where a page shows it."""
        return waiting(self.actor) if self.actor is not None else []

    @cached_property
    def marks(self) -> Counter[str]:
        """How much waits behind an item of the menu: counted on every page for supervision, whose work approving is."""
        if self.actor is None or not may_approve(self.actor):
            return Counter()
        found = by_section(self.waiting)
        imports = found.pop("web:imports", 0)
        return Counter({"web:admin": found.total(), "web:imports": imports})

    @cached_property
    def nav(self) -> list[NavItem]:
        """Only what this post needs, and only pages that exist."""
        if self.actor is None:
            return []
        items = [self._item(gettext("My desk"), "web:desk", "layout-dashboard")]
        if self.sees_problems:
            items.append(self._item(gettext("Problems"), "web:problems", "list-details"))
        if may_register(self.actor):
            items.append(self._item(gettext("Register"), "web:register", "file-plus"))
        if may_see_figures(self.actor):
            items.append(self._item(gettext("Figures"), "web:figures", "chart-bar"))
        if may_open_imports(self.actor):
            items.append(self._item(gettext("Import"), "web:imports", "table-import"))
        if may_exchange(self.actor):
            items.append(self._item(gettext("Exchange"), "web:transfers", "arrows-exchange"))
        items.append(self._item(gettext("Phone book"), "web:phones", "address-book"))
        if sections_for(self.actor):
            items.append(self._item(gettext("Administration"), "web:admin", "settings"))
        return items

    @cached_property
    def tabbar(self) -> list[NavItem]:
        if self.actor is None:
            return []
        return [*self.nav[:_TABS], self._item(gettext("All functions"), "web:me", "dots")]

    @cached_property
    def behind_more(self) -> list[NavItem]:
        """What the bar of a phone has no room for."""
        return self.nav[_TABS:]

    def _item(self, label: str, name: str, icon: str) -> NavItem:
        url = reverse(name)
        path = self.request.path
        current = path == url or (name != "web:desk" and path.startswith(url))
        if name == "web:problems" and path.startswith(reverse("web:register")):
            current = False
        return NavItem(label=label, url=url, icon=icon, current=current, count=self.marks[name])


def _with_role(item: ActivePost) -> str:
    return gettext("%(post)s (%(role)s)") % {"post": item.label, "role": word(ROLES, item.role)}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor. `now` is the page's only reading of the clock."""
    return {"shell": Shell(request), "now": now_of(request)}
