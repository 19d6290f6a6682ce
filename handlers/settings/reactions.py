"""Which emoji says what, where people can react to a reminder with one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from handlers.context import Context
from handlers.grammar import Details
from handlers.permissions import admin, allow
from handlers.refused import Refused
from handlers.router import Router
from handlers.settings import emoji, reading
from handlers.settings.speaking import changed
from messages import Message, Question, Questions
from storage.workspace import Workspace

router = Router("settings")

LINE = "settings reactions"
FIELDS = {"done": "reactions_done", "started": "reactions_started", "tomorrow": "reactions_tomorrow"}
"""Where the workspace keeps the names of the emoji that mean it."""
MOST = 12
_DETAILS = Details(
    {
        "done": ("完成", "做完", "搞定"),
        "started": ("start", "doing", "开始", "在做", "处理中"),
        "tomorrow": ("snooze", "later", "明天", "明天再说", "推迟"),
    }
)
Meanings = Annotated[dict[str, str], _DETAILS]


@router.command("settings reactions", zh="设置 表情", also=("settings emoji", "settings emojis", "设置 表情回应"))
def reactions(ctx: Context, given: Meanings | None = None) -> Message:
    """Which emoji on a reminder means what: settings reactions done: ✅ 👌 started: 👀 tomorrow: 💤"""
    allow(ctx, admin, None)
    wanted = {**(given or {}), **_emptied(ctx)}
    if not wanted:
        return _ask(ctx)
    if "" in wanted:
        raise Refused("settings/meaning", text=wanted[""])
    _set(ctx.workspace, {meaning: _names(meaning, text) for meaning, text in wanted.items()})
    return changed(ctx, "reactions", meanings(ctx.workspace))


def meanings(place: Workspace) -> dict[str, str]:
    """By meaning, the emoji as they are shown."""
    return {meaning: emoji.shown(getattr(place, field)) for meaning, field in FIELDS.items()}


def _ask(ctx: Context) -> Message:
    fields = [Question(meaning, value=shown) for meaning, shown in meanings(ctx.workspace).items()]
    return ctx.words("settings/form", key="reactions", form=Questions(LINE, fields), private=True)


def _emptied(ctx: Context) -> dict[str, str]:
    """Fields of the form that were emptied: nothing means that any more."""
    return {meaning: "off" for meaning in FIELDS if meaning in ctx.fields and not ctx.fields[meaning].strip()}


def _names(meaning: str, text: str) -> list[str]:
    """The emoji that shall mean it. Raises ``Refused``."""
    word = reading.said(text)
    if word in reading.OFF:
        return []
    if word in reading.DEFAULT:
        return str(Workspace.__table__.c[FIELDS[meaning]].default.arg).split()
    found = list(emoji.read(text))
    unread = [typed for name, typed in found if not name]
    if unread:
        raise Refused("settings/emoji", text=unread[0])
    if len(found) > MOST:
        raise Refused("settings/many_emoji", most=MOST)
    return list(dict.fromkeys(name for name, _ in found))


def _set(place: Workspace, wanted: Mapping[str, list[str]]) -> None:
    """An emoji that meant something else means this from now on. Raises ``Refused`` for one that is given twice."""
    given = [name for names in wanted.values() for name in names]
    twice = next((name for name in given if given.count(name) > 1), "")
    if twice:
        raise Refused("settings/emoji_twice", emoji=emoji.shown(twice))
    for meaning, field in FIELDS.items():
        kept = [name for name in getattr(place, field).split() if name not in given]
        setattr(place, field, " ".join(wanted.get(meaning, kept)))
