"""Files by a page of its own: each is checked as it comes, those of one go reach the chat together, once."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from bot import web
from bot.platforms.web import uploads
from messages import Message
from messages.message import Upload
from storage.checklist import Proof, Task
from storage.files import File
from storage.tickets import TicketFile
from tests.bot.platforms.web.lobby import ADDRESS, PHOTO, Lobby, lobby
from tests.bot.test_kinds import BAD, PNG
from tests.chat import text
from tests.handlers.test_filing import jpeg

if TYPE_CHECKING:
    from bot.ask import Ask
    from bot.platforms.web.site import Site

BATCH = "0123456789abcdef"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lobby]:
    made = lobby(tmp_path)
    yield made
    made.chat.close()


@pytest.fixture
def path(here: Lobby) -> str:
    return here.upload(here.ann.says("attach T12", direct=True))


def sends(client: TestClient, path: str, name: str, body: Any = PHOTO, *, batch: str = BATCH) -> tuple[int, str]:
    answer = client.post(f"{path}/file?batch={batch}&name={quote(name)}", content=body)
    return answer.status_code, answer.text


def gives(client: TestClient, path: str, batch: str = BATCH) -> str:
    return str(client.post(f"{path}/give", data={"batch": batch}).text)


def proofs(here: Lobby, ref: str = "T12") -> list[str]:
    with here.chat.read() as db:
        tasks = [task.id for task in db.query(Task) if task.ref == ref]
        return [proof.value for proof in db.query(Proof).order_by(Proof.id) if proof.task_id in tasks]


def waiting(here: Lobby) -> list[str]:
    with here.chat.read() as db:
        return [file.name for file in db.query(TicketFile).order_by(TicketFile.id)]


def attached(here: Lobby) -> int:
    """How often the bot has said that something was attached."""
    return [message.name for message in here.heard()].count("checklist/attached")


def on_disk(here: Lobby) -> int:
    return len([one for one in here.chat.app.settings.data.glob("files/**/*") if one.is_file()])


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_it_says_what_it_is_for_and_what_may_come(here: Lobby, locale: str) -> None:
    who = here.ann if locale == "en" else here.li
    page = here.browser().get(here.upload(who.says("attach M1-T12", direct=True), who=who)).text
    assert "<h1>T12 " in page
    assert "500 MB" in page
    assert 'capture="environment"' in page
    assert ("still needed" in page) == (locale == "en")


def test_files_of_one_go_reach_the_chat_as_one_message(here: Lobby, path: str) -> None:
    client, before = here.browser(), len(here.heard())
    for number in range(3):
        assert sends(client, path, f"照片 {number}.jpg", PHOTO + bytes([number]))[0] == 200
    assert (proofs(here), len(waiting(here))) == ([], 3)
    assert "All of it is in your chat" in gives(client, path)
    [answer] = here.heard()[before:]
    assert answer.name == "checklist/attached"
    assert "照片 0.jpg" in text(answer)
    assert (proofs(here), waiting(here)) == (["照片 0.jpg", "照片 1.jpg", "照片 2.jpg"], [])


def test_a_photo_has_the_day_that_the_camera_wrote(here: Lobby, path: str) -> None:
    client = here.browser()
    sends(client, path, "合影.jpg", jpeg("2026:06:08 10:00:00"))
    gives(client, path)
    with here.chat.read() as db:
        assert [file.taken_on for file in db.query(File)] == [date(2026, 6, 8)]


def test_more_may_come_until_it_is_finished(here: Lobby, path: str) -> None:
    client = here.browser()
    for batch in ("a" * 16, "b" * 16):
        sends(client, path, f"{batch}.jpg", PHOTO + batch.encode(), batch=batch)
        gives(client, path, batch)
    sends(client, path, "last.jpg", PHOTO + b"c", batch="c" * 16)
    closed = client.post(f"{path}/finish", data={"x": ""})
    assert (closed.status_code, "This page is closed" in closed.text) == (200, True)
    assert proofs(here) == [f"{'a' * 16}.jpg", f"{'b' * 16}.jpg", "last.jpg"]
    for again in (client.get(path), client.post(f"{path}/file?batch={BATCH}&name=x.jpg", content=PHOTO)):
        assert (again.status_code, "<code>attach M1-T12</code>" in again.text) == (410, True)


def test_of_ten_who_hand_over_the_same_go_one_does(here: Lobby, path: str) -> None:
    sends(here.browser(), path, "a.jpg")
    start = Barrier(10)

    def give(_: int) -> str:
        start.wait()
        return gives(here.browser(), path)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(give, range(10)))
    assert proofs(here) == ["a.jpg"]
    assert attached(here) == 1


def test_a_file_that_comes_after_an_answer_was_lost_is_handed_over_too(here: Lobby, path: str) -> None:
    """The page does not know what became of the first one, and goes on with the same batch."""
    client = here.browser()
    sends(client, path, "a.jpg")
    gives(client, path)
    sends(client, path, "b.jpg", PHOTO + b"b")
    assert "b.jpg" in gives(client, path)
    assert (proofs(here), waiting(here), attached(here)) == (["a.jpg", "b.jpg"], [], 2)


def test_whose_answer_was_lost_gets_it_again(here: Lobby, path: str) -> None:
    client = here.browser()
    sends(client, path, "a.jpg")
    first = gives(client, path)
    assert "All of it is in your chat" in first
    assert gives(client, path) == first
    assert (proofs(here), attached(here)) == (["a.jpg"], 1)


def test_a_refusal_that_was_lost_is_told_again_too(here: Lobby) -> None:
    wanted = Upload(line="attach M1-T999", label="Send files", here="Send them")
    path, client = here.upload(Message(name="x", locale="en", upload=wanted)), here.browser()
    sends(client, path, "a.jpg")
    first = gives(client, path)
    assert "told no" in first
    assert gives(client, path) == first


@pytest.mark.parametrize("batch", ["", "x", "0" * 33, f"{BATCH}.0123456789abcdef"])
def test_what_no_page_of_ours_hands_over_is_refused(here: Lobby, path: str, batch: str) -> None:
    assert here.browser().post(f"{path}/give", data={"batch": batch}).status_code == 400


def during(here: Lobby, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object], *, after: bool) -> None:
    """Once, as the site hands something over, this is done too: ``after`` it was answered, or before."""
    route = next(one for one in here.asgi.routes if getattr(one, "path", "") == "/upload/{token:str}")
    site, left = cast("Site", route.endpoint.args[0]), [act]
    answer = site.answer

    def slowly(ask: Ask) -> Message:
        acts = [left.pop()] if left else []
        message = answer(ask) if after else None
        for one in acts:
            one()
        return message or answer(ask)

    monkeypatch.setattr(site, "answer", slowly)


@pytest.mark.parametrize("after", [True, False])
def test_a_file_that_comes_while_others_are_handed_over_waits_for_the_next_time(
    here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    client = here.browser()
    sends(client, path, "a.jpg")
    during(here, monkeypatch, lambda: sends(here.browser(), path, "b.jpg", PHOTO + b"b"), after=after)
    gives(client, path)
    assert (proofs(here), waiting(here)) == (["a.jpg"], ["b.jpg"])
    gives(client, path)
    assert (proofs(here), waiting(here), attached(here)) == (["a.jpg", "b.jpg"], [], 2)


@pytest.mark.parametrize("after", [True, False])
def test_who_comes_with_more_while_the_first_is_handed_over_hands_nothing_over_twice(
    here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    client = here.browser()

    def more() -> None:
        sends(here.browser(), path, "b.jpg", PHOTO + b"b")
        assert "b.jpg" in gives(here.browser(), path)

    sends(client, path, "a.jpg")
    during(here, monkeypatch, more, after=after)
    gives(client, path)
    assert (proofs(here), waiting(here), attached(here)) == (["a.jpg", "b.jpg"], [], 2)


def test_what_was_answered_but_not_marked_so_is_told_again_and_not_done_again(
    here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died in between; then another file came by the same page."""

    def dies() -> None:
        raise RuntimeError("it dies")

    client = here.browser()
    sends(client, path, "a.jpg")
    during(here, monkeypatch, dies, after=True)
    with pytest.raises(RuntimeError):
        gives(client, path)
    assert waiting(here) == ["a.jpg"]
    sends(client, path, "b.jpg", PHOTO + b"b")
    gives(client, path)
    assert (proofs(here), waiting(here), attached(here)) == (["a.jpg", "b.jpg"], [], 2)


