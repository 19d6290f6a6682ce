"""How WeCom reaches the bot: one address for each app, at which it looks whether we are there and calls us back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot import bodies
from bot.keeping import Intake
from bot.platforms.wecom import bot_wire, ear, groups, receive
from bot.platforms.wecom.bot_ear import BotEar
from bot.platforms.wecom.bot_media import Fetch
from bot.platforms.wecom.bot_trouble import Alarm
from bot.platforms.wecom.desk import Desk
from bot.platforms.wecom.ear import Ear
from bot.platforms.wecom.enter import Enter
from bot.platforms.wecom.entries import Entries, Entry
from bot.platforms.wecom.envelope import LARGEST, Envelopes, Rejected, Signed
from bot.platforms.wecom.line import BotLine
from bot.platforms.wecom.people import Faces
from bot.unreachable import resume

if TYPE_CHECKING:
    from bot.dispatch import Dispatch
    from bot.platforms.wecom.sending import Wecom
    from bot.settings import Settings

log = structlog.get_logger()

ADDRESS = "/wecom/{name}"
NO_SUCH, TOO_LARGE, FORBIDDEN = 404, 413, 403


@dataclass
class Door:
    """Everything that receives: over HTTP from the apps, and over their own connections from the AI bots."""

    ear: Ear
    settings: Settings
    line: BotLine | None = None

    def __post_init__(self) -> None:
        self.bot_ear = BotEar(self._keep)

    def start(self) -> None:
        """Webhooks become rooms, what could not be said before is tried again, and the bots are connected."""
        desk = self.ear.desk
        groups.meet(desk.entries, desk.database, locale=self.settings.locale, zone=self.settings.zone)
        resume(desk.database, "wecom", now=desk.dispatch.now())
        self.bot_ear.stopping.clear()
        if self.line is not None:
            self.line.start()

    def stop(self) -> None:
        """Nothing more is heard from the bots; the rest is the web server's doing."""
        self.bot_ear.stopping.set()
        if self.line is not None:
            self.line.stop()

    @property
    def silent(self) -> list[str]:
        """Associations whose AI bot cannot be connected, as WeCom's client is not installed."""
        return bots(self.ear.desk.entries) if self.line is None else []

    def routes(self) -> list[BaseRoute]:
        """For the web server: where apps are called back, and where people come by on their way to a page."""
        desk = self.ear.desk
        ways_in = Enter(desk.entries, desk.database, self.settings, desk.dispatch.now).routes()
        if not self.settings.wecom.hears:
            return ways_in
        heard = [Route(ADDRESS, self.show, methods=["GET"]), Route(ADDRESS, self.hear, methods=["POST"])]
        return [*heard, *ways_in]

    def show(self, request: Request) -> Response:
        """WeCom looks whether the address is ours: what it encrypted goes back as it was, and nothing around it."""
        found = self._entry(request)
        if found is None:
            return Response(status_code=NO_SUCH)
        (entry, envelopes), query = found, dict(request.query_params)
        try:
            said = envelopes.open(query.get("echostr", ""), Signed.of(query), now=self._now())
        except Rejected as reason:
            return _rejected(entry, reason)
        return PlainTextResponse(said)

    async def hear(self, request: Request) -> Response:
        """Checked, written down, and answered with nothing: the words follow."""
        found = self._entry(request)
        if found is None:
            return Response(status_code=NO_SUCH)
        body = await bodies.read(request, most=LARGEST)
        if body is None:
            return Response(status_code=TOO_LARGE)
        return await run_in_threadpool(self._heard, *found, body, dict(request.query_params))

    def _heard(self, entry: Entry, envelopes: Envelopes, body: bytes, query: dict[str, str]) -> Response:
        try:
            text, told = envelopes.read(body, Signed.of(query), now=self._now())
        except Rejected as reason:
            return _rejected(entry, reason)
        heard = receive.heard(told, text, entry=entry.name)
        if heard is not None:
            self._keep(entry, heard)
        return Response()

    def _keep(self, entry: Entry, heard: receive.Heard) -> None:
        desk = self.ear.desk
        now = desk.dispatch.now()
        ear.keep(desk.database, entry, heard, now=now, locale=self.settings.locale, zone=self.settings.zone)

    def _entry(self, request: Request) -> tuple[Entry, Envelopes] | None:
        """Whose address that is; None for an app that is not called back."""
        entry = self.ear.desk.entries.get(request.path_params["name"])
        return (entry, entry.envelopes) if entry and entry.envelopes else None

    def _now(self) -> float:
        return self.ear.desk.dispatch.now().timestamp()


def _rejected(entry: Entry, reason: Rejected) -> Response:
    log.warning("callback not taken", entry=entry.name, why=reason.why)
    return Response(status_code=FORBIDDEN)


def build(wecom: Wecom, dispatch: Dispatch, settings: Settings) -> Door:
    """Everything wired, nothing started."""
    faces = Faces(wecom.database, settings.locale, settings.zone)
    intake = Intake.of(settings, wecom.handover.files)
    desk = Desk(wecom.entries, wecom.database, dispatch, faces, intake, wecom.deck.pressed)
    door = Door(Ear(desk), settings)
    if bots(wecom.entries) and bot_wire.available():
        door.line = wecom.line = _line(door, dispatch)
        wecom.deck.answer = door.line.update
        desk.fetch = Fetch(intake)
    return door


def bots(entries: Entries) -> list[str]:
    """The associations with an AI bot."""
    return [name for name, entry in entries.items() if entry.app.bot_id]


def _line(door: Door, dispatch: Dispatch) -> BotLine:
    entries, url = door.ear.desk.entries, door.settings.wecom.bot_url
    return BotLine(entries, dispatch.database, dispatch.now, url=url, heard=door.bot_ear, trouble=Alarm(dispatch))
