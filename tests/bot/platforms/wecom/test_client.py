"""The client, against WeCom's API as it answers: one token for all, nothing without end, nothing secret in an error."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import uploads
from bot.platforms.wecom import client as module
from bot.platforms.wecom import hooks
from bot.platforms.wecom.client import Client
from bot.platforms.wecom.troubles import Trouble
from bot.sections import WecomApp
from storage import migrations
from storage.base import Database
from tests.fakes.slow import LONG, slow_line
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AGENT, CORP, SECRET


@pytest.fixture
def wecom() -> Iterator[FakeWecom]:
    with FakeWecom() as fake:
        fake.add_member("ZhangSan", "张三")
        yield fake


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'huihou.db'}", synchronous="NORMAL")
    migrations.upgrade(made)
    yield made
    made.close()


def client(wecom: FakeWecom, database: Database, *, secret: str = SECRET) -> Client:
    app = WecomApp.model_validate({"corp_id": CORP, "agent_id": AGENT, "secret": secret})
    return Client(app, database, lambda: datetime.fromtimestamp(wecom.now(), UTC), api_url=wecom.url)


def test_a_name_is_told(wecom: FakeWecom, database: Database) -> None:
    assert client(wecom, database).ask("user/get", given={"userid": "zhangsan"})["name"] == "张三"


def test_twenty_threads_fetch_one_token(wecom: FakeWecom, database: Database) -> None:
    asking = client(wecom, database)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: asking.ask("user/get", given={"userid": "zhangsan"}), range(20)))
    assert len(wecom.called("gettoken")) == 1


def test_another_process_uses_the_same_token(wecom: FakeWecom, database: Database) -> None:
    for process in range(2):
        client(wecom, database).ask("user/get", given={"userid": "zhangsan"})
        assert len(wecom.called("gettoken")) == 1, process


def test_an_expired_token_is_fetched_anew_once(wecom: FakeWecom, database: Database) -> None:
    asking = client(wecom, database)
    asking.ask("user/get", given={"userid": "zhangsan"})
    wecom.expire(wecom.app())
    assert asking.ask("user/get", given={"userid": "zhangsan"})["name"] == "张三"
    assert len(wecom.called("gettoken")) == 2


def test_what_another_process_has_fetched_meanwhile_serves(wecom: FakeWecom, database: Database) -> None:
    one, other = client(wecom, database), client(wecom, database)
    one.ask("user/get", given={"userid": "zhangsan"})
    other.ask("user/get", given={"userid": "zhangsan"})
    wecom.expire(wecom.app())
    one.ask("user/get", given={"userid": "zhangsan"})
    other.ask("user/get", given={"userid": "zhangsan"})
    assert len(wecom.called("gettoken")) == 2


def test_tokens_that_are_always_refused_are_not_fetched_without_end(wecom: FakeWecom, database: Database) -> None:
    wecom.app().always_expired = True
    with pytest.raises(Trouble) as trouble:
        client(wecom, database).ask("user/get", given={"userid": "zhangsan"})
    assert trouble.value.code == 42001
    assert len(wecom.called("gettoken")) == 2


def test_a_token_is_not_used_in_its_last_minutes(wecom: FakeWecom, database: Database) -> None:
    asking = client(wecom, database)
    asking.ask("user/get", given={"userid": "zhangsan"})
    wecom.clock += 7200 - 60
    asking.ask("user/get", given={"userid": "zhangsan"})
    assert len(wecom.called("gettoken")) == 2


def test_a_wrong_secret_is_named_and_not_shown(wecom: FakeWecom, database: Database) -> None:
    with pytest.raises(Trouble, match="token") as trouble:
        client(wecom, database, secret="of-nobody").ask("user/get", given={"userid": "zhangsan"})
    assert "of-nobody" not in repr(trouble.value)


@pytest.mark.parametrize("switch", [{"status": 502}, {"html": True}, {"drop": True}, {"hang": 0.5}])
def test_no_answer_is_an_outage_that_holds_no_token(
    wecom: FakeWecom, database: Database, switch: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMES", (0.2, 0.2))
    asking = client(wecom, database)
    asking.ask("user/get", given={"userid": "zhangsan"})
    wecom.will("user/get", **switch)
    with pytest.raises(ConnectionError) as outage:
        asking.ask("user/get", given={"userid": "zhangsan"})
    held = asking.tokens.current()
    told = "".join(traceback.format_exception(outage.value))
    assert held not in told


def test_a_service_that_is_not_there_is_an_outage_that_holds_no_token(wecom: FakeWecom, database: Database) -> None:
    asking = client(wecom, database)
    held = asking.tokens.current()
    asking.API_BASE_URL = "http://127.0.0.1:9/cgi-bin/"
    with pytest.raises(ConnectionError) as outage:
        asking.ask("user/get", given={"userid": "zhangsan"})
    assert held not in "".join(traceback.format_exception(outage.value))


def test_an_upload_after_a_refused_token_is_whole(wecom: FakeWecom, database: Database) -> None:
    asking = client(wecom, database)
    asking.ask("user/get", given={"userid": "zhangsan"})
    wecom.expire(wecom.app())
    media = asking.upload("报告.txt", b"as it was written", kind="file", media_type="text/plain")
    assert (wecom.media[media].name, wecom.media[media].data) == ("报告.txt", b"as it was written")


def uploads_of(address: str, database: Database) -> dict[str, Callable[[], str]]:
    """The app's way and a webhook's."""
    app = WecomApp.model_validate({"corp_id": CORP, "agent_id": AGENT, "secret": SECRET})
    asking = Client(app, database, lambda: datetime(2026, 6, 1, tzinfo=UTC), api_url=address)
    about: dict[str, Any] = {"media_type": "application/pdf"}
    return {
        "app": lambda: asking.upload("a.pdf", b"x" * LONG, kind="file", **about),
        "hook": lambda: hooks.Hooks(address).upload("key", "a.pdf", b"x" * LONG, **about),
    }


@pytest.mark.parametrize("way", ["app", "hook"])
def test_a_file_on_a_slow_line_has_longer_than_a_call(
    database: Database, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (module, hooks):
        monkeypatch.setattr(one, "TIMES", (0.5, 0.5))
    with slow_line(1.0) as (address, arrived):
        assert uploads_of(address, database)[way]() == "m"
    assert len(arrived) == 1


@pytest.mark.parametrize("way", ["app", "hook"])
def test_a_file_has_not_for_ever(database: Database, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "seconds", lambda _size: 0.1)
    with slow_line(0.5) as (address, arrived):
        with pytest.raises(ConnectionError):
            uploads_of(address, database)[way]()
        assert arrived == []


@pytest.mark.parametrize("content", [b"123", b'{"errcode": 40007}', b"\xff\xd8\xff picture"])
def test_a_file_comes_as_its_bytes_whatever_they_look_like(
    wecom: FakeWecom, database: Database, content: bytes
) -> None:
    media = wecom.add_media("file", "数 据.json", content)
    with client(wecom, database).opened(media.id) as (name, pieces):
        assert (name, b"".join(pieces)) == ("数 据.json", content)


def test_a_file_that_is_not_there_is_said_to_be_so(wecom: FakeWecom, database: Database) -> None:
    with pytest.raises(Trouble, match="40007"), client(wecom, database).opened("no-such"):
        pass


def test_a_file_is_fetched_again_with_another_token(wecom: FakeWecom, database: Database) -> None:
    asking = client(wecom, database)
    asking.ask("user/get", given={"userid": "zhangsan"})
    wecom.expire(wecom.app())
    with asking.opened(wecom.add_media("file", "a.txt", b"whole").id) as (_, pieces):
        assert b"".join(pieces) == b"whole"


def test_a_token_in_a_copy_of_the_database_is_of_no_use(wecom: FakeWecom, database: Database, tmp_path: Path) -> None:
    asking = client(wecom, database)
    asking.ask("user/get", given={"userid": "zhangsan"})
    written = b"".join(file.read_bytes() for file in tmp_path.glob("huihou.db*"))
    assert asking.tokens.current().encode() not in written


def test_a_secret_that_was_changed_makes_the_old_token_unreadable_and_harmless(
    wecom: FakeWecom, database: Database
) -> None:
    client(wecom, database).ask("user/get", given={"userid": "zhangsan"})
    wecom.app().secret = "another"
    told = client(wecom, database, secret="another").ask("user/get", given={"userid": "zhangsan"})
    assert told["name"] == "张三"
