"""The living page of the components (`/_ui`, only in debug): each with the samples that its rule needs."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from sanfuwu.config import clock
from sanfuwu.web import columns, words
from sanfuwu.web.pieces import (
    USUAL_COLUMNS,
    Act,
    Bar,
    ChainLink,
    FilterChip,
    LedgerRow,
    Line,
    Pager,
    PartyCard,
    Responsibility,
    Responsible,
    Stat,
    Tab,
    bar_pieces,
    closed_bar,
)


class SampleForm(forms.Form):
    """Every kind of control once."""

    who = forms.CharField(label="诉求人", help_text="企业名称或村（社）")
    what = forms.CharField(label="问题", widget=forms.Textarea)
    tier = forms.ChoiceField(
        label="分级", widget=forms.RadioSelect, choices=[("limited", "限期"), ("key", "重点")], required=False
    )
    due = forms.DateField(label="日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    secret = forms.BooleanField(label="诉求人身份保密", required=False, help_text="承办单位看不到诉求人")


def _bars() -> list[tuple[str, Bar]]:
    return [
        (
            "running",
            Bar(
                text="剩 3 个工作日 · 2月20日 17:30 截止",
                brief="剩 3 个工作日",
                spent="已用 3 个工作日，暂停 1 天（待企业补齐资料）",
                pieces=bar_pieces(elapsed=0.43, paused=0.14, left=0.43),
                extension_x="82.0",
            ),
        ),
        (
            "soon",
            Bar(
                text="剩 3 小时 · 今天 17:30 截止",
                brief="剩 3 小时",
                spent="已用 5 个工作日",
                tone="soon",
                pieces=bar_pieces(elapsed=0.92, paused=0, left=0.08, tone="soon"),
            ),
        ),
        (
            "overdue",
            Bar(
                text="超期 1 个工作日 · 2月11日 17:30 截止",
                brief="超期 1 个工作日",
                tone="late",
                pieces=bar_pieces(elapsed=1, paused=0, left=0),
            ),
        ),
        ("met", Bar(text="按时办结", brief="按时办结", pieces=closed_bar(late=False))),
        ("none", Bar(text="未交办", brief="—")),
    ]


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """All components with samples. 404 outside debug."""
    if not settings.DEBUG:
        raise Http404
    now = clock.now()
    bars = _bars()
    bad = SampleForm({"who": "", "what": "园区二期临时用水用电未接通"})
    bad.is_valid()
    rows = [
        LedgerRow(
            number=f"330604-2019-00041{n}",
            short=f"2019-00041{n}",
            url=f"#{n}",
            title=title,
            second=second,
            party=party,
            lead=lead,
            lead_second=co,
            chip=words.stage_chip(stage),
            bar=bars[n % len(bars)][1],
            tier="key" if n == 1 else "limited",
        )
        for n, (title, second, party, lead, co, stage) in enumerate(
            [
                (
                    "厂区门口道路夜间大货车停放，遮挡视线",
                    "章镇镇 · 交通秩序 · 对接会",
                    "某合成材料公司",
                    "交警大队",
                    "",
                    "handling",
                ),
                (
                    "生态湖二期周边排水改造与企业出入口冲突",
                    "开发区 · 基础设施",
                    "开发区管委会",
                    "住建局",
                    "协办 2",
                    "on_hold",
                ),
                (
                    "申请接通管道天然气，替代现有锅炉燃料",
                    "章镇镇 · 水电气",
                    "某合成材料公司",
                    "天然气公司",
                    "",
                    "to_sign",
                ),
                ("独居老人冬季取暖补助未到账", "崧厦镇 · 困难群众帮扶", "村民（保密）", "民政局", "", "to_call_back"),
            ]
        )
    ]
    primary = Act("submit_result", "提交结果", "#", "send", "提交后由单位负责人审核，审核期间停止计时。")
    return render(
        request,
        "web/pages/gallery.html",
        {
            "chips": [words.stage_chip(code) for code, _word in words.stages()],
            "bars": bars,
            "rows": rows,
            "headings": columns.headings(USUAL_COLUMNS),
            "bulk_acts": ["accept"],
            "here": "?",
            "tabs": [Tab("在办", "#", True, 10000, True), Tab("今天到期", "#", False, 6)],
            "filter_chips": [FilterChip("状态：在办", "#"), FilterChip("属地：崧厦镇", "#")],
            "sorts": [Tab("按到期", "#", True), Tab("按登记", "#")],
            "stats": [
                Stat("超期", 2, "#", "办结时限已过", "red"),
                Stat("今天到期", 6, "#", "17:30 前", "amber"),
                Stat("在办", 10000, "#", "本单位", capped=True),
            ],
            "lines": [
                Line(now - dt.timedelta(hours=20), "供电所承诺 2月18日前通电", said="已排入施工计划。"),
                Line(now - dt.timedelta(days=3), "供电所 张某 签收，用时 3 小时"),
                Line(now - dt.timedelta(days=400), "崧厦镇受理", extras=("限期 · 水电气",)),
            ],
            "resp": Responsibility(
                units=(
                    Responsible(
                        "主办", "供电所", words.assignment_chip("in_progress"), now, "经办 王某", "0575-****1234"
                    ),
                    Responsible("协办", "自来水公司", words.assignment_chip("pending_sign")),
                ),
                leader="某副区长",
                chain=(ChainLink("区三服务办", 0), ChainLink("崧厦镇", 1, now), ChainLink("供电所", 2, now)),
            ),
            "party": PartyCard("上虞城建资产经营管理有限公司", "企业", "金*", "138****0000", "", "#", "此前 3 件", "#"),
            "hidden_party": PartyCard(hidden="诉求人身份保密"),
            "primary": primary,
            "others": [Act("report", "反馈", "#", "file-text"), Act("contact", "联系", "#", "phone")],
            "form": SampleForm(),
            "bad_form": bad,
            "opened": primary,
            "work": {
                "title": "导入 台账.xlsx",
                "done": 4200,
                "total": 6726,
                "rate_text": "2,100 行/秒",
                "left_text": "约 2 秒",
            },
            "pager": Pager("#p", "#n"),
        },
    )
