"""Letters on paper: print runs, a file each, Word documents for those who change them by hand, and the envelopes."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any
from zipfile import ZIP_STORED, ZipFile

from handlers.context import Context
from handlers.grammar import MeetingNumber, OneOf
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.sheets import Grid, written
from handlers.stored import XLSX, attached, made
from handlers.thanks import reaching
from handlers.thanks.certifying import with_letter
from handlers.thanks.forms import own_form
from handlers.thanks.going import Stays, printed_as
from handlers.thanks.naming import EVERYBODY, AudienceOrAll
from handlers.thanks.proving import finishing
from handlers.thanks.reaching import Reader
from handlers.thanks.reading import ref
from handlers.thanks.rules import called
from handlers.thanks.saying import LetterNumbers
from handlers.thanks.sending import plan_of
from messages import Attachment, Columns, Message, Offer
from messages.markdown import plain
from messages.papers import Paper, certificate, glyphs, pdf
from storage import letters, parties
from storage.files import File
from storage.letters import Audience, Letter, LetterState, Way
from storage.materials import Material
from storage.parties import PartyKind, ReachKind

router = Router("thanks")

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRINTABLE = frozenset({LetterState.APPROVED, LetterState.PRINTED, LetterState.POSTED})
MOST_AT_ONCE, MOST_IN_A_RUN, MOST_NAMED, MOST_WORD = 8, 100, 5, 20
PIECE, IN_MEMORY = 1 << 16, 1 << 23
FormWord = Annotated[str, OneOf({"docx": ("word", "word 文档", "文档"), "pdf": ()})]


@dataclass(frozen=True)
class Sheet:
    """One letter to be printed. ``lacks``: characters that no font has; such a letter is not printed."""

    letter: Letter
    reader: Reader
    paper: Paper
    lacks: tuple[str, ...] = ()


@router.command("thanks print", zh="致谢 打印", also=("print thanks", "打印感谢信", "致谢打印"))
def print_(
    ctx: Context,
    meeting: MeetingNumber = 0,
    audience: AudienceOrAll = "",
    *,
    numbers: LetterNumbers = (),
    form: FormWord = "",
) -> Any:
    """Letters on paper, as PDF with a list of the envelopes: thanks print sponsors · thanks print L12 docx"""
    ctx.meeting_number(meeting or None)
    allow(ctx, keeps_contacts, ctx.meeting)
    ctx.must_run()
    found = _chosen(ctx, audience, numbers)
    if form == "docx":
        return _word(ctx, found)
    if len(found) <= MOST_AT_ONCE or ctx.promised:
        return make(ctx, found)
    named = " ".join(f"L{number}" for number in numbers)
    line = " ".join(filter(None, (f"thanks print M{ctx.meeting.number}", audience, named)))
    ctx.later(line, key=f"print:{ctx.meeting.id}:{audience}{named[:40]}:{ctx.now:%Y-%m-%dT%H:%M}")
    return ctx.words("sending/printing", done=0, total=len(found))


def _chosen(ctx: Context, audience: str, numbers: Sequence[int]) -> list[Letter]:
    """The letters that were named, else the approved ones that go on paper. Raises ``Refused`` for none."""
    if numbers:
        return [_printable(ctx, number) for number in numbers]
    wanted = () if audience in {"", EVERYBODY} else (Audience(audience),)
    every = letters.of_meeting(ctx.db, ctx.meeting.id, *wanted)
    approved = [one for one in every if one.state == LetterState.APPROVED]
    found = [letter for letter, _, going in plan_of(ctx, approved).goes if going.way == Way.PRINT]
    if not found:
        send = [Offer("send", f"thanks send M{ctx.meeting.number}")] if approved else []
        printed = [one.ref for one in every if one.state == LetterState.PRINTED]
        raise Refused("sending/none_on_paper", approved=len(approved), printed=printed, buttons=send)
    return found


def _printable(ctx: Context, number: int) -> Letter:
    letter = letters.by_number(ctx.db, ctx.meeting.id, number)
    if letter is None:
        raise Refused("sending/unknown", number=number, buttons=[Offer("thanks", "thanks")])
    if letter.state not in PRINTABLE or letter.approved_digest != letter.digest:
        show = Offer("show", f"thanks show {ref(ctx, letter)}")
        raise Refused("sending/not_approved", letter=letter, buttons=[show])
    stays = [why for _, _, why in plan_of(ctx, [letter]).stays] if letter.state == LetterState.APPROVED else []
    if {Stays.CHANGED, Stays.HELD} & set(stays):
        show = Offer("show", f"thanks show {ref(ctx, letter)}")
        raise Refused("sending/outdated", letter=letter, held=Stays.HELD in stays, buttons=[show])
    return letter


def make(ctx: Context, found: Sequence[Letter]) -> Generator[Message, None, Message]:
    """The files. While letters are drawn nothing is locked, and it says how far it has come."""
    sheets = _sheets(ctx, found)
    good = [sheet for sheet in sheets if not sheet.lacks]
    if not good:
        raise Refused("sending/no_glyphs", letter=sheets[0].letter, lacks=named(sheets[0].lacks))
    yield ctx.words("sending/printing", done=0, total=len(good))
    runs = [_drawn(good[at : at + MOST_IN_A_RUN]) for at in range(0, len(good), MOST_IN_A_RUN)]
    with SpooledTemporaryFile(IN_MEMORY) as single:
        if len(good) > 1:
            for done in singles(single, good):
                if done % MOST_IN_A_RUN == 0:
                    yield ctx.words("sending/printing", done=done, total=len(good))
        _unchanged(ctx, good)
        files = [*_kept_runs(ctx, good, runs), *_kept_zip(ctx, single, len(good))]
        files += [*_kept_certificates(ctx, good), _envelopes(ctx, good)]
    for sheet in good:
        if sheet.letter.state == LetterState.APPROVED:
            sheet.letter.state, sheet.letter.way = LetterState.PRINTED, Way.PRINT
    ctx.db.flush()
    return _told(ctx, sheets, files)


def _sheets(ctx: Context, found: Sequence[Letter]) -> list[Sheet]:
    readers = reaching.readers(ctx, found)
    sheets = []
    for letter in found:
        paper = Paper.model_validate(letter.content)
        try:
            lacks = tuple(glyphs.missing(paper))
        except ImportError:
            raise Refused("sending/no_pdf") from None
        sheets.append(Sheet(letter, readers[letter.id], paper, lacks))
    return sheets


def named(lacks: Sequence[str]) -> list[str]:
    """``𠮷 (U+20BB7)``: as people can look it up, where they see nothing but a box."""
    return [f"{one} (U+{ord(one):04X})" for one in lacks[:MOST_NAMED]]


def _drawn(sheets: Sequence[Sheet]) -> bytes:
    """Raises ``Refused`` where PDF cannot be made."""
    try:
        return pdf.draw([sheet.paper for sheet in sheets], [sheet.letter.template for sheet in sheets])
    except pdf.NotInstalled:
        raise Refused("sending/no_pdf") from None


def singles(target: IO[bytes], sheets: Sequence[Sheet]) -> Iterator[int]:
    """Each letter as a file of its own; how many are in it."""
    return zipped(target, ((printed_as(one.letter.ref, one.reader.party.name), _drawn([one])) for one in sheets))


def zipped(target: IO[bytes], documents: Iterable[tuple[str, bytes]]) -> Iterator[int]:
    """By name, without the ending; each is made when it is its turn. How many are in it."""
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for done, (name, document) in enumerate(documents, 1):
            archive.writestr(f"{name}.pdf", document)
            yield done


def _unchanged(ctx: Context, sheets: Sequence[Sheet]) -> None:
    """Raises ``Refused`` if a letter is no longer what was drawn."""
    for sheet in sheets:
        ctx.db.refresh(sheet.letter)
        if sheet.letter.digest != sheet.paper.digest or sheet.letter.state not in PRINTABLE:
            raise Refused("sending/changed_meanwhile", letter=sheet.letter)


def _kept_runs(ctx: Context, sheets: Sequence[Sheet], runs: Sequence[bytes]) -> Iterator[File]:
    what = ctx.words("sending/letters_name").body
    for number, run in enumerate(runs, 1):
        part = f" {number}-{len(runs)}" if len(runs) > 1 else ""
        alone = f" {printed_as(sheets[0].letter.ref, sheets[0].reader.party.name)}" if len(sheets) == 1 else ""
        name = f"{plain(what)}{alone}{part}"
        yield made(ctx, name, "pdf", [run], PDF, material=Material.THANKS, personal=True)


def _kept_certificates(ctx: Context, sheets: Sequence[Sheet]) -> Iterator[File]:
    """Those that come with the letters, in their order."""
    found = [one for sheet in sheets for _, one in with_letter(sheet.letter.facts)]
    if found:
        name = plain(ctx.words("sending/enclosed_name").body)
        yield made(ctx, name, "pdf", [certificate.draw(found)], PDF, material=Material.THANKS, personal=True)


def _kept_zip(ctx: Context, single: IO[bytes], count: int) -> Iterator[File]:
    if count > 1:
        yield kept_zip(ctx, single, ctx.words("sending/singles_name").body)


def kept_zip(ctx: Context, single: IO[bytes], name: str) -> File:
    single.seek(0)
    pieces = iter(lambda: single.read(PIECE), b"")
    return made(ctx, name, "zip", pieces, "application/zip", material=Material.THANKS, personal=True)


def _told(ctx: Context, sheets: Sequence[Sheet], files: Sequence[File]) -> Message:
    good, lost = [one for one in sheets if not one.lacks], [one for one in sheets if one.lacks]
    given, offers = handed(ctx, files)
    return ctx.words(
        "sending/printed",
        count=len(good),
        sealed=sum(sheet.paper.seal for sheet in good),
        apart=bool(offers),
        addressless=_addressless(good),
        lost=[{"letter": one.letter, "lacks": named(one.lacks)} for one in lost[:MOST_NAMED]],
        first=good[0].letter,
        files=given,
        buttons=[*finishing(ctx), *offers, Offer("undo", "undo")],
        private=not offers,
        tone="good",
    )


def _addressless(sheets: Sequence[Sheet]) -> dict[str, Any]:
    """How many have no postal address, the first of them, and whose entry lacks the first one's."""
    found = [sheet for sheet in sheets if not sheet.reader.postal.address]
    named = [sheet.letter.ref for sheet in found[:MOST_NAMED]]
    more = ["…"] if len(found) > len(named) else []
    party = found[0].reader.postal.ref if found else ""
    return {"count": len(found), "letters": named + more, "party": party, "again": " ".join(named)}


