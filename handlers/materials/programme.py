"""The programme: shown day by day, and put right session by session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber, OneWord, PageNumber
from handlers.materials import applying, lineup
from handlers.materials.agenda import Agenda, agenda
from handlers.materials.applying import apply
from handlers.materials.importing import counts, planned, scene
from handlers.materials.lineup import Lineup
from handlers.materials.permits import allow_tending
from handlers.materials.saying import NOTHING, SESSION, SPEAKER, SessionDetails, SpeakerDetails
from handlers.materials.talkers import LONGEST_NAME, LONGEST_UNIT
from handlers.names import plain
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid
from messages import Entry, Message, Offer, Question, Questions
from storage.programme import Part, ProgrammeSession, Speaker

router = Router("materials")

PAGE = 20


@router.command("programme", zh="议程", also=("programme list", "program", "议程 列表", "议程列表", "日程", "场次"))
def listing(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1) -> Message:
    """The sessions of a meeting, day by day: programme"""
    ctx.meeting_number(meeting or None)
    found = lineup.load(ctx)
    if not found.sessions:
        upload = f"programme import M{ctx.meeting.number}"
        return ctx.words("materials/no_programme", meeting=ctx.meeting, upload=upload)
    pages = -(-len(found.sessions) // PAGE)
    page = min(page, pages)
    shown = found.sessions[(page - 1) * PAGE : page * PAGE]
    line = f"M{ctx.meeting.number}"
    more = [Offer("more", f"programme {line} page {page + 1}")] if page < pages else []
    return ctx.words(
        "materials/programme",
        meeting=ctx.meeting,
        sessions=len(found.sessions),
        speakers=len({one.speaker_id for parts in found.speaking.values() for one in parts}),
        booths=[one.name for one in found.booths],
        page=page,
        pages=pages,
        rows=[_day(ctx, found, day, list(rows)) for day, rows in groupby(shown, key=lambda one: _on(ctx, one))],
        buttons=[*more, Offer("materials", f"materials {line}", primary=True)],
    )


def _on(ctx: Context, session: ProgrammeSession) -> date | None:
    return session.starts_at.astimezone(ctx.meeting_zone).date() if session.starts_at else None


def _day(ctx: Context, found: Lineup, day: date | None, sessions: Sequence[ProgrammeSession]) -> Entry:
    return Entry({"day": day, "sessions": [told(ctx, found, one) for one in sessions]})


def told(ctx: Context, found: Lineup, session: ProgrammeSession) -> dict[str, Any]:
    """A session's facts as every message words them, on the meeting's clocks."""
    begin, end = (at.astimezone(ctx.meeting_zone) if at else None for at in (session.starts_at, session.ends_at))
    return {
        "session": session,
        "begin": f"{begin:%H:%M}" if begin else "",
        "end": f"{end:%H:%M}" if end else "",
        "people": [{"part": one.part, "speaker": found.speakers[one.speaker_id]} for one in found.parts(session)],
    }


@router.command("session add", zh="场次 添加", also=("add session", "添加场次", "新增场次"))
def add(ctx: Context, meeting: MeetingNumber = 0, details: SessionDetails = NOTHING) -> Message:
    """Add a session to the programme: session add Smart factories speakers: Li Wei (Foxconn) time: 09:00-09:40"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    line = f"session add M{ctx.meeting.number}"
    row = _row(details)
    if not row.get("title"):
        fields = [Question(name) for name in ("title", "speakers", "unit", "chair", "hall", "date", "time", "contact")]
        return ctx.words("materials/session_form", code="", form=Questions(line, fields), private=True)
    code = row.get("code", "")
    if code and lineup.load(ctx).coded(code):
        edit_it = Offer("session_edit", f"session edit M{ctx.meeting.number} {code}")
        raise Refused("materials/code_taken", code=code, buttons=[edit_it])
    return _changed(ctx, row)


@router.command("session edit", zh="场次 修改", also=("edit session", "修改场次", "编辑场次", "场次 编辑"))
def edit(ctx: Context, meeting: MeetingNumber = 0, code: OneWord = "", details: SessionDetails = NOTHING) -> Message:
    """Put a session right; what is not named stays: session edit S3 hall: Hall B contact: Li"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    session = _named(ctx, code, "session edit")
    row = _row(details)
    if not row:
        line = f"session edit M{ctx.meeting.number} {session.code}"
        return ctx.words("materials/session_form", code=session.code, form=_known(ctx, session, line), private=True)
    day = _on(ctx, session)
    dated = {"date": day.isoformat()} if day and "time" in row else {}
    return _changed(ctx, {"title": session.title, **dated, **row, "code": session.code})


@router.command("session drop", zh="场次 删除", also=("drop session", "删除场次", "取消场次"))
def drop(ctx: Context, meeting: MeetingNumber = 0, code: OneWord = "") -> Message:
    """Take a session off the programme: session drop S3"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    session = _named(ctx, code, "session drop")
    facts = told(ctx, lineup.load(ctx), session)
    applying.drop(ctx, [session])
    return ctx.words("materials/session_dropped", **facts, buttons=[Offer("undo", "undo")], tone="good")


