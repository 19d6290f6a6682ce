"""Plain words with ids: "T12 搞定了", "T31 is done, both will come back". The ids say which, the words say what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.checklist import rules
from handlers.checklist.actions import begin
from handlers.checklist.arriving import attach
from handlers.checklist.card import show
from handlers.checklist.finishing import finish
from handlers.checklist.matching import Candidate, hits, masked, unexplained
from handlers.checklist.phrases import MARK, Intent, asks, clauses, doubtful, intent, is_courtesy, others_will, read
from handlers.checklist.picking import choose, names
from handlers.checklist.replies import put_off
from handlers.context import Context
from handlers.grammar import fold
from handlers.ids import TaskRef
from messages import Message, Offer
from storage import checklist
from storage.checklist import Task

NAMED = re.compile(r"(?<![A-Za-z0-9])(?:M(\d{1,5})-)?T(\d{1,5})(?![A-Za-z0-9])", re.IGNORECASE)
_LEADING = re.compile(rf"(?:{NAMED.pattern}[\s,、]*)+", re.IGNORECASE)
_JOINTS = " ,、"
_EDGES = " ，,：:、。"
_TURNED = frozenset(
    {"start", "wait", "skip", "carry", "note", "assign", "due", "edit", "watch", "unwatch", "snooze", "why"}
)
_COUNTED = re.compile(
    r"(?:一共|总共|总计|共计|合计|共有?|实到)?\s*\d[\d,]*\s*(?:人|名|位|份|张|家|个|件|条|篇|套|箱|"
    r"(?:people|persons|attendees|participants|pieces|copies|items|letters|photos|vouchers)\b)?"
    r"\s*(?:in total|in all|altogether)?",
    re.IGNORECASE,
)
_LEFT_AT_THAT = re.compile(r"好[了啦][。.!！~\s]*")
"""Behind a remark it may mean no more than "that is that"."""


def refs_in(text: str) -> tuple[TaskRef, ...]:
    found = NAMED.findall(fold(text))
    return tuple(dict.fromkeys(TaskRef(int(number), int(meeting) if meeting else None) for meeting, number in found))


def named(ctx: Context, text: str) -> Message:
    """Acts on the ids of clauses that are plain, and on no other; unclear words show the task."""
    meant = _by_intent(ctx, text)
    if meant[Intent.DONE]:
        refs = tuple(meant[Intent.DONE])
        return finish(ctx, refs, _worth_keeping(ctx, refs, text), heard=text)
    if meant[Intent.START]:
        return begin(ctx, tuple(meant[Intent.START]), heard=text)
    return (
        _remarked(ctx, text)
        or _turned(ctx, text)
        or put_off(ctx, NAMED.sub("", fold(text)), refs_in(text))
        or (attach(ctx, refs_in(text)) if ctx.files and not asks(text) else _shown(ctx, text))
    )


def _shown(ctx: Context, text: str) -> Message:
    """The task, and that nothing was done: whoever said more than its id should know that the rest was not read.

    Where the first word is a verb with a slip in it, the verb that may be meant is the first button.
    """
    message = show(ctx, refs_in(text))
    if not NAMED.sub("", fold(text)).strip(" ?？!！,，.。:："):
        return message
    guesses = ctx.router.guesses(ctx, text) if ctx.router else []
    offers = [Offer("guess", fixed, facts={"line": fixed}) for fixed in guesses]
    unread = ctx.words("checklist/unread", ref=refs_in(text)[0], buttons=offers)
    buttons = (*unread.buttons, *message.buttons)
    return message.model_copy(update={"footer": unread.body, "tone": "ask", "buttons": buttons})


def _turned(ctx: Context, text: str) -> Message | None:
    """As in "T12 交给 @li": a command with its task before its verb. Nothing is finished that way."""
    ids = _LEADING.match(fold(text))
    match = ctx.router.find(text[ids.end() :]) if ctx.router and ids and not asks(text) else None
    if ids is None or match is None or ctx.router is None or match.command.name not in _TURNED:
        return None
    rest = text[ids.end() :]
    return ctx.router.answer(ctx, f"{match.command.name} {ids[0].strip(_JOINTS)} {rest[match.end :]}")


def _by_intent(ctx: Context, text: str) -> dict[Intent, list[TaskRef]]:
    """Which ids are said to be what. Ids alone ("T3, T5 搞定了") wait for the clause that says something of them.

    A clause without ids that casts doubt ("but two are missing") takes everything back.
    """
    found: dict[Intent, list[TaskRef]] = {kind: [] for kind in Intent}
    waiting: list[TaskRef] = []
    for clause in clauses(text):
        refs, words = refs_in(clause), NAMED.sub(MARK, clause)
        waiting += refs
        if refs and not read(words).rest and not read(words).generic and intent(words) == Intent.NONE:
            continue
        if not refs and not waiting:
            if doubtful(clause):
                return {kind: [] for kind in Intent}
            continue
        found[_intent_of(ctx, waiting, words)] += waiting
        waiting = []
    return found


def _intent_of(ctx: Context, refs: Sequence[TaskRef], words: str) -> Intent:
    """What is said of named tasks: plainly, and of nothing else."""
    tasks = ctx.tasks(refs)
    called = names(ctx, checklist.tasks(ctx.db, ctx.meeting.id))
    found = hits(words, called)
    if any(hit.task not in tasks for hit in found if not any(hit.within(other) for other in found)):
        return Intent.NONE
    rest = masked(words, found)
    kind, reading = intent(rest), read(rest)
    plain = reading.generic or not unexplained(reading, [one for one in called if one.task in tasks])
    return kind if plain or kind == Intent.START else Intent.NONE


# --- one id, a claim, and what was said besides


@dataclass(frozen=True)
class _Said:
    """The clauses about one task: those that say it is done, and the remarks beside them."""

    claims: list[str]
    remarks: list[str]


def _taken_apart(ctx: Context, refs: Sequence[TaskRef], text: str) -> _Said:
    counts = ctx.tasks(refs)[0].rule().kind == "number"
    said = _Said([], [])
    for clause in clauses(text):
        words = NAMED.sub(MARK, clause)
        plain = _COUNTED.sub(MARK, words) if counts else words
        if read(plain).generic and not read(plain).rest and _intent_of(ctx, refs, plain) == Intent.DONE:
            said.claims.append(clause)
        elif refs_in(clause) or not is_courtesy(clause):
            said.remarks.append(NAMED.sub("", clause).strip(_EDGES))
    return _Said(said.claims, [remark for remark in said.remarks if remark])


def _remarked(ctx: Context, text: str) -> Message | None:
    """As in "T16 一共 286 人，弄好了": finished, where no remark casts doubt on it or speaks of another task."""
    refs = refs_in(text)
    if len(refs) != 1 or asks(text):
        return None
    said, (task,) = _taken_apart(ctx, refs, text), ctx.tasks(refs)
    if not said.claims or any(doubtful(others_will(one)) or _of_another(ctx, task, one) for one in said.remarks):
        return None
    if all(_LEFT_AT_THAT.fullmatch(claim) for claim in said.claims):
        return choose(ctx, text, verb="done", found=[Candidate(task, 0.0)])
    return finish(ctx, refs, _worth_keeping(ctx, refs, text), heard=text)


def _of_another(ctx: Context, task: Task, remark: str) -> bool:
    found = hits(remark, names(ctx, checklist.tasks(ctx.db, ctx.meeting.id)))
    return any(hit.task is not task for hit in found if not any(hit.within(other) for other in found))


def _worth_keeping(ctx: Context, refs: Sequence[TaskRef], text: str) -> str:
    """The words, where they hold a link or the one number that one task needs, or came with files.

    Of a task that needs a note the remarks are the note.
    """
    if len(refs) != 1 or len(refs_in(text)) != 1:
        return ""
    words, rule = NAMED.sub("", text).strip(_EDGES), ctx.tasks(refs)[0].rule()
    if rule.kind == "note":
        remarks = _taken_apart(ctx, refs, text).remarks
        return (", " if text.isascii() else "，").join(remarks)
    return words if rules.proofs_said(rule, words) or ctx.files else ""
