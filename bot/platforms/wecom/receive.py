"""A callback of WeCom's → what was done, and by whom. Pure: what that is to us is found out afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.platforms.wecom.envelope import Told, several
from bot.platforms.wecom.places import Kind, Place, person
from bot.platforms.wecom.presses import said

LONGEST_LINE = 8_000
"""Characters that are taken from a callback; the dispatcher refuses far shorter ones with a sentence."""
_TELLING = ("Event", "EventKey", "TaskId", "ResponseCode", "ChangeType", "FromUserName", "CreateTime")
"""What tells events apart that have no number of their own: two may well happen in one second."""


class Sent(BaseModel):
    """A file that is still at WeCom: under ``media`` for three days, or at ``address``, encrypted with ``key``."""

    model_config = ConfigDict(frozen=True)
    name: str
    media: str = ""
    address: str = ""
    key: str = ""


class Heard(BaseModel):
    """What somebody did. ``mark`` is the same for a repeat of the event, and for no other event.

    ``quoted`` are the words of the message that was answered; ``reply`` is what it can be replied to by, at the AI
    bot, for some minutes. A card's press has the card's id and the ``code`` that
    lets it be changed once. ``cannot`` names what the bot does not take. ``arrived``: the app was opened; ``shown``
    and ``left``: it is in somebody's sight from now on, or no longer.
    """

    model_config = ConfigDict(frozen=True)
    user: str
    place: str
    mark: str
    line: str = ""
    fields: dict[str, str] = {}
    files: tuple[Sent, ...] = ()
    quoted: str = ""
    reply: str = ""
    card: str = ""
    code: str = ""
    cannot: str = ""
    arrived: bool = False
    shown: bool = False
    left: bool = False

    @property
    def said(self) -> bool:
        """Whether they wait for an answer."""
        return bool(self.line or self.files or self.cannot)


def heard(told: Told, text: str, *, entry: str) -> Heard | None:
    """What a callback of the app tells; None for what is none of ours. ``text`` is the callback as it came."""
    user = person(_word(told, "FromUserName"))
    if not user or user == "sys":
        return None
    done = _event(told) if _word(told, "MsgType") == "event" else _message(told)
    if done is None:
        return None
    return Heard(user=user, place=str(Place(Kind.USER, user)), mark=_mark(told, text, entry), **done)


def _mark(told: Told, text: str, entry: str) -> str:
    number = _word(told, "MsgId")
    if number and number != "0":
        return f"{entry}:{number}"
    known = [_word(told, name) for name in _TELLING]
    told_apart = "\n".join(known) if _word(told, "Event") else text
    return f"{entry}:{sha256(told_apart.encode()).hexdigest()[:40]}"


def _word(told: Told, name: str) -> str:
    """A field's text; empty where there is none, or something nested."""
    found = told.get(name)
    return found.strip() if isinstance(found, str) else ""


# --- what was said


def _message(told: Told) -> dict[str, Any] | None:
    kind = _word(told, "MsgType")
    if kind == "text":
        return {"line": _word(told, "Content")[:LONGEST_LINE]}
    if kind in _FILES and _word(told, "MediaId"):
        name = _word(told, "FileName") or f"{_FILES[kind][0]}-{_word(told, 'CreateTime')}{_FILES[kind][1]}"
        return {"files": (Sent(name=name, media=_word(told, "MediaId")),)}
    return {"cannot": kind} if kind in CANNOT else None


_FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"image": ("photo", ".jpg"), "video": ("video", ".mp4"), "shortvideo": ("video", ".mp4"), "file": ("file", "")}
)
"""What is taken as a file, and what it is called where it comes without a name."""
CANNOT = frozenset({"voice", "location", "link"})
"""What somebody may well send, and gets a kind word for."""


# --- what was pressed


def _event(told: Told) -> dict[str, Any] | None:
    event = _word(told, "Event")
    if event == "template_card_event":
        return {**_press(told), "card": _word(told, "TaskId"), "code": _word(told, "ResponseCode")}
    if event in {"click", "template_card_menu_event"}:
        return {"line": _word(told, "EventKey"), "card": _word(told, "TaskId")}
    return {_ABOUT_THE_APP[event]: True} if event in _ABOUT_THE_APP else None


_ABOUT_THE_APP: Mapping[str, str] = MappingProxyType(
    {"enter_agent": "arrived", "subscribe": "shown", "unsubscribe": "left"}
)


def _press(told: Told) -> dict[str, Any]:
    press = said(_word(told, "CardType"), _word(told, "EventKey"), dict(_chosen(told)))
    return {"line": press.line, "fields": press.fields}


def _chosen(told: Told) -> Iterator[tuple[str, list[str]]]:
    items = told.get("SelectedItems")
    for item in several(items.get("SelectedItem") if isinstance(items, Mapping) else None):
        if isinstance(item, Mapping) and _word(item, "QuestionKey"):
            options = item.get("OptionIds")
            found = several(options.get("OptionId") if isinstance(options, Mapping) else None)
            yield _word(item, "QuestionKey"), [option for option in found if isinstance(option, str)]
