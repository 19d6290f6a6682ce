"""A page to leave files on: each is kept as it comes, those of one go are handed to the chat together."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

import messages
from bot import bodies, kinds
from bot.ask import Upload
from bot.dispatch import key_of
from bot.kinds import Unwanted
from bot.platforms.web import tickets, uploads
from bot.platforms.web.site import Site
from bot.platforms.web.tickets import Ended, Holder, holder
from messages import Message
from storage import inbox, workspace
from storage import tickets as kept
from storage.base import Unreachable, trouble
from storage.files import TooLarge
from storage.tickets import Kind

if TYPE_CHECKING:
    from storage.tickets import TicketFile

log = structlog.get_logger()

STATUS = {"large": 413, "disk": 507, "away": 503, "unchecked": 503, "many": 429}
"""Of a file that is not taken; other reasons are what it is (415)."""
UNDONE = frozenset(f"common/refusals/{block}" for block in ("away", "broken", "busy", "full", "locked"))
"""Answers after which nothing was kept, and the same can be tried again."""
_BATCH = re.compile("[0-9a-f]{8,32}")


@dataclass(frozen=True)
class Taken:
    """What became of a file; ``reason`` is why it was not taken."""

    name: str
    size: int = 0
    reason: str = ""


def show(site: Site, request: Request) -> Response:
    return _draw(site, request, holder(site, request, Kind.UPLOAD))


async def take(site: Site, request: Request) -> Response:
    """One file, its bytes the body; the words on what became of it."""
    held = await run_in_threadpool(holder, site, request, Kind.UPLOAD)
    batch, name = request.query_params.get("batch", ""), kinds.tidy(request.query_params.get("name", ""))
    if not _BATCH.fullmatch(batch):
        return Response(status_code=400)
    try:
        taken = await _taken(site, request, held, batch, name)
    except (ClientDisconnect, TimeoutError):
        return Response(status_code=408)
    part = site.part("upload_told", held.locale, zone=held.zone, taken=taken, most=site.settings.largest_file_mb)
    return HTMLResponse(part, STATUS.get(taken.reason, 415) if taken.reason else 200)


async def _taken(site: Site, request: Request, held: Holder, batch: str, name: str) -> Taken:
    most = site.settings.largest_file_mb * uploads.MEGABYTE
    if bodies.announced(request) > most:
        return Taken(name, reason="large")
    if await run_in_threadpool(_count, site, held, batch) >= uploads.MOST_FILES:
        return Taken(name, reason="many")
    pieces = uploads.pieces(request.stream(), asyncio.get_running_loop())
    try:
        upload = await run_in_threadpool(uploads.intake(site).keep, name, pieces)
    except (Unwanted, TooLarge) as error:
        return Taken(name, reason=error.reason if isinstance(error, Unwanted) else "large")
    except (ClientDisconnect, TimeoutError):
        raise
    except OSError as error:
        return Taken(name, reason=uploads.refusal(error))
    await run_in_threadpool(_note, site, held, batch, upload)
    return Taken(upload.name, upload.size)


def _count(site: Site, held: Holder, batch: str) -> int:
    with site.database.read() as db:
        return len(kept.kept(db, held.ticket).get(batch, ()))


def _note(site: Site, held: Holder, batch: str, file: Upload) -> None:
    with site.database.write() as db:
        kept.keep(
            db,
            held.ticket,
            batch,
            name=file.name,
            digest=file.digest,
            size=file.size,
            media_type=file.media_type,
            locked=file.locked,
            taken_on=file.taken_on,
        )


# --- handing over


def give(site: Site, request: Request, given: dict[str, str]) -> Response:
    """The files of one go are handed to the chat; the words on that."""
    held, batch = holder(site, request, Kind.UPLOAD), given.get("batch", "")
    if not _BATCH.fullmatch(batch):
        return Response(status_code=400)
    told = _hand_over(site, held, batch) or _told_before(site, held, batch)
    again = told is not None and told.name in UNDONE
    return HTMLResponse(site.part("upload_given", held.locale, zone=held.zone, told=told, again=again))


def _hand_over(site: Site, held: Holder, batch: str = "") -> Message | None:
    """What waits, of one batch or of all. The answer, or the trouble with some of it; None where nothing was waiting.

    What was begun and not finished is the same event again, what has come since is one of its own: each acts once.
    """
    try:
        with site.database.write() as db:
            workspace.alone(db, held.workspace.key)
            goes = kept.going(db, held.ticket, batch)
    except Unreachable as error:
        return _sorry(held, error)
    answers = [_answered(site, held, go, files) for go, files in goes.items()]
    return next((one for one in answers if one.name in UNDONE), answers[-1] if answers else None)


def _sorry(held: Holder, error: Exception) -> Message:
    """Why nothing was begun, in the words in which an ask is told so."""
    block = trouble(error)
    if not block:
        raise error
    reference = secrets.token_hex(3)
    log.error("files not handed over", exc_info=error, reference=reference)
    return messages.refuse(f"common/{block}", held.locale, reference=reference)


def _answered(site: Site, held: Holder, go: str, files: list[TicketFile]) -> Message:
    """The answer, which goes to the chat. It is kept for the batch too, for whoever did not hear it."""
    sent = (Upload(file.name, file.digest, file.size, file.media_type, file.locked, file.taken_on) for file in files)
    once = tuple(dict.fromkeys(sent))  # sent again because the word that it had come was lost, a file waits twice
    message = site.answer(held.ask(go, files=once))
    if message.name not in UNDONE:
        key, now = key_of(held.ask(kept.batch_of(go))), site.clock.now()
        with site.database.write() as db:
            workspace.alone(db, held.workspace.key)
            kept.handed_over(db, held.ticket, go)
            inbox.replace(db, key, message.kept(), at_ms=int(now.timestamp() * 1000))
    return message


def _told_before(site: Site, held: Holder, batch: str) -> Message | None:
    """What was answered when nothing of it waits any more."""
    with site.database.read() as db:
        known = inbox.answered(db, key_of(held.ask(batch)))
    return Message.known(known) if known else None


async def send(site: Site, request: Request) -> Response:
    """A plain form with several files: kept, and handed over with whatever still waits."""
    held = await run_in_threadpool(holder, site, request, Kind.UPLOAD)
    try:
        _, taken = await uploads.read(site, request, partial(_keep, site, held, tickets.event()))
    except TooLarge:
        return await run_in_threadpool(_draw, site, request, held, [Taken("", reason="large")], status=413)
    except (ClientDisconnect, TimeoutError):
        return Response(status_code=408)
    return await run_in_threadpool(_sent, site, request, held, taken)


def _sent(site: Site, request: Request, held: Holder, taken: list[Taken]) -> Response:
    told = _hand_over(site, held)
    return _draw(site, request, held, taken, told)


def _keep(site: Site, held: Holder, batch: str, name: str, pieces: Iterator[bytes]) -> Taken:
    """Raises what keeps the whole form from being read on."""
    try:
        upload = uploads.intake(site).keep(name, pieces)
    except (ClientDisconnect, TimeoutError):
        raise
    except Unwanted as unwanted:
        return Taken(unwanted.name, reason=unwanted.reason)
    except TooLarge:
        return Taken(kinds.tidy(name), reason="large")
    except OSError as error:
        return Taken(kinds.tidy(name), reason=uploads.refusal(error))
    _note(site, held, batch, upload)
    return Taken(upload.name, upload.size)


def finish(site: Site, request: Request, _given: dict[str, str]) -> Response:
    """No more files: what waits is handed over, the page is closed."""
    held = holder(site, request, Kind.UPLOAD)
    told = _hand_over(site, held)
    if told is not None and told.name in UNDONE:
        return _draw(site, request, held, [], told, status=503)
    with site.database.write() as db:
        kept.use(db, held.token, site.clock.now())
    raise Ended("finished", held)


def _draw(
    site: Site,
    request: Request,
    held: Holder,
    taken: list[Taken] | None = None,
    told: Message | None = None,
    *,
    status: int = 200,
) -> Response:
    with site.database.read() as db:
        waiting = [file for files in kept.kept(db, held.ticket).values() for file in files]
    facts = {
        "message": held.message,
        "taken": taken or [],
        "told": told,
        "again": False,
        "waiting": waiting,
        "most": site.settings.largest_file_mb,
        "most_files": uploads.MOST_FILES,
        "kinds": sorted(kinds.KINDS),
    }
    return tickets.page(site, request, "upload_page", held, status=status, **facts)
