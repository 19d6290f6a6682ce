"""One ask, one transaction, one answer: drops retries, rolls back a refusal, writes the journal."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import structlog

import messages
from bot.ask import Ask
from bot.limits import Limit
from bot.platforms import Unknown
from bot.progress import LONGEST_PROMISE, Progress, fitting
from bot.rewording import Reword
from handlers import furnish, router
from handlers.context import Context
from handlers.grammar import Cursor, Tasks
from handlers.ids import TaskRef
from handlers.reach import Reach
from handlers.refused import Refused
from messages import Message, Offer
from storage import asks, files, inbox, journal, outbox, people, rooms, tickets, undo, workspace
from storage.base import Database, Gone, Session, Stale, overtaken, trouble
from storage.files import FileStore
from storage.people import Person
from storage.rooms import Room
from storage.workspace import Workspace

log = structlog.get_logger()

COMPUTER = "console"
BROKEN = "common/refusals/broken"
LONGEST_LINE = 4_000
LONGEST_FIELD = 20_000
LONGEST_NAME, LONGEST_ROOM_NAME, LONGEST_KEY = 100, 200, 300  # as their columns are


@dataclass
class Dispatch:
    """Answers asks against one database.

    ``now`` gives the present moment (the demo's clock can be moved); ``pace`` the platforms' rates,
    ``reach`` what they can do with rooms, ``pages`` where one-time pages begin for who is there; ``after`` is called
    once a transaction is committed, for whoever looks on.
    """

    database: Database
    now: Callable[[], datetime]
    pace: Mapping[str, int] = field(default_factory=dict)
    reach: Mapping[str, Reach] = field(default_factory=dict)
    store: FileStore | None = None
    locale: str = "zh_CN"
    zone: str = "Asia/Shanghai"
    after: Callable[[], None] = lambda: None
    pages: Mapping[str, str] = field(default_factory=dict)
    reword: Reword | None = None
    """Whoever puts a paragraph into other words, if the settings name one."""
    furnished: set[int] = field(default_factory=set)
    """Workspaces (by id) that this process has seen to have what this release brings."""
    limit: Limit = field(default_factory=lambda: Limit(0, time.monotonic))
    """How much one person may ask. Whoever has the computer, and the bot itself, may as much as they like."""
    others: Callable[[], bool] = lambda: False
    """Whether processes of another release are at work, which may know commands that this one does not."""
    stopwatch: Callable[[], float] = time.perf_counter
    observe: Callable[[Ask, Message, float], None] = lambda _ask, _answer, _seconds: None
    """Told of every answer, and how many seconds it took."""

    def answer(self, ask: Ask) -> Message:
        """The answer to an ask; for an event that was answered before, the same answer again.

        Never raises: a refusal becomes a message, so does a full disk, and a bug an apology with a reference. In
        all these cases nothing that the ask had changed remains; in the last two a repeat of the event is tried anew.
        """
        begun = self.stopwatch()
        try:
            message = self.carry_out(ask)
        except Exception as error:  # noqa: BLE001  whatever it is, a person waits for an answer
            message = self._sorry(ask, error)
        self.observe(ask, message, self.stopwatch() - begun)
        self.after()
        return message

    def carry_out(self, ask: Ask) -> Message:
        """The same, but raises what keeps it from being answered, so that whoever can wait may come again."""
        try:
            return self._attempt(ask)
        except Exception as error:
            if not overtaken(error) and trouble(error) != "away":
                raise
            # Somebody changed the same row, or added it, first: once more, now against what stands there. Or the
            # server has hung up, perhaps in the very moment of the commit: then the answer is there already.
            return self._attempt(ask)

    def _attempt(self, ask: Ask) -> Message:
        key = key_of(ask)
        with self.database.write() as db:
            workspace.alone(db, ask.workspace)
            known = inbox.answered(db, key)
            if known is not None:
                return Message.known(known)
            if ask.deferred and _secret(ask.line) and (said_before := _said(db, ask)):
                return said_before
            said = Progress(ask.event_id)
            ctx, message, keep = self._answered(db, ask, said)
            message = _naming_locked(ctx, ask, message)
            if ask.promised_by is not None:
                said.answer(ctx, message)
            elif ask.deferred and not is_shown(ask, message) and self._is_news(ask, message):
                _promise(ctx, ask, message, instead=keep)
            if keep and not _secret(ask.line):
                inbox.keep(db, key, message.kept(), at_ms=int(ctx.now.timestamp() * 1000))
        self.furnished.add(ctx.workspace.id)
        return message

    def _answered(self, db: Session, ask: Ask, said: Progress) -> tuple[Context, Message, bool]:
        """Who asked, the answer, and whether a repeat of the event gets it again: after a bug it is tried anew."""
        ctx = self._context(db, ask)
        try:
            return ctx, self._run(ctx, ask, said), True
        except Unknown:
            raise
        except Refused as refusal:
            if ask.promised_by is not None and refusal.name.startswith("grammar/") and self.others():
                raise Unknown("what a command is told") from None
            refused, keep = refusal, True
        except Exception as error:
            if overtaken(error) or trouble(error):
                raise
            refused, keep = Refused("common/broken", reference=_logged(ask, error)), False
        db.rollback()
        ctx = self._context(db, ask)
        kept = _keep_files(ctx, ask) if keep else []
        return ctx, self._refusal(ctx, refused, kept), keep

    def _run(self, ctx: Context, ask: Ask, said: Progress) -> Message:
        """The answer. What a long command says before it is shown and committed, if the bot runs it for itself."""
        self._not_too_much(ask)
        if ask.promised_by is not None and router.find(ask.line) is None:
            raise Unknown("a command")
        steps = _steps(ctx, ask)
        while True:
            changes = journal.watch(ctx.db)
            message, last = next(steps)
            ctx.db.flush()
            message = _undoing(message, self._journal(ctx, ask, changes) if undo.net(changes) else None)
            if last:
                _use_up(ctx, ask, message)
                return message
            if ask.promised_by is not None:
                said.show(ctx, message)
                self.database.commit(ctx.db)
                self.after()

    def _not_too_much(self, ask: Ask) -> None:
        if ask.platform == COMPUTER or ask.promised_by is not None:
            return
        seconds = self.limit.wait(_who(ask))
        if seconds:
            raise Refused("common/too_much", seconds=seconds)

    def _is_news(self, ask: Ask, message: Message) -> bool:
        """Who asks too much is told so once in a room, not as often as they ask."""
        return message.name != "common/refusals/too_much" or self.limit.is_news(_who(ask))

    def _context(self, db: Session, ask: Ask) -> Context:
        """People and rooms are met before anything is asked of them; a refusal does not forget them."""
        who = asks.known(db, ask.workspace, platform=ask.platform, account=ask.account, room=ask.room)
        place, person, room = who if who and who[0].id in self.furnished else self._meet(db, ask)
        return Context(
            db,
            place,
            person,
            room,
            self.now(),
            line=ask.line,
            fields=ask.fields,
            pace=self.pace,
            reach=self.reach,
            store=self.store,
            answer_key=ask.stands_as or (promise_of(ask) if ask.deferred else ""),
            pages=self.pages.get(ask.platform),
            reword=self.reword,
            promised=ask.promised_by is not None,
        )

    def _meet(self, db: Session, ask: Ask) -> tuple[Workspace, Person, Room]:
        place = workspace.by_key(db, ask.workspace, locale=self.locale, zone=self.zone)
        if place.id not in self.furnished:
            furnish(db, place.id, self.now())
        person = (
            people.get(db, ask.promised_by)
            if ask.promised_by is not None
            else people.met(db, place.id, ask.platform, ask.account, name=ask.name[:LONGEST_NAME])
        )
        name = ask.room_name[:LONGEST_ROOM_NAME] or (person.name if ask.direct else "")
        owner = person.id if ask.direct else None
        return place, person, rooms.met(db, place.id, ask.platform, ask.room, name=name, person_id=owner)

    def _sorry(self, ask: Ask, error: Exception) -> Message:
        """Why nothing was done, outside of any transaction: there may be no database to ask for one."""
        block = trouble(error) or ("busy" if isinstance(error, Stale | Gone) else "broken")
        again = [] if ask.fields or ask.files or _unsecret(ask.line) != ask.line else [Offer("again", ask.line)]
        facts = {"buttons": again} if block == "busy" else {"reference": _logged(ask, error)}
        return messages.refuse(f"common/{block}", self._locale(ask), **facts)

    def _locale(self, ask: Ask) -> str:
        """The language of who asks, as far as it can be had."""
        try:
            with self.database.read() as db:
                place = workspace.find(db, ask.workspace)
                known = people.account(db, place.id, ask.platform, ask.account) if place else None
                person = people.get(db, known.person_id) if known else None
                return messages.settle((person and person.locale) or (place.locale if place else self.locale))
        except Exception:  # noqa: BLE001  the apology matters more than its language
            return messages.settle(self.locale)

    def _refusal(self, ctx: Context, refused: Refused, kept: Sequence[files.File]) -> Message:
        """The sentence, and below it that the files which came along are not lost."""
        facts = {**refused.facts, "now": ctx.now, "typed": ctx.line}
        message = messages.refuse(refused.name, ctx.locale, zone=ctx.zone.key, **facts)
        notes = [messages.refuse("common/files_kept", ctx.locale, refs=[file.ref for file in kept])] if kept else []
        if router.find(ctx.line) is None and self.others():
            notes.append(messages.refuse("common/two_releases", ctx.locale))
        return message.model_copy(update={"footer": " ".join(note.body for note in notes)}) if notes else message

    def _journal(self, ctx: Context, ask: Ask, changes: list[journal.Change]) -> int:
        return journal.append(
            ctx.db,
            ctx.workspace.id,
            at=ctx.now,
            person_id=ctx.person.id,
            meeting_id=ctx.subject.id if ctx.subject else None,
            platform=ask.platform,
            room=ask.room,
            line=_unsecret(ask.line),
            changes=changes,
            undoes=ctx.undoes,
        )


def _undoing(message: Message, number: int | None) -> Message:
    """An undo button takes back what it was shown for, and nothing newer, however late it is pressed.

    Where nothing was changed (``number`` is None) there is none: it would take back what was done before.
    """
    if not any(button.line == "undo" for button in message.buttons):
        return message
    exact = (
        button.model_copy(update={"line": f"undo no. {number}"}) if button.line == "undo" else button
        for button in message.buttons
        if number is not None or button.line != "undo"
    )
    return message.model_copy(update={"buttons": tuple(exact)})


def is_shown(ask: Ask, message: Message) -> bool:
    """Whether the platform shows it in a way of its own, so that it is not promised."""
    held = {"form": message.form is not None, "refusal": message.refused, "private": message.private}
    return any(held[kind] for kind in ask.window)


def _use_up(ctx: Context, ask: Ask, message: Message) -> None:
    """The page that it came by. What is still asked there is asked again; everything else, once. Raises ``Refused``."""
    if ask.ticket and not is_shown(ask, message) and not tickets.use(ctx.db, ask.ticket, ctx.now):
        raise Refused("web/used")


def promise_of(ask: Ask) -> str:
    """The key under which the answer is promised."""
    return fitting(f"{key_of(ask)}:answer", LONGEST_PROMISE)


def _instead_of(ask: Ask) -> str:
    """The key under which it is promised after an apology."""
    return fitting(f"{key_of(ask)}:again", LONGEST_PROMISE)


def _said(db: Session, ask: Ask) -> Message | None:
    """What was promised for this very event, but for an apology: of a secret the inbox knows nothing."""
    found = (outbox.promised(db, key) for key in (promise_of(ask), _instead_of(ask)))
    said = [Message.known(row[0]) for row in found if row]
    return next((message for message in said if message.name != BROKEN), None)


def _promise(ctx: Context, ask: Ask, message: Message, *, instead: bool) -> None:
    """The answer goes out as a promise of its own: kept once, in its thread, and seen by whom it is for.

    ``instead``: it is said even after an apology, which has taken its place when the event came before.
    """
    reader = ask.account if message.private and not ask.direct else ""
    for key in (promise_of(ask), _instead_of(ask)) if instead else (promise_of(ask),):
        if ctx.promise(key, ctx.room, message, thread=ask.answer_in, reader=reader, recheck=ctx.answer_recheck):
            break


def _who(ask: Ask) -> tuple[str, str, str]:
    """Who is asking, as far as limits go."""
    return ask.workspace, ask.platform, ask.account


def key_of(ask: Ask) -> str:
    """What is the same for a repeat of the event, and for nobody else's."""
    return fitting(f"{ask.workspace}:{ask.platform}:{ask.account}:{ask.event_id}", LONGEST_KEY)


def _logged(ask: Ask, error: Exception) -> str:
    """The reference under which the error now stands in the log; what was asked does not stand there."""
    reference = secrets.token_hex(3)
    log.error("ask failed", exc_info=error, reference=reference, platform=ask.platform)
    return reference


def _check_lengths(ask: Ask) -> None:
    for text, most in ((ask.line, LONGEST_LINE), *((value, LONGEST_FIELD) for value in ask.fields.values())):
        if len(text) > most:
            raise Refused("grammar/too_long", most=most)


def _secret(line: str) -> bool:
    """Whether neither its words nor its answer may be written down: a repeat is then answered anew."""
    match = router.find(line)
    return match is not None and match.command.secret


def _unsecret(line: str) -> str:
    """The line as it may be written down."""
    match = router.find(line)
    return f"{match.command.name} …" if match and match.command.secret else line


def _steps(ctx: Context, ask: Ask) -> Iterator[tuple[Message, bool]]:
    """What a command says, and whether that is its answer.

    One that takes long is a generator: it yields how far it has come, and returns its answer. Run by the bot for
    itself, it is committed at every yield, and until it asks the database again nothing is locked.
    """
    _check_lengths(ask)
    ctx.thread = _thread(ask, ctx)
    ctx.files = tuple(_keep_files(ctx, ask))
    answer: Any = router.answer(ctx, ask.line)
    if isinstance(answer, Generator):
        answer = yield from _so_far(answer)
    yield answer, True


def _so_far(steps: Generator[Message, None, Message]) -> Generator[tuple[Message, bool], None, Message]:
    while True:
        try:
            message = next(steps)
        except StopIteration as end:
            return cast("Message", end.value)
        yield message, False


def _thread(ask: Ask, ctx: Context) -> tuple[TaskRef, ...]:
    reader = Tasks.__metadata__[0]  # type: ignore[attr-defined]
    return (reader.take(Cursor.over(" ".join(ask.thread)), ctx) or ()) if ask.thread else ()


def _naming_locked(ctx: Context, ask: Ask, message: Message) -> Message:
    """Of what came, what a password keeps readers out of: whoever sent it can still send it without one."""
    names = [upload.name for upload in ask.files if upload.locked]
    if not names:
        return message
    note = messages.write("common/locked_files", ctx.locale, names=names).body
    return message.model_copy(update={"body": f"{message.body}\n\n{note}".strip()})


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
            locked=upload.locked,
            taken_on=upload.taken_on,
        )
        for upload in ask.files
    ]
