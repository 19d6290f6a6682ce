"""A task that needs somebody's approval: who may give it is told once, and told when it needs none any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from handlers.checklist.evidence import came_for, may_decide, prove, still_missing, waives
from handlers.context import Context
from handlers.permissions import deciders, leaders
from handlers.router import Router
from messages import Message, Offer
from storage import checklist, outbox, people, rooms
from storage.checklist import Proof, Task
from storage.journal import Change
from storage.meetings import Meeting
from storage.people import Person
from storage.rooms import Room

router = Router("checklist")

REQUEST, APPROVAL = "request", "approval"


@dataclass(frozen=True)
class Standing:
    """The newest request for a task's approval, if it stands, and what came of it, if anything did."""

    request: Proof | None = None
    approval: Proof | None = None
    settled: bool = False

    @property
    def open(self) -> bool:
        return self.request is not None and self.approval is None and not self.settled


def standing(ctx: Context, task: Task) -> Standing:
    request = next(reversed(checklist.of_kind(ctx.db, task.id, REQUEST)), None)
    if request is None:
        return Standing()
    given = checklist.of_kind(ctx.db, task.id, APPROVAL)
    approval = next((one for one in given if one.round == request.round and one.at >= request.at), None)
    return Standing(request, approval, task.finished or task.round > request.round)


def only_approval_lacks(ctx: Context, tasks: Sequence[Task], note: str) -> bool:
    """Whether nothing but somebody else's approval is between the person and the end of these tasks."""
    if waives(note) or not tasks or any(task.rule().kind != APPROVAL for task in tasks):
        return False
    return not may_decide(ctx) and all(still_missing(ctx, task) for task in tasks)


def ask(ctx: Context, tasks: Sequence[Task], note: str) -> Message:
    """Ask for the approval of these tasks, each once; what came along is kept with them."""
    before = {task.id: now.request for task in tasks if (now := standing(ctx, task)).open}
    fresh = [task for task in tasks if task.id not in before]
    for task in fresh:
        prove(ctx, task, REQUEST, note)
    for file in came_for(ctx, tasks[0]) if len(tasks) == 1 else ():
        prove(ctx, tasks[0], "file", file.name, file)
    told = _tell(ctx, fresh)
    refs, who = ctx.refs(tasks), deciders(ctx)
    reached = bool(_private(ctx, who))
    here = not reached and ctx.room.person_id is None
    earlier = before.get(tasks[0].id) if not fresh else None
    press = [Offer("approve", f"approve {' '.join(refs)}", primary=True)] if here else []
    return ctx.words(
        "checklist/approval_asked",
        tasks=tasks,
        earlier=earlier,
        by=people.get(ctx.db, earlier.person_id).name if earlier else "",
        names=[one.name for one in who],
        reached=reached,
        here=here,
        rooms=[room.name for room in told if room.person_id is None],
        buttons=[*press, Offer("undo", "undo"), Offer("show", f"show {refs[0]}")],
        about=refs,
    )


def _private(ctx: Context, who: Sequence[Person]) -> list[Room]:
    """Their direct conversations that want to hear from the bot."""
    return [room for room in rooms.direct(ctx.db, [one.id for one in who]) if room.nudges]


def _public(ctx: Context) -> list[Room]:
    """The other rooms that follow the meeting: where it is said if nobody can be told in private."""
    return [room for room in rooms.watching(ctx.db, ctx.meeting.id) if room.nudges and room.id != ctx.room.id]


def _tell(ctx: Context, tasks: Sequence[Task]) -> list[Room]:
    """Where it was said. In the room where it was asked the answer says it."""
    where = _private(ctx, deciders(ctx)) or ([] if ctx.room.person_id is None else _public(ctx))
    for voice in (_voice(ctx, room) for room in where):
        for task in tasks:
            told, wait = _worded(voice, task, standing(ctx, task)), voice.quiet_until
            keys = (f"{_stem(task, voice.room)}:{n}" for n in count(1))
            next(key for key in keys if voice.promise(key, voice.room, told, recheck="approval", not_before=wait))
    return where


def _voice(ctx: Context, room: Room) -> Context:
    voice = ctx.voice(room)
    voice.subject = ctx.meeting
    return voice


def _stem(task: Task, room: Room) -> str:
    return f"approval:{task.id}:{room.id}"


