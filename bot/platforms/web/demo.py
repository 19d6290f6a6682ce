"""Only in a demo: be somebody else, and move the clock to see what the bot does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.platforms.web import who
from bot.platforms.web.site import NotThere, Site
from storage import nudges, pages, people, rooms

if TYPE_CHECKING:
    from storage.base import Session

STEPS = {"next_day": timedelta(days=1), "next_week": timedelta(weeks=1)}
FARTHEST = timedelta(days=60)
"""So far ahead a next nudge is looked for: beyond it, nothing is planned."""
MOST_LOOKS = 300
_ONE_AT_A_TIME = threading.Lock()


def act_as(site: Site, request: Request, form: dict[str, str]) -> Response:
    """From now on this browser is that account. The room stays, unless it is the other's own."""
    with site.database.read() as db:
        place = who.visitor(site, db, request).workspace
        account = people.account(db, place.id, "web", form.get("account", ""))
        if not site.demo or account is None:
            raise NotThere
        other = who.Visitor(place, account, people.get(db, account.person_id))
        stays = any(str(room.id) == form.get("room") for room in who.rooms_of(db, other))
    back = f"/?room={form['room']}" if stays else "/"
    return who.remember(site, request, RedirectResponse(back, 303), account)


def move(site: Site, request: Request, form: dict[str, str]) -> Response:
    """Live through everything until then; what is said meanwhile comes to the open pages as it happens.

    The answer is a line that names who heard something.
    """
    step = form.get("to", "")
    if not site.demo or step not in {*STEPS, "next_nudge"}:
        raise NotThere
    with _ONE_AT_A_TIME:
        before, now = _come(site), site.clock.now()
        if step in STEPS:
            site.move_clock(now + STEPS[step])
        planned = step in STEPS or to_next_nudge(site, now)
        after = _come(site)
    site.bell.ring()
    with site.database.read() as db:
        found = who.visitor(site, db, request)
        here = who.room(db, found, form.get("room", ""))
        told = _told(db, [number for number in after if after[number] != before.get(number)])
        return HTMLResponse(site.part("told", found.tongue(here), zone=found.zone, planned=planned, **told))


def _told(db: Session, numbers: Sequence[int]) -> dict[str, Any]:
    """The names of the rooms and, for direct conversations, of the people."""
    heard = [rooms.get(db, number) for number in numbers]
    return {
        "rooms": [room.name for room in heard if room.person_id is None],
        "people": [people.get(db, room.person_id).name for room in heard if room.person_id is not None],
    }


def to_next_nudge(site: Site, now: datetime) -> bool:
    """Look by look, until the bot has said something or nothing is planned. Whether it has."""
    before = _come(site)
    for _ in range(MOST_LOOKS):
        with site.database.read() as db:
            due = nudges.next_due(db)
        if due is None or due > now + FARTHEST:
            return False
        site.move_clock(max(due, site.clock.now()))
        if _come(site) != before:
            return True
    return False


def _come(site: Site) -> dict[int, int]:
    with site.database.read() as db:
        return pages.come(db, "web")
