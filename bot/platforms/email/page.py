"""The page on which a letter's reader says that they want no more of them; mail programs post to it by themselves."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

import messages
from bot.insisting import insist
from bot.platforms.email.sending import Mail, letter_of
from storage import parties
from storage.base import Session
from storage.letters import Letter, Letterhead
from storage.meetings import Meeting
from storage.workspace import Workspace

PATIENCE_S = 20.0
"""So long a reader's wish waits for whoever holds their entry, such as a list that comes in."""


@dataclass
class Page:
    """Looking changes nothing: programs that check links follow them, too (RFC 8058)."""

    mail: Mail

    async def look(self, request: Request) -> Response:
        return await run_in_threadpool(self._answer, self._letter(request))

    async def stop(self, request: Request) -> Response:
        number = self._letter(request)
        await run_in_threadpool(self._stop, number)
        return await run_in_threadpool(self._answer, number)

    def _letter(self, request: Request) -> int | None:
        return letter_of(self.mail.settings.web.secret.get_secret_value(), request.path_params["token"])

    def _stop(self, number: int | None) -> None:
        """Whatever else is done to their entry meanwhile: mail programs post this once."""
        until = time.monotonic() + PATIENCE_S

        def write(db: Session) -> None:
            letter = db.get(Letter, number) if number else None
            if letter is not None:
                parties.opt_out(db, letter.party_id, now=self.mail.now())

        insist(self.mail.database, write, may=lambda: time.monotonic() < until)

    def _answer(self, number: int | None) -> Response:
        with self.mail.database.read() as db:
            letter = db.get(Letter, number) if number else None
            if letter is None:
                return self._page(self.mail.settings.locale, "unknown", 404)
            party = parties.kept_as(db, letter.party_id)
            place = db.get_one(Workspace, db.get_one(Meeting, letter.meeting_id).workspace_id)
            head = db.query(Letterhead).filter_by(workspace_id=place.id, locale=letter.locale).one_or_none()
            sender = head.name if head and head.name else place.name
            return self._page(letter.locale, "done" if party.opted_out_at else "ask", sender=sender)

    @staticmethod
    def _page(locale: str, state: str, status: int = 200, *, sender: str = "") -> HTMLResponse:
        nonce = secrets.token_urlsafe(16)
        body = messages.page("email/unsubscribe", locale, state=state, nonce=nonce, sender=sender)
        policy = f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'"
        headers = {
            "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
        }
        return HTMLResponse(body, status, headers)


def routes(mail: Mail) -> list[BaseRoute]:
    """None where no letter names such a page."""
    if not (mail.settings.public_url and mail.settings.web.secret.get_secret_value()):
        return []
    here = Page(mail)
    return [
        Route("/unsubscribe/{token:str}", here.look, methods=["GET"]),
        Route("/unsubscribe/{token:str}", here.stop, methods=["POST"]),
    ]
