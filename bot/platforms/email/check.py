"""Looks the mail server over for ``huihou doctor``: it is greeted and signed in to; no mail is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.finding import Finding
from bot.platforms import Closed, NotNow
from bot.platforms.email.wire import Wire
from bot.settings import Settings
from storage.base import Database

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def examine(settings: Settings, database: Database | None, now: datetime) -> Iterator[Finding]:  # noqa: ARG001  as all
    own = settings.email
    if not own.on:
        yield Finding("email_off", "ok")
        return
    facts = {"host": own.host, "port": own.at_port, "user": own.user, "sender": own.sender}
    try:
        name = Wire(own).probe()
    except Closed as closed:
        kind, _, said = str(closed).partition(": ")
        yield Finding(f"email_{kind}", "fail", {**facts, "reason": said})
        return
    except (NotNow, OSError) as error:
        yield Finding("email_away", "warn", {**facts, "reason": str(error) or type(error).__name__})
        return
    yield Finding("email", "ok", {**facts, "name": name})
    if own.tls == "none" and own.host not in LOOPBACK:
        yield Finding("email_open", "warn", facts)
