"""Files in and out: a form is read no further than it may be long; what is kept comes back as a download."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

import structlog
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from bot import bodies
from bot.ask import storable
from bot.keeping import Intake
from bot.platforms.web import parts, who
from bot.platforms.web.downloads import handed_out
from bot.platforms.web.parts import Take
from bot.platforms.web.site import NotThere, Site
from storage import pages
from storage.files import TooLarge

T = TypeVar("T")
log = structlog.get_logger()

MEGABYTE = 1_000_000
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
ENVELOPE = 2 * MEGABYTE
"""What a form may hold beside its files."""
MOST_FILES = 20
SILENCE = 60.0
"""Seconds after which what has stopped coming is given up."""


async def read(site: Site, request: Request, take: Take[T]) -> tuple[FormData, list[T]]:
    """What was typed into a form, and what ``take`` made of each of its files, which it gets while they come.

    Raises ``TooLarge`` as soon as more has come than one largest file may be, ``HTTPException`` for what is no form
    of ours, ``ClientDisconnect`` and ``TimeoutError`` for one that breaks off or stops coming.
    """
    left = site.settings.largest_file_mb * MEGABYTE + ENVELOPE

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    if bodies.announced(request) > left:
        raise TooLarge
    limited = Request(request.scope, receive)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        return await limited.form(max_fields=200), []
    coming = pieces(limited.stream(), asyncio.get_running_loop())
    try:
        typed, taken = await run_in_threadpool(_parts, coming, options.get(b"boundary", b""), take)
    except parts.Malformed:
        raise HTTPException(400) from None
    return FormData(typed), taken


def _parts(coming: Iterator[bytes], boundary: bytes, take: Take[T]) -> tuple[dict[str, str], list[T]]:
    return parts.read(coming, boundary, take=take, files="files", most=MOST_FILES, most_typed=ENVELOPE)


def pieces(stream: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The body as it comes, for the thread that writes it. Raises ``TimeoutError`` when nothing comes any more."""

    async def one() -> bytes | None:
        async with asyncio.timeout(SILENCE):
            return await anext(stream, None)

    while (piece := asyncio.run_coroutine_threadsafe(one(), loop).result()) is not None:
        yield piece


def intake(site: Site) -> Intake:
    return Intake(site.files, site.settings.largest_file_mb * MEGABYTE, site.scan)


def refusal(error: OSError) -> str:
    """The name of the reason why the store did not take a file, which the log knows in full."""
    log.error("file not kept", exc_info=error)
    return "disk" if error.errno in FULL else "away"


def download(site: Site, request: Request) -> Response:
    """A file, always as something to save: what people send is never shown as a page of ours."""
    digest = storable(request.path_params["digest"])
    with site.database.read() as db:
        found = who.visitor(site, db, request)
        name = storable(request.query_params.get("name", ""))
        row = pages.file(db, found.workspace.id, digest, person_id=found.person.id, name=name)
    if row is None or not site.files.has(digest):
        raise NotThere
    return handed_out(site.files, row, request)
