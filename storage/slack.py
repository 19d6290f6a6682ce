"""Where the Slack app is installed, and with which token, as it was handed over: this package cannot read tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    CursorResult,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import Session

from storage.base import Base, Utc

installation = Table(
    "slack_installation",
    Base.metadata,
    Column("team", String(20), primary_key=True),
    Column("via", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("bot_id", String(20), nullable=False),
    Column("bot_user", String(20), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("refresh_token", Text, nullable=False),
    Column("ends_at", Utc),
    Column("refreshing_until", BigInteger, nullable=False),
    Column("installed_at", Utc, nullable=False),
)
"""One row for each team, and for each organisation that installed the app for all of its teams.

A team of such an organisation has a row without a token; ``via`` names the organisation's. Not a mapped class: what
stands here is no business of the journal's.
"""

_team = installation.c.team == bindparam("t")
_FIND = select(installation).where(_team)
_ALL = select(installation).order_by(installation.c.team)
_REMOVE = delete(installation).where(or_(_team, installation.c.via == bindparam("t")))
_CLAIM = (
    update(installation)
    .where(_team, installation.c.token == bindparam("held"), installation.c.refreshing_until <= bindparam("now"))
    .values(refreshing_until=bindparam("until", type_=BigInteger))
)
_RENEW = (
    update(installation)
    .where(_team)
    .values(
        token=bindparam("new"),
        refresh_token=bindparam("refresh"),
        ends_at=bindparam("ends", type_=Utc),
        refreshing_until=0,
    )
)


def find(db: Session, team: str) -> RowMapping | None:
    return db.execute(_FIND, {"t": team}).mappings().first()


def everywhere(db: Session) -> Sequence[RowMapping]:
    return db.execute(_ALL).mappings().all()


def save(db: Session, team: str, **row: Any) -> None:
    """In place of what was there; an organisation's teams are found anew."""
    remove(db, team)
    db.execute(insert(installation).values(team=team, refreshing_until=0, **row))


def lead_to(db: Session, team: str, organisation: str, *, at: datetime) -> None:
    """The team is one of the organisation's: its token is that one's."""
    blank = dict.fromkeys(("name", "bot_id", "bot_user", "scopes", "token", "refresh_token"), "")
    save(db, team, via=organisation, ends_at=None, installed_at=at, **blank)


def remove(db: Session, team: str) -> None:
    """Forget the tokens of a team, or of an organisation and all its teams."""
    db.execute(_REMOVE, {"t": team})


def claim(db: Session, team: str, *, held: str, now_ms: int, until_ms: int) -> bool:
    """Whether the caller alone may renew this very token until then: nobody else has done so or is at it."""
    given = {"t": team, "held": held, "now": now_ms, "until": until_ms}
    done: CursorResult[Any] = db.execute(_CLAIM, given)  # type: ignore[assignment]
    return done.rowcount == 1


def renew(db: Session, team: str, *, token: str, refresh_token: str, ends_at: datetime | None) -> None:
    db.execute(_RENEW, {"t": team, "new": token, "refresh": refresh_token, "ends": ends_at})


def seal_again(db: Session, team: str, *, held: str, token: str, refresh_token: str) -> None:
    """The same tokens, encrypted with another key; those that were renewed meanwhile are left as they are."""
    same = update(installation).where(_team, installation.c.token == bindparam("held"))
    db.execute(same.values(token=token, refresh_token=refresh_token), {"t": team, "held": held})
