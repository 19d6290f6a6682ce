"""Tells the sample's story: its people say real commands at their hours, and the bot lives through the days between."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from zoneinfo import ZoneInfo

import structlog
import yaml
from pydantic import BaseModel, ConfigDict

from bot.app import App
from bot.ask import Upload
from bot.platforms.web import Web, who
from bot.platforms.web.receive import Post
from bot.platforms.web.say import converse
from bot.platforms.web.site import WORKSPACE, Site
from bot.sample.files import document, photo
from messages import Message
from storage import people, rooms, workspace
from storage.base import Session
from storage.templates import Words

log = structlog.get_logger()

ZONE = ZoneInfo("Asia/Shanghai")
ENDED = 5
"""So many days before today the conference ended; the story is over yesterday."""
_TYPES = {".png": "image/png", ".pdf": "application/pdf", ".csv": "text/csv"}
_DAY = re.compile(r"\{(-?\d+)\}")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Part):
    """Somebody of the team; ``locale`` where it is their own and not the house's."""

    key: str
    name: Words
    locale: str = ""


class Line(Part):
    """What one of them says; ``{2}`` in it is the date two days after the end. ``file`` goes along with it.

    A list has its ``content`` here, line by line; dates are written in it in the same way. ``press``: the first button
    of the answer before is pressed instead.
    """

    day: int
    at: time
    who: str
    say: Words = Words(zh="", en="")
    press: bool = False
    room: str = "team"
    file: Words | None = None
    content: Words | None = None


class Story(Part):
    association: Words
    room: Words
    people: tuple[Figure, ...]
    lines: tuple[Line, ...]


@cache
def story() -> Story:
    return Story.model_validate(yaml.safe_load((files("bot.sample") / "story.yaml").read_text(encoding="utf-8")))


def end_of(now: datetime) -> date:
    """The conference's last day, seen from today."""
    return now.astimezone(ZONE).date() - timedelta(days=ENDED)


def begins(now: datetime) -> datetime:
    """When the first line is said; a clock for the story must stand before that."""
    first = story().lines[0]
    return datetime.combine(end_of(now) + timedelta(days=first.day), first.at, ZONE)


@dataclass
class Teller:
    """``now`` is the moment at which the demo starts; the app's clock goes through the days before it."""

    app: App
    now: datetime

    def tell(self, told: Callable[[], None] = lambda: None) -> list[Message]:
        """The whole story, up to now; what the bot answered, line by line. ``told`` is called after each."""
        self._gather()
        answers: list[Message] = []
        for line in story().lines:
            moment = datetime.combine(end_of(self.now) + timedelta(days=line.day), line.at, ZONE)
            self.app.move_clock(moment)
            answers.append(self._say(line, answers[-1] if line.press else None))
            told()
        self.app.move_clock(self.now)
        return answers

    @property
    def locale(self) -> str:
        return self.app.settings.locale

    def _gather(self) -> None:
        """The team, everybody with a conversation of their own, and the team's room."""
        with self.app.database.write() as db:
            place = workspace.by_key(db, WORKSPACE, locale=self.locale, zone=ZONE.key)
            place.name = story().association.said(self.locale)
            for figure in story().people:
                person = people.met(db, place.id, "web", figure.key, name=figure.name.said(self.locale))
                person.locale = figure.locale
                rooms.met(db, place.id, "web", f"direct:{figure.key}", name=person.name, person_id=person.id)
            rooms.met(db, place.id, "web", "room:team", name=story().room.said(self.locale))

    def _say(self, line: Line, before: Message | None) -> Message:
        post = Post(
            room=str(self._room(line)),
            line=before.buttons[0].line if before else self._dated(line.say),
            event_id=secrets.token_hex(16),
            pressed=None,
            reply_to=None,
            fields={},
            files=tuple(self._files(line)),
        )
        answer = converse(self._site(), lambda db: self._visitor(db, line.who), post)
        if answer.refused:
            log.warning("the sample was refused", line=post.line, answer=answer.body)
        return answer

    def _dated(self, words: Words) -> str:
        return _DAY.sub(self._date, words.said(self.locale))

    def _date(self, match: re.Match[str]) -> str:
        return (end_of(self.now) + timedelta(days=int(match[1]))).isoformat()

    def _room(self, line: Line) -> int:
        address = "room:team" if line.room == "team" else f"direct:{line.who}"
        with self.app.database.read() as db:
            place = workspace.by_key(db, WORKSPACE)
            return next(room.id for room in rooms.of_platform(db, place.id, "web") if room.external == address)

    def _visitor(self, db: Session, key: str) -> who.Visitor:
        place = workspace.by_key(db, WORKSPACE)
        account = people.account(db, place.id, "web", key)
        if account is None:
            raise KeyError(key)
        return who.Visitor(place, account, people.get(db, account.person_id))

    def _files(self, line: Line) -> Iterator[Upload]:
        if line.file is None:
            return
        name = line.file.said(self.locale)
        kind = PurePath(name).suffix
        if line.content:
            data = self._dated(line.content).encode()
        else:
            data = photo(line.at.minute) if kind == ".png" else document(line.file.en.removesuffix(".pdf"))
        stored = self.app.files.put([data], limit=len(data))
        yield Upload(name, stored.digest, stored.size, _TYPES[kind])

    def _site(self) -> Site:
        web = self.app.platforms["web"]
        if not isinstance(web, Web):
            raise TypeError(web)
        app = self.app
        return Site(app.settings, app.database, app.clock, app.files, web.bell, app.dispatch.answer, app.move_clock)
