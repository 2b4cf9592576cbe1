"""Who serves where in the demonstration, and who of them may log in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction

from sanfuwu.accounts.actions import create_account
from sanfuwu.accounts.passwords import random_password
from sanfuwu.ledger.changes import Changes
from sanfuwu.ledger.commit import commit
from sanfuwu.problems.actions.categories import create_category
from sanfuwu.rules.samples import make_sample_landline
from sanfuwu.territory.actions import link_account, name_confidential_officer
from sanfuwu.territory.actions.posts import plan_create_person, plan_create_post
from sanfuwu.territory.actor import SYSTEM, Actor
from sanfuwu.territory.models import Post, UnitVersion
from sanfuwu.territory.tree import load_tree

from .firms import person_name
from .pools import towns
from .story import BAIGUAN, SONGXIA, ZHANGZHEN

SINCE = dt.date(2018, 6, 1)


@dataclass(frozen=True, slots=True)
class Part:
    """One post: `key` is what the scenario calls it; with `username` somebody may log in."""

    key: str
    unit: str
    role: str
    title: str
    name: str
    rank: str = "staff"
    username: str = ""
    does: str = ""  # the role in Chinese, for the table that is printed


PARTS: tuple[Part, ...] = (
    Part("dispatcher", "sfwb", "dispatcher", "受理员", "周敏华", username="shouli", does="区三服务办受理员"),
    Part("songxia", SONGXIA, "town_dispatcher", "受理员", "徐静怡", username="songxia", does="崧厦镇受理员"),
    Part("zhangzhen", ZHANGZHEN, "town_dispatcher", "受理员", "丁雪萍"),
    Part(
        "deputy",
        SONGXIA,
        "collector",
        "副镇长",
        "陈立群",
        rank="deputy",
        username="zoufang",
        does="走访干部（崧厦镇副镇长）",
    ),
    Part("h:gds-songxia", "gds-songxia", "handler", "营业班经办", "何志强", username="gongdian", does="崧厦供电所经办"),
    Part(
        "d:gds-songxia",
        "gds-songxia",
        "unit_head",
        "所长",
        "顾卫东",
        rank="chief",
        username="suozhang",
        does="崧厦供电所所长",
    ),
    Part("h:zlsgs", "zlsgs", "handler", "管网部经办", "邵丽", username="gongshui", does="自来水公司经办"),
    Part(
        "d:zlsgs", "zlsgs", "unit_head", "副总经理", "胡建国", rank="deputy", username="shuisi", does="自来水公司负责人"
    ),
    Part("h:trqgs", "trqgs", "handler", "工程部经办", "宋涛", username="ranqi", does="天然气公司经办"),
    Part("h:jjdd", "jjdd", "handler", "秩序中队民警", "罗勇", username="jiaojing", does="交警大队经办"),
    Part("h:zrzyj", "zrzyj", "handler", "用途管制科科员", "马晓岚", username="ziran", does="自然资源和规划分局经办"),
    Part("verifier", "sfwb", "verifier", "回访员", "沈秋月", username="huifang", does="回访员"),
    Part("supervisor", "dcs", "supervisor", "督查员", "钱正平", username="ducha", does="督查员"),
    Part("leader", "qwqzf", "leader", "副区长", "林致远", rank="district_leader", username="lingdao", does="区领导"),
    Part("system", "sfwb", "system_officer", "系统管理员", "彭越", username="xitong", does="系统管理员"),
    Part("security", "dcs", "security_officer", "安全管理员", "戴锋", username="anquan", does="安全管理员"),
    Part("audit", "rdcwh", "audit_officer", "审计管理员", "江秀兰", username="shenji", does="审计管理员"),
    Part("dispatcher:2", "sfwb", "dispatcher", "受理员", "唐丽君"),
    Part("dispatcher:3", "sfwb", "dispatcher", "受理员", "金浩"),
    Part("verifier:2", "sfwb", "verifier", "回访员", "余雯"),
    Part("verifier:3", "sfwb", "verifier", "回访员", "诸葛静"),
    Part("leader:1", "qwqzf", "leader", "区委书记", "章怀远", rank="district_leader"),
    Part("leader:2", "qwqzf", "leader", "区长", "倪敬之", rank="district_leader"),
    Part("leader:3", "rdcwh", "leader", "区人大常委会主任", "应国泰", rank="district_leader"),
    Part("leader:4", "qwqzf", "leader", "区委副书记", "骆青山", rank="district_leader"),
    Part("leader:5", "qwqzf", "leader", "常务副区长", "贺长风", rank="district_leader"),
    Part("leader:6", "xcb", "leader", "区委常委、宣传部部长", "虞晓彤", rank="district_leader"),
    Part("leader:7", "rdcwh", "leader", "区人大常委会副主任", "屠立本", rank="district_leader"),
    Part("leader:8", "qwqzf", "leader", "副区长", "魏临川", rank="district_leader"),
    Part("leader:9", "qwqzf", "leader", "副区长", "阮曼青", rank="district_leader"),
    Part("leader:10", "qwqzf", "leader", "副区长、公安分局局长", "祁连峰", rank="district_leader"),
    Part("leader:11", "qwqzf", "leader", "区委办公室主任", "裘文澜", rank="district_leader"),
    Part("xcb:collector", "xcb", "collector", "联企专员", "娄亦凡"),
    Part("rdcwh:collector", "rdcwh", "collector", "代表联络员", "孔令仪"),
    Part("firms", "jxj", "collector", "驻企服务员", "吴佳宁"),
    Part("villages", "nyncj", "collector", "农村工作指导员", "蔡国栋"),
)
# Units that have somebody to handle and somebody to sign off, beyond those named above.
STAFFED = (
    "gds-zhangzhen", "czj", "kjj", "swuj", "yjglj", "kfq-hzw", "kfq-sy",
    "gdgs", "jxj", "rsj", "jtj", "sthjj", "zjj", "zhzfj", "scjgj", "swj", "jytyj", "mzj", "ybj", "wjj", "slj", "nyncj",
    SONGXIA, ZHANGZHEN, BAIGUAN, "330604101000", "330604005000", "330604005006", "330604007008",
)  # fmt: skip

CATEGORIES: dict[str, tuple[str, str | None]] = {
    "gy": ("公用事业", None),
    "gd": ("供电", "gy"), "gd-jr": ("用电接入与增容", "gd"), "gd-xl": ("线路与停电", "gd"),
    "gs": ("供水", "gy"), "gs-jr": ("用水接入", "gs"), "gs-sy": ("水质与水压", "gs"),
    "rq": ("燃气", "gy"), "rq-gd": ("管道天然气", "rq"),
    "jc": ("基础设施建设", None),
    "dl": ("道路", "jc"), "dl-ps": ("路面破损", "dl"), "dl-nc": ("农村道路桥梁", "dl"),
    "ps": ("排水", "jc"), "ps-js": ("管网与积水", "ps"),
    "ld": ("公共设施", "jc"), "ld-wx": ("路灯与健身器材", "ld"),
    "jt": ("交通出行", None),
    "tc": ("停车", "jt"), "tc-hc": ("货车与占道", "tc"), "tc-xq": ("小区停车", "tc"),
    "aq": ("交通安全", "jt"), "aq-xh": ("信号与标志标线", "aq"),
    "gj": ("公共交通", "jt"), "gj-xl": ("公交线路与班次", "gj"),
    "qy": ("企业服务", None),
    "yd": ("用地与规划", "qy"), "yd-td": ("土地出让与交付", "yd"), "yd-gh": ("规划许可与核实", "yd"),
    "rz": ("融资", "qy"), "rz-dk": ("贷款与担保", "rz"),
    "yg": ("用工", "qy"), "yg-zg": ("招工", "yg"), "yg-zn": ("职工子女就读", "yg"),
    "zc": ("惠企政策", "qy"), "zc-df": ("奖补兑付", "zc"), "zc-sb": ("社保返还", "zc"),
    "sp": ("审批服务", "qy"), "sp-xk": ("许可登记", "sp"), "sp-xf": ("工程验收", "sp"), "sp-sb": ("社保办理", "sp"),
    "xs": ("物流与销售", "qy"), "xs-wl": ("物流", "xs"), "xs-nc": ("农产品销售", "xs"),
    "bf": ("困难群众帮扶", None),
    "bf-db": ("低保与供养", "bf"), "bf-cj": ("残疾人服务", "bf"),
    "yx": ("就医就学", None),
    "jy": ("就医", "yx"), "jy-bx": ("医保报销", "jy"), "jy-ks": ("科室与门诊", "jy"),
    "jx": ("就学", "yx"), "jx-xx": ("学校与幼儿园", "jx"),
    "hj": ("生态环境", None),
    "hj-st": ("水环境", "hj"), "hj-gf": ("固废危废", "hj"), "hj-zy": ("噪声", "hj"), "lj-qy": ("垃圾清运", "hj"),
    "ny": ("农业农村", None),
    "sl": ("水利设施", "ny"), "sl-qx": ("渠道堤防", "sl"), "sl-ys": ("农村饮水", "sl"), "ny-zj": ("农民建房", "ny"),
    "wy": ("住房与物业", None), "wy-jg": ("房屋安全", "wy"), "wy-fw": ("物业服务", "wy"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credential:
    """Who can log in; the password is random and belongs to one data directory."""

    username: str
    password: str
    does: str
    name: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@dataclass(slots=True)
class Cast:
    """Everybody ready to act, by the keys of `PARTS` (`h:UNIT` handles, `d:UNIT` signs off); units; categories."""

    units: dict[str, UUID]
    villages: Mapping[str, str]
    actors: dict[str, Actor] = field(default_factory=dict)
    categories: dict[str, UUID] = field(default_factory=dict)
    merged_at: dt.datetime | None = None

    def post(self, key: str) -> UUID:
        """The post behind a key."""
        post_id = self.actors[key].post_id
        if post_id is None:
            raise KeyError(key)
        return post_id

    def successor(self, unit: str, now: dt.datetime) -> str:
        """The unit that stands for it by then: the two development zones were merged in January."""
        return "kfq-hzw" if unit == "kfq-sy" and self.merged_at is not None and now >= self.merged_at else unit

    def handler(self, unit: str) -> Actor:
        return self.actors[f"h:{unit}"]

    def head(self, unit: str) -> Actor:
        return self.actors[f"d:{unit}"]


def _staff() -> list[Part]:
    known = {part.key for part in PARTS}
    found = []
    wanted = (*STAFFED, "gds-songxia", "zlsgs", "trqgs", "jjdd", "zrzyj", *towns())
    for n, unit in enumerate(dict.fromkeys(wanted)):
        for key, role, title, rank in (("h", "handler", "经办", "staff"), ("d", "unit_head", "负责人", "chief")):
            if f"{key}:{unit}" not in known:
                name = person_name(100 + 2 * n + (key == "d"))
                found.append(Part(f"{key}:{unit}", unit, role, title, name, rank=rank))
    for n, (town, name) in enumerate(towns().items()):
        deputy = "副主任" if name.endswith("街道") else "副乡长" if name.endswith("乡") else "副镇长"
        found.append(Part(f"c:{town}", town, "collector", deputy, person_name(301 + 3 * n), rank="deputy"))
        found.append(Part(f"t:{town}", town, "town_dispatcher", "受理员", person_name(302 + 3 * n)))
    return found


def assemble(units: dict[str, UUID], villages: Mapping[str, str], now: dt.datetime) -> Cast:
    """Enter everybody and make the categories. Who may log in: `let_in`."""
    cast = Cast(units, villages)
    places = dict(
        UnitVersion.objects.filter(unit__code__in=list(towns()), valid_to__isnull=True).values_list(
            "unit_id", "division_code"
        )
    )
    _enter((*PARTS, *_staff()), cast, places, now)
    name_confidential_officer(cast.post("dispatcher"), named=True, actor=SYSTEM, now=now)
    for code, (name, above) in CATEGORIES.items():
        parent = cast.categories[above] if above else None
        cast.categories[code] = create_category(code, name, parent_id=parent, actor=SYSTEM, now=now).pk
    return cast


def _enter(parts: Sequence[Part], cast: Cast, places: Mapping[UUID, str], now: dt.datetime) -> None:
    """Everybody in one transaction."""
    posts: dict[str, Post] = {}
    with transaction.atomic():
        changes, tree = Changes(), load_tree()
        for n, part in enumerate(parts):
            person = plan_create_person(changes, part.name, office_phone=make_sample_landline(1_000 + n))
            posts[part.key] = plan_create_post(
                changes,
                tree,
                person_id=person.pk,
                unit_id=cast.units[part.unit],
                role=part.role,
                title=part.title,
                rank=part.rank,
                valid_from=SINCE,
            )
        commit(changes, actor=SYSTEM, now=now)
    for part in parts:
        cast.actors[part.key] = _actor(part, posts[part.key], places)


def let_in(cast: Cast, now: dt.datetime) -> list[Credential]:
    """Accounts with random passwords for those who have a user name, each linked to its post."""
    credentials = []
    for part in PARTS:
        if part.username:
            password = random_password()
            account = create_account(part.username, password, actor=SYSTEM, now=now)
            link_account(cast.post(part.key), account.pk, actor=SYSTEM, now=now)
            credentials.append(Credential(part.username, password, part.does, part.name))
    return credentials


def _actor(part: Part, post: Post, places: Mapping[UUID, str]) -> Actor:
    return Actor(
        account_id=None,
        post_id=post.pk,
        unit_id=post.unit_id,
        role=part.role,
        person_id=post.person_id,
        rank=part.rank,
        place=places.get(post.unit_id, "") if part.role == "town_dispatcher" else "",
        confidential_officer=part.key == "dispatcher",
    )
