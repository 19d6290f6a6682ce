"""What Slack puts around words: mentions, links and escapes → what the grammar reads. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_MARK = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_WEB = ("http://", "https://", "mailto:", "tel:")


def mentioned(text: str) -> list[str]:
    """The ids of the people who are mentioned, each once."""
    return list(dict.fromkeys(_PERSON.findall(text)))


def plain(text: str, people: Mapping[str, str], *, bot: str = "") -> str:
    """As it was typed. ``people`` gives, by Slack's id, what the grammar calls somebody; the bot itself is left out."""

    def word(match: re.Match[str]) -> str:
        target, label = match[1], match[2] or ""
        if target.startswith("@"):
            known = people.get(target[1:], f"@{label}" if label else target)
            return " " if target[1:] == bot else f"{known} "
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        if target.startswith("!"):
            return label or f"@{target[1:].split('^')[0]}"
        return _address(target) if target.startswith(_WEB) else match[0]

    return _unescaped(_MARK.sub(word, text)).strip()


def _address(target: str) -> str:
    return target.removeprefix("mailto:").removeprefix("tel:")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
