"""Letters into a real mail server: what arrives, what is refused, and what becomes of the promise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import pytest

from bot.finding import Finding
from bot.platforms import Closed, Impossible, Later, NotNow, Outgoing
from bot.platforms.email import check as doctor
from bot.platforms.email import sending
from bot.platforms.email.composing import NoAddress, ascii_address
from bot.platforms.email.sending import Mail, letter_of, token
from messages import Message
from messages.papers import Grid
from messages.papers import certificate as certificates
from messages.papers.certificate import Certificate
from storage import files, outbox, rooms, workspace
from storage.letters import Audience, Letter
from tests.chat import Chat
from tests.fakes.mail import FakeMail, certificate, mail_server
from tests.letters import letter_to, paper

CHINESE = paper(
    "感谢您拨冗莅临。",
    locale="zh_CN",
    subject="感谢您在 2026 年会上的精彩报告——秘书处敬上，并请查收随信附上的照片与证书",
    salutation="尊敬的王建国教授：",
    closing=("此致", "敬礼！"),
    signed=("示例学会",),
    date="2026年6月10日",
)


Make = Callable[..., Chat]


@pytest.fixture
def server() -> Iterator[FakeMail]:
    with mail_server() as found:
        yield found


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """What is closed after the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def make(tmp_path: Path, server: FakeMail, opened: ExitStack) -> Make:
    """A chat with mail, at the server unless another is named."""

    def made(more: dict[str, Any] | None = None, **settings: Any) -> Chat:
        own = {"host": "127.0.0.1", "port": server.port, "tls": "none", "sender": "office@example.org", **(more or {})}
        (tmp_path / "chat").mkdir()
        chat = Chat(tmp_path / "chat", email=own, **settings)
        opened.callback(chat.close)
        opened.callback(mail(chat).wire.close)
        return chat

    return made


@pytest.fixture
def chat(make: Make) -> Chat:
    return make({"sender_name": "示例学会", "reply_to": "li@example.org"})


def mail(chat: Chat) -> Mail:
    found = chat.app.platforms["email"]
    assert isinstance(found, Mail)
    return found


def outgoing(chat: Chat, letter: int, key: str = "letter:1:1") -> Outgoing:
    with chat.app.database.write() as db:
        room = rooms.met(db, workspace.by_key(db, "main").id, "console", "team")
    return Outgoing(key, room.address, Message(name="letter", locale="en", body=json.dumps({"letter": letter})))


def promises(chat: Chat, *letters: int) -> list[str]:
    """The keys under which the letters are promised."""
    with chat.app.database.write() as db:
        room = rooms.met(db, workspace.by_key(db, "main").id, "console", "team")
        for letter in letters:
            outbox.promise(
                db,
                f"letter:{letter}:1",
                lane_key="mail",
                platform="email",
                interval_ms=0,
                payload=Message(name="letter", locale="en", body=json.dumps({"letter": letter})).model_dump_json(),
                now_ms=int(chat.clock.now().timestamp() * 1000),
                room_id=room.id,
            )
    return [f"letter:{letter}:1" for letter in letters]


def became(chat: Chat, key: str) -> tuple[outbox.Promise, str]:
    with chat.read() as db:
        table = outbox.outbox.c
        row = db.execute(outbox.outbox.select().where(table.dedupe_key == key)).one()
    return outbox.Promise(row.state), row.error


def test_a_letter_arrives_as_text_and_html_to_one_reader(chat: Chat, server: FakeMail) -> None:
    letter = letter_to(chat, "wang@example.org", content=CHINESE, name="王建国")
    found = mail(chat).send(outgoing(chat, letter))
    (taken,) = server.taken
    came = taken.mail
    assert (taken.sender, taken.to) == ("office@example.org", ["wang@example.org"])
    assert came["To"].addresses == (Address("王建国", addr_spec="wang@example.org"),)
    assert came["From"].addresses == (Address("示例学会", addr_spec="office@example.org"),)
    assert came["Reply-To"] == "li@example.org"
    assert came["Subject"] == CHINESE.subject
    assert came["Message-ID"] == found == f"<letter.1.1.{CHINESE.digest[:12]}@example.org>"
    assert came["Date"].datetime == chat.clock.now()
    assert came["Cc"] is came["Bcc"] is came["Auto-Submitted"] is came["List-Unsubscribe"] is None
    assert came.get_content_type() == "multipart/alternative"
    html = came.get_body(("html",))
    assert html is not None
    assert "感谢您拨冗莅临。" in taken.words
    assert "感谢您拨冗莅临。" in html.get_content()
    assert all(byte < 128 for byte in taken.raw)
    assert max(map(len, taken.raw.split(b"\r\n"))) <= 998


