"""上虞区 as a start: its divisions and its units. Idempotent: what is there already (by code) is left as it is.

Places come from `seed_data/` (see the README there for source and licence); the other units are public bodies that
every district of Zhejiang has, and those that the scenario names.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from uuid import UUID

from django.db import transaction

from sanfuwu.counties.models import Division, DivisionVersion
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.rules.identifiers import DivisionLevel, check_division, division_ancestors, division_level

from .actions import plan_create_unit, plan_rename_unit
from .actor import SYSTEM, Actor
from .models import Unit
from .tree import Tree, load_tree

COUNTY = "330604000000"
# The statistical edition as of this day is the oldest one looked at: names are known from here on, and queries show
# the earliest known name for days before.
KNOWN_FROM = dt.date(2018, 10, 31)
COUNTY_NAME = "上虞区"


@dataclass(frozen=True, slots=True)
class EarlierName:
    """What a place was called before the first day on which its present name is attested."""

    name: str
    until: dt.date


EARLIER = {"330604007000": EarlierName("崧厦镇", dt.date(2019, 10, 31))}

_K = Unit.Kind
# (code, kind, name, code of the unit above)
UNITS: tuple[tuple[str, str, str, str], ...] = (
    ("qwqzf", _K.OFFICE, "区委区政府", COUNTY),  # the posts of the district's leaders
    ("sfwb", _K.OFFICE, "区三服务办", COUNTY),
    ("dcs", _K.OFFICE, "区委区政府督查室", COUNTY),
    ("rdcwh", _K.OFFICE, "区人大常委会", COUNTY),
    ("xcb", _K.DEPARTMENT, "区委宣传部", COUNTY),
    ("fgj", _K.DEPARTMENT, "区发展和改革局", COUNTY),
    ("jxj", _K.DEPARTMENT, "区经济和信息化局", COUNTY),
    ("kjj", _K.DEPARTMENT, "区科学技术局", COUNTY),
    ("jytyj", _K.DEPARTMENT, "区教育体育局", COUNTY),
    ("mzj", _K.DEPARTMENT, "区民政局", COUNTY),
    ("sfj", _K.DEPARTMENT, "区司法局", COUNTY),
    ("czj", _K.DEPARTMENT, "区财政局", COUNTY),
    ("rsj", _K.DEPARTMENT, "区人力资源和社会保障局", COUNTY),
    ("zrzyj", _K.DEPARTMENT, "自然资源和规划分局", COUNTY),
    ("sthjj", _K.DEPARTMENT, "生态环境分局", COUNTY),
    ("zjj", _K.DEPARTMENT, "区住房和城乡建设局", COUNTY),
    ("jtj", _K.DEPARTMENT, "区交通运输局", COUNTY),
    ("slj", _K.DEPARTMENT, "区水利局", COUNTY),
    ("nyncj", _K.DEPARTMENT, "区农业农村局", COUNTY),
    ("swj", _K.DEPARTMENT, "区商务局", COUNTY),
    ("wgltj", _K.DEPARTMENT, "区文化广电旅游局", COUNTY),
    ("wjj", _K.DEPARTMENT, "区卫生健康局", COUNTY),
    ("yjglj", _K.DEPARTMENT, "区应急管理局", COUNTY),
    ("scjgj", _K.DEPARTMENT, "区市场监督管理局", COUNTY),
    ("zhzfj", _K.DEPARTMENT, "区综合行政执法局", COUNTY),
    ("ybj", _K.DEPARTMENT, "区医疗保障局", COUNTY),
    ("tyjrj", _K.DEPARTMENT, "区退役军人事务局", COUNTY),
    ("xfj", _K.DEPARTMENT, "区信访局", COUNTY),
    ("swuj", _K.DEPARTMENT, "区税务局", COUNTY),
    ("gafj", _K.DEPARTMENT, "公安分局", COUNTY),
    ("jjdd", _K.DEPARTMENT, "交警大队", "gafj"),
    ("gdgs", _K.PUBLIC_SERVICE, "供电公司", COUNTY),
    ("gds-songxia", _K.PUBLIC_SERVICE, "崧厦供电所", "gdgs"),
    ("gds-zhangzhen", _K.PUBLIC_SERVICE, "章镇供电所", "gdgs"),
    ("zlsgs", _K.PUBLIC_SERVICE, "自来水公司", COUNTY),
    ("trqgs", _K.PUBLIC_SERVICE, "天然气公司", COUNTY),
    ("cjzc", _K.STATE_FIRM, "上虞城建资产经营管理有限公司", COUNTY),
    # The two development zones as they were before their merger of January 2019; merging them is the scenario's act.
    ("kfq-hzw", _K.ZONE, "杭州湾上虞经济技术开发区", COUNTY),
    ("kfq-sy", _K.ZONE, "上虞经济开发区", COUNTY),
)


def places() -> Iterator[tuple[str, str]]:
    """(12-digit code, name) of the towns and streets, then of the villages and communities."""
    source = resources.files("sanfuwu.territory") / "seed_data" / "330604.csv"
    with source.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            yield check_division(row["code"]).value, row["name"]


def seed_divisions() -> int:
    """Divisions and their versions in the shared schema; returns how many divisions are new.

    Runs as the role that may write there (`sanfuwu migrate` runs it as the owner).
    """
    named = [(COUNTY, COUNTY_NAME), *places()]
    known = set(Division.objects.filter(code__in=[code for code, _name in named]).values_list("code", flat=True))
    new = [(code, name) for code, name in named if code not in known]
    with transaction.atomic():
        Division.objects.bulk_create([Division(code=code, name=name, level=division_level(code)) for code, name in new])
        DivisionVersion.objects.bulk_create([version for code, name in new for version in _versions(code, name)])
    return len(new)


def seed_county(code: str, name: str) -> None:
    """The division of another county by itself, without its towns: enough to be written to (`exchange`)."""
    if not Division.objects.filter(code=code).exists():
        with transaction.atomic():
            Division.objects.create(code=code, name=name, level=DivisionLevel.COUNTY)
            DivisionVersion.objects.create(
                code=code, name=name, level=DivisionLevel.COUNTY, parent_code="", valid_from=KNOWN_FROM
            )


def _versions(code: str, name: str) -> list[DivisionVersion]:
    above = "" if code == COUNTY else division_ancestors(code)[-2]
    same = {"code": code, "level": division_level(code), "parent_code": above}
    earlier = EARLIER.get(code)
    if earlier is None:
        return [DivisionVersion(**same, name=name, valid_from=KNOWN_FROM)]
    return [
        DivisionVersion(**same, name=earlier.name, valid_from=KNOWN_FROM, valid_to=earlier.until),
        DivisionVersion(**same, name=name, valid_from=earlier.until),
    ]


def seed_shangyu(*, actor: Actor = SYSTEM, now: dt.datetime) -> dict[str, UUID]:
    """The unit tree: the county, its bodies, 20 towns and streets, 364 villages. {code: unit} of all of them.

    Towns and villages have their division code as their own. One transaction; each unit gets its event.
    """
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        _seed(changes, tree, (COUNTY, _K.COUNTY, COUNTY_NAME, None), actor)
        for line in UNITS:
            _seed(changes, tree, line, actor)
        for code, name in places():
            above = division_ancestors(code)[-2]
            _seed(changes, tree, (code, _K.TOWN if above == COUNTY else _K.VILLAGE, name, above), actor)
        if changes.events:
            tree.settle(changes)
            commit(changes, actor=actor, now=now)
    return {unit.code: unit.pk for unit in tree.units.values()}


def _seed(changes: Changes, tree: Tree, line: tuple[str, str, str, str | None], actor: Actor) -> None:
    code, kind, name, above = line
    if tree.by_code(code) is not None:
        return
    parent = tree.by_code(above) if above is not None else None
    earlier = EARLIER.get(code)
    unit = plan_create_unit(
        changes,
        tree,
        code=code,
        kind=kind,
        name=earlier.name if earlier else name,
        parent_id=parent.pk if parent else None,
        valid_from=KNOWN_FROM,
        division_code=code if kind in (_K.COUNTY, _K.TOWN, _K.VILLAGE) else "",
        actor=actor,
    )
    if earlier is not None:
        plan_rename_unit(
            changes, tree, unit_id=unit.pk, name=name, valid_from=earlier.until, today=earlier.until, actor=actor
        )