def test_a_file_that_was_sent_twice_counts_once(here: Lobby) -> None:
    """The word that it had arrived was lost, and it was sent again: a list that must be one is still one."""
    path, client = here.upload(lists()), here.browser()
    for _ in range(2):
        sends(client, path, "people.csv", b"Name,Email\nAnn,ann@example.org\n")
    gives(client, path)
    assert here.heard()[-1].name != "attendance/refusals/one_file"
    assert waiting(here) == []


def test_a_list_that_cannot_be_read_is_not_handed_over_for_ever(here: Lobby) -> None:
    """What was refused for good is done with: the page can be finished, and a better list comes after it."""
    path, client = here.upload(lists()), here.browser()
    sends(client, path, "people.jpg")
    words = gives(client, path)
    assert "no list that I can read" in words
    assert "data-again" not in words
    assert waiting(here) == []
    assert "This page is closed" in client.post(f"{path}/finish", data={"x": ""}).text


def lists() -> Message:
    wanted = Upload(line="attendance import M1", label="Send the list", here="Send it")
    return Message(name="x", locale="en", upload=wanted)


def test_while_nothing_can_be_written_down_the_page_says_so(
    here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        cause = Exception("database is locked")
        cause.sqlite_errorcode = 5  # type: ignore[attr-defined]
        raise OperationalError("UPDATE", {}, cause)

    client = here.browser()
    sends(client, path, "a.jpg")
    with monkeypatch.context() as broken:
        broken.setattr("storage.tickets.going", locked)
        words = gives(client, path)
        assert ("Too much is being written down" in words, "data-again" in words) == (True, True)
        assert client.post(f"{path}/finish", data={"x": ""}).status_code == 503
    assert waiting(here) == ["a.jpg"]
    assert "All of it is in your chat" in gives(client, path)


def test_without_a_script_a_plain_form_does_it(here: Lobby, path: str) -> None:
    files = [
        ("files", ("a.jpg", PHOTO)),
        ("files", ("virus.exe", b"MZ")),
        ("files", ("b.png", PNG)),
        ("files", ("", b"")),
    ]
    answer = here.browser().post(path, files=files)
    assert answer.status_code == 200
    assert "All of it is in your chat" in answer.text
    assert "“virus.exe” was not taken" in answer.text
    assert proofs(here) == ["a.jpg", "b.png"]


def test_what_arrived_but_was_not_handed_over_is_not_lost(here: Lobby, path: str) -> None:
    client = here.browser()
    sends(client, path, "a.jpg")
    assert "1 file has arrived but is not in the chat yet." in client.get(path).text
    client.post(path, files=[("nothing", b"")])
    assert (proofs(here), waiting(here)) == (["a.jpg"], [])
    assert "not in the chat yet" not in client.get(path).text


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_what_it_says_is_refused_with_the_reason(here: Lobby, path: str, name: str) -> None:
    status, words = sends(here.browser(), path, name, BAD[name][0])
    assert status == 415
    assert "was not taken" in words
    assert (waiting(here), on_disk(here)) == ([], 0)


def test_a_name_cannot_lead_anywhere_or_be_read_as_html(here: Lobby, path: str) -> None:
    status, words = sends(here.browser(), path, "../../<img src=x onerror=alert(1)>.exe")
    assert (status, "<img" in words, "&lt;img" in words) == (415, False, True)
    sends(here.browser(), path, "../../etc/pass\u202ewd.txt", b"hello")
    assert waiting(here) == ["passwd.txt"]


def test_a_file_that_is_too_large_is_refused_by_its_length(
    here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MEGABYTE", 100)
    status, words = sends(here.browser(), path, "a.txt", b"x" * 50_001)
    assert (status, "too large" in words) == (413, True)
    assert sends(here.browser(), path, "a.txt", b"x" * 50_000)[0] == 200


def test_a_stream_without_length_is_read_no_further_than_allowed(
    here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MEGABYTE", 100)

    def body() -> Iterator[bytes]:
        for _ in range(600):
            yield b"x" * 100

    assert sends(here.browser(), path, "a.txt", body())[0] == 413
    assert (waiting(here), on_disk(here)) == ([], 0)


def test_a_plain_form_beyond_the_limit_says_so_too(here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MEGABYTE", 100)
    monkeypatch.setattr(uploads, "ENVELOPE", 0)
    answer = here.browser().post(path, files=[("files", ("a.txt", b"x" * 60_000))])
    assert (answer.status_code, "too large" in answer.text, waiting(here)) == (413, True, [])


def test_one_go_has_so_many_files_at_most(here: Lobby, path: str) -> None:
    client = here.browser()
    statuses = [sends(client, path, f"{number}.txt", b"x")[0] for number in range(uploads.MOST_FILES + 1)]
    assert statuses == [200] * uploads.MOST_FILES + [429]


def test_a_full_disk_is_said_and_nothing_waits(here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(here.chat.app.files, "put", full)
    status, words = sends(here.browser(), path, "a.jpg")
    assert (status, "no room for it" in words, waiting(here)) == (507, True, [])


def test_after_a_fault_of_ours_the_files_still_wait(here: Lobby, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = here.browser()
    sends(client, path, "a.jpg")
    with monkeypatch.context() as broken:
        broken.setattr("handlers.checklist.arriving.prove", None)
        words = gives(client, path)
        assert ("Sorry, something went wrong" in words, "data-again" in words) == (True, True)
        assert "Sorry, something went wrong" in client.post(f"{path}/finish", data={"x": ""}).text
    assert waiting(here) == ["a.jpg"]
    words = gives(client, path)
    assert ("All of it is in your chat" in words, "data-again" in words) == (True, False)
    assert proofs(here) == ["a.jpg"]


def test_a_refusal_is_on_the_page_and_in_the_chat_and_the_files_are_kept(here: Lobby) -> None:
    wanted = Upload(line="attach M1-T999", label="Send files", here="Send them")
    path, client = here.upload(Message(name="x", locale="en", upload=wanted)), here.browser()
    sends(client, path, "a.jpg")
    assert "told no" in gives(client, path)
    assert here.heard()[-1].name == "checklist/refusals/unknown"
    with here.chat.read() as db:
        assert [file.name for file in db.query(File)] == ["a.jpg"]


def test_a_forged_or_expired_or_closed_address_takes_nothing(here: Lobby, path: str) -> None:
    client = here.browser()
    assert sends(client, f"/upload/{'0' * 64}", "a.jpg")[0] == 404
    door = here.upload(here.ann.says("attach T12", direct=True), door=True)
    assert sends(client, door, "a.jpg")[0] == 410
    here.chat.clock.move_to(here.chat.clock.now() + timedelta(hours=24))
    assert sends(client, path, "a.jpg")[0] == 410
    assert client.post(path, files=[("files", ("a.jpg", PHOTO))]).status_code == 410
    assert (waiting(here), on_disk(here)) == ([], 0)


@pytest.mark.parametrize("way", ["", "/file?batch=0123456789abcdef&name=a.jpg", "/give", "/finish"])
def test_only_our_own_page_may_send(here: Lobby, path: str, way: str) -> None:
    assert here.browser(origin="https://evil.example").post(f"{path}{way}", content=PHOTO).status_code == 403
    assert waiting(here) == []


@pytest.mark.parametrize("batch", ["", "x", "../..", "0" * 33])
def test_what_no_page_of_ours_sends_is_refused(here: Lobby, path: str, batch: str) -> None:
    assert sends(here.browser(), path, "a.jpg", batch=batch)[0] == 400


def test_the_files_are_the_persons_whose_link_it_is(here: Lobby) -> None:
    path = here.upload(here.li.says("attach M1-T12", direct=True), who=here.li)
    sends(here.browser(), path, "a.jpg")
    gives(here.browser(), path)
    with here.chat.read() as db:
        assert [proof.person_id for proof in db.query(Proof)] == [here.li.id]
    assert here.heard(here.li)[-1].locale == "zh_CN"


def test_done_with_its_page_is_done(here: Lobby) -> None:
    refused = here.ann.says("done T1", direct=True)
    assert refused.upload is not None
    path = here.upload(refused)
    assert "T1 is done once its evidence is there" in here.browser().get(path).text
    sends(here.browser(), path, "hall.jpg")
    gives(here.browser(), path)
    assert here.heard()[-1].name == "checklist/done"


# --- over a real connection


@pytest.fixture
def served(here: Lobby) -> Iterator[int]:
    listening, found = threading.Event(), []

    def heard(address: str) -> None:
        found.append(address)
        listening.set()

    own = here.chat.app.settings
    here.chat.app.settings = own.model_copy(update={"web": own.web.model_copy(update={"port": 0})})
    server = web.server(here.chat.app, listening=heard)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert listening.wait(10)
    port = urlsplit(found[0]).port
    assert port
    yield port
    server.stop()
    thread.join(10)


def begin(port: int, path: str, length: int) -> http.client.HTTPConnection:
    return posting(port, f"{path}/file?batch={BATCH}&name=a.txt", {"Content-Length": str(length)})


def posting(port: int, address: str, headers: dict[str, str]) -> http.client.HTTPConnection:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.putrequest("POST", address, skip_host=True)
    for name, value in {"Host": "bot.example.org", "Origin": ADDRESS, **headers}.items():
        line.putheader(name, value)
    line.endheaders()
    return line


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def gone(here: Lobby) -> bool:
    """Whether nothing is left of a file that broke off; the server notices it in its own time."""
    for _ in range(200):
        if on_disk(here) == 0:
            return True
        threading.Event().wait(0.05)
    return False


def test_a_file_that_breaks_off_leaves_nothing_and_can_be_sent_again(here: Lobby, path: str, served: int) -> None:
    line = begin(served, path, 1_000_000)
    line.send(b"x" * 500_000)
    for _ in range(200):
        if on_disk(here):
            break
        threading.Event().wait(0.05)
    assert on_disk(here) == 1
    line.close()
    assert gone(here)
    assert waiting(here) == []
    again = begin(served, path, 3)
    again.send(b"xyz")
    assert again.getresponse().status == 200
    assert waiting(here) == ["a.txt"]
    again.close()


def test_a_plain_form_in_chunks_beyond_the_limit_says_so_too(
    here: Lobby, path: str, served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither file is too large by itself: the form ends in the middle of the second."""
    monkeypatch.setattr(uploads, "MEGABYTE", 1000)
    monkeypatch.setattr(uploads, "ENVELOPE", 1000)
    line = posting(served, path, {"Content-Type": "multipart/form-data; boundary=xx", "Transfer-Encoding": "chunked"})
    for name in "ab":
        head = f'--xx\r\nContent-Disposition: form-data; name="files"; filename="{name}.txt"\r\n\r\n'
        line.send(chunk(head.encode() + name.encode() * 260_000 + b"\r\n"))
    with line.getresponse() as answer:
        assert (answer.status, b"too large" in answer.read()) == (413, True)
    line.close()
    assert (waiting(here), on_disk(here)) == (["a.txt"], 1)


def test_a_file_that_stops_coming_is_given_up(
    here: Lobby, path: str, served: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SILENCE", 0.2)
    line = begin(served, path, 1_000_000)
    line.send(b"x" * 10_000)
    assert line.getresponse().status == 408
    assert gone(here)
    line.close()


def test_who_sends_what_is_not_taken_is_heard_out_and_told_so(here: Lobby, path: str, served: int) -> None:
    piece = b"\0" * 1_000_000
    line = begin(served, path, 40 * len(piece))
    for _ in range(40):
        line.send(piece)
    answer = line.getresponse()
    assert (answer.status, b"was not taken" in answer.read()) == (415, True)
    line.close()