def test_what_is_enclosed_comes_with_its_name(chat: Chat, server: FakeMail) -> None:
    letter = letter_to(chat, "wang@example.org")
    name, data = "致谢证书：王建国（2026）“年会”.pdf", b"%PDF-1.7 \x00\xff certificate"
    ann = chat.person("Ann").id
    with chat.app.database.write() as db:
        stored = chat.app.files.put([data], limit=1000)
        place = workspace.by_key(db, "main")
        facts: dict[str, Any] = {"media_type": "application/pdf", "person_id": ann, "room_id": None}
        file = files.add(db, place.id, name=name, digest=stored.digest, size=stored.size, at=chat.clock.now(), **facts)
        db.get_one(Letter, letter).facts = {"files": [{"file": file.id, "name": name}]}
    mail(chat).send(outgoing(chat, letter))
    (enclosed,) = server.taken[0].mail.iter_attachments()
    assert enclosed.get_filename() == name
    assert enclosed.get_content_type() == "application/pdf"
    assert enclosed.get_content() == data


def test_a_certificate_is_drawn_as_it_was_approved_and_bounded_as_all_that_is_enclosed(
    chat: Chat, server: FakeMail
) -> None:
    letter = letter_to(chat, "wang@example.org")
    one = Certificate(
        locale="zh_CN",
        title="参会证明",
        name="王建国",
        lines=("特此证明。",),
        signed=("学会",),
        date="今日",
        number="M1-P1",
    )
    with chat.app.database.write() as db:
        held = {"name": "参会证明 王建国.pdf", "certificate": one.model_dump(mode="json")}
        db.get_one(Letter, letter).facts = {"files": [held]}
    mail(chat).send(outgoing(chat, letter))
    (enclosed,) = server.taken[0].mail.iter_attachments()
    assert enclosed.get_filename() == "参会证明 王建国.pdf"
    assert enclosed.get_content_type() == "application/pdf"
    assert enclosed.get_content() == certificates.draw([one])
    tight = mail(chat)
    tight.settings = tight.settings.model_copy(
        update={"email": tight.settings.email.model_copy(update={"largest_mb": 0})}
    )
    with pytest.raises(Impossible, match=r"too much"):
        tight.send(outgoing(chat, letter))


@pytest.mark.parametrize("audience", [Audience.ATTENDEES, Audience.NO_SHOWS, Audience.MEMBERS])
def test_what_goes_to_many_says_how_to_get_no_more(chat: Chat, server: FakeMail, audience: Audience) -> None:
    mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org", audience=audience)))
    came = server.taken[0].mail
    assert came["List-Unsubscribe"] == "<mailto:li@example.org?subject=unsubscribe>"
    assert came["Auto-Submitted"] == "auto-generated"
    assert came["List-Unsubscribe-Post"] is None


