"""What may go out to whom now, and what is in the way of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from handlers.context import Context
from handlers.grammar import MeetingNumber, PageNumber
from handlers.materials import lineup
from handlers.materials.allowing import SCOPES
from handlers.materials.lineup import Lineup
from handlers.router import Router
from handlers.sharing import OF_SPEAKERS, Bar, Blocked, may_leave, standing
from messages import Entry, Message, Offer
from storage import consents, files
from storage.consents import Consent
from storage.files import File
from storage.materials import Material, Scope

router = Router("materials")

PAGE = 15
ScopeNamed = Annotated[str, SCOPES]
OUTSIDE = (Scope.PUBLIC, Scope.MEMBERS, Scope.ATTENDEES)
MEANT_TO_LEAVE = OF_SPEAKERS | {Material.PHOTO}


@dataclass(frozen=True)
class Judged:
    """A file, and what keeps it in; the licence under which it goes out."""

    file: File
    blocked: Blocked | None
    licences: Sequence[str] = ()


@router.command("sharing", zh="分享", also=("分享范围", "分享 清单", "what may be shared", "share"))
def sharing(ctx: Context, meeting: MeetingNumber = 0, scope: ScopeNamed = "", page: PageNumber = 1) -> Message:
    """What may go out to whom now, and what is in the way of the rest: sharing public"""
    ctx.meeting_number(meeting or None)
    line = f"sharing M{ctx.meeting.number}"
    if not scope or scope == Scope.INTERNAL:
        offers = [Offer("scope", f"{line} {one}", facts={"scope": one}) for one in OUTSIDE]
        return ctx.words("materials/sharing_which", meeting=ctx.meeting, buttons=offers)
    found, given = lineup.load(ctx), consents.of_meeting(ctx.db, ctx.meeting.id)
    judged = [_judged(ctx, found, given, file, Scope(scope)) for file in _candidates(ctx)]
    going = [one for one in judged if one.blocked is None]
    staying = [one for one in judged if one.blocked is not None]
    pages = max(1, -(-len(judged) // PAGE))
    page = min(page, pages)
    shown = [*going, *staying][(page - 1) * PAGE : page * PAGE]
    return ctx.words(
        "materials/sharing",
        meeting=ctx.meeting,
        scope=Scope(scope),
        going=len(going),
        staying=len(staying),
        page=page,
        pages=pages,
        rows=[_entry(ctx, found, one, Scope(scope)) for one in shown],
        buttons=[
            *([Offer("more", f"{line} {scope} page {page + 1}", primary=True)] if page < pages else []),
            Offer("consents", f"consents M{ctx.meeting.number}"),
        ],
    )


def _candidates(ctx: Context) -> list[File]:
    """What has a label for outside, and what such files usually become."""
    kept = files.of_meeting(ctx.db, ctx.meeting.id)
    return [one for one in kept if one.scope in OUTSIDE or (one.scope is None and one.material in MEANT_TO_LEAVE)]


def _judged(ctx: Context, found: Lineup, given: Sequence[Consent], file: File, scope: Scope) -> Judged:
    whose = speakers_of(found, file)
    blocked = may_leave(file, scope, given, ctx.local_now.date(), speakers=whose)
    said = [standing(given, one, file.material) for one in whose]
    return Judged(file, blocked, list(dict.fromkeys(one.licence for one in said if one and one.licence)))


def speakers_of(found: Lineup, file: File) -> list[int]:
    """Whose it is: the speaker's it belongs to, else of slides and recordings all those who speak in the session."""
    if file.speaker_id is not None:
        return [file.speaker_id]
    session = next((one for one in found.sessions if one.id == file.session_id), None)
    if session is None or file.material not in OF_SPEAKERS:
        return []
    return [one.id for one in found.heard(session)]


def _entry(ctx: Context, found: Lineup, one: Judged, scope: Scope) -> Entry:
    session = next((row for row in found.sessions if row.id == one.file.session_id), None)
    blocked = one.blocked
    speaker = found.speakers.get(blocked.speaker_id or 0) if blocked else None
    facts = {"file": one.file, "session": session, "licences": one.licences, "blocked": blocked, "speaker": speaker}
    line = f"consent M{ctx.meeting.number} {session.code if session else ''} #{speaker.id}" if speaker else ""
    label = Offer("label", f"file label {one.file.ref} {scope}", facts={"scope": scope})
    unlabelled = [label] if blocked and blocked.bar == Bar.UNLABELLED else []
    return Entry(facts, [Offer("consent", " ".join(line.split()))] if speaker else unlabelled)
