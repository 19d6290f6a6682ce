"""Letters are drafted, one for everybody who is to be thanked; what stands is renewed where facts have changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks import book as books
from handlers.thanks.book import Book
from handlers.thanks.heads import LOCALES
from handlers.thanks.naming import EVERYBODY, AudienceOrAll
from handlers.thanks.rules import IN_BULK, PRECEDENCE, SETTLED, WAITING, Due, carried_on, kept_back
from handlers.thanks.writing import because, differs, judge, letters_due, renew, write
from messages import Columns, Entry, Message, Offer
from storage import letters, parties
from storage.letters import GONE, Audience, Letter, LetterState, withdraw_approval

router = Router("thanks")

AT_ONCE = 40
"""So few are drafted while one waits."""
CHUNK = 50
"""So many are in memory at a time."""
BAR = 20
SIGNED = frozenset(Audience) - {Audience.ATTENDEES, Audience.NO_SHOWS}
"""By a person; mass letters are the association's."""
MOST_NAMED = 5


@dataclass
class Outcome:
    """How many letters came to what, and of some of them what changed."""

    counts: Counter[str] = field(default_factory=Counter)
    changed: list[dict[str, Any]] = field(default_factory=list)
    outdated: list[Letter] = field(default_factory=list)

    def note(self, what: str, letter: Letter, name: str, changes: Sequence[tuple[str, str]] = ()) -> None:
        self.counts[what] += 1
        if what == "renewed" and len(self.changed) < MOST_NAMED:
            self.changed.append({"letter": letter, "name": name, "changes": list(changes[:1]), "count": len(changes)})
        if what == "outdated" and len(self.outdated) < MOST_NAMED:
            self.outdated.append(letter)

    def count_state(self, letter: Letter) -> None:
        self.counts[str(letter.state)] += 1


@router.command("thanks draft", zh="致谢 起草", also=("draft thanks", "起草致谢", "draft letters", "致谢起草"))
def draft(ctx: Context, meeting: MeetingNumber = 0, audience: AudienceOrAll = EVERYBODY) -> Any:
    """Draft the letters of thanks, or renew them with what is known now: thanks draft speakers"""
    ctx.meeting_number(meeting or None)
    ctx.must_run()
    allow(ctx, keeps_contacts, ctx.meeting)
    book = books.load(ctx)
    wanted = _wanted(book, audience)
    if not wanted and not _kept(ctx, audience):
        raise Refused(
            "thanks/nobody",
            audience=audience,
            buttons=[Offer("people", "people import"), Offer("contacts", "contacts")],
        )
    if ctx.promised or len(wanted) <= AT_ONCE:
        return make(ctx, book, wanted, audience)
    line = f"thanks draft M{ctx.meeting.number} {audience}"
    # Two presses within a minute mean one draft.
    ctx.later(line, key=f"thanks:{ctx.meeting.id}:{audience}:{ctx.now:%Y-%m-%dT%H:%M}")
    return ctx.words("thanks/begun", meeting=ctx.meeting, audience=audience, count=len(wanted))


def _wanted(book: Book, audience: str) -> list[Due]:
    """Those to be written, the highest audience first."""
    found = [one for one in letters_due(book).values() if audience in {EVERYBODY, one.audience}]
    return sorted(found, key=lambda one: (PRECEDENCE.index(one.audience), one.party))


def _kept(ctx: Context, audience: str) -> bool:
    return any(audience in {EVERYBODY, row.audience} for row in letters.heads(ctx.db, ctx.meeting.id))


def make(ctx: Context, book: Book, wanted: Sequence[Due], audience: str) -> Generator[Message, None, Message]:
    """The letters, some at a time; meanwhile nothing is locked, and it says how far it has come."""
    outcome, known = Outcome(), _by_party(ctx)
    yield _bar(ctx, 0, len(wanted))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        _draft_some(ctx, book, chunk, known, outcome)
        if start + CHUNK < len(wanted):
            yield _bar(ctx, start + CHUNK, len(wanted))
    _let_go(ctx, audience, known, letters_due(book), outcome)
    return _told(ctx, book, outcome, audience)


def _by_party(ctx: Context) -> dict[int, list[int]]:
    """The letters there are, by whom they are to: who was found to be another has that other's."""
    heads = letters.heads(ctx.db, ctx.meeting.id)
    same = parties.some(ctx.db, {row.party_id for row in heads})
    found: dict[int, list[int]] = defaultdict(list)
    for row in heads:
        found[same[row.party_id].id].append(row.id)
    return found


def _draft_some(
    ctx: Context, book: Book, chunk: Sequence[Due], known: Mapping[int, list[int]], outcome: Outcome
) -> None:
    there, number = _there(ctx, chunk, known), letters.next_number(ctx.db, ctx.meeting.id)
    for one in chunk:
        if mine := there.get(one.party):
            _again(ctx, book, one, mine, outcome)
        else:
            _new(ctx, book, one, number, outcome)
            number += 1
    ctx.db.flush()
    letters.forget(ctx.db)


def _there(ctx: Context, chunk: Sequence[Due], known: Mapping[int, list[int]]) -> dict[int, list[Letter]]:
    """Their letters by party, as they are by now: others may have drafted some, or taken some back, meanwhile."""
    whose = {key: one.party for one in chunk for key in known.get(one.party, ())}
    found: dict[int, list[Letter]] = defaultdict(list)
    for row in letters.to_parties(ctx.db, ctx.meeting.id, [one.party for one in chunk], also=list(whose)):
        found[whose.get(row.id, row.party_id)].append(row)
    return found


