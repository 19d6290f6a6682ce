"""One ask, one transaction, one answer: drops retries, rolls back a refusal, writes the journal."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

import messages
from bot.ask import Ask
from handlers import furnish, router
from handlers.context import Context
from handlers.grammar import Cursor, TaskRef, Tasks
from handlers.refused import Refused
from messages import Message
from storage import files, inbox, journal, people, rooms, workspace
from storage.base import Database, Session, Stale
from storage.files import FileStore

log = structlog.get_logger()

LONGEST_LINE = 4000


@dataclass
class Dispatch:
    """Answers asks against one database.

    ``now`` gives the present moment (the demo's clock can be moved); ``pace`` the platforms' rates;
    ``after`` is called once a transaction is committed, to wake delivery.
    """

    database: Database
    now: Callable[[], datetime]
    pace: Mapping[str, int] = field(default_factory=dict)
    store: FileStore | None = None
    locale: str = "zh_CN"
    zone: str = "Asia/Shanghai"
    after: Callable[[], None] = lambda: None
    furnished: set[int] = field(default_factory=set)
    """Workspaces (by id) that this process has seen to have what this release brings."""

    def answer(self, ask: Ask) -> Message:
        """The answer to an ask; for an event that was answered before, the same answer again.

        Never raises for anything a person can type: a refusal becomes a message, a bug an apology with a
        reference, and in both cases nothing that the ask had changed remains.
        """
        try:
            message = self._attempt(ask)
        except Stale:
            # Somebody changed the same row first. Once more, now against what stands there.
            message = self._attempt(ask)
        self.after()
        return message

    def _attempt(self, ask: Ask) -> Message:
        key = f"{ask.workspace}:{ask.platform}:{ask.event_id}"
        with self.database.write() as db:
            known = inbox.answered(db, key)
            if known is not None:
                return Message.model_validate_json(known)
            ctx = self._context(db, ask)
            message, keep = self._handle(ctx, ask)
            if ask.promised_by is not None:
                ctx.promise(f"{ask.event_id}:answer", ctx.room, message)
            if keep:
                inbox.keep(db, key, message.model_dump_json(), at_ms=int(ctx.now.timestamp() * 1000))
        self.furnished.add(ctx.workspace.id)
        return message

    def _context(self, db: Session, ask: Ask) -> Context:
        """People and rooms are met before anything is asked of them, so that a refusal does not forget them."""
        place = workspace.by_key(db, ask.workspace, locale=self.locale, zone=self.zone)
        if place.id not in self.furnished:
            furnish(db, place.id, self.now())
        person = (
            people.get(db, ask.promised_by)
            if ask.promised_by is not None
            else people.met(db, place.id, ask.platform, ask.account, name=ask.name)
        )
        room = rooms.met(
            db,
            place.id,
            ask.platform,
            ask.room,
            name=ask.room_name or (person.name if ask.direct else ""),
            person_id=person.id if ask.direct else None,
        )
        return Context(
            db, place, person, room, self.now(), line=ask.line, fields=ask.fields, pace=self.pace, store=self.store
        )

    def _handle(self, ctx: Context, ask: Ask) -> tuple[Message, bool]:
        """The answer, and whether a repeat of the event is to get it again (a bug may be tried again)."""
        changes = journal.watch(ctx.db)
        step = ctx.db.begin_nested()
        try:
            _check_length(ask)
            ctx.thread = _thread(ask, ctx)
            ctx.files = tuple(_keep_files(ctx, ask))
            message = router.answer(ctx, ask.line)
            ctx.db.flush()
            if changes:
                self._journal(ctx, ask, changes)
            step.commit()
        except Refused as refused:
            step.rollback()
            return self._refusal(ctx, refused), True
        except Stale:
            raise
        except Exception:
            step.rollback()
            reference = secrets.token_hex(3)
            log.exception("ask failed", reference=reference, platform=ask.platform)
            return self._refusal(ctx, Refused("common/broken", reference=reference)), False
        return message, True

    def _refusal(self, ctx: Context, refused: Refused) -> Message:
        facts = {**refused.facts, "now": ctx.now, "typed": ctx.line}
        return messages.refuse(refused.name, ctx.locale, zone=ctx.zone.key, **facts)

    def _journal(self, ctx: Context, ask: Ask, changes: list[journal.Change]) -> None:
        match = router.find(ask.line)
        line = f"{match.command.name} …" if match and match.command.secret else ask.line
        journal.append(
            ctx.db,
            ctx.workspace.id,
            at=ctx.now,
            person_id=ctx.person.id,
            meeting_id=ctx.subject.id if ctx.subject else None,
            platform=ask.platform,
            room=ask.room,
            line=line,
            changes=changes,
            undoes=ctx.undoes,
        )


def _check_length(ask: Ask) -> None:
    if len(ask.line) > LONGEST_LINE:
        raise Refused("grammar/too_long", most=LONGEST_LINE)


def _thread(ask: Ask, ctx: Context) -> tuple[TaskRef, ...]:
    reader = Tasks.__metadata__[0]  # type: ignore[attr-defined]
    return reader.take(Cursor.over(" ".join(ask.thread)), ctx) or ()


def _keep_files(ctx: Context, ask: Ask) -> list[files.File]:
    return [
        files.add(
            ctx.db,
            ctx.workspace.id,
            name=upload.name,
            digest=upload.digest,
            size=upload.size,
            media_type=upload.media_type,
            person_id=ctx.person.id,
            room_id=ctx.room.id,
            at=ctx.now,
        )
        for upload in ask.files
    ]
