"""A workspace as it is made: its calendar is that of the place whose time it keeps."""

from __future__ import annotations

from datetime import date
from zoneinfo import available_timezones

import pytest

from handlers.workdays import Calendar
from storage import workspace
from storage.base import Database
from storage.countries import country_of


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Asia/Shanghai", "CN"),
        ("PRC", "CN"),
        ("Asia/Hong_Kong", "HK"),
        ("Europe/London", "GB"),
        ("US/Eastern", "US"),
        ("UTC", ""),
        ("Etc/GMT+5", ""),
    ],
)
def test_the_holidays_are_those_of_the_zones_country(database: Database, zone: str, country: str) -> None:
    with database.write() as db:
        assert workspace.by_key(db, "spring", zone=zone).country == country


def test_every_zone_leads_to_holidays_that_are_known_or_to_weekends_alone() -> None:
    countries = {country_of(zone) for zone in available_timezones()}
    assert {"", "CN", "DE", "US"} < countries
    for country in countries:
        Calendar(country).worked(date(2026, 6, 8))
