"""The pages of the help: how to begin, one verb, everything."""

from __future__ import annotations

from typing import Annotated, Any

from handlers import nearest
from handlers.command import Command, Menu
from handlers.context import Context
from handlers.grammar import Cursor, OneOf, PageNumber
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer
from storage import meetings

router = Router("help")

A_FEW = 5

Everything = Annotated[str, OneOf({"all": ("everything", "commands", "全部", "所有", "所有命令")})]


class _Verb:
    """The rest of the line, if it is a verb: "完成", "meeting new"; gives its command."""

    kind = "verb"

    def take(self, cursor: Cursor, ctx: Context) -> Command | None:
        word = cursor.peek()
        line = cursor.original[word.start :].strip() if word else ""
        match = ctx.router.find(line) if ctx.router else None
        if match is None or line[match.end :].strip(" 。.?？!！"):
            return None
        cursor.rest()
        return match.command


class _About:
    """The rest of the line: a subject, or a verb with a slip in it."""

    def take(self, cursor: Cursor, ctx: Context) -> str | None:  # noqa: ARG002
        return cursor.rest() or None


Verb = Annotated[Command | None, _Verb()]
About = Annotated[str, _About()]


@router.command("help", zh="帮助", also=("?", "怎么用", "使用说明", "man"), menu=Menu.HELP)
def help_(
    ctx: Context, verb: Verb = None, everything: Everything = "", page: PageNumber = 0, about: About = ""
) -> Message:
    """What I understand, and how to say it: help · help done · help all"""
    if verb is not None:
        return _verb(ctx, verb)
    if about:
        return _group(ctx, _page_of(ctx, about))
    return _group(ctx, page or 1) if everything or page else _first(ctx)


def _first(ctx: Context) -> Message:
    """The five things that one does most; before there is a meeting, how to begin."""
    running = bool(meetings.running(ctx.db, ctx.workspace.id))
    often = [
        Offer("today", "today", primary=True),
        Offer("mine", "list mine"),
        Offer("overdue", "list overdue"),
        Offer("status", "status"),
        Offer("list", "list"),
    ]
    start = [Offer("meeting_new", "meeting new", primary=True)]
    return ctx.words(
        "help/first",
        running=running,
        person=ctx.person,
        rows=[
            Entry(
                {
                    "group": group,
                    "verbs": [one.verb(ctx.locale) for one in commands[:A_FEW]],
                    "more": len(commands) > A_FEW,
                },
                [Offer("group", f"help all page {n}", facts={"group": group})],
            )
            for n, (group, commands) in enumerate(_groups(ctx).items(), 1)
        ],
        buttons=often if running else start,
    )


def _groups(ctx: Context) -> dict[str, list[Command]]:
    return ctx.router.groups() if ctx.router else {}


def _group(ctx: Context, page: int) -> Message:
    groups = _groups(ctx)
    page = min(page, len(groups))
    group, commands = list(groups.items())[page - 1]
    offers = [Offer("more", f"help all page {page + 1}")] if page < len(groups) else []
    return ctx.words(
        "help/group",
        group=group,
        usages=[command.usage(ctx.locale) for command in commands],
        page=page,
        pages=len(groups),
        buttons=[*offers, Offer("start", "help")],
    )


def _page_of(ctx: Context, about: str) -> int:
    """The page of the group that ``about`` names, or whose verbs begin with it. Raises ``Refused``."""
    wanted = about.strip().casefold()
    for page, (group, commands) in enumerate(_groups(ctx).items(), 1):
        names = [name.casefold() for command in commands for name in command.names]
        if wanted in {group, group.removesuffix("s")} or any(name.startswith(f"{wanted} ") for name in names):
            return page
    raise Refused("help/unknown", about=about, buttons=[*_near(ctx, about), Offer("all", "help all")])


def _near(ctx: Context, about: str) -> list[Offer]:
    names = [name for commands in _groups(ctx).values() for command in commands for name in command.names]
    return [Offer("verb", f"help {name}", facts={"verb": name}) for name in nearest.corrected(about, names)[:3]]


def _verb(ctx: Context, command: Command) -> Message:
    facts: dict[str, Any] = {"command": command.name, "group": command.group}
    page = list(_groups(ctx)).index(command.group) + 1
    return ctx.words(
        "help/verb",
        **facts,
        usage=command.usage(ctx.locale),
        chinese=[name for name in command.names if not name.isascii()],
        english=[name for name in command.names if name.isascii()],
        buttons=[Offer("group", f"help all page {page}", facts={"group": command.group}), Offer("start", "help")],
    )
