"""Health, where the server may listen, and that it stops with streams open."""

from __future__ import annotations

import http.client
import socket
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from bot import web
from bot.settings import Settings
from tests.bot.platforms.web.house import ADDRESS, SECRET, House, house


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
@pytest.mark.parametrize("more", [{"demo": True}, {}, {"web": {"secret": SECRET}}])
def test_this_computer_may_always_be_listened_on(host: str, more: dict[str, Any]) -> None:
    more = {**more, "web": {**more.get("web", {}), "host": host}}
    assert web.refuse_to_listen(settings(**more)) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "chat.example.org", ""])
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_beyond_it_a_demo_and_a_chat_without_secret_are_refused(host: str, locale: str) -> None:
    demo = web.refuse_to_listen(settings(demo=True, locale=locale, web={"host": host, "secret": SECRET}))
    short = web.refuse_to_listen(settings(locale=locale, web={"host": host, "secret": SECRET[:-1]}))
    assert demo
    assert short
    assert demo != short
    assert "HUIHOU_WEB__SECRET" in short
    assert web.refuse_to_listen(settings(web={"host": host, "secret": SECRET})) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4"])
def test_pages_that_people_reach_from_elsewhere_need_no_secret(host: str) -> None:
    url = "https://bot.example.org"
    assert web.refuse_to_listen(settings(public_url=url, web={"host": host})) is None
    assert web.refuse_to_listen(settings(public_url=url, web={"host": host}, demo=True)) is not None


def test_a_refused_address_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = house(tmp_path, monkeypatch, demo=True, web={"host": "0.0.0.0"})
    with pytest.raises(PermissionError):
        web.server(made.app)
    made.app.database.close()


@pytest.fixture
def off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = house(tmp_path, monkeypatch, web={"secret": SECRET[:-1]})
    yield made
    made.app.database.close()


def test_a_chat_that_is_off_says_so_and_is_healthy(off: House) -> None:
    client = TestClient(off.asgi, base_url=ADDRESS, headers={"accept-language": "en"})
    for path in ("/", "/login", "/events", "/static/../x"):
        answer = client.get(path)
        assert (answer.status_code, "HUIHOU_WEB__SECRET" in answer.text) == (404, True)
    assert client.post("/say", headers={"origin": ADDRESS}).status_code == 404
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "database": "ok"}


def test_readiness_says_when_the_database_does_not_answer(off: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise OSError

    monkeypatch.setattr(off.app.database, "read", broken)
    client = TestClient(off.asgi, base_url=ADDRESS)
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_the_server_takes_a_free_port_and_stops_with_a_stream_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = house(tmp_path, monkeypatch, demo=True, web={"port": 0})
    listening, address = threading.Event(), []

    def heard(where: str) -> None:
        address.append(where)
        listening.set()

    server = web.server(made.app, listening=heard)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert listening.wait(10)
    port = urlsplit(address[0]).port
    assert port
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", f"/events?room={made.room()}&seen=0")
    stream = line.getresponse()
    made.hears(made.browser("li"), "hello")
    assert any(text.startswith(b"id: 2") for text in stream)
    server.stop()
    thread.join(10)
    assert not thread.is_alive()
    stream.close()
    line.close()
    made.app.database.close()


def test_an_answer_does_not_wait_for_the_last_one_to_be_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = house(tmp_path, monkeypatch, demo=True, web={"port": 0})
    listening = threading.Event()
    server = web.server(made.app, listening=lambda _address: listening.set())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert listening.wait(10)
    (sock,) = server.servers[0].sockets
    server.stop()
    thread.join(10)
    assert sock.proto == socket.IPPROTO_TCP  # asyncio asks this before it sets TCP_NODELAY
    made.app.database.close()


def test_an_address_that_is_taken_is_an_error_and_not_the_end_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = house(tmp_path, monkeypatch, demo=True, web={"port": taken.getsockname()[1]})
        with pytest.raises(OSError, match="in use"):
            web.server(made.app).run()
        made.app.database.close()
