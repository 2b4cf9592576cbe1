"""Invented firms of the demonstration, by the serial number of their sample credit code."""

from __future__ import annotations

from sanfuwu.parties.actions import RequesterInput
from sanfuwu.rules.samples import make_sample_landline, make_sample_mobile, make_sample_uscc

from .pools import pool

FIRMS: dict[int, str] = {
    # the thirteen firms of the meeting at 章镇
    1: "浙江澄远合成材料有限公司",
    2: "上虞笕溪精密铸件有限公司",
    3: "绍兴远岑照明科技有限公司",
    4: "浙江云麓木制品有限公司",
    5: "上虞禾泽农机配件有限公司",
    6: "绍兴清岚纺织整理有限公司",
    7: "浙江启岳流体控制有限公司",
    8: "上虞昶明电子材料有限公司",
    9: "绍兴稷丰食品有限公司",
    10: "浙江樾舟包装有限公司",
    11: "上虞铭澈五金制品有限公司",
    12: "绍兴砺川汽车零部件有限公司",
    13: "浙江珩宇新型建材有限公司",
    # firms that raise something by themselves
    21: "上虞晴伞塑业有限公司",
    22: "绍兴锦绎家纺有限公司",
    23: "浙江泊岩涂料有限公司",
    24: "上虞拓颖机电有限公司",
    25: "浙江砚池轴承有限公司",
    26: "上虞炽诚热处理有限公司",
    27: "绍兴通衢紧固件有限公司",
    28: "上虞萌宠乐食品有限公司",
    29: "浙江茗匠茶机有限公司",
    30: "绍兴霁蓝印染有限公司",
    31: "上虞海平照明电器有限公司",
    32: "浙江沐清环保材料有限公司",
    33: "上虞长瀛竹木有限公司",
    34: "浙江衡拓智能装备有限公司",
    35: "绍兴汤溪铜管有限公司",
    36: "上虞崧原伞骨有限公司",
    37: "绍兴章水运输有限公司",
    38: "上虞百川软件有限公司",
    39: "浙江墟里模具有限公司",
    40: "上虞盖海酒庄有限公司",
    41: "绍兴汇舶电子商务有限公司",
    42: "上虞梁清净菜有限公司",
    43: "浙江启新风机有限公司",
    44: "绍兴磐信轴承套圈有限公司",
    45: "上虞章木地板有限公司",
    46: "浙江永岑化纤有限公司",
    47: "上虞崧园标准件有限公司",
    48: "绍兴越泽门窗有限公司",
    49: "上虞微测仪器有限公司",
    50: "浙江道远铝业有限公司",
    51: "上虞晨伞实业有限公司",
    52: "绍兴旭栖纺织有限公司",
    53: "上虞下管山货有限公司",
    54: "浙江盖丰果品有限公司",
}

_SURNAMES = "方柳谢傅潘岑石杜严龚汪祝郑梁童麻施葛褚季"
_GIVEN = [
    "建明",
    "海燕",
    "国良",
    "晓峰",
    "丽娟",
    "志刚",
    "雅琴",
    "文斌",
    "佳慧",
    "永康",
    "素芬",
    "俊杰",
    "桂英",
    "伟民",
    "春梅",
    "立新",
]


def person_name(serial: int) -> str:
    """An invented name; the same serial always gives the same."""
    return _SURNAMES[serial % len(_SURNAMES)] + _GIVEN[(serial * 7 + serial // 80) % len(_GIVEN)]


def firm_name(serial: int) -> str:
    """The name of one written out here, or of one of the pool."""
    return FIRMS[serial] if serial in FIRMS else _POOL[serial]


_POOL = {one.serial: one.name for one in pool()}


def firm(serial: int) -> RequesterInput:
    """A firm with its sample code and somebody to call (never-assigned number ranges)."""
    return RequesterInput(
        "enterprise",
        firm_name(serial),
        uscc=make_sample_uscc(serial),
        contact_name=person_name(serial),
        phone=make_sample_mobile(30_000 + serial) if serial % 4 else make_sample_landline(5_000 + serial),
    )


def requester(who: str, serial: int, names: dict[str, str]) -> RequesterInput:
    """The requester of a story (`story.Story.who`). `names` are the villages' names by code."""
    kind, _, told = who.partition(":")
    match kind:
        case "firm":
            return firm(int(told))
        case "resident":
            return RequesterInput(
                contact_name=told + person_name(serial)[1:], phone=make_sample_mobile(60_000 + serial)
            )
        case "village":
            return RequesterInput(
                "village",
                names[told],
                village_code=told,
                contact_name=person_name(serial + 5),
                phone=make_sample_landline(7_000 + serial),
            )
        case "anonymous":
            return RequesterInput()
    raise ValueError(who)
