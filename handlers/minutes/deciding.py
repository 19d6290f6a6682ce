"""Decisions are written down with their votes, put right, and taken back."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.minutes.naming import COUNTS, DecisionNumber, Told
from handlers.minutes.rules import Votes, carried, checked, number, settled
from handlers.permissions import allow, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import minutes
from storage.minutes import Decision, Majority, Outcome

router = Router("minutes")

LONGEST, LONGEST_NAME, LONGEST_REASON = 2_000, 100, 300
VOTES = frozenset({"in_favour", "against", "abstained"})
DECIDING = frozenset({*COUNTS, "majority", "outcome"})
"""What the outcome hangs on: a slip in the words that is put right leaves it as it is."""
_MAJORITIES = {
    **dict.fromkeys(("simple", "过半", "过半数", "半数", "简单多数", "half"), Majority.SIMPLE),
    **dict.fromkeys(("two_thirds", "two thirds", "2/3", "三分之二", "三分之二多数"), Majority.TWO_THIRDS),
}
_OUTCOMES = {
    **dict.fromkeys(("passed", "carried", "通过", "yes"), True),
    **dict.fromkeys(("rejected", "not passed", "not carried", "failed", "未通过", "不通过", "否决", "no"), False),
}


@router.command("decision add", zh="决议 新增", also=("add decision", "新增决议", "登记决议"))
def add(ctx: Context, meeting: MeetingNumber = 0, told: Told | None = None) -> Message:
    """Write down a decision: decision add Fees stay moved by Li present 45 for 40 against 3 abstain 2"""
    ctx.meeting_number(meeting or None)
    _may(ctx)
    if not told or not told.get("text"):
        return _form(ctx, None)
    row = Decision(
        meeting_id=ctx.meeting.id,
        number=minutes.next_number(ctx.db, ctx.meeting.id),
        text="",
        majority=Majority.SIMPLE,
        passed=True,
        override="",
        person_id=ctx.person.id,
        at=ctx.now,
    )
    _write(row, told)
    ctx.db.add(row)
    return said(ctx, row, "minutes/added")


@router.command("decision edit", zh="决议 修改", also=("edit decision", "修改决议", "编辑决议"))
def edit(ctx: Context, meeting: MeetingNumber = 0, which: DecisionNumber = 0, told: Told | None = None) -> Message:
    """Put a decision right: decision edit D3 for 41 against 2"""
    row = chosen(ctx, meeting, which)
    _may(ctx)
    if not told:
        return _form(ctx, row)
    if told.get("seen", str(row.version)) != str(row.version):
        raise Refused("minutes/changed", decision=row, buttons=[Offer("edit", f"decision edit {ref(ctx, row)}")])
    _write(row, told, whole="seen" in told)
    return said(ctx, row, "minutes/edited")


@router.command("decision drop", zh="决议 撤回", also=("drop decision", "撤回决议", "删除决议"))
def drop(ctx: Context, meeting: MeetingNumber = 0, which: DecisionNumber = 0) -> Message:
    """Strike a decision that was none; its number stays its own: decision drop D3"""
    row = chosen(ctx, meeting, which)
    _may(ctx)
    row.dropped_at = ctx.now
    ctx.db.flush()
    tasks = minutes.tasks(ctx.db, [row.id])[row.id]
    return ctx.words("minutes/dropped", decision=row, tasks=tasks, buttons=[Offer("undo", "undo")], tone="good")


def chosen(ctx: Context, meeting: int, which: int) -> Decision:
    """Raises ``Refused`` where there is no such decision."""
    ctx.meeting_number(meeting or None)
    row = minutes.by_number(ctx.db, ctx.meeting.id, which)
    if row is None:
        known = [one.ref for one in minutes.decisions(ctx.db, ctx.meeting.id)]
        offers = [Offer("decisions", f"decisions M{ctx.meeting.number}")]
        raise Refused("minutes/no_decision", number=which, known=known, buttons=offers)
    return row


def ref(ctx: Context, row: Decision) -> str:
    """As buttons name it, whatever room they are pressed in."""
    return f"M{ctx.meeting.number} {row.ref}"


def _may(ctx: Context) -> None:
    ctx.must_run()
    allow(ctx, run_meeting, ctx.meeting)


def said(ctx: Context, row: Decision, name: str) -> Message:
    """What stands there now."""
    ctx.db.flush()
    which = ref(ctx, row)
    return ctx.words(
        name,
        decision=row,
        tasks=minutes.tasks(ctx.db, [row.id])[row.id],
        buttons=[
            Offer("task", f"decision task {which}", primary=True),
            Offer("edit", f"decision edit {which}"),
            Offer("undo", "undo"),
        ],
        tone="good",
    )


def _write(row: Decision, told: Mapping[str, str], *, whole: bool = False) -> None:
    """What was told; of a ``whole`` form what was left empty is taken out. Raises ``Refused``, and nothing is kept."""
    now = {} if whole else {name: str(getattr(row, name)) for name in COUNTS if getattr(row, name) is not None}
    if told.keys() >= VOTES:
        now.pop("present", None)  # all votes anew, so those present too, unless they are told
    votes = checked(Votes(**{name: number({**now, **told}, name) for name in COUNTS}))
    majority, text = _majority(told, row.majority), _text(told, row.text)
    passed, override = settled(
        found=carried(votes, majority), said=_outcome(told), reason=told.get("reason", "")[:LONGEST_REASON]
    )
    if whole or not told.keys().isdisjoint(DECIDING):
        row.passed, row.override = passed, override
    elif row.override:
        row.override = told.get("reason", row.override)[:LONGEST_REASON]
    for name in ("mover", "seconder"):
        setattr(row, name, told.get(name, "" if whole else getattr(row, name) or "")[:LONGEST_NAME])
    for name in COUNTS:
        setattr(row, name, getattr(votes, name))
    row.text, row.majority = text, majority


def _text(told: Mapping[str, str], before: str) -> str:
    text = " ".join(told.get("text", before).split())
    if len(text) > LONGEST:
        raise Refused("minutes/long", most=LONGEST)
    return text


def _majority(told: Mapping[str, str], before: Majority) -> Majority:
    if "majority" not in told:
        return before
    found = _MAJORITIES.get(told["majority"].strip().casefold())
    if found is None:
        raise Refused("minutes/majority", text=told["majority"])
    return found


def _outcome(told: Mapping[str, str]) -> bool | None:
    if "outcome" not in told:
        return None
    found = _OUTCOMES.get(told["outcome"].strip().casefold())
    if found is None:
        raise Refused("minutes/outcome", text=told["outcome"])
    return found


def _form(ctx: Context, row: Decision | None) -> Message:
    """The same fields for a new decision and for one that stands."""
    counts = {name: getattr(row, name) if row else None for name in COUNTS}
    majorities: list[tuple[str, object]] = [(one, one) for one in Majority]
    outcomes: list[tuple[str, object]] = [("", ""), *((one, one) for one in Outcome)]
    asks = [
        Question("text", "long", row.text if row else "", required=True),
        Question("mover", value=row.mover if row else ""),
        Question("seconder", value=row.seconder if row else ""),
        Question("present", "number", _shown(counts["present"])),
        Question("in_favour", "number", _shown(counts["in_favour"])),
        Question("against", "number", _shown(counts["against"])),
        Question("abstained", "number", _shown(counts["abstained"])),
        Question("quorum", "number", _shown(counts["quorum"])),
        Question("majority", "choice", row.majority if row else Majority.SIMPLE, choices=majorities),
        Question("outcome", "choice", row.outcome if row and row.override else "", choices=outcomes),
        Question("reason", value=row.override if row else ""),
    ]
    if row is None:
        form = Questions(f"decision add M{ctx.meeting.number}", asks)
        return ctx.words("minutes/form", decision=None, form=form, private=True)
    asks.append(Question("seen", "hidden", str(row.version)))
    form = Questions(f"decision edit {ref(ctx, row)}", asks)
    return ctx.words("minutes/form", decision=row, form=form, private=True)


def _shown(count: int | None) -> str:
    return "" if count is None else str(count)
