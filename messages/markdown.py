"""Body text is markdown: escaped where it comes from people, parsed once, walked by each platform."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!&])")
_LIST_START = re.compile(r"^(\s*)([-+=]|\d+[.)])")
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f]")
"""All but those that separate words, such as a carriage return: they become blanks."""


class Safe(str):
    """Markdown that our own templates or filters made; never made from what a person typed."""

    __slots__ = ()


def escape(value: object) -> Safe:
    """What a person typed, as markdown that shows exactly those characters on one line.

    Direction overrides and control characters are dropped: they can only mislead a reader.
    """
    if isinstance(value, Safe):
        return value
    text = _SPECIAL.sub(r"\\\1", _line(value))
    return Safe(_LIST_START.sub(_escape_mark, text))


def in_code(value: object) -> Safe:
    """What a person typed, to stand between backticks: nothing is escaped there, and only a backtick ends it."""
    return value if isinstance(value, Safe) else Safe(_line(value).replace("`", "'"))


def _line(value: object) -> str:
    return " ".join(_CONTROL.sub("", straight(str(value))).split())


def straight(text: str) -> str:
    """The text without marks that turn the direction of reading."""
    return _DIRECTION.sub("", text)


def _escape_mark(match: re.Match[str]) -> str:
    blanks, mark = match.groups()
    return f"{blanks}{mark[:-1]}\\{mark[-1]}"


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[Token, ...]:
    """Block tokens of ``text``; inline tokens hang under each block's ``children``."""
    return tuple(_PARSER.parse(text))


@lru_cache(maxsize=512)
def html(text: str) -> str:
    """HTML for the browser. Raw HTML in ``text`` comes out as text."""
    return str(_PARSER.render(text)).strip()


@lru_cache(maxsize=512)
def plain(text: str, *, links: bool = False) -> str:
    """The words alone, for a terminal, a log or a notification; list items keep a dash.

    ``links``: where words lead somewhere, the address stands behind them.
    """
    lines: list[str] = []
    mark = ""
    for token in tokens(text):
        if token.type == "list_item_open":
            mark = "- "
        elif token.type == "inline":
            lines.append(mark + _words(token, links=links))
            mark = " " * len(mark)
        elif token.type == "list_item_close":
            mark = ""
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.rstrip("\n"))
        elif token.type in {"paragraph_close", "bullet_list_close", "ordered_list_close"} and token.level == 0:
            lines.append("")
    return "\n".join(lines).strip()


def _words(inline: Token, *, links: bool) -> str:
    found: list[str] = []
    address, start = "", 0
    for child in inline.children or ():
        if child.type == "link_open":
            address, start = str(child.attrs.get("href", "")), len(found)
        elif child.type == "link_close" and links and "".join(found[start:]) != address:
            found.append(f" {address} ")
        elif child.type in {"text", "code_inline"}:
            found.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            found.append("\n")
    return "".join(found).rstrip()
