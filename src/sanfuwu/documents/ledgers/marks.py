"""What a file says of itself: whose it is, who made it when, the number under which the log has it, and the notice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

NOTICE = "含个人信息，仅限工作使用，用毕删除，不得外传"


@dataclass(frozen=True, slots=True)
class Marks:
    """`who` is unit, post and name; `export_id` is what the log calls this file."""

    title: str
    county: str
    who: str
    at: dt.datetime
    export_id: UUID

    @property
    def when(self) -> str:
        local = timezone.localtime(self.at)
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"

    @property
    def remark(self) -> str:
        return f"{self.who}，{self.when}导出；记录号 {self.export_id}；{NOTICE}"

    @property
    def title_line(self) -> str:
        return f"{self.county}三服务{self.title}（{self.remark}）"

    @property
    def file_name(self) -> str:
        """Without its ending: 上虞区三服务问题清单-20190212-3f9a1c2b."""
        local = timezone.localtime(self.at)
        return f"{self.county}三服务{self.title}-{local:%Y%m%d}-{self.export_id.hex[-8:]}"
