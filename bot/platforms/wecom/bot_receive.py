"""A frame of the AI bot's connection → what was done, and by whom. Pure, as with the app's callbacks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from bot.ask import storable
from bot.platforms.wecom.places import Kind, Place, person
from bot.platforms.wecom.presses import said
from bot.platforms.wecom.receive import LONGEST_LINE, Heard, Sent

Frame = Mapping[str, Any]

PRESSED, ENDED = "template_card_event", "disconnected_event"
MESSAGE, EVENT = "aibot_msg_callback", "aibot_event_callback"
LONGEST_MARK = 64
MOST_FILES, MOST_TASKS = 20, 20

_FILES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"image": ("photo", ".jpg"), "video": ("video", ".mp4"), "file": ("file", "")}
)
"""What is taken as a file, and what it is called where it comes without a name."""
_SPACE = "\N{FOUR-PER-EM SPACE}"
_FIRST = re.compile(rf"\s*@(?:[^@\n{_SPACE}]{{1,64}}{_SPACE}|\S+)\s*")
"""The bot's name at the front; where WeChat's own blank ends it, other blanks may be in it."""
_TASK = re.compile(r"(?<![0-9A-Za-z-])((?:M\d{1,5}-)?)(T\d{1,5})(?![0-9A-Za-z])")
_ANY = re.compile(r"(?<!\S)@\S+\s*")


def event(frame: Frame) -> str:
    """What kind of event it tells; empty for a message."""
    return _word(_part(_part(frame, "body"), "event"), "eventtype")


def number(frame: Frame) -> str:
    """The frame's own, under which it can be answered."""
    return _word(_part(frame, "headers"), "req_id")


def reply(number: str) -> str:
    """What a frame's number is kept as beside an answer: short, however long WeCom's is; empty for none."""
    return sha256(number.encode()).hexdigest()[:40] if number else ""


def heard(frame: Frame, *, entry: str) -> Heard | None:
    """What a frame tells; None for what is none of ours, such as what somebody thinks of an answer."""
    body = _part(frame, "body")
    user = person(_word(_part(body, "from"), "userid"))
    if not user:
        return None
    group = _word(body, "chatid") if _word(body, "chattype") == "group" else ""
    done = _event(frame, body) if frame.get("cmd") == EVENT else _message(frame, body, in_group=bool(group))
    if done is None:
        return None
    place = Place(Kind.GROUP, group) if group else Place(Kind.BOT, user)
    return Heard(user=user, place=str(place), mark=f"{entry}:bot:{_mark(body)}", **done)


def _mark(body: Frame) -> str:
    told = _word(body, "msgid")
    if told and len(told) <= LONGEST_MARK:
        return told
    return sha256((told or json.dumps(body, sort_keys=True)).encode()).hexdigest()[:40]


def _word(found: Frame, name: str) -> str:
    """A field's text, without halves of characters; empty where there is none, or something nested."""
    value = found.get(name)
    return storable(value).strip() if isinstance(value, str) else ""


def _part(found: Frame, name: str) -> Frame:
    value = found.get(name)
    return value if isinstance(value, Mapping) else {}


def _parts(found: Frame, name: str) -> Iterator[Frame]:
    value = found.get(name)
    yield from (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()


# --- what was said


def _message(frame: Frame, body: Frame, *, in_group: bool) -> dict[str, Any] | None:
    """Words, files, and what was quoted: a file that was quoted is meant as much as one that was sent."""
    mark, quote = _mark(body), _part(body, "quote")
    words = " ".join(_words(body))
    files = [*_files(body, mark), *_files(quote, mark, first=MOST_FILES)][:MOST_FILES]
    quoted = "\n".join(_words(quote))[:LONGEST_LINE]
    if not (words or files or quoted):
        return None
    line = unmentioned(words) if in_group else words
    return {"line": line[:LONGEST_LINE], "files": tuple(files), "quoted": quoted, "reply": reply(number(frame))}


def _words(body: Frame) -> Iterator[str]:
    """Of a text, a text with pictures, or a voice message, of which WeCom has made words."""
    for one in _items(body):
        if _word(one, "msgtype") in {"text", "voice"} and (text := _word(_part(one, _word(one, "msgtype")), "content")):
            yield text


def _files(body: Frame, mark: str, *, first: int = 0) -> Iterator[Sent]:
    for at, one in enumerate(_items(body), first):
        kind = _word(one, "msgtype")
        found = _part(one, kind)
        if kind in _FILES and _word(found, "url"):
            stem, ending = _FILES[kind]
            name = f"{stem}-{mark[-8:]}{f'-{at}' if at else ''}{ending}"
            yield Sent(name=name, address=_word(found, "url"), key=_word(found, "aeskey"))


def _items(body: Frame) -> Iterator[Frame]:
    if _word(body, "msgtype") == "mixed":
        yield from _parts(_part(body, "mixed"), "msg_item")
    else:
        yield body


def unmentioned(words: str) -> str:
    """What was said to the bot in a group, without its name: at the front, else the only one that is mentioned.

    Its name is told nowhere; nothing reaches it in a group that does not mention it.
    """
    first = _FIRST.match(words)
    if first:
        return words[first.end() :].strip()
    return _ANY.sub("", words).strip() if len(_ANY.findall(words)) == 1 else words


def tasks_in(quoted: str) -> tuple[str, ...]:
    """The tasks of a message that was quoted, in its order: those with which its lines begin, else all that it names.

    The lines of a reminder begin with them; what stands below is what one may say, of any of them.
    """
    firsts = [found for line in quoted.splitlines() if (found := _TASK.search(line)) and not _says(line, found)]
    named = firsts or list(_TASK.finditer(quoted))
    by_number: dict[str, str] = {}
    for found in named:
        by_number.setdefault(found[2], found[0])
    return tuple(by_number.values())[:MOST_TASKS]


def _says(line: str, found: re.Match[str]) -> bool:
    """Whether any word stands before it."""
    return any(mark.isalnum() for mark in line[: found.start()])


# --- what was pressed


def _event(frame: Frame, body: Frame) -> dict[str, Any] | None:
    """A press has the frame's own number as its code: the card is changed by an answer to it, soon or never."""
    kind = event(frame)
    if kind == "enter_chat":
        return {"arrived": True}
    if kind != PRESSED:
        return None
    told = _part(_part(body, "event"), PRESSED)
    press = said(_word(told, "card_type"), _word(told, "event_key"), dict(_chosen(told)))
    return {"line": press.line, "fields": press.fields, "card": _word(told, "task_id"), "code": number(frame)}


def _chosen(told: Frame) -> Iterator[tuple[str, Sequence[str]]]:
    for item in _parts(_part(told, "selected_items"), "selected_item"):
        options = _part(item, "option_ids").get("option_id")
        if _word(item, "question_key"):
            found = options if isinstance(options, list) else ()
            yield _word(item, "question_key"), [one for one in found if isinstance(one, str)]