def handed(ctx: Context, files: Sequence[File]) -> tuple[list[Attachment], list[Offer]]:
    """With the answer to who asks; where others read along, a button each for who may have them."""
    if ctx.promised and ctx.room.person_id is None:
        return [], [Offer("file", f"file get {file.ref}", facts={"file": file}) for file in files]
    return [attached(file) for file in files], []


# --- Word


def _word(ctx: Context, found: Sequence[Letter]) -> Message:
    from messages.papers import docx  # noqa: PLC0415  python-docx is large, and most days nobody asks for Word

    if len(found) > MOST_WORD:
        raise Refused("sending/many_documents", most=MOST_WORD)
    files, plain, readers = [], [], reaching.readers(ctx, found)
    for letter in found:
        name = printed_as(letter.ref, readers[letter.id].party.name)
        own = own_form(ctx, letter)
        same = own is not None and not own.differs
        content = own.content if own and same else docx.draw(Paper.model_validate(letter.content), letter.template)
        plain += [{"letter": letter, "differs": own.differs}] if own and not same else []
        files.append(made(ctx, name, "docx", [content], DOCX, material=Material.THANKS, personal=True))
    return ctx.words(
        "sending/documents", count=len(files), plain=plain, files=[attached(one) for one in files], private=True
    )


# --- envelopes


