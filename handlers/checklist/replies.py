"""What is said of no task by name: thanks, "好了" under a list, "the first one is done", "明天再提醒"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers import dates
from handlers.checklist.matching import Candidate
from handlers.checklist.phrases import MARK, Intent, clauses, intent, is_courtesy, read
from handlers.checklist.picking import choose, of_thread
from handlers.context import Context
from handlers.grammar import fold
from handlers.ids import TaskRef
from handlers.refused import Refused
from messages import Message, Offer
from storage.checklist import Task

_THANKS = re.compile(
    r"(?:(?:(?:非常|十分|多|太)?(?:感谢|谢谢|谢)|辛苦)(?:你们?|您|大家|各位|啦|了|哈|呀|啊|提醒|帮忙)*|"
    r"(?:many |thousand )?(?:thanks|thank you|thank u|thx|cheers)"
    r"(?: (?:so|very) much| a lot| all| everyone| everybody| team|"
    r" for (?:the|your) (?:reminder|reminders|help)| for (?:reminding|helping) (?:me|us))*|"
    r"好的?|太好了|ok(?:ay)?|great|perfect)",
    re.IGNORECASE,
)
_GRATEFUL = re.compile(r"谢|辛苦|thank|thx|cheers", re.IGNORECASE)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMERALS = "一二三四五六七八九十"
_NTH = re.compile(
    rf"第\s?(?P<zh>\d{{1,2}}|[{_NUMERALS}])\s?(?P<kind>[个项条件])(?:任务)?|"
    r"(?P<last>最后[一1]?[个项条件]|(?:the )?last (?:one|task|item)\b)|"
    rf"\b(?:the )?(?:(?P<en>{'|'.join(_ORDINALS)})|(?P<digits>\d{{1,2}})(?:st|nd|rd|th)) (?:one|task|item)\b|"
    r"\b(?:the )?(?P<alone>first|second|third)(?= (?:is|has)\b)",
    re.IGNORECASE,
)
_ALL = re.compile(r"[全都]|所有|\b(?:all|everything|both)\b", re.IGNORECASE)
_PUT_OFF = re.compile(
    r"(?:请|麻烦)?(?P<zh>[^，,。]{1,16}?)再?(?:提醒|催)(?:我们?|一下|下|吧)*|"
    r"(?:please )?remind (?:me|us)(?: again)?(?: about(?: it| this| that| them)?)?\s+"
    r"(?P<en>.{2,30}?)(?: again)?(?: about)?",
    re.IGNORECASE,
)
_EDGES = " ，,。.!！~、：:"


def thanked(ctx: Context, text: str) -> Message | None:
    """As "谢谢大家", "ok, thanks": a friendly line, and nothing is looked for in it."""
    parts = [part for part in re.split(r"[\W_]*[,，。.!！~\n]+[\W_]*", fold(text).strip()) if part.strip()]
    plain = [re.sub(r"^[\W_]+|[\W_]+$", "", part) for part in parts]
    if not _GRATEFUL.search(text) or not all(_THANKS.fullmatch(part) for part in plain):
        return None
    # In English the word alone is also a command, which is answered so as long as no letter is drafted.
    letters = [Offer("letters", "letters")] if plain == ["thanks"] else []
    return ctx.words("checklist/welcome", buttons=[Offer("mine", "list mine"), *letters], private=True)


def put_off(ctx: Context, text: str, refs: Sequence[TaskRef] = ()) -> Message | None:
    """As "明天再提醒": what was named, else the person's own tasks of the message replied to, is snoozed."""
    said = _PUT_OFF.fullmatch(fold(text).strip(_EDGES))
    when = (said["zh"] or said["en"]).strip() if said else ""
    if not when or ctx.router is None or not _is_a_time(ctx, when):
        return None
    tasks = ctx.tasks(refs) if refs else of_thread(ctx)
    mine = tasks if refs else _own(ctx, tasks) or tasks
    return ctx.router.answer(ctx, " ".join(["snooze", *(ctx.refs(mine) if mine else ()), when]))


def _is_a_time(ctx: Context, text: str) -> bool:
    try:
        dates.later(text, now=ctx.now.astimezone(ctx.zone), calendar=ctx.calendar, month_first=ctx.month_first)
    except Refused as refused:
        return refused.name != "dates/unclear"
    return True


def counted(ctx: Context, text: str) -> Message | None:
    """As "第一个好了": the task that stands there in the message replied to, with a button to confirm it."""
    found = list(_NTH.finditer(fold(text)))
    rest = _NTH.sub(MARK, fold(text))
    kind, reading = intent(rest), read(rest)
    if len(found) != 1 or kind == Intent.NONE or reading.rest:
        return None
    if not ctx.thread:
        raise Refused("checklist/which_list", buttons=[Offer("mine", "list mine")])
    number = _number(found[0], len(ctx.thread))
    if not 1 <= number <= len(ctx.thread):
        raise Refused(
            "checklist/not_so_many", number=number, count=len(ctx.thread), buttons=[Offer("mine", "list mine")]
        )
    return choose(ctx, text, verb=str(kind), found=[Candidate(ctx.tasks(ctx.thread)[number - 1], 0.0)])


def _number(found: re.Match[str], count: int) -> int:
    said = found.groupdict()
    if said["last"]:
        return count
    if word := said["en"] or said["alone"]:
        return _ORDINALS.index(word.lower()) + 1
    digits = said["zh"] or said["digits"]
    return int(digits) if digits.isdecimal() else _NUMERALS.index(digits) + 1


def finished_something(ctx: Context, text: str) -> Message | None:
    """As "好了", "全部完成": that something is done, and not what."""
    said = [clause for clause in clauses(text) if not is_courtesy(clause)]
    reading = read(said[0]) if len(said) == 1 else None
    if reading is None or not reading.generic or reading.rest or reading.acts or intent(said[0]) != Intent.DONE:
        return None
    return which_is_done(ctx, text, everything=bool(_ALL.search(said[0])))


def which_is_done(ctx: Context, text: str, *, everything: bool) -> Message:
    """A button for each task that may be meant; one for all of the person's own where ``everything`` was said."""
    tasks = of_thread(ctx)
    if not tasks:
        return choose(ctx, "", verb="done")
    mine = _own(ctx, tasks)
    whole = mine if everything and len(mine) > 1 else ()
    return choose(ctx, text, verb="done", found=[Candidate(task, 0.0) for task in tasks], whole=whole)


def _own(ctx: Context, tasks: Sequence[Task]) -> list[Task]:
    owners = ctx.owners(tasks)
    return [task for task in tasks if ctx.person in owners[task.id]]
