"""What people write down on the way: sentences with the subject, the unit and the day in them, no two alike."""

from __future__ import annotations

import datetime as dt

CONTACT = (
    "已与{who}通话，约定{day}上门查看{what}。",
    "电话联系{who}，对方补充了几处细节，同意先看现场再定方案。",
    "{unit}派人到现场见了{who}，当面记下了对{what}的三点要求。",
    "{who}在单位里等候，看过图纸后提出把时间提前，已记录。",
    "约好{day}下午一起踏勘，{who}负责带路。",
    "加了{who}的联系方式，照片和位置已收到，{day}前答复办法。",
    "与{who}确认了诉求范围，说明了办理步骤和大致时间。",
    "{day}致电{who}，对方表示白天都在，随时可以去看。",
)
REPORT = (
    "{unit}开了班子会，定下专人负责，{day}起每天一报。",
    "涉及的两家单位已签收协办函，材料互相补齐。",
    "施工队伍定下来了，{day}进场，先做安全围挡。",
    "{day}会同施工班组踏勘，{what}的方案已画好草图，正在估算工程量。",
    "材料已订货，预计三天到场；{unit}内部审批走完第二道。",
    "与相邻单位碰头一次，责任边界划清，由{unit}先行处理。",
    "现场情况比预想复杂，需要两处开挖，已办理手续。",
    "已排进{unit}本周任务单，负责人每天过问一次进度。",
    "政策依据已查清，能办的部分{day}起办，其余写了书面说明。",
)
RESULT = {
    "solved": (
        "{unit}按议定的办法做完了，{day}请{who}到场看过，没有遗留。",
        "{what}一事已落实：人到位、钱到账、事办完，{unit}留了一份台账备查。",
        "经过三轮对接，{day}全部办妥，{unit}同时把同类情况排查了一遍。",
        "{unit}先接通再完善，目前运转正常，半年内由经办人跟踪。",
        "{unit}已于{day}完成施工并试运行正常，{what}的问题解决，请{who}继续观察一周，有情况直接拨打经办电话。",
        "经现场处理，{what}已经恢复正常，{unit}留下了维护联系人，以后每月巡查一次。",
        "手续已全部办结，相关款项或证照{day}送达{who}，后续不需要再跑窗口。",
        "{unit}组织了专门力量，{day}把事情办完，{who}当场试用认可。",
        "已按约定时间完工，{what}涉及的费用由{unit}承担，{who}不需要另外付费。",
        "对接成功：{unit}牵头联系三家单位，{day}签下了意向，首批已经落实到位。",
    ),
    "explained": (
        "按现行规定{what}暂不具备办理条件，{unit}已当面解释条款，并说明了条件成熟后的办理路径。",
        "{unit}把申领条件、材料清单和时间表逐条讲给{who}听，对方表示清楚了，会在{day}之后再来申请。",
    ),
}
EVIDENCE = (
    "验收单（{day}，双方签字），现场见证人：{who}。",
    "{unit}派工单及完工记录，{day}归档。",
    "书面答复一份，{who}签收。",
    "检测报告一份，编号见{unit}台账，日期{day}。",
    "办理回执，{day}由{who}领取。",
)
SEND_BACK = "只写了“已解决”，看不出{what}是谁在哪一天怎样处理的，请补上经过和佐证后再报。"
REDO = "{who}说只处理了一半，过了两天又出现同样情况，要求彻底解决。"
DISSATISFIED = "{who}认为办法可行但时间拖得太久，对结果本身没有异议，总体表示不满意。"
SATISFIED = (
    "{who}表示已经解决，感谢经办人上门三次。",
    "{who}说效果不错，希望以后主动告知进度。",
    "{who}：办好了，没有别的要求。",
)
PUBLISHED = "处理情况已在社区公告栏和街道网页公布七天，文号见公示单。"
INSTRUCTION = ("请按时限办结，先联系后办理。", "涉及多家，请主办单位牵头会商。", "对方着急，请优先安排。")
DECISION = (
    "会议议定：{what}由{unit}牵头办理，所需资金在年度预算内调剂，三月底前完成。",
    "议定由{unit}负总责，相关部门各出一名联络员，每周一碰头，{what}两周内见效。",
    "对{what}形成一致意见：先易后难，{unit}三日内拿出时间表，区财政补足缺口。",
    "明确{what}的责任主体为{unit}，涉及审批的走容缺通道，办好后报区三服务办销号。",
    "同意{unit}提出的第二方案，{what}一并纳入今年民生实事督办。",
)
FIRST_STEP = (
    "{unit}踏勘并商定方案",
    "与有关单位划清责任，{unit}备齐材料",
    "{unit}完成测算，落实经费来源",
)
LAST_STEP = (
    "组织实施并当面交付",
    "完工验收，{who}签字确认",
    "办结手续，送达结果",
)
ELSEWHERE = (
    "高速公路的养护请向省交通集团上三路管理处反映，电话在收费站公示栏。",
    "属于邻区绍兴市柯桥区管辖，已抄告对方，请拨打当地政务热线。",
    "合同争议请先到镇人民调解委员会，不成可以起诉。",
    "快递价格由企业自主决定，对服务不满可向邮政管理局申诉。",
)


def called(who: str) -> str:
    """How sentences call the requester (`story.Story.who`): by what he is. His name stands in the contact alone, where
    it is encrypted and masked."""
    return {"firm": "企业联系人", "village": "村干部", "anonymous": "反映人"}.get(who.partition(":")[0], "反映人")


class Speaker:
    """Fills the sentences in; each next one is another one."""

    def __init__(self, serial: int, *, who: str, what: str) -> None:
        self._next = serial
        self._who = who
        self._what = what.rstrip("…")

    def say(self, sentences: tuple[str, ...] | str, *, unit: str, now: dt.datetime) -> str:
        self._next += 1
        chosen = sentences if isinstance(sentences, str) else sentences[self._next % len(sentences)]
        return chosen.format(who=self._who, what=f"“{self._what}”", unit=unit, day=f"{now.month}月{now.day}日")


RETURN = (
    "{what}不在{unit}职责范围内，核对后认为应由其他单位牵头。",
    "{what}的审批权限不在{unit}，现场看过后建议另行确定牵头单位。",
    "{unit}只管其中一小部分，{what}主要由其他单位负责，请重新研究。",
)
RETURN_BASIS = ("区级部门职责清单（2018年版）关于{what}的分工。",)
UPHOLD = (
    "经核对职责清单，{what}仍由{unit}牵头，请按原时限办理。",
    "与有关单位商量后，{what}由{unit}牵头更合适，其他单位配合。",
    "职责清单写明{what}归{unit}，不再另派，请抓紧联系。",
)
EXTENSION = (
    "{what}所需材料要从外地调货，下周才能发运，需要顺延几天。",
    "{what}要先开挖查清管线，施工队下周才能进场，原定日期来不及。",
    "{what}涉及两家单位会签，下周才能碰头，申请顺延。",
    "{what}的现场检测报告要一周后才能出来，结果出来前不好定方案。",
)
EXTENSION_GRANTED = "情况属实，同意延期，请提前告知反映人。"
HOLD = ("{what}要等开春气温回升后才能施工，现在动工质量没有保证。",)
HOLD_GRANTED = "同意挂账，按期复核，期间每半月反馈一次。"
WITHDRAWAL = ("{who}表示家里已经自行解决，不再需要办理{what}。",)
WITHDRAWAL_PROOF = "当面确认并签了情况说明，村干部在场。"
REOPEN = ("{who}来电：{what}好了一阵又出现，请再看看。",)
