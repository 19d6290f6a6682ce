"""What stands beside the bot, each in a process of its own: the fake Slack, bare Bolt listeners, a bare ASGI app."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Mapping

import uvicorn
from slack_bolt import Ack, App, BoltRequest
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.platforms.slack.manifest import ADDRESS
from bot.platforms.slack.names import COMMANDS
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_state import HOME, SECRET

TOKEN, CHANNEL, ANN = f"xoxb-{HOME}", "C0001", "U0001"


def fake() -> None:
    """Slack as far as it is asked. Says its address, and is there until its standard input ends."""
    with FakeSlack() as slack:
        slack.add_user(ANN, "Ann", locale="en-GB")
        slack.add_channel(CHANNEL, "general", members=[slack.teams[HOME].bot_user, ANN])
        print(slack.url, flush=True)
        sys.stdin.read()


def bolt(api: str, *, at_once: bool, work: Callable[[str], None] = lambda _line: None) -> Starlette:
    """A listener that only acks, behind the same hand-over to threads; ``work`` may do something with the line before.

    As it comes, Bolt looks every ten milliseconds whether the listener has acked; told to answer at once, as ours is,
    it does not.
    """
    app = App(client=WebClient(TOKEN, api), signing_secret=SECRET, process_before_response=at_once)

    @app.command(COMMANDS[0])
    def _ack(ack: Ack, command: Mapping[str, str]) -> None:
        work(command["text"])
        ack("ok")

    def heard(body: bytes, headers: Mapping[str, str]) -> Response:
        answer = app.dispatch(BoltRequest(body=body.decode(), headers=dict(headers)))
        return Response(answer.body, answer.status, answer.first_headers_without_set_cookie())

    async def hear(request: Request) -> Response:
        return await run_in_threadpool(heard, await request.body(), dict(request.headers))

    return Starlette(routes=[Route(ADDRESS, hear, methods=["POST"])])


def nothing(_api: str) -> Starlette:
    """Reads what comes and says ok: what is left is the server's cost and the load's own."""

    async def hear(request: Request) -> Response:
        await request.body()
        return Response("ok")

    return Starlette(routes=[Route(ADDRESS, hear, methods=["POST"])])


APPS: Mapping[str, Callable[[str], Starlette]] = {
    "bolt": lambda api: bolt(api, at_once=False),
    "quick": lambda api: bolt(api, at_once=True),
    "nothing": nothing,
}


def serve(app: Starlette) -> None:
    """On a free port, which it says, until it is ended."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        print(f"http://127.0.0.1:{sock.getsockname()[1]}", flush=True)
        quiet = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
        uvicorn.Server(quiet).run([sock])


if __name__ == "__main__":
    if sys.argv[1] == "fake":
        fake()
    else:
        serve(APPS[sys.argv[1]](sys.argv[2]))
