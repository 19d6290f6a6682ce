"""Judges payloads as WeCom would: by the numbers of its pages, shared with nothing of the code under test.

``faults`` lists what is wrong with what is sent one after the other; an empty list may be sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from markdown_it import MarkdownIt

Payload = Mapping[str, Any]

TAKEN = {
    "APP": {"markdown": 2048, "template_card": 0},
    "APPCHAT": {"markdown": 2048, "text": 2048},
    "HOOK": {"markdown_v2": 4096, "text": 2048, "template_card": 0},
    "BOT": {"markdown": 20480, "template_card": 0},
}
"""What may be sent where, and how many bytes of it."""
SEEN = {
    "APP": {"title": 36, "desc": 44, "sub": 160, "tick": 17, "choice": 16},
    "BOT": {"title": 26, "desc": 30, "sub": 112, "tick": 11, "choice": 10},
    "HOOK": {"title": 26, "desc": 30, "sub": 112},
}
"""Chinese characters that a card shows."""
PARTS = {
    "text_notice": "main_title sub_title_text jump_list card_action",
    "button_interaction": "main_title sub_title_text button_selection button_list",
    "vote_interaction": "main_title checkbox submit_button replace_text",
    "multiple_interaction": "main_title select_list submit_button replace_text",
}
_MENTION = re.compile(r"<@[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}>")
_SUBSET = re.compile(
    r"`[^`\n<]+`|\[[^\[\]`*<\n]+\]\(https?://[^\s()<>\[\]*`]+\)|\*\*(?!\s)[^*`\n<\[\]]+(?<!\s)\*\*"
    r'|<font color="(?:info|comment|warning)">[^<`*\[\]\n]+</font>'
)
_COMMON = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def faults(payloads: Sequence[Payload], surface: str) -> list[str]:
    found = [f"{at}: {fault}" for at, one in enumerate(payloads, 1) for fault in _payload(one, surface)]
    ids = Counter(one["template_card"].get("task_id") for one in payloads if one.get("msgtype") == "template_card")
    return found + [f"task_id twice: {name}" for name, count in ids.items() if count > 1]


def _payload(payload: Payload, surface: str) -> Iterator[str]:
    kind = str(payload.get("msgtype"))
    if kind not in TAKEN[surface] or set(payload) != {"msgtype", kind}:
        yield f"{sorted(payload)} of {kind} is nothing for {surface}"
        return
    if kind == "template_card":
        yield from _card(payload[kind], surface)
    else:
        yield from _text(payload[kind], kind, surface)


# --- text


def _text(body: Payload, kind: str, surface: str) -> Iterator[str]:
    text = body["content"]
    weight, most = len(text.encode("utf-8")), TAKEN[surface][kind]
    if set(body) != {"content"} or not text.strip():
        yield "no content, or more than that"
    if weight > most:
        yield f"{weight} bytes of {most}"
    if kind == "text":
        yield from _plain(text)
    elif surface in {"APP", "APPCHAT"}:
        yield from _subset(text)
    else:
        yield from _rich(text, second=kind == "markdown_v2")


def _plain(text: str) -> Iterator[str]:
    """People are called on lines of their own before everything else; nothing after them is a tag."""
    lines = text.split("\n")
    while lines and lines[0] and not _MENTION.sub("", lines[0]).strip():
        lines.pop(0)
    if "<" in "\n".join(lines):
        yield "a tag in plain text"


def _subset(text: str) -> Iterator[str]:
    """Headings, bold, links, code, quotes, three colours; whatever else looks like markup is a fault."""
    for line in text.split("\n"):
        bare = _SUBSET.sub("", re.sub(r"^(#{1,6} |(?:> )+)", "", line))
        if re.search(r"[<`\[\]*]", bare):
            yield f"markup left over: {bare!r} of {line!r}"
        if re.match(r"\s*([-+] |\|.*\||!\[)", bare):
            yield f"a list, a table or a picture: {line!r}"


def _rich(text: str, *, second: bool) -> Iterator[str]:
    if re.search(r"<(?!$)", text) and (second or "<" in text):
        yield "a tag, a mention or a colour"
    for token in _COMMON.parse(text):
        if token.type in {"html_block", "code_block"} or (token.type == "heading_open" and token.markup in {"=", "-"}):
            yield f"{token.type}: {token.content!r}"
        for child in token.children or ():
            if child.type in {"html_inline", "image", "em_open", "s_open"}:
                yield f"{child.type} in {token.content!r}"
            if child.type == "link_open" and not str(child.attrs["href"]).startswith(("http://", "https://")):
                yield f"a link to {child.attrs['href']}"


# --- cards


def _card(card: Payload, surface: str) -> Iterator[str]:
    kind = str(card.get("card_type"))
    if kind not in PARTS or (surface == "HOOK" and kind != "text_notice"):
        yield f"card_type {kind} for {surface}"
        return
    yield from (f"{kind} has {name}" for name in set(card) - set(PARTS[kind].split()) - {"card_type", "task_id"})
    if surface == "HOOK":
        yield from ["a task_id, which no webhook's card has"] * ("task_id" in card)
    elif not re.fullmatch(r"[0-9A-Za-z_@-]{1,128}", str(card.get("task_id"))):
        yield f"task_id {card.get('task_id')!r}"
    yield from _shown(card.get("main_title", {}).get("title", ""), SEEN[surface]["title"], "title")
    if "desc" in card["main_title"]:
        yield from _shown(card["main_title"]["desc"], SEEN[surface]["desc"], "desc")
    if "sub_title_text" in card:
        yield from _shown(card["sub_title_text"], SEEN[surface]["sub"], "sub_title_text", rows=6)
    yield from _KINDS[kind](card, surface)


def _shown(text: object, most: float, name: str, *, rows: int = 1) -> Iterator[str]:
    """Words on a card: some, not more than is seen, calling nobody."""
    if not isinstance(text, str) or not text.strip():
        yield f"{name} is empty"
        return
    text.encode("utf-8")
    broad = sum(1 if east_asian_width(one) in "WF" else 0.5 for one in text)
    if broad > most:
        yield f"{name} is {broad} characters broad, of {most}: {text!r}"
    if text.count("\n") >= rows:
        yield f"{name} has {text.count(chr(10)) + 1} rows"
    if "<" in text:
        yield f"{name} has a tag"


def _key(text: object, most: int, name: str) -> Iterator[str]:
    if not isinstance(text, str) or not 0 < len(text.encode("utf-8")) <= most:
        yield f"{name} is not of 1 to {most} bytes: {text!r}"


def _notice(card: Payload, surface: str) -> Iterator[str]:
    action = card.get("card_action", {})
    if action.get("type") != 1 or not str(action.get("url", "")).startswith(("http://", "https://")):
        yield "42045: card_action"
    for jump in card.get("jump_list", []):
        yield from _shown(jump["title"], 13, "jump title")
        if jump["type"] != 1 or not jump["url"].startswith("http"):
            yield "a jump that leads nowhere"


def _buttons(card: Payload, surface: str) -> Iterator[str]:
    buttons = card.get("button_list", [])
    if not 1 <= len(buttons) <= 6:
        yield f"{len(buttons)} buttons"
    for button in buttons:
        yield from _shown(button["text"], 10, "button")
        yield from _key(button["key"], 1024, "button key")
        if button["style"] not in {1, 2, 3, 4} or set(button) != {"text", "style", "key"}:
            yield f"button {button}"
    if "button_selection" in card:
        yield from _select(card["button_selection"], surface)


def _vote(card: Payload, surface: str) -> Iterator[str]:
    box = card["checkbox"]
    yield from _key(box["question_key"], 1024, "question_key")
    yield from _options(box["option_list"], 20, SEEN[surface]["tick"])
    if box["mode"] not in {0, 1} or any(not isinstance(one["is_checked"], bool) for one in box["option_list"]):
        yield "mode or is_checked"
    yield from _submit(card)


def _multiple(card: Payload, surface: str) -> Iterator[str]:
    selects = card["select_list"]
    if not 1 <= len(selects) <= 3 or len({one["question_key"] for one in selects}) < len(selects):
        yield f"{len(selects)} selects, or one twice"
    for select in selects:
        yield from _select(select, surface)
    yield from _submit(card)


def _submit(card: Payload) -> Iterator[str]:
    yield from _shown(card["submit_button"]["text"], 10, "submit")
    yield from _key(card["submit_button"]["key"], 1024, "submit key")


def _select(select: Payload, surface: str) -> Iterator[str]:
    yield from _key(select["question_key"], 1024, "question_key")
    yield from _shown(select["title"], 13, "select title")
    yield from _options(select["option_list"], 10, SEEN[surface]["choice"])
    if select["selected_id"] not in {one["id"] for one in select["option_list"]}:
        yield "what is selected is not there: the first would be"


def _options(options: Sequence[Payload], most: int, broad: float) -> Iterator[str]:
    if not 1 <= len(options) <= most:
        yield f"{len(options)} options of {most}"
    if len({one["id"] for one in options}) < len(options):
        yield "an option's id twice"
    for one in options:
        yield from _key(one["id"], 128, "option id")
        yield from _shown(one["text"], broad, "option")


_KINDS = {
    "text_notice": _notice,
    "button_interaction": _buttons,
    "vote_interaction": _vote,
    "multiple_interaction": _multiple,
}
