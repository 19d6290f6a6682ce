"""What a page posts → an Ask: a typed line, a button, a form, files, and how the conversation shows each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import FormData

from bot import bodies
from bot.ask import Ask, Upload, storable
from bot.platforms.web import who
from messages import Attachment, Message
from messages.markdown import plain
from messages.message import Button, Form
from storage import conversation

if TYPE_CHECKING:
    from bot.platforms.web.who import Visitor
    from storage.base import Session
    from storage.conversation import Line
    from storage.rooms import Room

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
    """What somebody does in a room: how the conversation shows it, and the ask that follows from it.

    ``filled_in`` is the line whose form it was, if it was a form.
    """

    visitor: Visitor
    room: Room
    key: str
    root: int | None
    text: str
    shown: Message | None
    filled_in: Line | None
    ask: Ask


def post(form: FormData, files: tuple[Upload, ...]) -> Post:
    texts = {name: storable(value) for name, value in form.items() if isinstance(value, str)}
    return Post(
        room=texts.get("room", ""),
        line=texts.get("line", "").strip()[:LONGEST_LINE],
        event_id=texts["event_id"],
        pressed=bodies.number(texts.get("pressed", "")),
        reply_to=bodies.number(texts.get("reply_to", "")),
        fields={name.removeprefix("field."): text for name, text in texts.items() if name.startswith("field.")},
        files=files,
    )


def text_of(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def meant(db: Session, found: Visitor, post: Post) -> Said:
    """Raises ``NotThere`` for a room that is not theirs."""
    room = who.room(db, found, post.room)
    parent = _visible(db, found, room, post.reply_to)
    pressed = _visible(db, found, room, post.pressed)
    key, shown = _key(found, post), _shown(pressed, post)
    return Said(
        visitor=found,
        room=room,
        key=key,
        root=(parent.reply_to or parent.id) if parent else None,
        text="" if shown and shown.body else post.line,
        shown=shown,
        filled_in=pressed if _form(pressed, post) else None,
        ask=_ask(found, room, post, key, parent),
    )


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
    about = Message.known(parent.payload).about if parent and parent.payload else ()
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
        stands_as=f"answer:{key}",
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
    message = Message.known(pressed.payload)
    if form := _form(pressed, post):
        return form.submit, plain(message.title)
    for button, words in _buttons(message):
        if button.line == post.line:
            return button.label, words
    return "", ""


def _form(pressed: Line | None, post: Post) -> Form | None:
    """The form that was filled in, if it was one."""
    if pressed is None or not pressed.payload or not post.fields:
        return None
    form = Message.known(pressed.payload).form
    return form if form is not None and form.line == post.line else None


def _buttons(message: Message) -> Iterator[tuple[Button, str]]:
    yield from ((button, "") for button in message.buttons)
    for row in message.rows:
        words = next(iter(plain(row.text).splitlines()), "")
        yield from ((button, words) for button in row.buttons)
