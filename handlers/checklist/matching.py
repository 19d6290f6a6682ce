"""Plain words → tasks: what colleagues call an item, in either language. Pure; it proposes, it never decides alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from storage.checklist import Task
from storage.templates import NameList

LEAST = 2.0
"""Below this a task is not even proposed."""

_NOT = re.compile(
    r"还没|没有|尚未|未能|没能|不能|没法|别|不要|吗[?？]?$|[?？]\s*$|怎么|什么时候|谁|是不是|"
    r"\b(?:not|n't|no|never|cannot|can't|isn't|aren't|haven't|hasn't|didn't|won't|nobody|unless|if|when|who|what|"
    r"almost|nearly|half|soon|tomorrow|will|would|should|must|need|needs|going to)\b|"
    r"差不多|快要|即将|明天|准备|打算|需要|应该|如果|一半|部分|除了|要",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"搞定|完成|办妥|办好|做完|做好|弄好|已经|完毕|收齐|到齐|齐了|结清|付清|归档|上线|发出|寄出|交了|好了|完了|[^\W\d_]了[。!！~]*\s*$|"
    r"\b(?:done|finished|complete[d]?|sent|in|out|ready|paid|settled|returned|published|uploaded|delivered|signed|archived|"
    r"closed|posted|submitted|collected|sorted|thanked|updated|up)\b",
    re.IGNORECASE,
)
_STARTED = re.compile(r"开始|在做|在弄|正在|进行中|着手|\b(?:on it|started|working on|in progress)\b", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SMALL = frozenset(
    "the a an all of to and for in on at is are was were been be has have had it its our we i my this that with from "
    "by done finished complete completed sent out ready paid now up off".split()
)


class Intent(StrEnum):
    """What a sentence says of a task: finished, begun, or nothing that may be acted on."""

    DONE = "done"
    START = "start"
    NONE = "none"


@dataclass(frozen=True)
class Candidate:
    """``sure``: everything named points at this task and at no other."""

    task: Task
    score: float
    sure: bool = False


def intent(text: str) -> Intent:
    """NONE for a question, a denial, a plan or a condition, however much else the sentence says."""
    if _NOT.search(text):
        return Intent.NONE
    if _DONE.search(text):
        return Intent.DONE
    return Intent.START if _STARTED.search(text) else Intent.NONE


def match(text: str, tasks: Sequence[Task], names: Mapping[str, NameList]) -> list[Candidate]:
    """Tasks by how well the words name them, best first; the first is ``sure`` when it stands far above the rest."""
    folded = text.casefold()
    scored = [(score(folded, task, names.get(task.key)), task) for task in tasks]
    found = sorted(((points, task) for points, task in scored if points >= LEAST), key=lambda pair: -pair[0])
    if not found:
        return []
    runner_up = found[1][0] if len(found) > 1 else 0.0
    best = found[0][0]
    first = Candidate(found[0][1], best, sure=best >= 2 * LEAST and runner_up <= best / 2)
    return [first, *(Candidate(task, points) for points, task in found[1:] if points >= best / 3)]


def score(text: str, task: Task, names: NameList | None) -> float:
    """The longest name that occurs weighs most; a title's own words count a little each."""
    called = [*(names.zh if names else ()), *(names.en if names else ()), task.title_zh, task.title_en]
    by_name = max((_weight(text, name.casefold()) for name in called if name), default=0.0)
    return by_name + _overlap(text, task)


def _weight(text: str, name: str) -> float:
    """A Chinese name counts two points a character beyond the first, an English one three a word."""
    if not name.isascii():
        return 2.0 * len(name) if name in text else 0.0
    if re.search(rf"\b{re.escape(name)}\b", text):
        return 4.0 * len(name.split())
    return 0.0


def _overlap(text: str, task: Task) -> float:
    words = set(_WORD.findall(text)) - _SMALL
    title = set(_WORD.findall(task.title_en.casefold())) - _SMALL
    near = sum(1 for word in words if any(fuzz.ratio(word, other) >= 85 for other in title))  # noqa: PLR2004  a typo apart
    pairs = {text[i : i + 2] for i in range(len(text) - 1) if not text[i : i + 2].isascii()}
    chinese = sum(1 for pair in pairs if pair in task.title_zh)
    return 1.5 * near + 1.0 * chinese
