"""The columns of 单位表, and what a row of it says."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanfuwu.counties.queries import county_code
from sanfuwu.sheets import Column, Table
from sanfuwu.territory.models import Unit

CODE, NAME, KIND, ABOVE, PLACE = "编码", "名称", "类型", "上级", "区划"

_K = Unit.Kind
KINDS: dict[str, str] = {
    "办公室": _K.OFFICE,
    "综合办事机构": _K.OFFICE,
    "党政机关": _K.OFFICE,
    "部门": _K.DEPARTMENT,
    "机关部门": _K.DEPARTMENT,
    "镇街": _K.TOWN,
    "乡镇": _K.TOWN,
    "街道": _K.TOWN,
    "镇": _K.TOWN,
    "乡": _K.TOWN,
    "乡镇街道": _K.TOWN,
    "村社": _K.VILLAGE,
    "村": _K.VILLAGE,
    "社区": _K.VILLAGE,
    "公共服务单位": _K.PUBLIC_SERVICE,
    "公用事业": _K.PUBLIC_SERVICE,
    "开发区": _K.ZONE,
    "园区": _K.ZONE,
    "国有企业": _K.STATE_FIRM,
}
PLACED = (_K.TOWN, _K.VILLAGE)


def _first_digits() -> str:
    return _("Twelve digits that begin with those of the county, %(code)s.") % {"code": county_code()}


UNITS = Table(
    "单位",
    (
        Column(
            CODE,
            ("单位编码", "单位编号", "单位代码", "机构编码", "机构代码", "编号", "代码"),
            notes=(
                gettext_lazy("Short, of letters, digits and hyphens, once in the county; it never changes."),
                gettext_lazy("Empty: the initials of the name, as slj for 水利局; the preview shows them."),
            ),
        ),
        Column(
            NAME,
            ("单位名称", "机构名称", "部门名称", "单位", "全称", "单位全称"),
            True,
            notes=(
                gettext_lazy("The full name that people know."),
                gettext_lazy(
                    "A village by its own name, with its town in 上级: lists of places put the town before it."
                ),
            ),
        ),
        Column(
            KIND,
            ("单位类型", "单位类别", "单位性质", "机构类型", "机构性质", "类别", "性质"),
            True,
            words=lambda: KINDS,
        ),
        Column(
            ABOVE,
            (
                "上级单位",
                "上级主管部门",
                "上级主管单位",
                "主管部门",
                "主管单位",
                "上级部门",
                "上级机构",
                "上级编码",
                "所属单位",
                "所属镇街",
                "所属乡镇",
                "隶属",
                "隶属单位",
            ),
            notes=(
                gettext_lazy("Name or code of a unit, of this workbook too."),
                gettext_lazy("Empty: the county itself. A village or community stands under its town."),
            ),
        ),
        Column(
            PLACE,
            ("行政区划代码", "区划代码", "行政区划", "区划编码", "行政区划编码"),
            notes=(
                gettext_lazy("Required for towns and villages: problems are registered there."),
                _first_digits,
            ),
        ),
    ),
    (
        ("sfwb", "三服务办", "办公室", "", ""),
        ("zjj", "住房和城乡建设局", "部门", "", ""),
        ("cgz", "城关镇", "镇街", "", "（十二位，末三位 000）"),
        ("cgz-dm", "东门社区", "村社", "城关镇", "（十二位）"),
    ),
)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit of the workbook; `above` is a code, of the tree or of the workbook, "" = the county."""

    code: str
    name: str
    kind: str
    above: str
    division: str
    proposed: bool = False  # the code was not in the workbook