def test_with_a_public_address_one_click_is_enough(make: Make, server: FakeMail) -> None:
    secret = "0123456789abcdefghijklmnopqrstuvwxyz"
    chat = make(public_url="https://bot.example.org", web={"secret": secret})
    letter = letter_to(chat, "li@example.org", audience=Audience.ATTENDEES)
    mail(chat).send(outgoing(chat, letter))
    came = server.taken[0].mail
    page, by_mail = came["List-Unsubscribe"].split(", ")
    assert came["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert by_mail == "<mailto:office@example.org?subject=unsubscribe>"
    assert letter_of(secret, page.rpartition("/")[2].strip(">")) == letter
    assert page.startswith("<https://bot.example.org/unsubscribe/")
    (line,) = (one for one in server.taken[0].raw.split(b"\r\n") if one.startswith(b"List-Unsubscribe:"))
    assert line == f"List-Unsubscribe: {page},".encode(), "encoded, no mail program would know it"


def test_a_page_is_of_one_letter_only() -> None:
    good = token("secret", 12)
    assert letter_of("secret", good) == 12
    for bad in (good.replace("12-", "13-"), good[:-1], "12-", "12", "", "-1-x", "²-x", f"{good}0", "9" * 30 + good[2:]):
        assert letter_of("secret", bad) is None
    assert letter_of("other", good) is None


@pytest.mark.parametrize(
    "name",
    [
        "Li\r\nBcc: all@example.org",
        "Li\nSubject: won\n\nbody",
        '"<b>Li</b>" <other@example.org>',
        "\u202egnaW iL",
        "=?utf-8?b?QmNjOg==?=",
        "Li, other@example.org",
        "\x00\x07Li",
        "\ud800 Li",
    ],
)
def test_no_name_makes_a_header(chat: Chat, server: FakeMail, name: str) -> None:
    """Neither of a person, nor of a subject, however it is written."""
    clean = name.encode("utf-8", "replace").decode()
    kept = clean.replace("\0", "")  # as every ask leaves it out
    content = paper(subject=clean, salutation=f"Dear {clean},")
    letter = letter_to(chat, "li@example.org", content=content, name=kept, audience=Audience.ATTENDEES)
    mail(chat).send(outgoing(chat, letter))
    (taken,) = server.taken
    came = taken.mail
    assert taken.to == ["li@example.org"]
    assert [one.addr_spec for one in came["To"].addresses] == ["li@example.org"]
    assert came["Bcc"] is None
    assert came.keys().count("Subject") == 1
    assert "\u202e" not in came["To"] + came["Subject"] + taken.words


@pytest.mark.parametrize(
    "address",
    [
        "",
        "li",
        "li@",
        "@example.org",
        "li@a\r\nRCPT TO:<x@y.z>",
        "李娜@example.org",
        "a@b@c",
        "<li@example.org>",
        "a b@c.d",
    ],
)
def test_what_is_no_address_is_never_handed_over(chat: Chat, server: FakeMail, address: str) -> None:
    with pytest.raises(NoAddress):
        ascii_address(address)
    with pytest.raises(Impossible, match=r"5\.1\.3"):
        mail(chat).send(outgoing(chat, letter_to(chat, address)))
    assert server.connections == 0


def test_a_domain_of_other_letters_is_written_as_in_the_dns() -> None:
    assert ascii_address("li@例子.公司") == "li@xn--fsqu00a.xn--55qx5d"


def test_a_refused_reader_is_given_up_and_the_next_gets_hers(chat: Chat, server: FakeMail) -> None:
    server.refuses["gone@example.org"] = "550 5.1.1 <gone@example.org>: User unknown"
    keys = promises(chat, letter_to(chat, "gone@example.org"), letter_to(chat, "li@example.org"))
    chat.app.delivery.drain()
    assert became(chat, keys[0]) == (outbox.Promise.DEAD, "550 5.1.1 <gone@example.org>: User unknown")
    assert became(chat, keys[1])[0] == outbox.Promise.SENT
    assert [one.to for one in server.taken] == [["li@example.org"]]


def test_who_is_put_off_holds_up_nobody(chat: Chat, server: FakeMail) -> None:
    server.refuses["slow@example.org"] = "451 4.7.1 Greylisted, try again later"
    keys = promises(chat, letter_to(chat, "slow@example.org"), letter_to(chat, "li@example.org"))
    chat.app.delivery.drain()
    assert became(chat, keys[0]) == (outbox.Promise.READY, "451 4.7.1 Greylisted, try again later")
    assert [one.to for one in server.taken] == [["li@example.org"]]
    del server.refuses["slow@example.org"]
    chat.clock.moment += timedelta(seconds=299)
    chat.app.delivery.drain()
    assert len(server.taken) == 1
    chat.clock.moment += timedelta(seconds=1)
    chat.app.delivery.drain()
    assert became(chat, keys[0])[0] == outbox.Promise.SENT


def test_who_is_put_off_for_a_day_is_given_up(chat: Chat, server: FakeMail) -> None:
    server.refuses["slow@example.org"] = "450 4.2.0 mailbox busy"
    (key,) = promises(chat, letter_to(chat, "slow@example.org"))
    tries = 0
    while became(chat, key)[0] == outbox.Promise.READY:
        chat.app.delivery.drain()
        chat.clock.moment += timedelta(minutes=5)
        tries += 1
    assert became(chat, key) == (outbox.Promise.DEAD, "450 4.2.0 mailbox busy")
    assert 280 < tries < 310


def test_a_busy_server_is_asked_again_in_a_minute(chat: Chat, server: FakeMail) -> None:
    server.at_sender = "421 4.7.0 too many connections"
    with pytest.raises(NotNow):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))
    server.at_sender = ""
    server.at_data = ["452 4.3.1 out of space", "554 5.7.1 spam"]
    letter = letter_to(chat, "li@example.org")
    with pytest.raises(Later):
        mail(chat).send(outgoing(chat, letter))
    with pytest.raises(Impossible, match=r"554 5\.7\.1 spam"):
        mail(chat).send(outgoing(chat, letter))
    mail(chat).send(outgoing(chat, letter))
    assert len(server.taken) == 1


