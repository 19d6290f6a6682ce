"""Plain words: "发票都寄出了", "slides are all in". Acts alone only when one task is meant beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.checklist import rules
from handlers.checklist.actions import begin
from handlers.checklist.card import show
from handlers.checklist.evidence import attach, loose_files
from handlers.checklist.finishing import finish
from handlers.checklist.matching import Called, Candidate, hits, masked, names_of, the_one
from handlers.checklist.phrases import MARK, Intent, Reading, asks, clauses, doubtful, intent, read
from handlers.checklist.picking import candidates, choose, names
from handlers.context import Context
from handlers.grammar import fold
from handlers.ids import TaskRef
from handlers.refused import Refused
from handlers.router import Router
from messages import Message
from storage import checklist
from storage.checklist import Task

router = Router("checklist")

_NAMED = re.compile(r"(?<![A-Za-z0-9])(?:M(\d{1,5})-)?T(\d{1,5})(?![A-Za-z0-9])", re.IGNORECASE)
_LEADING = re.compile(rf"(?:{_NAMED.pattern}[\s,、]*)+", re.IGNORECASE)
_JOINTS = " ,、"
_TURNED = frozenset(
    {"start", "wait", "skip", "carry", "note", "assign", "due", "edit", "watch", "unwatch", "snooze", "why"}
)


@router.otherwise
def talk(ctx: Context, line: str) -> Message:
    """A line without a verb. Raises ``Refused`` ("grammar/unknown") when it says nothing of any task."""
    text = line.strip()
    if not text:
        if ctx.files:
            return loose_files(ctx) if len(ctx.thread) != 1 else attach(ctx)
        raise Refused("grammar/empty")
    if _refs(text):
        return _named(ctx, text)
    return _unnamed(ctx, text)


def _refs(text: str) -> tuple[TaskRef, ...]:
    found = _NAMED.findall(fold(text))
    return tuple(dict.fromkeys(TaskRef(int(number), int(meeting) if meeting else None) for meeting, number in found))


# --- with ids: they say which, the words say what


def _named(ctx: Context, text: str) -> Message:
    """As in "T12 搞定了": acts on the ids of clauses that are plain, and on no other; unclear words show the task."""
    meant = _by_intent(ctx, text)
    if meant[Intent.DONE]:
        refs = tuple(meant[Intent.DONE])
        return finish(ctx, refs, _worth_keeping(ctx, refs, text), heard=text)
    if meant[Intent.START]:
        return begin(ctx, tuple(meant[Intent.START]), heard=text)
    return _turned(ctx, text) or _shown(ctx, text)


def _shown(ctx: Context, text: str) -> Message:
    """The task, and that nothing was done: whoever said more than its id should know that the rest was not read."""
    message = show(ctx, _refs(text))
    if not _NAMED.sub("", fold(text)).strip(" ?？!！,，.。:："):
        return message
    unread = ctx.words("checklist/unread", ref=_refs(text)[0])
    return message.model_copy(update={"footer": unread.body, "tone": "ask"})


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
        refs, words = _refs(clause), _NAMED.sub(MARK, clause)
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
    own = [one for one in called if one.task in tasks]
    plain = reading.generic or not _unexplained(reading, own)
    return kind if plain or kind == Intent.START else Intent.NONE


def _worth_keeping(ctx: Context, refs: Sequence[TaskRef], text: str) -> str:
    """The words, where they hold a link or number that one task needs, or came with files; else what they add."""
    if len(refs) != 1 or len(_refs(text)) != 1:
        return ""
    words, rule = _NAMED.sub("", text).strip(" ，,：:"), ctx.tasks(refs)[0].rule()
    if rule.kind == "note":
        return "，".join(clause for clause in clauses(text) if not _refs(clause))
    proofs = rules.proofs_in(rule, rules.Given(words)) if rule.kind in {"link", "number"} else []
    return words if proofs or ctx.files else ""


# --- without ids: the words must name one task, wholly


def _unnamed(ctx: Context, text: str) -> Message:
    if len(ctx.thread) == 1 and (answer := _in_thread(ctx, text)):
        return answer
    tasks = checklist.tasks(ctx.db, ctx.meeting.id)
    called = names(ctx, [task for task in tasks if not task.finished])
    task, kind = _beyond_doubt(text, called)
    if task is not None and ctx.thread and task.number not in {ref.number for ref in ctx.thread}:
        task = None
    if task is not None:
        return _act(ctx, kind, TaskRef(task.number), text)
    return _ask(ctx, text, called, tasks)


def _act(ctx: Context, kind: Intent, ref: TaskRef, text: str) -> Message:
    return begin(ctx, (ref,), heard=text) if kind == Intent.START else finish(ctx, (ref,), "", heard=text)


def _beyond_doubt(text: str, called: Sequence[Called]) -> tuple[Task | None, Intent]:
    """The one task that is finished or begun by these words, every one of which is understood; else None."""
    said = [clause for clause in clauses(text) if not _is_courtesy(clause)]
    hit = the_one(said[0], called) if len(said) == 1 else None
    if hit is None:
        return None, Intent.NONE
    own = next(one for one in called if one.task is hit.task)
    rest = masked(said[0], hits(said[0], [own]))
    kind, reading = intent(rest), read(rest)
    if kind == Intent.NONE or _unexplained(reading, [own]):
        return None, kind
    if kind == Intent.START:
        return hit.task, kind
    fits = reading.generic or (bool(reading.acts) and all(own.does(acts) for acts in reading.acts))
    return (hit.task if fits and hit.whole else None), kind


def _is_courtesy(clause: str) -> bool:
    """As "谢谢大家" or "great": it says nothing of any task."""
    reading = read(clause)
    return not (reading.rest or reading.generic or reading.acts or doubtful(clause) or intent(clause) != Intent.NONE)


def _unexplained(reading: Reading, own: Sequence[Called]) -> bool:
    return any(not any(one.explains(run.casefold()) for one in own) for run in reading.rest)


def _in_thread(ctx: Context, text: str) -> Message | None:
    """Under a message about one task: "好了", "all in!" mean it, unless the words name another or leave a doubt."""
    said = [clause for clause in clauses(text) if not _is_courtesy(clause)]
    if len(said) != 1:
        return None
    task = ctx.tasks(ctx.thread)[0]
    own = names_of([task], {item.key: item.words for _, item in ctx.content.items()})
    found = hits(said[0], names(ctx, checklist.tasks(ctx.db, ctx.meeting.id)))
    mine = hits(said[0], own)
    others = [hit for hit in found if hit.task is not task and not any(hit.within(one) for one in mine)]
    if others or (mine and not all(hit.whole for hit in mine)):
        return None
    rest = masked(said[0], mine)
    kind, reading = intent(rest), read(rest)
    if kind == Intent.NONE or _unexplained(reading, own):
        return None
    if kind == Intent.DONE and not (
        reading.generic or (reading.acts and all(own[0].does(acts) for acts in reading.acts))
    ):
        return None
    return _act(ctx, kind, ctx.thread[0], text)


def _kind(text: str) -> Intent:
    """What a whole sentence says: nothing as soon as one part of it leaves a doubt, else what most of it says."""
    kinds = [intent(clause) for clause in clauses(text)]
    if any(doubtful(clause) for clause in clauses(text)):
        return Intent.NONE
    return next((kind for kind in (Intent.START, Intent.DONE) if kind in kinds), Intent.NONE)


def _ask(ctx: Context, text: str, called: Sequence[Called], tasks: Sequence[Task]) -> Message:
    """Nothing is done; one button per task that may be meant. What is no claim at all shows the task."""
    kind = _kind(masked(text, hits(text, called)))
    found = candidates(ctx, text)
    if kind != Intent.NONE and not found:
        found = [Candidate(task, 0.0) for task in ctx.tasks(ctx.thread)]
    if kind == Intent.NONE:
        every = names(ctx, tasks)
        only = the_one(text, every)
        if only is not None:
            return show(ctx, (TaskRef(only.task.number),))
        if len(ctx.thread) == 1 and not _is_courtesy(text):
            return show(ctx)
    if not found:
        raise Refused("grammar/unknown", text=text)
    return choose(ctx, text, verb="show" if kind == Intent.NONE else str(kind), found=found)
