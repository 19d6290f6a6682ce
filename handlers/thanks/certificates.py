"""Certificates: for those who worked, with their hours, and for those who came, by the check-in lists."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any

from handlers.cleaning.names import compatible, written
from handlers.context import Context
from handlers.grammar import MeetingNumber, OneOf, Text
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.stored import made
from handlers.thanks import certifying
from handlers.thanks.certifying import ATTENDEES, VOLUNTEERS, Given, of_attendee, of_volunteer
from handlers.thanks.going import printed_as
from handlers.thanks.heads import LOCALES, association
from handlers.thanks.printing import (
    IN_MEMORY,
    MOST_AT_ONCE,
    MOST_IN_A_RUN,
    MOST_NAMED,
    PDF,
    handed,
    kept_zip,
    named,
    zipped,
)
from handlers.thanks.reaching import current
from handlers.thanks.rules import language
from messages import Message, Offer
from messages.markdown import plain
from messages.papers import certificate, glyphs, pdf
from messages.papers.certificate import Certificate
from storage import attendance, crew, letters
from storage.crew import Volunteer
from storage.files import File
from storage.materials import Material

router = Router("thanks")

Whose = Annotated[
    str,
    OneOf(
        {
            VOLUNTEERS: ("志愿者", "工作人员", "volunteer", "crew", "staff"),
            ATTENDEES: ("参会者", "参会人员", "参会证明", "attendee", "attendance"),
        }
    ),
]


@router.command(
    "thanks certificates",
    zh="致谢 证书",
    also=("certificates", "certificate", "thanks certificate", "证书", "致谢证书", "生成证书"),
)
def certificates(ctx: Context, meeting: MeetingNumber = 0, whose: Whose = "", name: Text = "") -> Any:
    """Certificates for all who worked or came, or for one, as PDF: thanks certificates attendees · certificate Li Na"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    ctx.must_run()
    line = f"thanks certificates M{ctx.meeting.number}"
    if name.strip():
        return _single(ctx, line, whose, name.strip())
    if not whose:
        offers = [Offer("volunteers", f"{line} {VOLUNTEERS}"), Offer("attendees", f"{line} {ATTENDEES}")]
        raise Refused("sending/whose", buttons=offers)
    found = _volunteers(ctx) if whose == VOLUNTEERS else _attendees(ctx)
    if not found:
        raise Refused("sending/no_volunteers" if whose == VOLUNTEERS else "sending/no_attendees")
    _must_be_named(ctx, found)
    if len(found) <= MOST_AT_ONCE or ctx.promised:
        return make(ctx, found, whose)
    ctx.later(f"{line} {whose}", key=f"certificates:{ctx.meeting.id}:{whose}:{ctx.now:%Y-%m-%dT%H:%M}")
    return ctx.words("sending/certifying", done=0, total=len(found))


def _single(ctx: Context, line: str, whose: str, name: str) -> Generator[Message, None, Message]:
    """The certificate of one: of who worked and came, that of the work, unless the other is asked for.

    Raises ``Refused`` for who is neither, where several have the name, and where it is written otherwise: 李娜, Li Na.
    """
    every = {
        kind: given(ctx) for kind, given in ((VOLUNTEERS, _volunteers), (ATTENDEES, _attendees)) if whose in {"", kind}
    }
    found = {kind: [one for one in some if _is_called(one, name)] for kind, some in every.items()}
    kind = next((kind for kind, some in found.items() if some), "")
    if not kind:
        _must_be_near(line, every, name)
        who = next((one.name for one in attendance.people(ctx.db, ctx.meeting.id) if compatible(one.name, name)), "")
        raise Refused(
            "sending/no_certificate", who=who or name, listed=bool(who), buttons=[Offer("attendees_all", line)]
        )
    if len(found[kind]) > 1:
        raise Refused("sending/which_certificate", who=name, buttons=_each(line, {kind: found[kind]}))
    _must_be_named(ctx, found[kind])
    return make(ctx, found[kind], kind)


def _is_called(one: Given, name: str) -> bool:
    """By the number, without its meeting too, or by the name but for blanks, capitals and titles."""
    numbers = {one.number.casefold(), one.number.rpartition("-")[2].casefold()}
    return name.casefold() in numbers or (written(name) != "" and written(one.name) == written(name))


def _must_be_near(line: str, every: Mapping[str, Sequence[Given]], name: str) -> None:
    """Raises ``Refused`` with those whose names may be that in other letters."""
    near = {kind: [one for one in some if compatible(one.name, name)] for kind, some in every.items()}
    if any(near.values()):
        raise Refused("sending/near_certificate", who=name, buttons=_each(line, near, named=True))


