"""Only in a demo: be somebody else, and move the clock to see what the bot does."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.platforms.web import who
from bot.platforms.web.site import NotThere, Site
from storage import nudges, pages, people

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
    """Live through everything until then; what is said meanwhile comes to the open pages as it happens."""
    if not site.demo:
        raise NotThere
    with site.database.read() as db:
        locale = who.visitor(site, db, request).locale
    with _ONE_AT_A_TIME:
        now, step = site.clock.now(), form.get("to", "")
        if step in STEPS:
            site.move_clock(now + STEPS[step])
        elif step != "next_nudge":
            raise NotThere
        elif not to_next_nudge(site, now):
            return site.notice(request, locale, "nothing_planned", status=409)
    site.bell.ring()
    return Response(status_code=204)


def to_next_nudge(site: Site, now: datetime) -> bool:
    """Look by look, until the bot has said something or nothing is planned. Whether it has."""
    before = _said(site)
    for _ in range(MOST_LOOKS):
        with site.database.read() as db:
            due = nudges.next_due(db)
        if due is None or due > now + FARTHEST:
            return False
        site.move_clock(max(due, site.clock.now()))
        if _said(site) > before:
            return True
    return False


def _said(site: Site) -> int:
    with site.database.read() as db:
        return pages.lines_said(db, "web")