def test_a_server_that_is_busy_for_a_day_stops_the_lane_and_the_admins_hear_of_it(chat: Chat, server: FakeMail) -> None:
    server.at_sender = "421 4.7.0 too many connections"
    ann = chat.person("Ann")
    ann.says("hello", direct=True)
    (key,) = promises(chat, letter_to(chat, "li@example.org"))
    for _ in range(24):
        chat.app.delivery.drain()
        chat.clock.moment += timedelta(hours=1)
    assert [one for one in ann.heard() if one.name == "email/closed"] == []
    chat.app.delivery.drain()
    chat.app.delivery.drain()
    (heard,) = [one for one in ann.heard() if one.name == "email/closed"]
    assert "has put us off for a day now (421 4.7.0 too many connections)" in heard.body
    assert became(chat, key) == (outbox.Promise.READY, "busy: 421 4.7.0 too many connections")
    server.at_sender = ""
    ann.presses("Go on", ann.presses("What waits", heard))
    chat.app.delivery.drain()
    assert became(chat, key)[0] == outbox.Promise.SENT
    assert mail(chat).busy_since is None


def test_a_server_that_was_busy_once_and_refused_a_letter_since_is_not_busy_all_that_time(
    chat: Chat, server: FakeMail
) -> None:
    server.at_sender = "421 4.7.0 too many connections"
    with pytest.raises(NotNow):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))
    server.at_sender = ""
    server.at_data = ["554 5.7.1 spam"]
    with pytest.raises(Impossible):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))
    chat.clock.moment += timedelta(days=3)
    server.at_sender = "421 4.7.0 too many connections"
    with pytest.raises(NotNow):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))


def test_cut_off_within_a_mail_it_is_sent_again_under_the_same_id(chat: Chat, server: FakeMail) -> None:
    server.at_data = ["hang up"]
    (key,) = promises(chat, letter_to(chat, "li@example.org"))
    chat.app.delivery.drain()
    assert became(chat, key) == (outbox.Promise.READY, "SMTPServerDisconnected")
    chat.clock.moment += timedelta(seconds=1)
    chat.app.delivery.drain()
    assert became(chat, key)[0] == outbox.Promise.SENT
    assert len(server.taken) == 1


def test_without_a_server_it_is_an_outage(make: Make) -> None:
    chat = make({"port": 1})
    with pytest.raises(ConnectionRefusedError):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))
    assert [one.name for one in doctor.examine(chat.app.settings, None, chat.clock.now())] == ["email_away"]


def test_letters_that_follow_each_other_share_a_connection(chat: Chat, server: FakeMail) -> None:
    for number in range(3):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org"), f"letter:{number}:1"))
    assert (server.connections, len(server.taken)) == (1, 3)


