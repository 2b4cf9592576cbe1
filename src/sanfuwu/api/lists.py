"""Small lists that a program needs to fill in a form: who am I, categories, units, divisions."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from sanfuwu.config import clock
from sanfuwu.counties.queries import county_code
from sanfuwu.problems.models import Category
from sanfuwu.problems.policies import may_register
from sanfuwu.problems.queries import scope_of
from sanfuwu.territory.queries import divisions_below, post_labels, unit_names, unit_tree

from .routers import lists as lists_router
from .shapes import Named, Place, Told, answers
from .tokens import actor_of


class TokenOut(Told):
    """One mark that problems carry: `scope` a unit, `place` a division, `reg` a post that registered, …"""

    kind: str
    key: str


class ScopesOut(Told):
    """What this post sees: everything, or problems with one of `any_of` and none of `none_of`."""

    everything: bool
    any_of: list[TokenOut]
    none_of: list[TokenOut]


class MeOut(Told):
    post: UUID
    title: str
    person: str
    role: str
    rank: str
    unit: Named
    place: str = Field(description="Division code of a town office's place, otherwise empty")
    may_register: bool
    scopes: ScopesOut


class CategoryOut(Told):
    id: UUID
    code: str
    name: str
    parent_id: UUID | None


class UnitOut(Told):
    id: UUID
    code: str
    name: str
    kind: str
    status: str
    division_code: str
    parent_id: UUID | None
    depth: int


@lists_router.get(
    "/me", response=answers({200: MeOut}), operation_id="me", summary="Whose token this is", url_name="me"
)
def me(request: HttpRequest) -> MeOut:
    actor = actor_of(request)
    assert actor.post_id is not None  # a token is always a post's
    assert actor.unit_id is not None
    today = clock.today()
    _unit, title, person = post_labels([actor.post_id], today)[actor.post_id]
    scope = scope_of(actor)
    return MeOut(
        post=actor.post_id,
        title=title,
        person=person,
        role=actor.role,
        rank=actor.rank,
        unit=Named(id=actor.unit_id, name=unit_names(today).get(actor.unit_id, "")),
        place=actor.place,
        may_register=may_register(actor),
        scopes=ScopesOut(
            everything=scope.everything,
            any_of=[TokenOut(kind=kind, key=key) for kind, key in sorted(scope.any_of)],
            none_of=[TokenOut(kind=kind, key=key) for kind, key in sorted(scope.none_of)],
        ),
    )


@lists_router.get(
    "/categories",
    response=answers({200: list[CategoryOut]}),
    operation_id="list_categories",
    summary="Categories in use, by code",
    url_name="categories",
)
def categories(request: HttpRequest) -> list[Category]:
    return list(Category.objects.filter(status=Category.Status.ACTIVE).order_by("code"))


@lists_router.get(
    "/units",
    response=answers({200: list[UnitOut]}),
    operation_id="list_units",
    summary="Units of today, parents before children",
    url_name="units",
)
def units(request: HttpRequest) -> list[UnitOut]:
    return [UnitOut.model_validate(node) for node in unit_tree(clock.today())]


@lists_router.get(
    "/divisions",
    response=answers({200: list[Place]}),
    operation_id="list_divisions",
    summary="The county with its towns and villages, by code",
    url_name="divisions",
)
def divisions(request: HttpRequest) -> list[Place]:
    below = divisions_below(county_code().ljust(12, "0"), clock.today())
    return [Place(code=code, name=name) for code, name in below.items()]
