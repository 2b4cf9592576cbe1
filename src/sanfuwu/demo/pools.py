"""Invented firms by the dozen, places as people call them, and who serves where besides `cast.PARTS`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sanfuwu.territory.seed import places

# (what stands in the name, what it makes, its workshop)
TRADES = (
    ("铜业", "精密铜管", "拉拔车间"),
    ("伞业", "晴雨伞", "伞面车间"),
    ("照明", "庭院灯", "贴片车间"),
    ("化学", "染料中间体", "合成车间"),
    ("传动", "减速机", "装配车间"),
    ("织造", "涤纶面料", "织造车间"),
    ("食品", "速冻点心", "速冻车间"),
    ("纸品", "瓦楞纸箱", "印刷车间"),
    ("塑业", "家电外壳", "注塑车间"),
    ("门窗", "断桥铝门窗", "切割车间"),
    ("家居", "实木家具", "油漆车间"),
    ("电子", "汽车线束", "焊接车间"),
    ("轴承", "轴承套圈", "磨削车间"),
    ("风机", "离心风机", "动平衡车间"),
    ("医疗用品", "一次性耗材", "净化车间"),
    ("印染", "针织印花布", "定型车间"),
    ("铸造", "球墨铸件", "熔炼车间"),
    ("建材", "干混砂浆", "配料楼"),
    ("服饰", "运动服", "缝制车间"),
    ("茶业", "绿茶", "炒制车间"),
    ("玻璃", "钢化玻璃", "钢化车间"),
    ("电机", "微型电机", "绕线车间"),
    ("新材料", "水性涂料", "分散车间"),
    ("五金", "卫浴五金", "抛光车间"),
)
_NAMED = (
    "岚舟 砚溪 澄屿 樟沐 笃行 云岫 禾畔 沥石 玄圃 芷汀 "
    "昱衡 钧远 霁川 渚白 栖桐 泽润 矩方 澹宁 峤山 蓝芩 "
    "榕庭 朗拓 舜涵 筠竹 陌上 恒岱 锦溯 汐和 铭谦 崧禾"
)
_WORDS = _NAMED.split()
_FIRST = 101  # serial of the first firm here; lower ones are written out in `firms.FIRMS`
HOW_MANY = 216


@dataclass(frozen=True, slots=True)
class PoolFirm:
    """`town` is a 9-digit code."""

    serial: int
    name: str
    product: str
    workshop: str
    town: str


@dataclass(frozen=True, slots=True)
class Place:
    """A village or community: its code, its name in the register, and as people call it."""

    code: str
    name: str
    called: str
    rural: bool

    @property
    def town(self) -> str:
        return self.code[:9]


@lru_cache(maxsize=1)
def all_places() -> tuple[Place, ...]:
    """Villages and communities of the district, in the order of their codes."""
    found = []
    for code, name in places():
        if code.endswith("000"):
            continue
        rural = name.endswith(("村委会", "村"))
        called = name.removesuffix("委会") if name.endswith("村委会") else name.replace("居委会", "居民区")
        found.append(Place(code, name, called, rural))
    return tuple(found)


@lru_cache(maxsize=1)
def towns() -> dict[str, str]:
    """{12-digit code: name of 2019} of towns and streets."""
    renamed = {"崧厦街道": "崧厦镇"}
    return {code: renamed.get(name, name) for code, name in places() if code.endswith("000")}


@lru_cache(maxsize=1)
def pool() -> tuple[PoolFirm, ...]:
    """The firms that were visited; each with a trade, a place and a sample code."""
    codes = [code[:9] for code in towns()]
    made = []
    for n in range(HOW_MANY):
        trade, product, workshop = TRADES[n % len(TRADES)]
        word = _WORDS[(n * 7 + n // len(TRADES)) % len(_WORDS)]
        name = f"{('上虞', '浙江', '绍兴')[n % 3]}{word}{trade}有限公司"
        made.append(PoolFirm(_FIRST + n, name, product, workshop, codes[(n * 3 + n // 20) % len(codes)]))
    return tuple(made)
