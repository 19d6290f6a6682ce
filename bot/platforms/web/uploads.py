"""Files in and out: a form is read no further than it may be long; what is kept comes back as a download."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from typing import BinaryIO

import structlog
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from bot.ask import Upload
from bot.keeping import Intake
from bot.platforms.web import who
from bot.platforms.web.downloads import handed_out
from bot.platforms.web.site import NotThere, Site
from storage import pages
from storage.files import TooLarge

log = structlog.get_logger()

MEGABYTE = 1_000_000
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
ENVELOPE = 2 * MEGABYTE
"""What a form may hold beside its files."""
MOST_FILES = 20


async def read(site: Site, request: Request) -> FormData:
    """The form of a request. Raises ``TooLarge`` as soon as more has come than one largest file may be."""
    left = site.settings.largest_file_mb * MEGABYTE + ENVELOPE

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLarge
        return message

    if int(request.headers.get("content-length", "0")) > left:
        raise TooLarge
    return await Request(request.scope, receive).form(max_files=MOST_FILES, max_fields=200)


def keep(site: Site, form: FormData) -> tuple[Upload, ...]:
    """The form's files, kept in the store.

    Raises ``Unwanted``, ``TooLarge``, ``OSError``; nothing points at what was kept before that.
    """
    found = [item for item in form.getlist("files") if isinstance(item, UploadFile) and item.filename]
    return tuple(keep_one(site, item) for item in found)


def keep_one(site: Site, item: UploadFile) -> Upload:
    """Raises as ``keep`` does."""
    return intake(site).keep(item.filename or "", _chunks(item.file))


def intake(site: Site) -> Intake:
    return Intake(site.files, site.settings.largest_file_mb * MEGABYTE, site.scan)


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(MEGABYTE):
        yield chunk


def refusal(error: OSError) -> str:
    """The name of the reason why the store did not take a file, which the log knows in full."""
    log.error("file not kept", exc_info=error)
    return "disk" if error.errno in FULL else "away"


def download(site: Site, request: Request) -> Response:
    """A file, always as something to save: what people send is never shown as a page of ours."""
    digest = request.path_params["digest"]
    with site.database.read() as db:
        found = who.visitor(site, db, request)
        name = request.query_params.get("name", "")
        row = pages.file(db, found.workspace.id, digest, person_id=found.person.id, name=name)
    if row is None or not site.files.has(digest):
        raise NotThere
    return handed_out(site.files, row, request)