def test_what_is_too_large_is_not_begun(chat: Chat, server: FakeMail) -> None:
    letter, ann = letter_to(chat, "li@example.org"), chat.person("Ann").id
    with chat.app.database.write() as db:
        facts: dict[str, Any] = {"media_type": "video/mp4", "person_id": ann, "room_id": None, "digest": "0" * 64}
        place = workspace.by_key(db, "main").id
        file = files.add(db, place, name="film.mp4", size=16 * 1024 * 1024, at=chat.clock.now(), **facts)
        db.get_one(Letter, letter).facts = {"files": [{"file": file.id, "name": "film.mp4"}]}
    with pytest.raises(Impossible, match=r"5\.3\.4"):
        mail(chat).send(outgoing(chat, letter))
    assert server.connections == 0


# --- signing in, and guarded connections


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[FakeMail]:
    with mail_server(certificate(tmp_path / "mail.pem"), user="office", password="secret") as found:
        yield found


GUARDED = {"host": "localhost", "tls": "starttls", "user": "office", "password": "secret"}


def examined(chat: Chat) -> list[Finding]:
    return list(doctor.examine(chat.app.settings, None, chat.clock.now()))


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(make: Make, guarded: FakeMail) -> None:
    chat = make({**GUARDED, "port": guarded.port})
    with pytest.raises(Closed, match="certificate"):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))
    assert [(one.name, one.level) for one in examined(chat)] == [("email_certificate", "fail")]
    assert guarded.taken == []


def test_a_certificate_named_in_the_settings_is(make: Make, tmp_path: Path, guarded: FakeMail) -> None:
    chat = make({**GUARDED, "port": guarded.port, "ca_file": str(tmp_path / "mail.pem")})
    mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))
    assert len(guarded.taken) == 1
    assert [(one.name, one.level) for one in examined(chat)] == [("email", "ok")]
    assert len(guarded.taken) == 1


def test_a_wrong_password_stops_the_lane_until_somebody_acts(make: Make, tmp_path: Path, guarded: FakeMail) -> None:
    own = {**GUARDED, "port": guarded.port, "ca_file": str(tmp_path / "mail.pem")}
    chat = make({**own, "password": "wrong"})
    ann = chat.person("Ann")
    ann.says("hello", direct=True)
    (key,) = promises(chat, letter_to(chat, "li@example.org"))
    chat.app.delivery.drain()
    chat.app.delivery.drain()
    (heard,) = [one for one in ann.heard() if one.name == "email/closed"]
    assert "does not accept user and password" in heard.body
    state, error = became(chat, key)
    assert (state, error.startswith("login: 535")) == (outbox.Promise.READY, True)
    assert [(one.name, one.level) for one in examined(chat)] == [("email_login", "fail")]
    assert "wrong" not in error + heard.body


def test_a_server_without_starttls_gets_nothing(make: Make) -> None:
    chat = make({**GUARDED, "host": "127.0.0.1"})
    with pytest.raises(Closed, match="not_supported"):
        mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org")))
    assert [one.name for one in examined(chat)] == ["email_not_supported"]


def test_it_remembers_what_it_handed_over_but_not_for_ever(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "REMEMBERED", 2)
    letter = letter_to(chat, "li@example.org")
    for number in range(3):
        mail(chat).send(outgoing(chat, letter, f"letter:{number}:1"))
    found = [mail(chat).find(outgoing(chat, letter, f"letter:{number}:1")) for number in range(3)]
    assert [one is not None for one in found] == [False, True, True]


def test_a_table_is_in_both_parts(chat: Chat, server: FakeMail) -> None:
    grid = Grid(caption="Benefits", columns=("Promised", "Delivered"), rows=(("Stand", "1"),), numbers=(1,))
    content = paper(paragraphs=("Thank you.", grid))
    mail(chat).send(outgoing(chat, letter_to(chat, "li@example.org", content=content)))
    html = server.taken[0].mail.get_body(("html",))
    assert html is not None
    assert "Delivered" in server.taken[0].words
    assert "Delivered" in html.get_content()
