"""A notice on personal data to begin with (个人信息保护法 art. 17): who, what for, how, how long, and whom to ask.

Chinese in every language, like the law and those who read it. It is a proposal: the county reads and changes it.
"""

from __future__ import annotations

_NOTICE = """\
个人信息处理告知

一、处理者：{office}{call}。
二、处理目的：登记、交办、办理、回访和统计您反映的“三服务”问题，并向您反馈办理结果。
三、处理方式和种类：登记您的姓名或者单位名称、联系电话、地址和反映的内容，在“三服务”平台上加密保存，只供承办单位和经授权的工作人员\
办理时查看，查看留有记录；不作其他用途，法律、行政法规另有规定的除外。
四、保存期限：自问题办结之日起保存三年；档案管理规定的期限更长的，从其规定。期满删除或者作匿名化处理。
五、您的权利：您可以查询、复制您的个人信息，要求更正、补充或者删除，要求解释处理规则，也可以撤回同意。请与{office}联系{how}，\
我们在十五个工作日内答复。
六、不提供联系电话的，我们照常办理，但可能无法向您了解情况、反馈结果。"""


def sample_notice(office: str, phone: str = "", hours: str = "") -> str:
    """The notice of an office, with its telephone and opening hours where they are known."""
    call = f"（电话：{phone}）" if phone else ""
    how = "".join((f"，电话：{phone}" if phone else "", f"，{hours}" if hours else ""))
    return _NOTICE.format(office=office, call=call, how=how)
