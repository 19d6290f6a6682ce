"""Every way that a name leaves by, with names that try everything: whatever one looks like, it arrives as a name."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from docx.oxml import parse_xml
from sqlalchemy import delete, select

from bot.platforms.email.composing import Enclosed, Sheet, compose
from handlers.people.exporting import zipped
from messages.papers import Paper
from messages.papers.form import plain
from storage import archive, subjects, workspace
from storage.files import File
from storage.letters import Letter, LetterState
from storage.meetings import Meeting
from storage.members import Member
from storage.minutes import Decision
from storage.parties import Capacity, Party, PartyKind, Reach
from tests.chat import Chat, text
from tests.handlers.thanks.conftest import Desk, desk_of

SOURCES = Path(__file__).parents[2]
NAMES = (
    "{{ 7*7 }}{% for x in y %}",
    "**bold** [x](https://evil.example) `code`",
    "<script>alert(1)</script>& ]]>",
    '=HYPERLINK("https://evil.example","x")',
    "+cmd|' /C calc'!A0",
    "＝1+1",
    "李娜\r\nBcc: all@example.org",
    "<!channel> @all",
    "李娜\u202egro.elpmaxe",
    '#panic("x") $x$ @ref _a_ *b* <label> \\ // \\u{41}',
    "../../etc/passwd",
    "长" * 200,
)
NOW = datetime(2026, 6, 10, tzinfo=UTC)
MEETING = "={{ 7*7 }}/../<b>年会</b>\u202e"
_EXPORTING = re.compile(
    r"from handlers\.(?:stored|sheets) import [^\n]*\b(?:handed_out|made|given|written|comma_separated)\b"
    r"|\b(?:stored|sheets)\.(?:handed_out|made|given|written|comma_separated)\("
)
EXITS: Mapping[str, tuple[str, ...]] = {
    "handlers/archive/documents.py": ("archive build M1",),
    "handlers/attendance/showing.py": ("attendance report", "attendance noshow"),
    "handlers/crew/exporting.py": ("volunteers export",),
    "handlers/crew/importing.py": ("shifts import problems F{shifts}",),
    "handlers/minutes/showing.py": ("minutes export",),
    "handlers/parties/changes.py": ("people changes",),
    "handlers/parties/members/comparing.py": ("members compare file",),
    "handlers/parties/members/exporting.py": ("members export all",),
    "handlers/parties/undoing.py": ("people import problems F{list} as attendees",),
    "handlers/partners/rating.py": ("partner ratings",),
    "handlers/sponsors/showing.py": ("benefits export",),
    "handlers/thanks/certificates.py": ("thanks certificates volunteers", "thanks certificates attendees"),
    "handlers/thanks/forms.py": ("letter template download speakers",),
    "handlers/thanks/previewing.py": tuple(
        f"letter template preview volunteers P{2 * at + 1}" for at in range(len(NAMES))
    ),
    "handlers/thanks/printing.py": ("thanks print {letters}", "thanks print {letters} docx"),
    "handlers/thanks/unreached.py": ("thanks unreached",),
}
"""What hands out files, and the commands that have it do so."""
WITHOUT = frozenset(
    f"handlers/{one}.py" for one in ("archive/documents", "thanks/certificates", "thanks/forms", "thanks/previewing")
)
"""What they hand out has not all the names, or shows them in a PDF alone."""
ELSEWHERE = {
    "handlers/stored.py": "is what the others hand out by",
    "handlers/people/exporting.py": "test_all_about_one_person",
    "handlers/templates/actions.py": "a checklist is of nobody",
    "handlers/thanks/sending.py": "the certificates of handlers/thanks/certificates.py, beside a letter",
}


def shown(name: str) -> str:
    """A name as it may arrive: on one line, read in the direction of its letters."""
    return " ".join(plain(name).split())


def alike(one: str, other: str) -> bool:
    return shown(other) in shown(one)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One person and one unit of each name, who were all that one can be to a meeting."""
    chat = Chat(tmp_path_factory.mktemp("exits"))
    desk = desk_of(chat)
    desk.knows("package_link", "https://example.org/package")
    for name in NAMES:
        person = desk.party(name, Capacity.VOLUNTEER, unit=name, title=name[:50], address=name, locale="zh_CN")
        desk.helps(person, role=name[:100], contribution=name, commendation=name, approved_at=chat.clock.now())
        unit = desk.unit(name, Capacity.SPONSOR, address=name)
        desk.benefit(desk.sponsors(unit, tier=name[:50]), name, explanation=name)
        desk.partners(unit, service=name, rating=2, remark=name)
        desk.puts(Decision(meeting_id=1, number=NAMES.index(name) + 1, text=name, mover=name[:100], passed=True,
                           person_id=desk.bo.id, at=chat.clock.now()))  # fmt: skip
    _registers(desk)
    _signs_in(desk)
    _loses(desk)
    desk.bo.says("hello", files={"list.csv": _saved([["姓名", "手机"], *([name, "12"] for name in NAMES)])})
    desk.bo.says(
        "hello",
        files={"shifts.csv": _saved([["姓名", "日期", "开始", "结束"], *([name, "?", "9", "8"] for name in NAMES)])},
    )
    desk.drafts()
    _approves(desk)
    _comes(desk)
    yield desk
    chat.close()


