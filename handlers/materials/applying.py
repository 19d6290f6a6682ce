"""A plan of the programme becomes rows, each through the journal, so that an undo puts all of them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from handlers.materials.planning import Draft, Plan, Step
from storage import consents, files, meetings, programme
from storage.programme import Booth, ProgrammeSession, Speaker, Speaking

if TYPE_CHECKING:
    from handlers.context import Context


def apply(ctx: Context, plan: Plan) -> list[ProgrammeSession]:
    """Make it so; the sessions that were added or changed. Who is in no session any more goes, if nothing is theirs."""
    for draft in plan.cast:
        _cast(ctx, draft)
    ctx.db.flush()
    left = {one.speaker_id for step in plan.steps for one in step.gone}
    found = [_session(ctx, step) for step in plan.steps if step.kind != "unchanged"]
    _tidy(ctx, left)
    meetings.plan_materials(ctx.db, ctx.meeting.id)
    return found


def _cast(ctx: Context, draft: Draft) -> None:
    if draft.row is None:
        draft.row = Speaker(meeting_id=ctx.meeting.id, name=draft.name, unit=draft.unit, position=draft.position)
        ctx.db.add(draft.row)
    elif draft.touched:
        draft.row.unit, draft.row.position = draft.unit, draft.position


def _session(ctx: Context, step: Step) -> ProgrammeSession:
    session = step.session
    if session is None:
        session = ProgrammeSession(meeting_id=ctx.meeting.id, code=step.code, **step.values)
        ctx.db.add(session)
    else:
        for name, value in step.values.items():
            setattr(session, name, value)
    for one in step.gone:
        ctx.db.delete(one)
    ctx.db.flush()
    _place(ctx, session, step)
    return session


def _place(ctx: Context, session: ProgrammeSession, step: Step) -> None:
    now = {one.speaker_id: one for one in programme.in_session(ctx.db, session.id)}
    for one in step.places:
        speaker_id = one.draft.row.id if one.draft.row else 0
        if speaker_id in now:
            now[speaker_id].part, now[speaker_id].place = one.part, one.place
        else:
            ctx.db.add(Speaking(session_id=session.id, speaker_id=speaker_id, part=one.part, place=one.place))
    ctx.db.flush()


def drop(ctx: Context, sessions: Sequence[ProgrammeSession]) -> None:
    """These sessions go, and who spoke in nothing else; their files stay, and belong to no session any more."""
    left, going = set[int](), {one.id for one in sessions}
    for file in files.of_meeting(ctx.db, ctx.meeting.id, dropped=True):
        file.session_id = None if file.session_id in going else file.session_id
    for session in sessions:
        _forget(ctx, *(f"{kind}/{session.code}" for kind in ("slides", "recording", "consent")))
        for one in programme.in_session(ctx.db, session.id):
            left.add(one.speaker_id)
            ctx.db.delete(one)
        ctx.db.flush()
        ctx.db.delete(session)
    ctx.db.flush()
    _tidy(ctx, left)


def _tidy(ctx: Context, speaker_ids: Iterable[int]) -> None:
    busy = {one.speaker_id for one in programme.speakings(ctx.db, ctx.meeting.id)}
    held = {one.speaker_id for one in consents.of_meeting(ctx.db, ctx.meeting.id)}
    shown = {file.speaker_id for file in files.of_meeting(ctx.db, ctx.meeting.id, dropped=True)}
    for speaker_id in sorted(set(speaker_ids) - busy - held - shown):
        _forget(ctx, f"photo/speaker/{speaker_id}")
        ctx.db.delete(ctx.db.get_one(Speaker, speaker_id))
    ctx.db.flush()


def drop_booth(ctx: Context, booth: Booth) -> None:
    """The stand goes; its photos stay, and belong to no stand any more."""
    for file in files.of_meeting(ctx.db, ctx.meeting.id, dropped=True):
        file.booth_id = None if file.booth_id == booth.id else file.booth_id
    _forget(ctx, f"photo/booth/{booth.id}")
    ctx.db.flush()
    ctx.db.delete(booth)
    ctx.db.flush()


def _forget(ctx: Context, *cells: str) -> None:
    """Why something of theirs will not come goes with them: what has the same name later is something else."""
    for row in consents.excuses_of(ctx.db, ctx.meeting.id, *cells):
        ctx.db.delete(row)