def _each(line: str, found: Mapping[str, Sequence[Given]], *, named: bool = False) -> list[Offer]:
    """A button for each, who worked before who came."""
    return [
        Offer("one", f"{line} {kind} {one.number}", facts={"one": one, "named": named})
        for kind, some in found.items()
        for one in some
    ][:MOST_NAMED]


def _must_be_named(ctx: Context, found: Sequence[Given]) -> None:
    """Raises ``Refused`` while nobody knows in whose name some of them are given."""
    for word, locale in LOCALES.items():
        if any(one.locale == locale for one in found) and not association(ctx, locale):
            raise Refused("sending/no_association", buttons=[Offer("letterhead", f"letterhead edit {word}")])


def _volunteers(ctx: Context) -> list[Given]:
    minutes: dict[int, int] = {}
    for shift in crew.shifts(ctx.db, ctx.meeting.id):
        minutes[shift.volunteer_id] = minutes.get(shift.volunteer_id, 0) + shift.minutes
    return [_volunteer(ctx, one, minutes.get(one.id, 0)) for one in crew.of_meeting(ctx.db, ctx.meeting.id)]


def _volunteer(ctx: Context, one: Volunteer, minutes: int) -> Given:
    party = current(ctx, one.party_id)
    locale = language(party.locale, party.name, ctx.workspace.locale)
    return of_volunteer(one, party, minutes, meeting=ctx.meeting, locale=locale)


def _attendees(ctx: Context) -> list[Given]:
    """Whom a check-in list knows: who only registered, or only watched, was not there."""
    return [
        of_attendee(
            one, number=f"M{ctx.meeting.number}-A{one.number:04d}", locale=language("", one.name, ctx.workspace.locale)
        )
        for one in attendance.people(ctx.db, ctx.meeting.id)
        if one.attended and one.name
    ]


# --- drawn


def make(ctx: Context, found: Sequence[Given], whose: str) -> Generator[Message, None, Message]:
    """All in one, and each by itself. While they are drawn nothing is locked, and it says how far it has come."""
    drawn = [_certificate(ctx, one, whose) for one in found]
    try:
        lacks = {one.number: gaps for one in drawn if (gaps := glyphs.missing(one))}
    except ImportError:
        raise Refused("sending/no_pdf_at_all") from None
    good = [one for one in drawn if one.number not in lacks]
    yield ctx.words("sending/certifying", done=0, total=len(good))
    runs = [_pdf(good[at : at + MOST_IN_A_RUN]) for at in range(0, len(good), MOST_IN_A_RUN)]
    with SpooledTemporaryFile(IN_MEMORY) as single:
        for done in zipped(single, ((printed_as(one.number, one.name), _pdf([one])) for one in good)):
            if done % MOST_IN_A_RUN == 0:
                yield ctx.words("sending/certifying", done=done, total=len(good))
        what = ctx.words("sending/certificates_name", whose=whose).body
        if len(good) == 1:
            what = printed_as(good[0].title, good[0].name)
        files = [_kept(ctx, plain(what), number, run, len(runs)) for number, run in enumerate(runs, 1)]
        files += [kept_zip(ctx, single, what)] if len(good) > 1 else []
    return _told(ctx, good, lacks, files)


def _pdf(some: Sequence[Certificate]) -> bytes:
    try:
        return certificate.draw(some)
    except pdf.NotInstalled:
        raise Refused("sending/no_pdf_at_all") from None


def _kept(ctx: Context, what: str, number: int, run: bytes, count: int) -> File:
    part = f" {number}-{count}" if count > 1 else ""
    return made(ctx, f"{what}{part}", "pdf", [run], PDF, material=Material.THANKS, personal=True)


def _certificate(ctx: Context, one: Given, whose: str) -> Certificate:
    day, name = ctx.local_now.date(), association(ctx, one.locale)
    told = letters.facts(ctx.db, ctx.meeting.id)
    place = next((row.value for row in told if (row.name, row.locale) == ("place", one.locale)), "")
    return certifying.certificate(one, whose, meeting=ctx.meeting, association=name, day=day, place=place)


def _told(ctx: Context, good: Sequence[Certificate], lacks: dict[str, list[str]], files: Sequence[File]) -> Message:
    given, offers = handed(ctx, files)
    lost = [{"number": number, "lacks": named(found)} for number, found in lacks.items()]
    return ctx.words(
        "sending/certified",
        count=len(good),
        lost=lost[:MOST_NAMED],
        files=given,
        buttons=[*offers, Offer("undo", "undo")],
        private=not offers,
        tone="good",
    )
