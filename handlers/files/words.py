"""What people call the kinds of files, and who may see them."""

from __future__ import annotations

from typing import Annotated

from handlers.filing import WORDS
from handlers.grammar import OneOf
from storage.materials import Material, Scope

_TERMS = {
    Material.PLAN: ("策划案", "方案"),
    Material.RISKS: ("风险预案", "预案"),
    Material.BUDGET: ("预算",),
    Material.CONTRACT: ("合同",),
    Material.AGENDA: ("议程",),
    Material.GUEST: ("邀请与嘉宾", "嘉宾", "邀请", "guests"),
    Material.CONSENT: ("授权书",),
    Material.PUBLICITY: ("宣传",),
    Material.DESIGN: ("设计稿", "设计"),
    Material.PRESS: ("新闻稿", "新闻", "媒体"),
    Material.SIGN_IN: ("签到表", "sign-in sheet"),
    Material.ATTENDANCE: ("参会数据", "参会"),
    Material.HANDOVER: ("交接单", "交接"),
    Material.INVENTORY: ("物资清单", "物资"),
    Material.INCIDENT: ("突发情况记录", "突发情况", "突发事件"),
    Material.SLIDES: ("课件", "slide"),
    Material.PHOTO: ("照片", "photos"),
    Material.VIDEO: ("录像", "videos", "recordings"),
    Material.AUDIO: ("录音",),
    Material.MINUTES: ("纪要", "会议记录"),
    Material.SURVEY: ("问卷",),
    Material.VOUCHER: ("票据", "发票", "vouchers"),
    Material.ACCOUNTS: ("账目", "财务", "决算"),
    Material.THANKS: ("感谢信", "感谢", "letters"),
    Material.BENEFIT: ("赞助权益佐证", "赞助权益", "benefits"),
    Material.REPORT: ("报告", "reports"),
    Material.LESSON: ("经验教训", "经验", "lessons"),
    Material.OTHER: ("其他", "其它", "something else"),
}

MATERIALS = OneOf({str(kind): tuple(dict.fromkeys((*names, *WORDS.get(kind, ())))) for kind, names in _TERMS.items()})
SCOPES = OneOf(
    {
        Scope.PUBLIC: ("公开", "everybody", "everyone", "对外"),
        Scope.MEMBERS: ("会员", "会员可见", "member"),
        Scope.ATTENDEES: ("参会者", "参会人员", "参会可见", "attendee", "participants"),
        Scope.INTERNAL: ("内部", "不公开", "仅内部", "private"),
    }
)

MaterialWord = Annotated[str, MATERIALS]
ScopeWord = Annotated[str, SCOPES]