def _new(ctx: Context, book: Book, one: Due, number: int, outcome: Outcome) -> None:
    fresh = write(book, one, ctx.local_now.date())
    letter = Letter(
        meeting_id=ctx.meeting.id,
        number=number,
        audience=one.audience,
        party_id=one.party,
        locale=fresh.locale,
        template=fresh.template,
        content=fresh.content,
        digest=fresh.digest,
        facts=fresh.facts,
        at=ctx.now,
    )
    judge(letter, fresh.reasons)
    ctx.db.add(letter)
    outcome.note("new", letter, book.parties[one.party].name)
    outcome.count_state(letter)


def _again(ctx: Context, book: Book, one: Due, mine: Sequence[Letter], outcome: Outcome) -> None:
    """One letter stays, the furthest; a second came when two were found to be one."""
    kept, *others = sorted(mine, key=lambda row: (row.state not in GONE, row.state in SETTLED, row.number))
    for row in others:
        if row.state not in SETTLED:
            _skip(ctx, row, outcome)
    name = book.parties[one.party].name
    kept.party_id = one.party
    if kept.state in SETTLED:
        outcome.note("gone" if kept.state in GONE else "skipped", kept, name)
        return
    fresh = write(book, one, kept.at.astimezone(ctx.meeting_zone).date())
    changes, approved = differs(kept, fresh), kept.state == LetterState.APPROVED
    untrue = bool(changes) or (approved and bool(kept_back(carried_on(fresh.reasons, kept.blocked))))
    if kept.edited or (approved and not untrue):
        outcome.note("outdated" if untrue else "kept", kept, name)
    elif untrue:
        had_words, why = bool(kept.content), because(kept, fresh)
        renew(kept, write(book, one, ctx.local_now.date()), one, ctx)
        outcome.counts["asked"] += approved  # it could not have gone, and asks whoever approved it again
        outcome.note("renewed" if had_words else "written", kept, name, changes)
        outcome.counts[f"renewed_{why}"] += had_words
    else:
        outcome.note("same", kept, name)
    if kept.state in WAITING and kept.state != LetterState.REJECTED:
        judge(kept, fresh.reasons)
    outcome.count_state(kept)


def _let_go(
    ctx: Context, audience: str, known: Mapping[int, list[int]], dues: Mapping[int, Due], outcome: Outcome
) -> None:
    """Letters to who is no longer to be written to: they are left out, and say why."""
    orphans = [key for party, keys in known.items() if party not in dues for key in keys]
    for row in letters.some(ctx.db, orphans).values():
        if row.state not in SETTLED and audience in {EVERYBODY, row.audience}:
            _skip(ctx, row, outcome)
    ctx.db.flush()


def _skip(ctx: Context, row: Letter, outcome: Outcome) -> None:
    row.state, row.reason = LetterState.SKIPPED, ctx.words("thanks/no_longer").body
    withdraw_approval(row)
    outcome.counts["dropped"] += 1


# --- said


def _bar(ctx: Context, done: int, total: int) -> Message:
    full = BAR * done // total if total else BAR
    bar = Columns(("letters", "progress"), [[f"{done} / {total}", "█" * full + "░" * (BAR - full)]])
    return ctx.words("thanks/drafting", meeting=ctx.meeting, done=done, total=total, table=bar)


def _told(ctx: Context, book: Book, outcome: Outcome, audience: str) -> Message:
    number = ctx.meeting.number
    word = "" if audience == EVERYBODY else f" {audience}"
    readable = bool(outcome.counts["draft"])
    offers = [Offer("next", f"thanks next M{number}{word}", primary=True)] if readable else []
    if outcome.counts["blocked"]:
        offers.append(Offer("blocked", f"thanks blocked M{number}{word}", primary=not readable))
    if readable and audience in IN_BULK:
        offers.append(Offer("all", f"thanks approve all M{number} {audience}"))
    unsigned = _unsigned(ctx, book)
    offers += [Offer("letterhead", f"letterhead edit {one}", facts={"language": one}) for one in unsigned]
    offers.append(Offer("overview", f"thanks M{number}"))
    return ctx.words(
        "thanks/drafted",
        meeting=ctx.meeting,
        audience=audience,
        counts=outcome.counts,
        outdated=outcome.outdated,
        unsigned=unsigned,
        uncounted=book.uncounted if audience in {EVERYBODY, Audience.ATTENDEES} else 0,
        rows=[Entry(one, [Offer("show", f"thanks show M{number} {one['letter'].ref}")]) for one in outcome.changed],
        buttons=offers,
        tone="warn" if outcome.counts["outdated"] else "good",
    )


def _unsigned(ctx: Context, book: Book) -> list[str]:
    """Languages in which letters wait that somebody is to sign, and nobody is named who does."""
    waiting = {
        row.locale for row in letters.heads(ctx.db, ctx.meeting.id) if row.state in WAITING and row.audience in SIGNED
    }
    named = {locale for locale, head in book.heads.items() if head.signatory}
    return [word for word, locale in LOCALES.items() if locale in waiting - named]
