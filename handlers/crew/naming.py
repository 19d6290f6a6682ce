"""How the crew and its shifts are told in a command."""

from __future__ import annotations

from typing import Annotated

from handlers.grammar import Details, Numbered, OneOf

OnlyGaps = Annotated[str, OneOf({"gaps": ("缺项", "missing")})]
Anyway = Annotated[str, OneOf({"anyway": ("照记", "仍然记下")})]
ShiftNumber = Annotated[int, Numbered.like(r"(?:#|no\.?\s*|第\s*)?(\d{1,9})(?!\d)\s*条?")]
Seen = Annotated[int, Numbered.like(r"v(\d{1,6})(?!\w)")]
"""Which version of what is decided on was shown."""
Told = Annotated[
    dict[str, str],
    Details(
        {
            "name": ("姓名",),
            "post": ("岗位", "职责", "role", "duty"),
            "contribution": ("具体贡献", "贡献", "did"),
            "gift": ("纪念品", "礼品"),
            "staff": ("工作人员", "employed"),
            "seen": (),
            "email": ("邮箱", "电子邮箱", "e-mail"),
            "phone": ("电话", "手机", "手机号"),
            "unit": ("单位", "学校", "organisation", "organization"),
            "hours": ("工时", "时长"),
        }
    ),
]
"""What stands before the first key is a name. What is kept elsewhere is known, so that it can be said where."""
ShiftTold = Annotated[dict[str, str], Details({"place": ("地点", "where"), "note": ("备注", "remark")})]
"""What stands before the first key is when it was, and at what."""
