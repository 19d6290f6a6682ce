"""A page of questions whether two entries are one: both side by side, many answered at once, as if said in the chat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.dispatch import key_of
from bot.platforms.web import tickets
from bot.platforms.web.site import Site
from bot.platforms.web.tickets import Ended, Holder, holder
from handlers.parties.side_by_side import open_pairs
from handlers.permissions import holds_in_any, keeps_contacts
from messages import Message
from storage import contacts, inbox, people
from storage import tickets as rows
from storage.tickets import Kind

MOST = 20
"""Questions on one page: each answer is a command of its own, and one person may ask so many a minute."""
_EVENT = re.compile("[0-9a-f]{16}")
_AFTER = re.compile(r"\d{1,12}")
_ANSWER = re.compile(r"answer\.(P\d{1,7})-(P\d{1,7})")
_PAIR = re.compile(r"P\d{1,7}-P\d{1,7}")


@dataclass(frozen=True)
class Told:
    """What became of an answer; ``pair`` and ``event`` are those by which it can be taken back, if it can."""

    message: Message
    pair: str = ""
    event: str = ""


def show(site: Site, request: Request) -> Response:
    """Looking at it answers nothing: chat programs look at every address that is said in them."""
    return _draw(site, request, _held(site, request), [])


def send(site: Site, request: Request, given: dict[str, str]) -> Response:
    """Each answer is an ask of its own, so one that somebody else gave meanwhile keeps no other from being taken.

    What came of them is said in the chat too, in one message.
    """
    held, event = _held(site, request), given.get("event_id", "")
    if not _EVENT.fullmatch(event):
        return Response(status_code=400)
    told = []
    for pair, line in islice(_lines(given), MOST):
        message = site.answer(held.ask(f"{event}:{pair}", line=line, deferred=False))
        told.append(Told(message, pair, event if _undo(message) else ""))
    if done := [one.pair for one in told if one.event]:
        site.answer(held.ask(f"{event}:settled", line=f"contact twins settled {' '.join(done)}"))
    return _draw(site, request, held, told)


def _lines(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The question, and what the answer says in the chat; what is for later says nothing."""
    for name, answer in given.items():
        match = _ANSWER.fullmatch(name)
        if match is None:
            continue
        one, other = match.groups()
        pair = f"{one}-{other}"
        if answer == "apart":
            yield pair, f"contact apart {one} {other} unanswered"
        elif answer == "same":
            kept, gone = (other, one) if given.get(f"keep.{pair}") == other else (one, other)
            yield pair, f"contact merge {kept} {gone} unanswered"


def take_back(site: Site, request: Request, given: dict[str, str]) -> Response:
    """One answer that this page took, and nothing else."""
    held, event, pair = _held(site, request), given.get("event_id", ""), given.get("pair", "")
    if not _EVENT.fullmatch(event) or not _PAIR.fullmatch(pair):
        return Response(status_code=400)
    with site.database.read() as db:
        known = inbox.answered(db, key_of(held.ask(f"{event}:{pair}")))
    line = _undo(Message.known(known)) if known else ""
    if not line:
        return Response(status_code=400)
    message = site.answer(held.ask(f"{event}:{pair}:undo", line=line, deferred=False))
    return _draw(site, request, held, [Told(message)])


def _undo(message: Message) -> str:
    """The line that takes back just this."""
    return next((button.line for button in message.buttons if button.line.startswith("undo no.")), "")


def finish(site: Site, request: Request, _given: dict[str, str]) -> Response:
    """No more answers: the page is closed."""
    held = _held(site, request)
    with site.database.write() as db:
        rows.use(db, held.token, site.clock.now())
    raise Ended("finished", held)


def _held(site: Site, request: Request) -> Holder:
    """Raises ``Ended`` for who keeps the address book no more."""
    held = holder(site, request, Kind.TWINS)
    with site.database.read() as db:
        if not holds_in_any(db, held.workspace.id, people.get(db, held.person.id), keeps_contacts):
            raise Ended("expired", held)
    return held


def _draw(site: Site, request: Request, held: Holder, told: list[Told]) -> Response:
    """The questions behind those that were shown last; what was left for later comes again from the beginning."""
    asked = request.query_params.get("after", "")
    after = int(asked) if _AFTER.fullmatch(asked) else 0
    place = held.workspace.id
    with site.database.read() as db:
        pairs = open_pairs(db, place, after=after, most=MOST)
        count = contacts.count_open_twins(db, place)
        ahead = contacts.count_open_twins(db, place, after=after)
    facts: dict[str, Any] = {
        "pairs": pairs,
        "count": count,
        "first": count - ahead + 1,
        "after": after,
        "next": pairs[-1].twin.id if len(pairs) < ahead else 0,
        "told": told,
        "event": tickets.event(),
    }
    return tickets.page(site, request, "twins_page", held, **facts)
