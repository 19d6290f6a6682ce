"""Plain words → tasks: what colleagues call an item, in either language. Pure; it proposes, it never decides alone."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from handlers.checklist.phrases import MARK, Reading, read
from handlers.grammar import fold
from storage.checklist import Task
from storage.templates import NameList

LEAST = 2.2
"""Below this a task is not even proposed."""
CLOSE = 0.45
"""Proposed beside the best one is what scores at least this share of it."""
WHOLE = 0.6
"""A name stands for the whole task when more than this share of it stands in the title as well."""

NAMED, ACT = 6.0, 4.0
"""What it adds that one of its names occurs as it is, and that the act which was named is the task's own."""
LONGEST_VERB = 2

_WORD = re.compile(r"[a-z][a-z]*(?:'[a-z]+)?")
_CHINESE = re.compile(r"[㐀-鿿]+")
_PARTS = re.compile(r"[，,、并]|\band\b")
_SMALL = frozenset(
    "the a an all of to and for in on at is are was were be been has have had it its our we i my this that with from "
    "by how what they each every done out up off back as not do".split()
)


def stem(word: str) -> str:
    """One form for singular, plural and possessive."""
    word = word.removesuffix("'s").rstrip("'")
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004  "ties" is no "ty"
        return f"{word[:-3]}y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word  # noqa: PLR2004


def stems(text: str) -> list[tuple[str, int, int]]:
    """The English words of a text with where they stand."""
    return [(stem(match.group()), match.start(), match.end()) for match in _WORD.finditer(text)]


def pairs(text: str) -> list[str]:
    """Every two Chinese characters that stand together."""
    return [run[i : i + 2] for run in _CHINESE.findall(text) for i in range(len(run) - 1)]


@dataclass(frozen=True)
class Candidate:
    task: Task
    score: float


@dataclass(frozen=True)
class Hit:
    """A name that occurs in the text as it is; ``whole``: it stands for all of the task and not for a part."""

    task: Task
    start: int
    end: int
    whole: bool

    def within(self, other: Hit) -> bool:
        return other.start <= self.start and self.end <= other.end and self.end - self.start < other.end - other.start


@dataclass(frozen=True)
class Called:
    """A task and everything that people call it."""

    task: Task
    names: tuple[str, ...]

    @cached_property
    def chinese(self) -> str:
        return "\n".join([self.task.title_zh, *(name for name in self.names if not name.isascii())])

    @cached_property
    def english(self) -> frozenset[str]:
        text = " ".join([self.task.title_en, *(name for name in self.names if name.isascii())]).casefold()
        return frozenset(word for word, _, _ in stems(text)) - _SMALL

    @cached_property
    def features(self) -> frozenset[str]:
        return self.english | frozenset(pairs(self.chinese.casefold()))

    def stands_for_all(self, name: str) -> bool:
        """Whether most of the name stands in the title, in every part of the title that names a thing."""
        title = (self.task.title_en if name.isascii() else self.task.title_zh).casefold()
        parts = [part for n, part in enumerate(_PARTS.split(title)) if not _only_a_verb(part, first=n == 0)]
        return _share(name, title) > WHOLE and all(_share(name, part) > 0 for part in parts)

    def does(self, acts: tuple[str, ...]) -> bool:
        """Whether one of these acts is what the task consists of."""
        if "approval" in acts:
            return self.task.rule().kind == "approval"
        return any(act in self.chinese or act in self.english for act in acts)

    def explains(self, run: str) -> bool:
        """Whether an unexplained word is only one of the task's own."""
        return run in self.chinese.casefold() if _CHINESE.search(run) else stem(run) in self.english | _SMALL


def _only_a_verb(part: str, *, first: bool) -> bool:
    """As "Issue" of "Issue and send …", 开具 of 开具并寄送…: the thing is named behind it."""
    return not part.strip() or (first and len(part.split()) == 1 and (part.isascii() or len(part) <= LONGEST_VERB))


def _share(name: str, title: str) -> float:
    """How much of the name stands in the title: of its characters, or of its English words."""
    if name.isascii():
        own, other = {word for word, _, _ in stems(name)} - _SMALL, {word for word, _, _ in stems(title)}
        return len(own & other) / len(own) if own else 0.0
    inside = {i + d for i in range(len(name) - 1) if name[i : i + 2] in title for d in (0, 1)}
    return len(inside) / len(name)


