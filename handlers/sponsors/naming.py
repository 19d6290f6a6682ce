"""How a benefit is named and told of in a command: ``B3 delivered 2 at the main hall on 3/8 because … instead …``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from handlers.dates.words import A_MONTH
from handlers.grammar import Cursor, Details, Numbered, OneOf, fold
from handlers.refused import Refused
from handlers.sponsors.quantities import counted
from handlers.sponsors.rules import Report
from storage.sponsors import BenefitState

if TYPE_CHECKING:
    from handlers.context import Context

STATES = OneOf(
    {
        BenefitState.PARTLY: ("部分兑现", "部分实现", "部分完成", "部分", "partially delivered", "partially"),
        BenefitState.NOT_DELIVERED: (
            *("not delivered", "undelivered", "未兑现", "未实现", "没有实现", "没实现", "没有兑现", "没兑现", "没做到"),
            *("没有做到", "未做到", "未完成"),
        ),
        BenefitState.DELIVERED: ("已兑现", "已实现", "实现", "兑现", "已交付", "已完成", "完成", "done"),
        BenefitState.WAIVED: ("放弃", "已放弃", "不需要", "declined", "not wanted"),
        BenefitState.PROMISED: ("恢复", "恢复承诺", "待实现", "reset", "open again"),
    }
)
STEPS = OneOf(
    {
        "report": ("登记", "填写", "tell"),
        "proof": ("证明", "佐证", "凭证", "proofs"),
        "edit": ("修改", "编辑"),
        "drop": ("删除", "撤回", "remove"),
    }
)
_BECAUSE = r"\bbecause(?: of)?|\b(?:reason|explanation)\s*[:：]|因为|由于|原因(?:是|\s*[:：])?|说明\s*[:：]"
_INSTEAD = (
    r"\binstead|\b(?:remedy|make[- ]good)\s*[:：]|\bmade good(?: by| with)?|"
    r"(?:^|(?<=[\s,;，；。]))(?:补救|补偿|改为)(?:为|措施)?|(?:补救|补偿)\s*(?=[:：])"
)
_METHOD = r"\bcounted(?: by| as| from| on)?|\bhow counted\s*[:：]|统计(?:方式|办法|口径|方法)(?:是|为)?"
_MARKS = re.compile(rf"(?P<explanation>{_BECAUSE})|(?P<make_good>{_INSTEAD})|(?P<method>{_METHOD})", re.IGNORECASE)
_LED = re.compile(
    r"(?:^|(?<=[\s,;，；。]))(?P<mark>where\s*[:：]|when\s*[:：]|地点\s*[:：]|位置\s*[:：]|时间\s*[:：]|日期\s*[:：]|(?:at|on|in)(?=\s)|[在于])\s*",
    re.IGNORECASE,
)
_MOMENT = re.compile(
    r"\d{1,4}\s*[-/.年月日号时点:]|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?\b|"
    rf"\b{A_MONTH}|"
    r"\b(?:day|session|week)s?\s+\w+|"
    r"\b(?:morning|afternoon|evening|night|noon|both days|every day|daily|opening|closing)\b|"
    r"第?[一二三四五六七\d]+天|上午|下午|晚上|晚宴|全程|会期|周[一二三四五六日]|开幕|闭幕|每天|当天|两天",
    re.IGNORECASE,
)
_WHERE, _WHEN = frozenset({"where", "地点", "位置"}), frozenset({"when", "时间", "日期"})
_CUT = re.compile(r"[,，;；]|(?<=[㐀-鿿])\s+|\s+(?=[㐀-鿿])")
_NUMBERED = re.compile(r"\s*[x×*]?\s*\d", re.IGNORECASE)
_TRIMMED = " \t,，、;；:：.。"


@dataclass(frozen=True)
class Told:
    """A ``step`` with a benefit ("report", "proof", "edit", "drop"), or its ``state`` and the ``words`` behind it."""

    step: str = ""
    state: BenefitState | None = None
    words: str = ""

    def report(self, unit: str) -> Report:
        """The words taken apart; the benefit is counted in ``unit``. Raises ``Refused`` where they say nothing."""
        head, reasons = _parted(self.words)
        count, rest = counted(head, unit) if self.state or _NUMBERED.match(head) else (None, head)
        pieces = list(_pieces(rest))
        if self.state is None and count is None and any(not mark for mark, _ in pieces):
            raise Refused("sponsors/unclear", text=self.words)
        where, when = _placed(pieces)
        return Report(self.state, count, where or None, when or None, **reasons)


class _Told:
    """A state or a step, and the words behind it as they were typed."""

    kind = "text"

    def take(self, cursor: Cursor, ctx: Context) -> Told | None:  # noqa: ARG002
        word = cursor.peek()
        if word is None:
            return None
        step = STEPS.at(cursor.folded, word.start)
        state = None if step else STATES.at(cursor.folded, word.start)
        if found := step or state:
            cursor.skip_to(found[1])
        words = cursor.rest()
        return Told(step[0] if step else "", BenefitState(state[0]) if state else None, words)

    def chinese(self, text: str) -> tuple[str, int] | None:
        return STEPS.chinese(text) or STATES.chinese(text)


def _parted(words: str) -> tuple[str, dict[str, str]]:
    """What stands before the reasons, and each of them under its name: the last of several of one kind counts."""
    marks = list(_MARKS.finditer(words))
    ends = [*(mark.start() for mark in marks[1:]), len(words)][: len(marks)]
    said: Mapping[str, str] = {
        str(mark.lastgroup): words[mark.end() : end].strip(_TRIMMED) for mark, end in zip(marks, ends, strict=True)
    }
    return words[: marks[0].start()] if marks else words, {name: text for name, text in said.items() if text}


def _placed(pieces: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Where and when: each piece is one or the other, by its heading, else by whether it names a moment."""
    where: list[str] = []
    when: list[str] = []
    for mark, piece in pieces:
        moment = mark in _WHEN or (mark not in _WHERE and _MOMENT.search(piece))
        (when if moment else where).append(piece)
    return ", ".join(where), ", ".join(when)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The words cut at commas, at blanks beside Chinese, and before each "at", "在" or heading, which comes along."""
    marks = list(_LED.finditer(fold(text)))
    starts = [(0, 0, ""), *((mark.start(), mark.end(), mark["mark"].rstrip(" :").casefold()) for mark in marks)]
    ends = [*(start for start, _, _ in starts[1:]), len(text)]
    for (_, start, said), end in zip(starts, ends, strict=True):
        parts = [part.strip(_TRIMMED) for part in _CUT.split(text[start:end])]
        found = [part for part in parts if part]
        yield from zip([said, *[""] * len(found)], found, strict=False)


BenefitNumber = Annotated[int, Numbered.like(r"B(\d{1,5})(?![0-9A-Za-z_])")]
SponsorNumber = Annotated[int, Numbered.like(r"P(\d{1,7})(?![0-9A-Za-z_])")]
TellBenefit = Annotated[Told, _Told()]
SponsorDetails = Annotated[
    dict[str, str],
    Details(
        {
            "name": ("名称", "单位", "赞助商"),
            "tier": ("级别", "赞助级别", "档位", "等级", "level"),
            "contract": ("合同", "合同号", "合同编号", "contract no"),
            "cash": ("现金", "金额", "赞助金额", "money", "amount"),
            "in_kind": ("实物", "实物折价", "实物价值", "in kind", "in-kind"),
            "contact": ("联系人", "收信人", "addressee"),
            "seen": (),
        }
    ),
]
