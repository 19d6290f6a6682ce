"""What a page posts → an Ask: a typed line, a button, a form, files; both sides of it stand in the conversation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.ask import Ask, Upload
from bot.kinds import Unwanted
from bot.platforms.web import uploads, who
from bot.platforms.web.site import Site
from messages import Attachment, Message
from messages.markdown import plain
from messages.message import Button
from storage import conversation
from storage.files import TooLarge

if TYPE_CHECKING:
    from bot.platforms.web.who import Visitor
    from storage.base import Session
    from storage.conversation import Line
    from storage.rooms import Room

log = structlog.get_logger()

_EVENT = re.compile(r"[A-Za-z0-9-]{8,64}")
LONGEST_LINE = 4001
"""One more than dispatch takes: a longer line is refused there, in words, and not kept here."""


@dataclass(frozen=True)
class Post:
    """What came, before anybody looked whether it makes sense.

    ``pressed`` is the line whose button or form it was; ``reply_to`` the line it answers.
    """

    room: str
    line: str
    event_id: str
    pressed: int | None
    reply_to: int | None
    fields: dict[str, str]
    files: tuple[Upload, ...]

    @property
    def empty(self) -> bool:
        return not (self.line or self.fields or self.files)


@dataclass(frozen=True)
class Said:
    """A line that stands in the conversation, and the ask that follows from it."""

    visitor: Visitor
    room: Room
    key: str
    root: int | None
    ask: Ask


async def say(site: Site, request: Request) -> Response:
    """Nothing to swap in: what changes comes to every open page by its stream."""
    try:
        form = await uploads.read(site, request)
    except TooLarge:
        return await run_in_threadpool(_refuse, site, request, "large", 413, "")
    try:
        return await run_in_threadpool(_say, site, request, form)
    finally:
        await form.close()


def _say(site: Site, request: Request, form: FormData) -> Response:
    if not _EVENT.fullmatch(_text(form, "event_id")):
        return PlainTextResponse("Bad Request", 400)
    with site.database.read() as db:  # nobody's files are kept
        found = who.visitor(site, db, request)
        who.room(db, found, _text(form, "room"))
    try:
        post = _post(form, uploads.keep(site, form))
    except Unwanted as unwanted:
        return _refuse(site, request, unwanted.reason, 415, unwanted.name)
    except TooLarge:
        return _refuse(site, request, "large", 413, "")
    except OSError:
        log.exception("file not kept")
        return _refuse(site, request, "disk", 507, "")
    if not post.empty:
        converse(site, lambda db: who.visitor(site, db, request), post)
    return Response(status_code=204)


def converse(site: Site, find: Callable[[Session], Visitor], post: Post) -> Message:
    """Whoever ``find`` finds says it in the room, and the bot answers there; its answer."""
    return _answer(site, _hear(site, find, post))


def _refuse(site: Site, request: Request, reason: str, status: int, name: str) -> Response:
    with site.database.read() as db:
        locale = who.visitor(site, db, request).locale
    most = site.settings.largest_file_mb
    return site.notice(request, locale, reason, status=status, name=name, most=most)


def _post(form: FormData, files: tuple[Upload, ...]) -> Post:
    texts = {name: value for name, value in form.items() if isinstance(value, str)}
    return Post(
        room=texts.get("room", ""),
        line=texts.get("line", "").strip()[:LONGEST_LINE],
        event_id=texts["event_id"],
        pressed=_number(texts.get("pressed", "")),
        reply_to=_number(texts.get("reply_to", "")),
        fields={name.removeprefix("field."): text for name, text in texts.items() if name.startswith("field.")},
        files=files,
    )


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 12 else None  # noqa: PLR2004  what fits a database's integer


def _hear(site: Site, find: Callable[[Session], Visitor], post: Post) -> Said:
    """What the person did stands in the conversation before the bot answers."""
    with site.database.write() as db:
        found = find(db)
        room = who.room(db, found, post.room)
        parent = _visible(db, found, room, post.reply_to)
        root = (parent.reply_to or parent.id) if parent else None
        key = _key(found, post)
        shown = _shown(_visible(db, found, room, post.pressed), post)
        conversation.say(
            db,
            room.id,
            key=f"said:{key}",
            at=site.clock.now(),
            person_id=found.person.id,
            text="" if shown and shown.body else post.line,
            payload=shown.model_dump_json() if shown else "",
            reply_to=root,
        )
        return Said(found, room, key, root, _ask(found, room, post, key, parent))


def _answer(site: Site, said: Said) -> Message:
    site.bell.ring()
    message = site.answer(said.ask)
    with site.database.write() as db:
        conversation.say(
            db,
            said.room.id,
            key=f"answer:{said.key}",
            at=site.clock.now(),
            payload=message.model_dump_json(),
            reply_to=said.root,
            only_for=said.visitor.person.id if message.private else None,
        )
    site.bell.ring()
    return message


def _visible(db: Session, found: Visitor, room: Room, line_id: int | None) -> Line | None:
    line = conversation.get(db, line_id) if line_id is not None else None
    if line is None or line.room_id != room.id or line.only_for not in {None, found.person.id}:
        return None
    return line


def _key(found: Visitor, post: Post) -> str:
    """The event as this account sent it: nobody can send another's again. Other words are another event."""
    parts = (str(found.workspace.id), found.account.external, post.event_id)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def _ask(found: Visitor, room: Room, post: Post, key: str, parent: Line | None) -> Ask:
    about = Message.model_validate_json(parent.payload).about if parent and parent.payload else ()
    return Ask(
        platform="web",
        account=found.account.external,
        room=room.external,
        line=post.line,
        event_id=key,
        workspace=found.workspace.key,
        direct=room.person_id is not None,
        name=found.person.name,
        room_name=room.name,
        thread=about,
        fields=post.fields,
        files=post.files,
    )


def _shown(pressed: Line | None, post: Post) -> Message | None:
    """How the conversation shows what was done, where that is more than a typed line.

    It is the label of the button as the bot wrote it, never as the browser sent it, and the files.
    """
    label, context = _label(pressed, post)
    if not label and not post.files:
        return None
    files = [
        Attachment(name=item.name, digest=item.digest, media_type=item.media_type, size=item.size)
        for item in post.files
    ]
    return Message(name="web/said", locale="", body=label, footer=context, files=tuple(files))


def _label(pressed: Line | None, post: Post) -> tuple[str, str]:
    """The button's or form's label and, for a button in a list, the words of its row; empty for a typed line."""
    if pressed is None or not pressed.payload:
        return "", ""
    message = Message.model_validate_json(pressed.payload)
    if message.form is not None and post.fields and message.form.line == post.line:
        return message.form.submit, plain(message.title)
    for button, words in _buttons(message):
        if button.line == post.line:
            return button.label, words
    return "", ""


def _buttons(message: Message) -> Iterator[tuple[Button, str]]:
    yield from ((button, "") for button in message.buttons)
    for row in message.rows:
        words = next(iter(plain(row.text).splitlines()), "")
        yield from ((button, words) for button in row.buttons)
