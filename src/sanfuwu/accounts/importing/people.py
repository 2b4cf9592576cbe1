"""人员表: 姓名、单位、职务、角色、级别、办公电话、账号. One row is one post; the same 账号 is the same person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.counties.queries import KINDS as COUNTY_KINDS
from sanfuwu.counties.queries import county_kind
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.ledger.errors import InvalidInput
from sanfuwu.sheets import ERROR, NEW, SAME, Column, Line, Repeats, Report, Row, Table, Wrong, not_given, unknown_unit
from sanfuwu.territory import policies
from sanfuwu.territory.actions.posts import check_office_phone, plan_create_person, plan_create_post
from sanfuwu.territory.actor import Actor
from sanfuwu.territory.models import Person, Post, Rank, Role, Unit
from sanfuwu.territory.queries import unit_names
from sanfuwu.territory.queries.phones import PhoneLengths, phone_lengths
from sanfuwu.territory.tree import load_tree

from ..models import Account
from ..people import clean_username, log, new_account, why_taken

NAME, UNIT, TITLE, ROLE, RANK, PHONE, ACCOUNT = "姓名", "单位", "职务", "角色", "级别", "办公电话", "账号"
UNIT_ALSO = ("所在单位", "工作单位", "单位名称", "所属单位", "部门")

ROLES: dict[str, str] = {
    "走访干部": Role.COLLECTOR,
    "网格员": Role.COLLECTOR,
    "受理员": Role.DISPATCHER,
    "三服务办受理员": Role.DISPATCHER,
    "镇街受理员": Role.TOWN_DISPATCHER,
    "承办人": Role.HANDLER,
    "经办": Role.HANDLER,
    "经办人": Role.HANDLER,
    "单位负责人": Role.UNIT_HEAD,
    "负责人": Role.UNIT_HEAD,
    "回访员": Role.VERIFIER,
    "督查员": Role.SUPERVISOR,
    "领导": Role.LEADER,
    **{f"{kind}领导": Role.LEADER for kind in COUNTY_KINDS},
}
_RANKS: dict[str, str] = {
    "单位正职": Rank.CHIEF,
    "正职": Rank.CHIEF,
    "单位副职": Rank.DEPUTY,
    "副职": Rank.DEPUTY,
    "工作人员": Rank.STAFF,
    "": Rank.STAFF,
}


def ranks() -> dict[str, str]:
    """What may stand under 级别. A leader is one of the 区, 县, 市: by the county's own name first."""
    kinds = county_kind() + COUNTY_KINDS
    return {f"{kind}领导": Rank.DISTRICT_LEADER for kind in kinds} | _RANKS


