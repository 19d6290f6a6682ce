"""Lines of styled runs within what Slack takes: measured, cut, and as words alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from messages import lines as every
from messages.lines import Line, Run, place

OVERHEAD = 60
"""What a run costs beside its text once it is JSON."""
DEEPEST = 8
"""Slack indents lists no further."""
LONGEST_URL = 3000


def escaped(text: str) -> str:
    """The three characters that Slack gives a meaning in ``text``, as it wants them written."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def size(text: str) -> int:
    """Characters as Slack counts them: one beyond the basic plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def weight(line: Line) -> int:
    return sum(map(_weight, line.runs))


def _weight(run: Run) -> int:
    """An upper bound of what a run takes, as JSON and as escaped text."""
    return OVERHEAD + len(run.url) + max(size(json.dumps(run.text, ensure_ascii=False)), size(escaped(run.text)))


def words(lines: Iterable[Line]) -> str:
    """The same without styles: for a notification, a screen reader, a place that takes plain text only."""
    found: list[str] = []
    for line in lines:
        mark = {"bullet": "• ", "ordered": f"{line.number}. "}.get(line.kind, "")
        found += [""] * (line.apart and bool(found)) + ["  " * line.indent + mark + line.text]
    return "\n".join(found)


# --- reading


def read(markdown: str) -> list[Line]:
    return list(map(_within, every.read(markdown)))


def entry(markdown: str) -> list[Line]:
    """As an entry of a list."""
    return list(map(_within, every.entry(markdown)))


def _within(line: Line) -> Line:
    """Not deeper than Slack indents; an address that is too long to be followed stays words."""
    runs = [replace(run, url="") if len(run.url) > LONGEST_URL else run for run in line.runs]
    return replace(line, indent=min(line.indent, DEEPEST), runs=tuple(runs))


# --- cutting


def cut(lines: Iterable[Line], most: int) -> Iterator[Line]:
    """The same lines, none heavier than ``most``; what is cut goes on as a paragraph, a quote or code."""
    for whole in lines:
        line = whole
        while weight(line) > most:
            head, tail = _halves(line.runs, most)
            yield replace(line, runs=head)
            kind = line.kind if line.kind in {"quote", "code"} else "text"
            line = replace(line, kind=kind, runs=tail, apart=False, indent=0)
        yield line


def _halves(runs: Sequence[Run], most: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Cut where a reader would: after a line, a sentence, a word; else between two characters."""
    left, taken = most, 0
    while taken < len(runs) and _weight(runs[taken]) <= left:
        left -= _weight(runs[taken])
        taken += 1
    here = runs[taken]
    room = place(here.text, _fits(here, left), hard=not taken)
    head = (*runs[:taken], *([replace(here, text=here.text[:room])] if room else []))
    return head, (replace(here, text=here.text[room:]), *runs[taken + 1 :])


def _fits(run: Run, most: int) -> int:
    """How many characters of a run weigh no more than ``most``."""
    low, high = 0, len(run.text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _weight(replace(run, text=run.text[:middle])) <= most else (low, middle - 1)
    return low


def short(text: str, most: int) -> str:
    """At most ``most`` characters, with … where something is missing: for labels whose whole is shown elsewhere."""
    if size(text) <= most:
        return text
    kept = text[: most - 1]
    while size(kept) > most - 1:
        kept = kept[:-1]
    return text[: place(text, len(kept))].rstrip() + "…"