Names = Sequence[Called]


def names_of(tasks: Sequence[Task], lists: Mapping[str, NameList]) -> Names:
    """What each task is called: by its template's lists, and by its titles."""
    found = []
    for task in tasks:
        known = lists.get(task.key, NameList())
        called = [*known.zh, *known.en, task.title_zh, task.title_en]
        found.append(Called(task, tuple(dict.fromkeys(name.casefold() for name in called if name))))
    return found


def hits(text: str, names: Names) -> list[Hit]:
    """Every name that occurs, the longest first; of one task only names that no longer one of its own covers."""
    folded = fold(text).casefold()
    words = stems(folded)
    found: list[Hit] = []
    for called in names:
        own = [
            Hit(called.task, start, end, called.stands_for_all(name))
            for name in called.names
            for start, end in (_in_english(words, name) if name.isascii() else _in_chinese(folded, name))
        ]
        found += [hit for hit in own if not any(hit.within(other) for other in own)]
    return sorted(found, key=lambda hit: hit.start - hit.end)


def _in_english(words: Sequence[tuple[str, int, int]], name: str) -> list[tuple[int, int]]:
    wanted = [word for word, _, _ in stems(name)]
    n = len(wanted)
    return [
        (words[i][1], words[i + n - 1][2])
        for i in range(len(words) - n + 1)
        if n and [word for word, _, _ in words[i : i + n]] == wanted
    ]


def _in_chinese(text: str, name: str) -> list[tuple[int, int]]:
    return [(match.start(), match.end()) for match in re.finditer(re.escape(name), text)]


def unexplained(reading: Reading, own: Names) -> bool:
    """Whether a word remains that is none of these tasks' own."""
    return any(not any(one.explains(run.casefold()) for one in own) for run in reading.rest)


def masked(text: str, found: Sequence[Hit]) -> str:
    """The text with a mark for every letter of a name in it, of the same length."""
    letters = list(text)
    for hit in found:
        letters[hit.start : hit.end] = MARK * (hit.end - hit.start)
    return "".join(letters)


def the_one(text: str, names: Names) -> Hit | None:
    """The only task that the text names, if it is one beyond doubt; no other's name or title holds what was said."""
    found = hits(text, names)
    if not found or any(hit.task is not found[0].task and not hit.within(found[0]) for hit in found):
        return None
    best = found[0]
    said = fold(text).casefold()[best.start : best.end]
    others = (called for called in names if called.task is not best.task)
    titles = ((called.task.title_en if said.isascii() else called.task.title_zh).casefold() for called in others)
    wanted = {word for word, _, _ in stems(said)}
    shared = any(
        wanted <= {word for word, _, _ in stems(title)} if said.isascii() else said in title for title in titles
    )
    return None if shared else best


def ranked(text: str, names: Names) -> list[Candidate]:
    """Tasks by how well the words name them, best first; rare words weigh more than common ones."""
    folded = fold(text).casefold()
    said, acts = _said(folded), read(folded).acts
    spread = Counter(feature for called in names for feature in called.features)
    named = {hit.task.id for hit in hits(text, names)}
    scored = []
    for called in names:
        points = sum(math.log1p(len(names) / spread[feature]) for feature in said & called.features)
        points += ACT * any(called.does(act) for act in acts) if points else 0.0
        points += 0.8 * sum(_near(word, called.english) for word in said - called.features)
        scored.append(Candidate(called.task, points + NAMED * (called.task.id in named)))
    best = max((candidate.score for candidate in scored), default=0.0)
    likely = [candidate for candidate in scored if candidate.score >= max(LEAST, CLOSE * best)]
    return sorted(likely, key=lambda candidate: (-candidate.score, candidate.task.number))


def _said(folded: str) -> frozenset[str]:
    """What a text says beyond the words that only tell that something is done; all of it where nothing remains."""
    rest = " ".join(read(folded).rest)
    found = frozenset(word for word, _, _ in stems(rest)) - _SMALL | frozenset(pairs(rest))
    return found or frozenset(word for word, _, _ in stems(folded)) - _SMALL | frozenset(pairs(folded))


def _near(word: str, known: frozenset[str]) -> int:
    """1 for a slip of the finger."""
    return int(word.isascii() and len(word) > 4 and any(fuzz.ratio(word, other) >= 85 for other in known))  # noqa: PLR2004