@router.command("speaker edit", zh="讲者 修改", also=("edit speaker", "修改讲者", "嘉宾 修改"))
def speaker(ctx: Context, meeting: MeetingNumber = 0, details: SpeakerDetails = NOTHING) -> Message:
    """Put a speaker's name, organisation or position right: speaker edit Li Wei unit: Foxconn position: CTO"""
    ctx.meeting_number(meeting or None)
    allow_tending(ctx)
    ctx.must_run()
    known = lineup.load(ctx)
    found = speaker_named(ctx, known, details.get("", ""))
    wanted = {name: details[name] for name in SPEAKER if details.get(name)}
    if not wanted:
        raise Refused("materials/what_of_speaker", speaker=found)
    new = {"name": found.name, "unit": found.unit, **wanted}
    others = [one for one in known.speakers.values() if one is not found]
    if any((one.name, one.unit) == (new["name"], new["unit"]) for one in others):
        raise Refused("materials/twin", **new)
    for name, value in wanted.items():
        setattr(found, name, value[: LONGEST_UNIT if name == "unit" else LONGEST_NAME])
    ctx.db.flush()
    return ctx.words("materials/speaker_changed", speaker=found, buttons=[Offer("undo", "undo")], tone="good")


def speaker_named(ctx: Context, found: Lineup, text: str) -> Speaker:
    """By their whole name, or ``#12`` as buttons write it. Raises ``Refused`` for nobody and for several."""
    wanted = plain(text.strip().lstrip("@"))
    same = [one for one in found.speakers.values() if wanted in {plain(one.name), f"#{one.id}"}]
    if len(same) != 1:
        buttons = [Offer("programme", f"programme M{ctx.meeting.number}")]
        raise Refused("materials/no_speaker", text=text.strip(), count=len(same), buttons=buttons)
    return same[0]


def _named(ctx: Context, code: str, verb: str) -> ProgrammeSession:
    found = lineup.load(ctx)
    if not code:
        offers = [
            Offer("session", f"{verb} M{ctx.meeting.number} {one.code}", facts={"session": one})
            for one in found.sessions[:8]
        ]
        raise Refused("materials/which_session", verb=ctx.spoken(verb), buttons=offers)
    return lineup.session_named(ctx, found, code)


def _row(details: Mapping[str, str]) -> dict[str, str]:
    """As a row of a list would have it; the free words are the title."""
    found = {name: details[name] for name in SESSION if details.get(name)}
    return {**({"title": details[""]} if details.get("") else {}), **found}


def _known(ctx: Context, session: ProgrammeSession, line: str) -> Questions:
    facts = told(ctx, lineup.load(ctx), session)
    day = _on(ctx, session)
    said = {
        "title": session.title,
        "speakers": _written(facts["people"]),
        "hall": session.hall,
        "track": session.track,
        "date": day.isoformat() if day else "",
        "time": "-".join(filter(None, (facts["begin"], facts["end"]))),
    }
    return Questions(line, [*(Question(name, value=value) for name, value in said.items()), Question("contact")])


def _written(parts: Sequence[Mapping[str, Any]]) -> str:
    """Who speaks, as a list would have it."""
    speakers = [one["speaker"] for one in parts if one["part"] == Part.SPEAKER]
    return " / ".join(f"{one.name} ({one.unit})" if one.unit else one.name for one in speakers)


def _changed(ctx: Context, row: Mapping[str, str]) -> Message:
    read = _read(ctx, row)
    changes = planned(ctx, read.items)
    if changes.strangers:
        raise Refused("people/unknown", word=row["contact"], buttons=[Offer("people", "people")])
    sessions = apply(ctx, changes)
    session = sessions[0] if sessions else changes.steps[0].session
    if session is None:
        raise Refused("materials/no_title")
    return ctx.words(
        "materials/session_changed",
        **told(ctx, lineup.load(ctx), session),
        **{name: value for name, value in counts(changes).items() if name in {"added", "changed"}},
        remarks=read.remarks,
        day=_on(ctx, session),
        buttons=[Offer("undo", "undo"), Offer("programme", f"programme M{ctx.meeting.number}")],
        tone="good",
    )


def _read(ctx: Context, row: Mapping[str, str]) -> Agenda:
    """What was said of one session, understood as a list of one row would be. Raises ``Refused``."""
    names = list(row)
    read = agenda([Grid("", [[*names, "unit"], [*row.values(), ""]])], scene(ctx), breaks=True)
    faults = [one for one in read.remarks if one.name in {"time", "date", "no_date", "backwards", "long"}]
    if not read.items or faults:
        raise Refused("materials/unread_session", faults=[*read.left_out, *faults])
    return read