def _signs_in(desk: Desk) -> None:
    """Everybody came, and somebody else of such a name did not."""
    came = [[name, name, "是"] for name in NAMES]
    away = [[f"{name} 2", name, ""] for name in NAMES]
    desk.bo.says("attendance import", files={"签到表.csv": _saved([["姓名", "单位", "签到"], *came, *away])})
    desk.bo.presses("Confirm")


def _loses(desk: Desk) -> None:
    """Who did not come, and can be reached in no way."""
    lost = [desk.party(f"{name} 2", Capacity.ATTENDEE, unit=name).id for name in NAMES]
    with desk.chat.app.database.write() as db:
        db.execute(delete(Reach).where(Reach.party_id.in_(lost)))


def _comes(desk: Desk) -> None:
    """A list of attendees, from which on the log of changes is kept."""
    guests = [[f"{name} {at}", f"guest{at}@example.org"] for at, name in enumerate(NAMES)]
    desk.bo.says("people import as attendees", files={"guests.csv": _saved([["姓名", "邮箱"], *guests])})
    desk.bo.presses("Confirm")


def _saved(rows: list[list[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def _registers(desk: Desk) -> None:
    with desk.chat.app.database.write() as db:
        desk_meeting = db.get_one(Meeting, desk.team.meeting)
        desk_meeting.name_zh = desk_meeting.name_en = MEETING
        place = workspace.by_key(db, "main")
        for at, party in enumerate(db.scalars(select(Party).where(Party.kind == PartyKind.PERSON)).all(), 1):
            cells = {"name": party.name, "unit": f"{party.name} 2"}
            db.add(Member(workspace_id=place.id, number=at, party_id=party.id, cells=cells, rest={"备注": party.name}))


def _approves(desk: Desk) -> None:
    with desk.chat.app.database.write() as db:
        for letter in db.scalars(select(Letter).where(Letter.state == LetterState.DRAFT)):
            letter.state, letter.approved_digest = LetterState.APPROVED, letter.digest


def test_every_module_that_hands_out_files_is_listed() -> None:
    sources = (path for folder in ("handlers", "bot") for path in (SOURCES / folder).rglob("*.py"))
    found = {str(path.relative_to(SOURCES)) for path in sources if _EXPORTING.search(path.read_text(encoding="utf-8"))}
    assert found - {"handlers/sheets/__init__.py"} == EXITS.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("exit_", EXITS)
def test_a_name_arrives_as_a_name(desk: Desk, exit_: str) -> None:
    before = _newest(desk)
    for line in EXITS[exit_]:
        said = desk.bo.says(line.format(**_places(desk)))
        assert not said.refused, text(said)
        desk.chat.settle()
    made = list(_archived(desk) if "archive" in exit_ else _files(desk, before))
    assert made
    words = ""
    for name, data in made:
        assert name == shown(name)
        assert not re.search(r"[/\\:]", name)
        words += _LOOKED_OVER[name.rpartition(".")[2]](data)
    assert exit_ in WITHOUT or [name for name in NAMES if not alike(words, name[:60])] == []


def _newest(desk: Desk) -> int:
    with desk.chat.read() as db:
        return max(db.scalars(select(File.id)), default=0)


def _places(desk: Desk) -> dict[str, str]:
    with desk.chat.read() as db:
        lists = {row.name: str(row.number) for row in db.scalars(select(File))}
        letters = " ".join(
            one.ref for one in db.scalars(select(Letter).where(Letter.approved_digest != "")).all()[: len(NAMES)]
        )
        return {"list": lists["list.csv"], "shifts": lists["shifts.csv"], "letters": letters}


def _files(desk: Desk, since: int) -> Iterator[tuple[str, bytes]]:
    with desk.chat.read() as db:
        rows = [(one.name, one.digest) for one in db.scalars(select(File).where(File.id > since))]
    for name, digest in rows:
        with desk.chat.app.files.open(digest) as stream:
            yield name, stream.read()


# --- what each kind of file must not do; the words that it shows


def _archived(desk: Desk) -> Iterator[tuple[str, bytes]]:
    """What the archive says itself; what was sent in is kept there as it came."""
    with desk.chat.read() as db:
        built = archive.newest(db, desk.team.meeting)
        assert built is not None
        data = b"".join(archive.zipped(db, built, desk.chat.app.files.pieces))
    with zipfile.ZipFile(io.BytesIO(data)) as bag:
        for name in bag.namelist():
            assert not re.search(r"[\\:]|(^|/)\.\.?(/|$)|^/", name)
            if name.endswith((".html", ".json")):
                yield name.rpartition("/")[2], bag.read(name)


def _xlsx(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    assert not any("\u202e" in part for part in parts.values())
    for part in parts.values():
        parse_xml(part.encode())
    assert not any("<f>" in part or "<hyperlink" in part or "External" in part for part in parts.values())
    return unescape("\n".join(re.findall(r"<t[^>]*>([^<]*)</t>", parts["xl/sharedStrings.xml"])))


def _csv(data: bytes) -> str:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert not any("\u202e" in cell for cell in cells)
    assert not [cell for cell in cells if re.match(r"[=+@\t\r\n＝＋－＠-](?![\d\s().-]*$)", cell)]
    return "\n".join(cells)


def _pdf(data: bytes) -> str:
    """What it says is not looked into: had any of it been run, there would be no document."""
    assert data.startswith(b"%PDF")
    assert not re.search(rb"/(JavaScript|JS|Launch|OpenAction|EmbeddedFile)\b", data)
    assert set(re.findall(rb"/URI \((.*?)\)", data)) <= {b"https://example.org/package"}
    return ""


def _docx(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as document:
        whole = document.read("word/document.xml").decode()
    parse_xml(whole.encode())
    assert not re.search(r"<w:(hyperlink|instrText|fldSimple)\b", whole)
    return unescape(" ".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", whole)))


def _zip(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        words = []
        for name in packed.namelist():
            assert name == plain(name)
            assert not re.search(r"[\\:]|(^|/)\.\.?(/|$)|^/", name)
            words.append(_LOOKED_OVER[name.rpartition(".")[2]](packed.read(name)))
    return " ".join(words)


def _html(data: bytes) -> str:
    page = data.decode()
    assert not re.search(r"<script>alert|<b>年会|\u202e", page)
    return unescape(re.sub(r"<[^>]+>", "", page))


def _json(data: bytes) -> str:
    json.loads(data)
    return ""


_LOOKED_OVER: Mapping[str, Callable[[bytes], str]] = {
    "xlsx": _xlsx, "csv": _csv, "pdf": _pdf, "docx": _docx, "zip": _zip, "html": _html, "json": _json,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_has_one_reader_and_the_headers_that_it_should_have(desk: Desk, name: str) -> None:
    with desk.chat.read() as db:
        letter = db.scalars(
            select(Letter).join(Party).where(Party.name == name, Party.kind == PartyKind.PERSON)
        ).first()
    assert letter is not None
    paper = Paper.model_validate(letter.content).model_copy(update={"subject": name})
    enclosed = [Enclosed(name, "text/plain", b"x")]
    sheet = Sheet(paper, "<a@example.org>", "li@example.org", name, enclosed=enclosed)
    mail = compose(sheet, sender="office@example.org", sender_name=name, reply_to="", now=NOW)
    raw = mail.as_bytes()
    heads = raw.split(b"\r\n\r\n", 1)[0]
    assert re.findall(rb"(?m)^([A-Z][\w-]+):", heads).count(b"Bcc") == 0
    assert [one.addr_spec for one in mail["To"].addresses] == ["li@example.org"]
    assert shown(mail["To"].addresses[0].display_name) == shown(name)
    assert shown(mail["Subject"]) == shown(name)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


@pytest.mark.parametrize("at", range(len(NAMES)))
def test_all_about_one_person(desk: Desk, at: int) -> None:
    with desk.chat.read() as db:
        person = db.scalars(select(Party).where(Party.name == NAMES[at], Party.kind == PartyKind.PERSON)).first()
        assert person is not None
        data = zipped(db, subjects.of(db, person.workspace_id, people=(), parties=(person.id,)), person.ref, NOW)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert json.loads(packed.read("person.json"))["tables"]["party"][0]["name"] == NAMES[at]
        assert alike(_xlsx(packed.read("person.xlsx")), NAMES[at])
