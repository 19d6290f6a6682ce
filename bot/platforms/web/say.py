"""Somebody says something in the browser: both sides of it stand in the conversation, unless a form is sent back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from bot.ask import Upload
from bot.keeping import Intake
from bot.kinds import Unwanted
from bot.platforms.web import receive, uploads, who
from bot.platforms.web.receive import Post, Said, meant, text_of
from bot.platforms.web.site import Site
from messages import Message
from messages.markdown import plain
from storage import conversation
from storage.files import TooLarge

if TYPE_CHECKING:
    from bot.platforms.web.who import Visitor
    from storage.base import Session

_EVENT = re.compile(r"[A-Za-z0-9-]{8,64}")


async def say(site: Site, request: Request) -> Response:
    """Nothing to swap in: what changes comes to every open page by its stream."""
    await run_in_threadpool(_known, site, request)
    taking = _Taking(uploads.intake(site))
    try:
        form, _ = await uploads.read(site, request, taking.take)
    except TooLarge:
        return await run_in_threadpool(_refuse, site, request, "large", 413, "")
    except (ClientDisconnect, TimeoutError):
        return Response(status_code=408)
    return await run_in_threadpool(_say, site, request, form, taking)


def _known(site: Site, request: Request) -> None:
    """Nobody's files are kept. Raises ``Away``."""
    with site.database.read() as db:
        who.visitor(site, db, request)


@dataclass
class _Taking:
    """All of a form's files, or the first trouble with one of them, after which no other one is kept."""

    intake: Intake
    kept: list[Upload] = field(default_factory=list)
    trouble: Unwanted | TooLarge | OSError | None = None

    def take(self, name: str, pieces: Iterator[bytes]) -> None:
        if self.trouble is not None:
            return
        try:
            self.kept.append(self.intake.keep(name, pieces))
        except TimeoutError:
            raise
        except (Unwanted, TooLarge, OSError) as trouble:
            self.trouble = trouble


def _say(site: Site, request: Request, form: FormData, taking: _Taking) -> Response:
    if not _EVENT.fullmatch(text_of(form, "event_id")):
        return PlainTextResponse("Bad Request", 400)
    with site.database.read() as db:
        who.room(db, who.visitor(site, db, request), text_of(form, "room"))
    if taking.trouble is not None:
        return _refuse(site, request, *_why(taking.trouble))
    post = receive.post(form, tuple(taking.kept))
    if not post.empty:
        said, message = _converse(site, lambda db: who.visitor(site, db, request), post)
        if _sent_back(said, message):
            return _beside_the_form(site, said, message)
    return Response(status_code=204)


def _why(trouble: Unwanted | TooLarge | OSError) -> tuple[str, int, str]:
    """The name of the reason, the status, and which file it is about."""
    if isinstance(trouble, Unwanted):
        return trouble.reason, 415, trouble.name
    if isinstance(trouble, TooLarge):
        return "large", 413, ""
    reason = uploads.refusal(trouble)
    return reason, 507 if reason == "disk" else 503, ""


def converse(site: Site, find: Callable[[Session], Visitor], post: Post) -> Message:
    """Whoever ``find`` finds says it in the room, and the bot answers there; its answer."""
    return _converse(site, find, post)[1]


def _converse(site: Site, find: Callable[[Session], Visitor], post: Post) -> tuple[Said, Message]:
    """What a person did stands in the conversation before the bot answers.

    A form stands there once it was accepted: one that was sent back is still being filled in.
    """
    with site.database.write() as db:
        said = meant(db, find(db), post)
        if said.filled_in is None:
            _keep(db, site, said)
    site.bell.ring()
    message = site.answer(said.ask)
    if _sent_back(said, message):
        return said, message
    with site.database.write() as db:
        if said.filled_in is not None:
            _keep(db, site, said)
        _keep_answer(db, site, said, message)
    site.bell.ring()
    return said, message


def _sent_back(said: Said, message: Message) -> bool:
    """Whether it was a form that is to be put right: refused in words, or asked for once more as it is.

    A refusal that asks for something else stands in the conversation as a form of its own.
    """
    if said.filled_in is None:
        return False
    return message.form.line == said.ask.line if message.form else message.refused


def _beside_the_form(site: Site, said: Said, message: Message) -> Response:
    """Why a form was not accepted, to stand in it."""
    line = said.filled_in
    facts = {"line": line, "message": message, "field": _blamed(said.ask.fields, message), "room": said.room}
    body = site.part("sent_back", said.visitor.tongue(said.room), zone=said.visitor.zone, **facts)
    where = {"HX-Retarget": f"#back-{line.id if line else 0}", "HX-Reswap": "innerHTML"}
    return HTMLResponse(body, 422, where)


def _blamed(fields: Mapping[str, str], message: Message) -> str:
    """The field whose value the words quote, the longest of them; empty where they quote none."""
    words = plain(message.body)
    quoted = {name: value.strip() for name, value in fields.items() if f"“{value.strip()}”" in words}
    return max(quoted, key=lambda name: len(quoted[name]), default="")


def _refuse(site: Site, request: Request, reason: str, status: int, name: str) -> Response:
    with site.database.read() as db:
        locale = who.visitor(site, db, request).locale
    most = site.settings.largest_file_mb
    return site.notice(request, locale, reason, status=status, name=name, most=most)


def _keep(db: Session, site: Site, said: Said) -> None:
    conversation.say(
        db,
        said.room.id,
        key=f"said:{said.key}",
        at=site.clock.now(),
        person_id=said.visitor.person.id,
        text=said.text,
        payload=said.shown.kept() if said.shown else "",
        reply_to=said.root,
    )


def _keep_answer(db: Session, site: Site, said: Said, message: Message) -> None:
    conversation.say(
        db,
        said.room.id,
        key=f"answer:{said.key}",
        at=site.clock.now(),
        payload=message.kept(),
        reply_to=said.root,
        only_for=said.visitor.person.id if message.private else None,
    )
