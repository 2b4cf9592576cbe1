"""People and their posts: found by name, by pinyin (whole or initials), by unit; one person with all that hangs on him.

A county has some thousand posts at most, so lists are capped and read whole, and the search is one statement.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Replace

from ..actor import active_on
from ..models import Delegation, Person, Post, UnitVersion
from .units import unit_names

MOST = 200


@dataclass(frozen=True, slots=True)
class PostLine:
    """One post in words; `running` on the day asked for."""

    id: UUID
    person_id: UUID
    person: str
    unit_id: UUID
    unit: str
    role: str
    rank: str
    title: str
    valid_from: dt.date
    valid_to: dt.date | None
    office_phone: str
    account_id: UUID | None
    person_account: UUID | None
    confidential_officer: bool
    portfolio: tuple[UUID, ...]
    running: bool

    @property
    def label(self) -> str:
        """ "供电所 所长 张某"."""
        return " ".join(part for part in (self.unit, self.title, self.person) if part)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a list with the posts that run on the day."""

    id: UUID
    name: str
    office_phone: str
    account_id: UUID | None
    posts: tuple[PostLine, ...]


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """One delegation in words. `state`: running, ahead or past on the day asked for."""

    id: UUID
    post: PostLine
    to_post: PostLine
    valid_from: dt.date
    valid_to: dt.date | None
    acts: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Found:
    """A capped list: `more` says that there are others."""

    people: list[PersonLine] = field(default_factory=list)
    total: int = 0
    more: bool = False


def matching(people: QuerySet[Person], words: str, on: dt.date) -> QuerySet[Person]:
    """People whose name holds the words, whose pinyin or initials begin with them, or who serve in a unit so named."""
    asked = unicodedata.normalize("NFKC", words).strip().lower()
    if not asked:
        return people
    units = [pk for pk, name in unit_names(on).items() if asked in name.lower()]
    letters = asked.replace(" ", "")
    people = people.annotate(
        letters=Replace("name_pinyin", Value(" "), Value("")),
        initials=Func(F("name_pinyin"), Value(r"(\S)\S*\s*"), Value(r"\1"), Value("g"), function="regexp_replace"),
    )
    found = Q(name__icontains=asked) | Q(letters__startswith=letters) | Q(initials__startswith=letters)
    if units:
        serving = Post.objects.filter(unit_id__in=units, valid_from__lte=on).exclude(valid_to__lte=on)
        found |= Q(pk__in=serving.values("person_id"))
    return people.filter(found)


def find_people(
    words: str = "", *, on: dt.date, unit_id: UUID | None = None, without_post: bool = False, most: int = MOST
) -> Found:
    """People by name, with their posts of the day. Four statements, however many there are."""
    people = matching(Person.objects.all(), words, on)
    serving = Post.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on)
    if unit_id is not None:
        people = people.filter(pk__in=serving.filter(unit_id=unit_id).values("person_id"))
    if without_post:
        people = people.exclude(pk__in=serving.values("person_id"))
    total = people.count()
    rows = list(people.order_by("name_pinyin", "name", "pk")[:most])
    posts = post_lines(serving.filter(person__in=rows), on)
    by_person: dict[UUID, list[PostLine]] = {}
    for post in posts:
        by_person.setdefault(post.person_id, []).append(post)
    lines = [PersonLine(p.pk, p.name, p.office_phone, p.account_id, tuple(by_person.get(p.pk, ()))) for p in rows]
    return Found(lines, total, total > len(rows))


def post_lines(posts: QuerySet[Post] | Iterable[Post], on: dt.date) -> list[PostLine]:
    """Posts in words, in the order given; of a queryset by unit, rank and name."""
    if isinstance(posts, QuerySet):
        posts = posts.select_related("person").order_by("person__name_pinyin", "valid_from", "pk")
    names = unit_names(on)
    return [_line(post, names.get(post.unit_id, ""), on) for post in posts]


def _line(post: Post, unit: str, on: dt.date) -> PostLine:
    return PostLine(
        id=post.pk,
        person_id=post.person_id,
        person=post.person.name,
        unit_id=post.unit_id,
        unit=unit,
        role=post.role,
        rank=post.rank,
        title=post.title,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        office_phone=post.person.office_phone,
        account_id=post.account_id,
        person_account=post.person.account_id,
        confidential_officer=post.confidential_officer,
        portfolio=tuple(UUID(unit_id) for unit_id in post.portfolio),
        running=active_on(post.valid_from, post.valid_to, on),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account without a post stands in this county on a day; nothing is said of other counties."""

    name: str = ""  # "" for an account that is nobody's here
    waiting: tuple[PostLine, ...] = ()  # posts that run and that the account was not let into
    ahead: dt.date | None = None  # the first day of the next post, where none runs


def standing(account_id: UUID, on: dt.date) -> Standing:
    """Who the account belongs to here, and what keeps it out. For the page that says so: three statements at most."""
    person = Person.objects.filter(account_id=account_id).first()
    if person is None:  # let in by a command
        person = Person.objects.filter(posts__account_id=account_id).order_by("-posts__valid_from").first()
    if person is None:
        return Standing()
    posts = list(Post.objects.filter(person=person).exclude(valid_to__lte=on).select_related("person"))
    running = [post for post in posts if active_on(post.valid_from, post.valid_to, on)]
    if running:
        return Standing(person.name, tuple(post_lines(running, on)))
    return Standing(person.name, ahead=min((post.valid_from for post in posts), default=None))


RANK_ORDER = {"district_leader": 0, "chief": 1, "deputy": 2, "staff": 3}


def serving(on: dt.date, *, units: Collection[UUID] | None = None) -> list[PostLine]:
    """Posts that run on a day, by unit, then by rank and name: for rosters, phone book and lists to choose from."""
    rows = Post.objects.filter(valid_from__lte=on).exclude(valid_to__lte=on)
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    lines = post_lines(rows, on)
    order = dict(UnitVersion.objects.filter(valid_to__isnull=True).values_list("unit_id", "name_pinyin"))
    return sorted(lines, key=lambda p: (order.get(p.unit_id, ""), RANK_ORDER.get(p.rank, 9)))


def delegations(on: dt.date, *, posts: Collection[UUID] | None = None, past: bool = False) -> list[DelegationLine]:
    """Delegations from or to these posts (None = all), running ones first; `past` also those that have ended."""
    rows = Delegation.objects.select_related("post__person", "to_post__person").order_by("-valid_from", "-pk")
    if posts is not None:
        rows = rows.filter(Q(post_id__in=posts) | Q(to_post_id__in=posts))
    if not past:
        rows = rows.exclude(valid_to__lte=on)
    names = unit_names(on)
    lines = [
        DelegationLine(
            id=row.pk,
            post=_line(row.post, names.get(row.post.unit_id, ""), on),
            to_post=_line(row.to_post, names.get(row.to_post.unit_id, ""), on),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            acts=tuple(row.acts),
            state=_state(row, on),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: ("running", "ahead", "past").index(line.state))


def _state(row: Delegation, on: dt.date) -> str:
    if active_on(row.valid_from, row.valid_to, on):
        return "running"
    return "ahead" if row.valid_from > on and row.valid_to != row.valid_from else "past"