def _envelopes(ctx: Context, sheets: Sequence[Sheet]) -> File:
    """A list for whoever writes or prints the envelopes, and fills in the tracking numbers."""
    known = [one.id for sheet in sheets for one in (sheet.reader.addressee, sheet.reader.party) if one is not None]
    reaches = parties.reaches(ctx.db, known)
    phones = {
        party: next((row.typed for row in rows if row.kind in {ReachKind.MOBILE, ReachKind.PHONE}), "")
        for party, rows in reaches.items()
    }
    table = Columns(
        ("letter", "postcode", "address", "unit", "reader", "phone", "tracking"),
        [_envelope(one, phones) for one in sheets],
    )
    page = ctx.words("sending/sheet_envelopes", table=table)
    assert page.table is not None  # noqa: S101  it was given
    grid = Grid(page.title, [list(page.table.columns), *map(list, page.table.rows)])
    name = ctx.words("sending/envelopes_name").body
    return made(ctx, name, "xlsx", [written([grid])], XLSX, material=Material.THANKS, personal=True)


def _envelope(sheet: Sheet, phones: dict[int, str]) -> list[object]:
    """To the person at the unit, where there is one."""
    party, person = sheet.reader.party, sheet.reader.addressee
    unit = party.name if party.kind == PartyKind.UNIT else party.unit
    reader = person or (party if party.kind == PartyKind.PERSON else None)
    whom = f"{called(reader.name, '', sheet.letter.locale)} {reader.title or reader.position}".strip() if reader else ""
    place = sheet.reader.postal
    phone = phones.get(reader.id if reader else party.id, "")
    return [sheet.letter.ref, place.postcode, place.address, unit, whom, phone, sheet.letter.tracking]
