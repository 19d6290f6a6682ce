"""docs/commands.md: every verb in both languages, from the commands themselves."""

from __future__ import annotations

import messages
from handlers.command import Command
from handlers.router import Router

LANGUAGES = ("zh_CN", "en")


def write(router: Router | None = None) -> str:
    """The whole page; of all commands that the program has, unless other ones are given."""
    if router is None:
        from handlers import router as joined  # noqa: PLC0415  it joins this capability, too

        router = joined
    parts = [_said("top"), *(_group(name, commands) for name, commands in router.groups().items())]
    return "\n\n".join(parts) + "\n"


def _said(kind: str, group: str = "") -> str:
    """Both languages of a heading or a paragraph, one after the other."""
    found = [messages.write("help/reference", locale, kind=kind, group=group) for locale in LANGUAGES]
    heading = " · ".join(message.title for message in found)
    mark = "#" if kind == "top" else "##"
    return "\n\n".join([f"{mark} {heading}", *(message.body for message in found if message.body)])


def _group(name: str, commands: list[Command]) -> str:
    rows = [f"| {_cell(command, 'zh_CN')} | {_cell(command, 'en')} |" for command in commands]
    return "\n".join([_said("group", name), "", "| 中文 | English |", "| --- | --- |", *rows])


def _cell(command: Command, locale: str) -> str:
    usage = command.usage(locale)
    others = [name for name in command.names[2:] if name.isascii() == (locale == "en")]
    names = [f"**{_plain(usage.verb)}**", *map(_plain, others)]
    forms = [_plain(form) for form in usage.how.split(" · ")]
    separator = ", " if locale == "en" else "、"
    return "<br>".join([separator.join(names), _plain(usage.what), *(f"`{form}`" for form in forms)])


def _plain(text: str) -> str:
    return text.replace("|", "\\|")
