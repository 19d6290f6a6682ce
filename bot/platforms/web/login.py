"""Passwords: kept as salted scrypt, checked in constant time, tried no faster than the throttle lets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.platforms.web import who
from bot.platforms.web.site import WORKSPACE, Site, spoken
from storage import people, workspace

if TYPE_CHECKING:
    from storage.base import Session
    from storage.people import Account, Person

SHORTEST = 10
_COST = (15, 8, 1)  # log2 n, r, p: 32 MB and about a tenth of a second
_AT_ONCE = threading.BoundedSemaphore(2)  # each try takes 32 MB


def set_password(db: Session, person: Person, password: str) -> Account:
    """Let a person into the browser chat under their name. Raises ``ValueError`` below ``SHORTEST`` characters.

    A new password ends every session that was opened with the old one.
    """
    if len(password) < SHORTEST:
        raise ValueError("too short")
    known = [account for account in people.accounts_of(db, person.id) if account.platform == "web"]
    account = (
        known[0]
        if known
        else people.Account(workspace_id=person.workspace_id, person_id=person.id, platform="web", external=person.name)
    )
    account.password = _hash(password, secrets.token_bytes(16), _COST)
    db.add(account)
    db.flush()
    return account


def check_password(account: Account | None, password: str) -> bool:
    """Takes as long for nobody as for somebody."""
    kept = account.password if account else ""
    if not kept:
        _hash(password, b"\0" * 16, _COST)
        return False
    _, log_n, r, p, salt, _ = kept.split("$")
    again = _hash(password, base64.b64decode(salt), (int(log_n), int(r), int(p)))
    return hmac.compare_digest(again, kept)


def _hash(password: str, salt: bytes, cost: tuple[int, int, int]) -> str:
    log_n, r, p = cost
    with _AT_ONCE:
        made = hashlib.scrypt(password.encode(), salt=salt, n=2**log_n, r=r, p=p, maxmem=2**26, dklen=32)
    return "$".join(["scrypt", *map(str, cost), base64.b64encode(salt).decode(), base64.b64encode(made).decode()])


def ask(site: Site, request: Request) -> Response:
    """The page that asks for a name and a password."""
    if site.demo:
        return RedirectResponse("/", 303)
    return _page(site, request)


def enter(site: Site, request: Request, form: dict[str, str]) -> Response:
    """One try. Wrong name and wrong password are the same mistake."""
    name, now = form.get("name", "").strip()[:200], site.clock.now()
    keys = (f"name:{name.casefold()}", f"address:{request.client.host if request.client else ''}")
    wait = site.throttle.admit(*keys, now=now)
    if wait:
        return _page(site, request, status=429, name=name, wait=wait)
    with site.database.write() as db:
        place = workspace.by_key(db, WORKSPACE, locale=site.settings.locale, zone=site.settings.zone)
    with site.database.read() as db:
        account = people.account(db, place.id, "web", name)
    if not check_password(account, form.get("password", "")[:1000]) or account is None:
        return _page(site, request, status=401, name=name, wrong=True)
    site.throttle.succeeded(*keys)
    return who.remember(site, request, RedirectResponse("/", 303), account)


def leave(site: Site, _request: Request, _form: dict[str, str]) -> Response:
    answer = RedirectResponse("/" if site.demo else "/login", 303)
    answer.delete_cookie(who.COOKIE)
    return answer


def _page(
    site: Site, request: Request, *, status: int = 200, name: str = "", wrong: bool = False, wait: int = 0
) -> Response:
    locale = spoken(request, site.settings.locale)
    return site.page(request, "login", locale, status=status, name=name, wrong=wrong, wait=wait)
