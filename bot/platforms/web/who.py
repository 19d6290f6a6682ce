"""Who is looking: a signed cookie names an account; in a demo anybody may be anybody."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

import messages
from bot.platforms.web.site import WORKSPACE, Away, NotThere, Site
from storage import pages, people, rooms, workspace

if TYPE_CHECKING:
    from storage.base import Session
    from storage.people import Account, Person
    from storage.rooms import Room
    from storage.workspace import Workspace

COOKIE = "huihou"
LONGEST = 30 * 24 * 3600


@dataclass(frozen=True)
class Visitor:
    """Somebody who may be here."""

    workspace: Workspace
    account: Account
    person: Person

    @property
    def locale(self) -> str:
        return messages.settle(self.person.locale or self.workspace.locale)

    @property
    def zone(self) -> str:
        return self.person.zone or self.workspace.zone

    def tongue(self, room: Room) -> str:
        """The language of a room's page: the one in which the bot answers this person there."""
        return messages.settle(self.person.locale or room.locale or self.workspace.locale)


def visitor(site: Site, db: Session, request: Request) -> Visitor:
    """Raises ``Away`` for nobody."""
    place = workspace.find(db, WORKSPACE)
    account = _account(site, db, request, place.id) if place else None
    if place is None or account is None:
        raise Away
    return Visitor(place, account, people.get(db, account.person_id))


def _account(site: Site, db: Session, request: Request, workspace_id: int) -> Account | None:
    claim = _claim(site, request)
    account = people.account(db, workspace_id, "web", claim.get("account", ""))
    if site.demo:
        everybody = pages.accounts(db, workspace_id, "web")
        return account or (everybody[0][0] if everybody else None)
    mark = str(claim.get("mark", ""))
    if account is None or not account.password or not hmac.compare_digest(mark.encode(), _mark(account).encode()):
        return None
    return account


def _claim(site: Site, request: Request) -> dict[str, str]:
    try:
        found = _signer(site).loads(request.cookies.get(COOKIE, ""), max_age=LONGEST)
    except BadData:
        return {}
    return found if isinstance(found, dict) else {}


def _signer(site: Site) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(site.key, salt="huihou.session")


def _mark(account: Account) -> str:
    """Changes with the password, so that a new one ends every session that was opened with the old."""
    return hashlib.sha256(account.password.encode()).hexdigest()[:16]


def remember(site: Site, request: Request, answer: Response, account: Account) -> Response:
    """Sign the visitor in with this answer."""
    answer.set_cookie(
        COOKIE,
        _signer(site).dumps({"account": account.external, "mark": _mark(account)}),
        max_age=LONGEST,
        httponly=True,
        samesite="lax",
        secure=site.secure(request),
    )
    return answer


def someone(site: Site) -> None:
    """A demo in which nobody has been yet: somebody to be, so that there is a first page."""
    settings = site.settings
    with site.database.write() as db:
        place = workspace.by_key(db, WORKSPACE, locale=settings.locale, zone=settings.zone)
        if not pages.accounts(db, place.id, "web"):
            people.met(db, place.id, "web", "me", name=messages.write("web/someone", place.locale).body)


def own_room(site: Site, found: Visitor) -> None:
    """The conversation between this person and the bot, made when they come for the first time."""
    with site.database.read() as db:
        if any(room.platform == "web" for room in rooms.direct(db, [found.person.id])):
            return
    with site.database.write() as db:
        address = f"direct:{found.account.external}"[:200]
        rooms.met(db, found.workspace.id, "web", address, name=found.person.name, person_id=found.person.id)


def rooms_of(db: Session, found: Visitor) -> list[Room]:
    """The team's rooms, then the person's own conversation with the bot."""
    every = rooms.of_platform(db, found.workspace.id, "web")
    shared = [room for room in every if room.person_id is None]
    return shared + [room for room in every if room.person_id == found.person.id]


def room(db: Session, found: Visitor, room_id: str) -> Room:
    """Raises ``NotThere`` for a room that is not, is elsewhere, or is somebody else's."""
    for one in rooms_of(db, found):
        if str(one.id) == room_id:
            return one
    raise NotThere