def _worded(voice: Context, task: Task, now: Standing) -> Message:
    """The request as it stands: open, or struck through with what came of it."""
    ref = voice.refs([task])[0]
    named = people.some(voice.db, [one.person_id for one in (now.request, now.approval) if one])
    offers = [Offer("approve", f"approve {ref}", primary=True), Offer("show", f"show {ref}")]
    return voice.words(
        "checklist/approval_wanted",
        task=task,
        meeting=voice.meeting,
        request=now.request,
        approval=now.approval,
        open=now.open,
        people=named,
        names=[one.name for one in deciders(voice)],
        led=bool(leaders(voice.db, voice.meeting.id)),
        own=voice.room.person_id is not None,
        buttons=offers if now.open else [],
        about=[ref],
    )


@router.recheck("approval")
def still_asked(ctx: Context, key: str, message: Message) -> Message | None:
    """Just before sending: a request that was answered or taken back meanwhile is not made."""
    task = ctx.db.get(Task, int(key.split(":")[1]))
    return message if task and standing(ctx, task).open else None


def refresh(ctx: Context, tasks: Sequence[Task]) -> None:
    """The requests that were sent for these tasks read as they now stand. Flush before."""
    for task in tasks:
        if task.rule().kind != APPROVAL:
            continue
        now = standing(ctx, task)
        for room in [*_private(ctx, deciders(ctx)), *rooms.watching(ctx.db, task.meeting_id)]:
            _edit(ctx, task, room, now)


def _edit(ctx: Context, task: Task, room: Room, now: Standing) -> None:
    """One that was taken back no longer holds: nobody asks for it any more."""
    key = ctx.newest(_stem(task, room))
    if not key:
        return
    shown = ctx.newest(f"{key}:edit") or key
    voice = _voice(ctx, room)
    told = _worded(voice, task, now).model_copy(update={"withdrawn": now.request is None})
    payload = outbox.promised(ctx.db, shown)
    if payload and Message.known(payload[0]) != told:
        next(n for n in count(1) if voice.promise(f"{key}:edit:{n}", room, told, edits=key))


def tell_asker(ctx: Context, tasks: Sequence[Task]) -> None:
    """Whoever asked hears that it was approved, where they talk with the bot, unless it is they who said it."""
    for task in tasks:
        now = standing(ctx, task)
        if now.request is None or now.approval is None or now.request.person_id == ctx.person.id:
            continue
        facts = {"task": task, "by": ctx.person.name, "note": now.approval.value}
        for room in _private(ctx, [people.get(ctx.db, now.request.person_id)]):
            voice = _voice(ctx, room)
            offers = [Offer("show", f"show {voice.refs([task])[0]}")]
            told = voice.words("checklist/approved", **facts, buttons=offers, about=voice.refs([task]))
            stem = f"approved:{now.approval.id}:{room.id}"
            next(n for n in count(1) if voice.promise(f"{stem}:{n}", room, told))


def lapse(ctx: Context, task: Task) -> bool:
    """What was approved is to be done again: the word was given for what is no more, and has to be asked for anew."""
    given = [one for one in checklist.proofs(ctx.db, task.id, task.round) if one.kind in {REQUEST, APPROVAL}]
    approved = any(one.kind == APPROVAL for one in given)
    for proof in given if approved else ():
        ctx.db.delete(proof)
    return approved


@router.after_undo
def put_back(ctx: Context, changes: Sequence[Change]) -> None:
    """Requests, approvals and states that an undo touched: what was sent of them reads as it now is."""
    ids = dict.fromkeys(change.task for change in changes if change.table in {"task", "proof"} and change.task)
    tasks = [task for task_id in ids if (task := ctx.db.get(Task, task_id))]
    for task in tasks:
        ctx.subject = ctx.subject or ctx.db.get(Meeting, task.meeting_id)
    refresh(ctx, tasks)
    for change in changes:
        if change.table == "proof" and change.before is None and (change.after or {}).get("kind") == APPROVAL:
            _tell_undone(ctx, ctx.db.get(Task, change.task), change.id)


def _tell_undone(ctx: Context, task: Task | None, approval_id: int) -> None:
    """Whoever asked was told that it is approved: that no longer holds, and they hear so."""
    request = standing(ctx, task).request if task else None
    for room in _private(ctx, [people.get(ctx.db, request.person_id)]) if request else ():
        key = ctx.newest(f"approved:{approval_id}:{room.id}")
        if key:
            voice = _voice(ctx, room)
            told = voice.words("checklist/unapproved", task=task, by=ctx.person.name)
            voice.withdraw(key, room)
            voice.promise(f"{key}:back", room, told, not_before=voice.quiet_until)
