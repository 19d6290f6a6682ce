"""A message's form on a page of its own: filled in once, its answer goes to the chat."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from bot.platforms.web import tickets
from bot.platforms.web.site import Site
from bot.platforms.web.tickets import Ended, Holder, holder
from messages import Message
from messages.message import Form
from storage.tickets import Kind, ask_instead

LONGEST = 500_000
"""Bytes of a form as it is sent: several long fields in Chinese."""
_EVENT = re.compile("[0-9a-f]{16}")


def show(site: Site, request: Request) -> Response:
    return _draw(site, request, holder(site, request, Kind.FORM), {})


def send(site: Site, request: Request, given: dict[str, str]) -> Response:
    """What is refused, or asked next, stands on the page; everything else is answered in the chat."""
    held, event = holder(site, request, Kind.FORM), given.get("event_id", "")
    form = held.message.form
    if form is None or not _EVENT.fullmatch(event):
        return Response(status_code=400)
    typed = _typed(form, given)
    message = site.answer(held.ask(event, fields=typed, window=frozenset({"refusal", "form"}), ticket=held.token))
    if message.name == "web/refusals/used":
        raise Ended("used", held)
    if not message.refused and message.form is None:
        raise Ended("sent", held)
    if message.form is not None:
        held = _asks_instead(site, held, message)
    if message.refused:
        return _draw(site, request, held, typed, told=message, status=422)
    return _draw(site, request, held, {})


def _typed(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    """What people cannot see they cannot change either."""
    return {one.name: one.value if one.kind == "hidden" else given.get(f"field.{one.name}", "") for one in form.fields}


def _asks_instead(site: Site, held: Holder, message: Message) -> Holder:
    """What was missing is asked for from now on."""
    payload = message.kept()
    with site.database.write() as db:
        ask_instead(db, held.ticket.id, payload)
    held.ticket.payload = payload
    return Holder(held.token, held.ticket, held.workspace, held.person, held.room)


def _draw(
    site: Site,
    request: Request,
    held: Holder,
    typed: Mapping[str, str],
    *,
    told: Message | None = None,
    status: int = 200,
) -> Response:
    form = held.message.form
    fields = [one.model_copy(update={"value": typed.get(one.name, one.value)}) for one in form.fields] if form else []
    facts = {"message": held.message, "fields": fields, "told": told, "event": tickets.event()}
    return tickets.page(site, request, "form_page", held, status=status, **facts)
