"""The association's own list of members comes in, as any list of people does: shown first, and done once confirmed."""

from __future__ import annotations

import re

from handlers import stored
from handlers.context import Context
from handlers.grammar import Files, MeetingNumber
from handlers.parties.importing import must_keep, one_file, shown_or_done
from handlers.parties.naming import ColumnNames
from handlers.parties.undoing import all_problems
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets.naming import Shown
from messages import Message

router = Router("members")

_MEMBERS = re.compile(
    r"会员(?:名单|名册|名录|库|数据|信息|资料|表|清单|导出|花名册)|^会员$|(?<![a-z])members?(?![a-z])", re.IGNORECASE
)
_ANOTHER_S = re.compile(r"签到|报名|缴费|发票|申请|问卷|check-?in|register(?:ed|s)|registra|invoice|fee", re.IGNORECASE)
"""Lists of something else that members do."""


@router.command("members import", zh="会员 导入", also=("import members", "导入会员", "导入会员名单", "会员导入"))
def import_(
    ctx: Context,
    meeting: MeetingNumber = 0,
    *,
    refs: Files = (),
    digest: Shown = "",
    columns: ColumnNames | None = None,
) -> Message:
    """Bring in the association's list of members, with a preview: members import F7"""
    must_keep(ctx, meeting)
    ctx.must_run()
    named = dict(columns or {})
    file = one_file(ctx, refs, "members import")
    if unread := named.pop("", ""):
        raise Refused("members/unread", text=unread, file=file)
    return shown_or_done(ctx, file, None, named, digest)


@router.command("members import problems", zh="会员 导入问题", also=("会员导入问题",))
def problems(
    ctx: Context, meeting: MeetingNumber = 0, *, refs: Files = (), columns: ColumnNames | None = None
) -> Message:
    """Every row of a list of members that needs a look, as a spreadsheet, to you alone: members import problems F7"""
    must_keep(ctx, meeting)
    return all_problems(ctx, one_file(ctx, refs, "members import"), None, columns or {})


@router.arrival
def arrived(ctx: Context) -> Message | None:
    """A list that is called one of members is previewed; else it is like any other file."""
    return stored.previewed(ctx, _is_ours, lambda file, _: import_(ctx, refs=(file.number,)))


def _is_ours(name: str) -> re.Match[str] | None:
    return None if _ANOTHER_S.search(name) else _MEMBERS.search(name)
