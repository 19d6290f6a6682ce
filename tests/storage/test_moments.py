"""How moments stand in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite

from storage.base import Utc

SQLITE = sqlite.dialect()
ZONES = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(*map(datetime.fromisoformat, ("1000-01-03", "9999-12-29")), timezones=ZONES)


@given(MOMENTS)
def test_sqlite_is_given_a_moment_as_sqlalchemy_writes_it_and_reads_it_back(moment: datetime) -> None:
    write, read = Utc().bind_processor(SQLITE), Utc().result_processor(SQLITE, None)
    theirs = DateTime().dialect_impl(SQLITE).bind_processor(SQLITE)
    assert write is not None
    assert read is not None
    assert theirs is not None
    assert write(moment) == theirs(moment.astimezone(UTC).replace(tzinfo=None))
    assert read(write(moment)) == moment


def test_a_moment_without_a_zone_is_refused_and_none_is_none() -> None:
    write = Utc().bind_processor(SQLITE)
    assert write is not None
    assert write(None) is None
    with pytest.raises(ValueError, match="naive"):
        write(datetime(2026, 6, 5))  # noqa: DTZ001  what is to be refused
