"""Slack's blocks as plain dicts, within the limits that its reference gives."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.platforms.slack.render_text import escaped, short, size
from messages.lines import Line, Run, clean
from messages.message import Button

Block = dict[str, Any]

HEADER, BUTTON_LABEL, BUTTON_VALUE, OPTION, OPTION_VALUE, CONTEXT = 150, 75, 2000, 75, 150, 2000
PLACEHOLDER = 150
IN_ACTIONS = 25
_KINDS = {"button": "press", "checkboxes": "tick", "static_select": "pick"}
_HARMLESS = re.compile(r"[^*_~`]*")
_EMOJI = re.compile(r":[^\s:]+:")


def plain_text(text: str, most: int) -> Block:
    """Shown as it is: no markup, no ``:smile:``."""
    return {"type": "plain_text", "text": short(clean(text), most) or "…", "emoji": False}


def header(title: str) -> Block | None:
    """None for a title that is too long for one."""
    return None if size(title) > HEADER or "\n" in title else {"type": "header", "text": plain_text(title, HEADER)}


# --- rich text


def rich(lines: Iterable[Line]) -> Block:
    """What people typed can neither mention, link nor style anything here: a text element has no markup."""
    groups = [list(group) for _, group in itertools.groupby(_threaded(lines), key=lambda pair: pair[0])]
    drawn = [_group([line for _, line in group], first=not at) for at, group in enumerate(groups)]
    return {"type": "rich_text", "elements": drawn}


def _threaded(lines: Iterable[Line]) -> Iterator[tuple[tuple[object, ...], Line]]:
    """Each line with the mark of the element that it belongs to; code blocks stand alone."""
    block, before = 0, 0
    for line in lines:
        goes_on = line.kind == "ordered" and line.number == before + 1
        block += 0 if line.kind != "code" and (line.kind != "ordered" or goes_on) else 1
        before = line.number if line.kind == "ordered" else before
        yield (line.kind, line.indent, block if line.kind in {"code", "ordered"} else 0), line


def _group(lines: Sequence[Line], *, first: bool) -> Block:
    kind = lines[0].kind
    if kind in {"bullet", "ordered"}:
        return {
            "type": "rich_text_list",
            "style": kind,
            "elements": [{"type": "rich_text_section", "elements": _elements(line.runs)} for line in lines],
            **({"indent": lines[0].indent} if lines[0].indent else {}),
            **({"offset": lines[0].number - 1} if lines[0].number > 1 else {}),
        }
    name = {"quote": "rich_text_quote", "code": "rich_text_preformatted"}.get(kind, "rich_text_section")
    runs = [run for at, line in enumerate(lines) for run in _led(line, first=first, at=at)]
    return {"type": name, "elements": _elements(runs)}


def _led(line: Line, *, first: bool, at: int) -> Iterator[Run]:
    """A paragraph with the breaks before it; an element begins on a line of its own anyhow."""
    breaks = bool(at) + (line.apart and not (first and not at))
    if breaks:
        yield Run("\n" * breaks)
    yield from line.runs


def _elements(runs: Iterable[Run]) -> list[Block]:
    return [
        {
            **({"type": "link", "url": run.url} if run.url else {"type": "text"}),
            "text": run.text,
            **({"style": dict.fromkeys(run.styles, True)} if run.styles else {}),
        }
        for run in runs
        if run.text
    ]


# --- small print


def context(lines: Sequence[Line]) -> Block | None:
    """Small and grey; None for what is too long. Styles are kept only where no character could be taken for a mark."""
    drawn = "\n".join("".join(map(_mrkdwn, line.runs)) for line in lines)
    if all(map(_is_harmless, lines)) and size(drawn) <= CONTEXT:
        return {"type": "context", "elements": [{"type": "mrkdwn", "text": drawn, "verbatim": True}]}
    text = "\n".join("".join(_quoted(run) for run in line.runs) for line in lines)
    return aside(text) if size(text) <= CONTEXT else None


def _is_harmless(line: Line) -> bool:
    """Slack finds marks only at the edge of words, and not beside Chinese characters: there the style is left out."""
    loose = "".join(run.text if not run.styles else "\0" for run in line.runs)
    styled = "".join(run.text for run in line.runs if run.styles)
    edges = re.search(r"[^\s\0(（「“,.;:，。；：、]\0|\0[^\s\0)）」”,.;:，。；：、!?！？]", loose)
    marked = _HARMLESS.fullmatch(line.text) and not _EMOJI.search(line.text) and "\n" not in styled
    return line.kind == "text" and bool(marked) and not edges and not any(run.url for run in line.runs)


def _mrkdwn(run: Run) -> str:
    mark = {"code": "`", "bold": "*", "italic": "_", "strike": "~"}.get(run.styles[-1] if run.styles else "", "")
    mark = "`" if "code" in run.styles else mark
    return f"{mark}{escaped(run.text)}{mark}"


def _quoted(run: Run) -> str:
    return f"`{run.text}`" if "code" in run.styles else run.text


def aside(text: str) -> Block:
    """Small and grey, at most ``CONTEXT`` characters."""
    return {"type": "context", "elements": [plain_text(text, CONTEXT)]}


# --- what can be pressed


def button(given: Button) -> Block:
    """Its value is the command line itself."""
    drawn = {"type": "button", "text": plain_text(given.label, BUTTON_LABEL), "value": given.line}
    return {**drawn, "style": "primary"} if given.primary else drawn


def option(label: str, value: str, description: str = "") -> Block:
    drawn = {"text": plain_text(label, OPTION), "value": value}
    return {**drawn, "description": plain_text(description, OPTION)} if description else drawn


def menu(label: str, options: Sequence[Block]) -> Block:
    """At most 100 options."""
    return {"type": "static_select", "placeholder": plain_text(label, PLACEHOLDER), "options": list(options[:100])}


def actions(elements: Sequence[Block]) -> list[Block]:
    """As many blocks as it takes."""
    return [
        {"type": "actions", "elements": list(elements[at : at + IN_ACTIONS])}
        for at in range(0, len(elements), IN_ACTIONS)
    ]


# --- the whole


def weight(blocks: Iterable[Block]) -> int:
    """Characters of the blocks as JSON."""
    return sum(size(json.dumps(block, ensure_ascii=False, separators=(",", ":"))) + 30 for block in blocks)


def numbered(blocks: Iterable[Block], version: str) -> list[Block]:
    """With ids that are each their own, and others for another ``version``: Slack keeps what was ticked by them."""
    count = itertools.count(1)
    return [
        {
            "block_id": f"{version}.{at}",
            **block,
            **({"elements": [_named(one, count) for one in block["elements"]]} if block["type"] == "actions" else {}),
        }
        for at, block in enumerate(blocks, 1)
    ]


def _named(element: Block, count: Iterator[int]) -> Block:
    return {"action_id": f"{_KINDS[element['type']]}.{next(count)}", **element}
