"""What speakers allow: said, withdrawn, listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from handlers import dates
from handlers.context import Context
from handlers.custody import to_file
from handlers.grammar import MeetingNumber, PageNumber, Text
from handlers.materials import lineup
from handlers.materials.allowing import Said, read
from handlers.materials.lineup import Lineup
from handlers.materials.permits import allow_consents
from handlers.materials.saying import Allowed
from handlers.refused import Refused
from handlers.router import Router
from handlers.sharing import WIDTH, standing
from messages import Entry, Message, Offer, Question, Questions
from storage import consents, files
from storage.consents import Consent
from storage.files import File
from storage.materials import Material, Scope
from storage.programme import ProgrammeSession, Speaker

router = Router("materials")

PAGE = 12
MOST_NAMED = 8
LONGEST_LICENCE = 100


@router.command("consents", zh="授权 列表", also=("consent list", "授权列表", "授权清单"))
def listing(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1) -> Message:
    """What each speaker allows: consents"""
    ctx.meeting_number(meeting or None)
    found = lineup.load(ctx)
    given = consents.of_meeting(ctx.db, ctx.meeting.id)
    pairs = [(session, one) for session in found.sessions for one in found.heard(session)]
    said = {one.speaker_id for one in given if one.withdrawn_at is None}
    pages = max(1, -(-len(pairs) // PAGE))
    page = min(page, pages)
    more = [Offer("more", f"consents M{ctx.meeting.number} page {page + 1}", primary=True)] if page < pages else []
    return ctx.words(
        "materials/consents",
        meeting=ctx.meeting,
        count=len({one.id for _, one in pairs} & said),
        total=len({one.id for _, one in pairs}),
        page=page,
        pages=pages,
        rows=[_entry(ctx, session, one, given) for session, one in pairs[(page - 1) * PAGE : page * PAGE]],
        buttons=[*more, Offer("sharing", f"sharing M{ctx.meeting.number} public")],
    )


def _entry(ctx: Context, session: ProgrammeSession, one: Speaker, given: Sequence[Consent]) -> Entry:
    mine = standings(given, one.id)
    line = f"M{ctx.meeting.number} {session.code} #{one.id}"
    withdraw = [Offer("withdraw", f"consent withdraw {line}")] if mine else []
    facts = {"session": session, "speaker": one, "consents": mine}
    return Entry(facts, [Offer("consent", f"consent {line}"), *withdraw])


def standings(given: Sequence[Consent], speaker_id: int) -> list[Consent]:
    """The newest of each material that was not withdrawn; what a newer one for all replaces is left out."""
    mine = [one for one in given if one.speaker_id == speaker_id and one.withdrawn_at is None]
    return [one for one in mine if standing(mine, speaker_id, one.material) is one]


@router.command("consent", zh="授权", also=("登记授权", "授权 登记"))
def consent(ctx: Context, meeting: MeetingNumber = 0, text: Allowed = "") -> Message:
    """Note what a speaker allows, the signed form attached if there is one: consent S3 Li Wei slides public CC-BY"""
    if not text and not ctx.fields:
        return listing(ctx, meeting)
    ctx.meeting_number(meeting or None)
    ctx.must_run()
    said = _understood(ctx, lineup.load(ctx), text, verb="consent")
    allow_consents(ctx, said.session)
    if said.scope is None:
        return _ask(ctx, said, text)
    embargo = _day(ctx, said, text)
    file = _form_of(ctx, said)
    rows = [
        _row(ctx, said, one, material, embargo=embargo, file=file)
        for one in said.speakers
        for material in said.materials
    ]
    ctx.db.add_all(rows)
    ctx.db.flush()
    return ctx.words(
        "materials/consented",
        speakers=said.speakers,
        consents=rows[: len(said.materials)],
        file=file,
        wide=_wider(ctx, said),
        buttons=[Offer("consents", f"consents M{ctx.meeting.number}"), Offer("undo", "undo")],
        tone="good",
    )


def _understood(ctx: Context, found: Lineup, text: str, *, verb: str) -> Said:
    """With what a form says besides. Raises ``Refused`` for a word that says nothing, and for no speaker."""
    chosen = " ".join(ctx.fields.get(name, "") for name in ("scope", "material"))
    said = read(f"{text} {chosen}".strip(), found)
    said.licence = ctx.fields.get("licence", "").strip()[:LONGEST_LICENCE] or said.licence
    said.embargo = ctx.fields.get("embargo", "").strip() or said.embargo
    if said.unread:
        raise Refused("materials/unread_consent", text=said.unread, known=said.session is not None or said.speakers)
    if not said.speakers:
        here = found.heard(said.session) if said.session else []
        if len(here) != 1:
            raise _whose(ctx, here, said, text, verb)
        said.speakers = here
    return said


def _whose(ctx: Context, here: Sequence[Speaker], said: Said, text: str, verb: str) -> Refused:
    line = f"{verb} M{ctx.meeting.number} {text}"
    offers = [Offer("speaker", f"{line} #{one.id}", facts={"speaker": one}) for one in here[:MOST_NAMED]]
    listed = [] if offers else [Offer("consents", f"consents M{ctx.meeting.number}")]
    return Refused("materials/whose_consent", session=said.session, verb=ctx.spoken(verb), buttons=[*offers, *listed])


def _ask(ctx: Context, said: Said, text: str) -> Message:
    scopes = [(str(one), one) for one in Scope]
    materials = [
        ("all", ctx.words("materials/everything").body),
        *((str(one), one) for one in (Material.SLIDES, Material.VIDEO, Material.PHOTO)),
    ]
    form = Questions(
        f"consent M{ctx.meeting.number} {text}",
        [
            Question("scope", "choice", value=str(Scope.PUBLIC), required=True, choices=scopes),
            *([] if said.kind else [Question("material", "choice", value="all", choices=materials)]),
            Question("licence"),
            Question("embargo"),
        ],
    )
    return ctx.words("materials/consent_form", speakers=said.speakers, form=form, private=True)


def _day(ctx: Context, said: Said, text: str) -> date | None:
    """Raises ``Refused`` for words that are no day to come."""
    if not said.embargo:
        return None
    with dates.offering(f"consent M{ctx.meeting.number} {text.replace(said.embargo, '').strip()}"):
        due = dates.read(
            said.embargo,
            now=ctx.local_now,
            end=ctx.meeting_end,
            calendar=ctx.calendar,
            month_first=ctx.month_first,
        )
    return due.at.date()


def _form_of(ctx: Context, said: Said) -> File | None:
    """What was signed: it stays inside. Raises ``Refused`` for a file that is not theirs to name."""
    file = next(iter([*ctx.files, *to_file(ctx, said.files)]), None)
    if file is not None:
        file.meeting_id, file.material = ctx.meeting.id, Material.CONSENT
        file.scope = file.scope or Scope.INTERNAL
        file.session_id = said.session.id if said.session else file.session_id
        file.speaker_id = said.speakers[0].id
    return file


def _row(
    ctx: Context,
    said: Said,
    speaker: Speaker,
    material: Material | None,
    *,
    embargo: date | None = None,
    file: File | None = None,
) -> Consent:
    return Consent(
        speaker_id=speaker.id,
        material=material,
        scope=said.scope or Scope.INTERNAL,
        licence=said.licence,
        embargo=embargo,
        file_id=file.id if file else None,
        person_id=ctx.person.id,
        at=ctx.now,
    )


def _wider(ctx: Context, said: Said) -> list[File]:
    """Files of theirs that are labelled wider than that."""
    theirs = {one.id for one in said.speakers}
    width = WIDTH[said.scope or Scope.INTERNAL]
    return [
        file
        for file in files.of_meeting(ctx.db, ctx.meeting.id)
        if (file.speaker_id in theirs or (said.session and file.session_id == said.session.id))
        and (None in said.materials or file.material in said.materials)
        and file.scope
        and WIDTH[Scope(file.scope)] > width
    ]


@router.command("consent withdraw", zh="授权 撤回", also=("withdraw consent", "撤回授权", "取消授权"))
def withdraw(ctx: Context, meeting: MeetingNumber = 0, text: Text = "") -> Message:
    """A speaker no longer allows it: consent withdraw S3 Li Wei slides"""
    ctx.meeting_number(meeting or None)
    ctx.must_run()
    said = _understood(ctx, lineup.load(ctx), text, verb="consent withdraw")
    allow_consents(ctx, said.session)
    given = consents.of_meeting(ctx.db, ctx.meeting.id)
    gone = [one for speaker in said.speakers for one in _withdrawn(ctx, said, given, speaker)]
    ctx.db.flush()
    if not gone:
        raise Refused("materials/nothing_allowed", name=said.speakers[0].name, buttons=_back(ctx)[:1])
    facts: dict[str, Any] = {"speakers": said.speakers, "kind": said.kind}
    return ctx.words("materials/withdrawn", **facts, buttons=_back(ctx), tone="good")


def _back(ctx: Context) -> list[Offer]:
    return [Offer("consents", f"consents M{ctx.meeting.number}"), Offer("undo", "undo")]


def _withdrawn(ctx: Context, said: Said, given: Sequence[Consent], speaker: Speaker) -> list[Consent]:
    """Take back what was said of these materials; of one that was allowed with all others, say that it stays inside."""
    mine = [one for one in given if one.speaker_id == speaker.id and one.withdrawn_at is None]
    gone = [one for one in mine if None in said.materials or one.material in said.materials]
    for one in gone:
        one.withdrawn_at = ctx.now
    if None in said.materials or not any(one.material is None for one in mine):
        return gone
    inside = Said(scope=Scope.INTERNAL)
    rows = [_row(ctx, inside, speaker, material) for material in said.materials]
    ctx.db.add_all(rows)
    return [*gone, *rows]