PEOPLE = Table(
    "人员",
    (
        Column(NAME, ("人员姓名", "名字"), True),
        Column(
            UNIT,
            UNIT_ALSO,
            True,
            notes=(
                gettext_lazy("The unit's name as it is now."),
                gettext_lazy("One row is one post. Somebody with two posts has two rows with the same 账号."),
            ),
        ),
        Column(TITLE, ("职位", "职务名称", "现任职务"), notes=(gettext_lazy("As on the door: deputy head, clerk …"),)),
        Column(
            ROLE,
            ("系统角色", "角色名称", "岗位角色"),
            True,
            words=lambda: ROLES,
            notes=(gettext_lazy("受理员 in a 镇街 becomes 镇街受理员."),),
        ),
        Column(RANK, ("职级", "职务级别"), words=ranks, notes=(gettext_lazy("Empty: 工作人员."),)),
        Column(
            PHONE,
            ("电话", "联系电话", "固定电话", "座机", "办公室电话"),
            notes=(gettext_lazy("Of the office, with its area code. No mobile number."),),
        ),
        Column(
            ACCOUNT,
            ("登录账号", "用户名", "登录名", "帐号", "登录帐号"),
            notes=(
                gettext_lazy("Letters and digits, by which this person logs in; empty: no account for now."),
                gettext_lazy("Each only once in the whole installation, over all of its counties."),
            ),
        ),
    ),
    (
        ("张三", "三服务办", "副主任", "受理员", "工作人员", "0575-20001000", "zhangsan"),
        ("李四", "城关镇", "镇长", "单位负责人", "单位正职", "", "lisi"),
        ("王五", "城关镇", "三服务办主任", "镇街受理员", "工作人员", "", "wangwu"),
    ),
)


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post of the workbook. `person_id` None: a new person; `key` joins rows of one new person."""

    name: str
    unit_id: UUID
    title: str
    role: str
    rank: str
    office_phone: str
    username: str
    person_id: UUID | None
    key: str
    served: bool = False  # the post is there already: only the account is new


@dataclass(frozen=True, slots=True)
class _Known:
    """What is there already, as `plan_people` compares it."""

    units: dict[str, list[Unit]]
    county: frozenset[str]  # names of the county itself: never what a wrong name of a unit meant
    phones: PhoneLengths
    posts: dict[tuple[str, UUID, str], Post]  # (name, unit, role) → a running post
    by_account: dict[str, Person]  # user name in small letters
    taken: frozenset[str]  # user names of accounts that are nobody's here
    namesakes: frozenset[str]
    ranks: dict[str, str]


def plan_people(rows: Sequence[Row], *, today: dt.date) -> Report[NewPost]:
    """What each row is. Reads only: three statements, however many rows."""
    known = _known(rows, today)
    report: Report[NewPost] = Report()
    repeats = Repeats()
    owners: dict[str, tuple[str, int]] = {}
    for row in rows:
        what = " ".join(part for part in (row[NAME], row[UNIT], row[TITLE]) if part)
        try:
            item = _new_post(row, known)
            repeats.check((item.key, item.unit_id, item.role), row.number, NAME)
            if item.username:
                owner, first = owners.setdefault(item.username.lower(), (item.name, row.number))
                if owner != item.name:
                    raise Wrong(
                        ACCOUNT,
                        _("“%(username)s” is given to %(name)s in row %(row)d already.")
                        % {"username": item.username, "name": owner, "row": first},
                    )
            there = known.posts.get((item.name, item.unit_id, item.role))
            if there is not None and there.person_id == item.person_id:
                if not item.username or there.person.account_id is not None:
                    report.lines.append(Line(row.number, what, SAME))
                    continue
                item = replace(item, served=True)
            note = _("Gets an account.") if item.served else ""
            if item.person_id is None and item.name in known.namesakes:
                note = _("Somebody of this name is there already: this becomes another person.")
            doubt = known.phones.doubt(item.office_phone)
            report.lines.append(
                Line(row.number, what, NEW, note + doubt, PHONE if doubt else "", item=item, warns=bool(doubt))
            )
        except Wrong as wrong:
            report.lines.append(Line(row.number, what, ERROR, wrong.reason, wrong.heading))
    return report


def _known(rows: Sequence[Row], today: dt.date) -> _Known:
    names = unit_names(today)
    units: dict[str, list[Unit]] = {}
    for unit in Unit.objects.filter(status=Unit.Status.ACTIVE):
        units.setdefault(names.get(unit.pk, ""), []).append(unit)
    wanted = {row[NAME] for row in rows}
    running = Post.objects.filter(person__name__in=wanted, valid_from__lte=today).exclude(valid_to__lte=today)
    posts = {(p.person.name, p.unit_id, p.role): p for p in running.select_related("person")}
    said = {row[ACCOUNT].lower() for row in rows if row[ACCOUNT]}
    named = Account.objects.alias(low=Lower("username")).filter(low__in=said)  # as at log-in, capitals do not matter
    accounts = dict(named.values_list("pk", "username"))
    owners = {accounts[p.account_id].lower(): p for p in Person.objects.filter(account_id__in=accounts) if p.account_id}
    namesakes = frozenset(Person.objects.filter(name__in=wanted).values_list("name", flat=True))
    taken = frozenset(name.lower() for name in accounts.values()) - owners.keys()
    county = frozenset(name for name, there in units.items() if any(u.kind == Unit.Kind.COUNTY for u in there))
    phones = phone_lengths(row[PHONE] for row in rows)
    return _Known(units, county, phones, posts, owners, taken, namesakes, ranks())


def _new_post(row: Row, known: _Known) -> NewPost:
    name = row[NAME]
    if not name:
        raise not_given(NAME)
    if len(name) > 40:
        raise Wrong(NAME, _("At most %(n)d characters.") % {"n": 40})
    found = known.units.get(row[UNIT], [])
    if not found:
        raise unknown_unit(row[UNIT], known.units, UNIT, never=known.county)
    if len(found) > 1:
        raise Wrong(UNIT, _("Several units have this name: enter this person on his own page."))
    unit = found[0]
    if not row[ROLE]:
        raise not_given(ROLE, PEOPLE.offered(ROLE))
    role = ROLES.get(row[ROLE], "")
    if not role:
        raise Wrong(
            ROLE,
            _("“%(role)s” is no role. Roles are: %(all)s.")
            % {"role": row[ROLE], "all": "、".join(PEOPLE.offered(ROLE))},
        )
    if role == Role.DISPATCHER and unit.kind == Unit.Kind.TOWN:
        role = Role.TOWN_DISPATCHER
    rank = known.ranks.get(row[RANK], "")
    if not rank:
        raise Wrong(
            RANK,
            _("“%(rank)s” is no rank. Ranks are: %(all)s.")
            % {"rank": row[RANK], "all": "、".join(PEOPLE.offered(RANK))},
        )
    if len(row[TITLE]) > 40:
        raise Wrong(TITLE, _("At most %(n)d characters.") % {"n": 40})
    _check(row)
    username = row[ACCOUNT]
    owner = known.by_account.get(username.lower()) if username else None
    if owner is not None and owner.name != name:
        raise Wrong(
            ACCOUNT, _("“%(username)s” is the user name of %(name)s.") % {"username": username, "name": owner.name}
        )
    if username.lower() in known.taken:
        raise Wrong(ACCOUNT, why_taken(username))
    # Without an account, or with a new one: somebody of this name in this unit who has no other account is meant.
    colleague = next((p.person for (n, u, _r), p in known.posts.items() if n == name and u == unit.pk), None)
    if owner is None and username and colleague is not None and colleague.account_id is not None:
        colleague = None
    person = owner or colleague
    key = username.lower() or (str(person.pk) if person else f"{name}:{unit.pk}")
    return NewPost(name, unit.pk, row[TITLE], role, rank, row[PHONE], username, person.pk if person else None, key)


def _check(row: Row) -> None:
    try:
        check_office_phone(row[PHONE])
    except InvalidInput as error:
        raise Wrong(PHONE, error.message) from error
    if row[ACCOUNT]:
        try:
            clean_username(row[ACCOUNT])
        except InvalidInput as error:
            raise Wrong(ACCOUNT, error.message) from error


def import_people(report: Report[NewPost], *, valid_from: dt.date, actor: Actor, now: dt.datetime) -> int:
    """Enter the new people, posts and accounts of a report in one act; returns how many posts. No password is made:
    the slips are printed afterwards, and the security officer lets the accounts into the posts."""
    policies.require(policies.may_manage_posts(actor))
    opened: list[Account] = []
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        people: dict[str, Person] = {}
        here = Person.objects.in_bulk([i.person_id for i in report.items if i.person_id])
        posts: dict[UUID, list[Post]] = {}
        for post in Post.objects.filter(person__in=here):
            posts.setdefault(post.person_id, []).append(post)
        for item in report.items:
            person = people.get(item.key) or (here.get(item.person_id) if item.person_id else None)
            if person is None:
                person = plan_create_person(changes, item.name, office_phone=item.office_phone)
            people[item.key] = person
            if item.username and person.account_id is None:
                account = new_account(item.username, now=now)
                opened.append(account)
                changes.update(person, account_id=account.pk)
                changes.event(person, "account_opened")
            if item.served:
                continue
            mine = posts.setdefault(person.pk, [])
            mine.append(
                plan_create_post(
                    changes,
                    tree,
                    person_id=person.pk,
                    unit_id=item.unit_id,
                    role=item.role,
                    title=item.title,
                    rank=item.rank,
                    valid_from=valid_from,
                    others=tuple(mine),
                )
            )
        Account.objects.bulk_create(opened)
        if changes.events:
            commit(changes, actor=actor, now=now)
        for account in opened:
            log("account_created", account.pk, actor, now)
    return len(report.items)
