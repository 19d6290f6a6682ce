"""A chat on a platform that shows no forms and takes no files: its people come to one-time pages by their links."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from bot import tickets, web
from messages import Message
from storage import rooms
from storage.base import Session
from storage.rooms import Room
from tests.chat import Chat, Somebody

ADDRESS = "https://bot.example.org"
PHOTO = b"\xff\xd8\xff\xe0 a photo"


@dataclass
class Lobby:
    """``ann`` and ``li`` talk with the bot, each alone; there is a meeting ``M1``."""

    chat: Chat
    ann: Somebody
    li: Somebody
    asgi: Any
    address: str = ADDRESS

    def browser(self, locale: str = "en", **headers: str) -> TestClient:
        given = {"origin": ADDRESS, "accept-language": locale, **headers}
        return TestClient(self.asgi, base_url=ADDRESS, headers=given, follow_redirects=False)

    def own(self, db: Session, who: Somebody) -> Room:
        return rooms.direct(db, [who.id])[0]

    def form(self, message: Message, *, who: Somebody | None = None, door: bool = False) -> str:
        """The path that the platform's link leads to."""
        who = who or self.ann
        with self.chat.app.database.write() as db:
            how = {"account": who.account, "now": self.chat.clock.now(), "door": door}
            return tickets.form_address("", tickets.form_token(db, message, room=self.own(db, who), **how))  # type: ignore[arg-type]

    def upload(self, message: Message, *, who: Somebody | None = None, door: bool = False) -> str:
        who = who or self.ann
        with self.chat.app.database.write() as db:
            how = {"account": who.account, "now": self.chat.clock.now(), "door": door}
            return tickets.upload_address("", tickets.upload_token(db, message, room=self.own(db, who), **how))  # type: ignore[arg-type]

    def heard(self, who: Somebody | None = None) -> list[Message]:
        """What the bot has said to them in their own conversation."""
        self.chat.settle()
        return (who or self.ann).heard()


def lobby(folder: Path, *, locale: str = "en", **settings: Any) -> Lobby:
    chat = Chat(folder, locale=locale, public_url=ADDRESS, **settings)
    ann, li = chat.person("Ann"), chat.person("李娜", locale="zh_CN")
    for who in (ann, li):
        who.says("help", direct=True)
    ann.says("meeting new Forum end: 8 June 17:00", direct=True)
    return Lobby(chat, ann, li, web.site(chat.app))
