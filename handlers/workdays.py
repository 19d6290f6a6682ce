"""Which days are worked: weekends, public holidays, China's make-up days and the workspace's own list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5
ONE = timedelta(days=1)
LONGEST = 31  # days off on end that are still one holiday; a bound for broken override files


@dataclass(frozen=True)
class Calendar:
    """A country's working days with the workspace's corrections on top.

    ``country`` is an ISO 3166 code, with a subdivision where it matters ("CN", "HK", "DE-BY"); "" knows weekends only.
    A code that `holidays` does not know raises NotImplementedError at the first question. ``overrides`` say of single
    days whether they are worked, and win: a State Council notice does not have to wait for a release.
    """

    country: str = "CN"
    overrides: Mapping[date, bool] = field(default_factory=dict, hash=False)

    def worked(self, day: date) -> bool:
        own = self.overrides.get(day)
        return _worked(self.country, day) if own is None else own

    def name(self, day: date, locale: str = "zh_CN") -> str:
        """The holiday's name, in ``locale`` as far as `holidays` speaks it; "" for a worked day or a plain weekend.

        A day swapped for a worked weekend is called after the holiday it lengthens.
        """
        if not self.country or self.worked(day):
            return ""
        title = _titles(self.country, day.year, locale).get(day, "")
        return self._lengthened(day, locale) if day in _swapped(self.country, day.year) else title

    def confirmed(self, year: int) -> bool:
        """Whether the year's working days are settled.

        China announces them a year at a time, in November. Until then `holidays` answers from the law alone, without a
        single swapped day, and dates in that year are provisional, unless the workspace's own list speaks of the year.
        """
        if self.country != "CN" or any(day.year == year for day in self.overrides):
            return True
        return bool(_swapped(self.country, year))

    def shift(self, day: date, n: int) -> date:
        """The n-th working day after ``day`` (before it, for n < 0); for 0 the day itself, or the next worked one.

        Raises OverflowError beyond the years 1 and 9999.
        """
        return self._shift(day, n) if self.overrides else _shifted(self.country, day, n)

    def _shift(self, day: date, n: int) -> date:
        if n == 0:
            return day if self.worked(day) else self._shift(day, 1)
        step = ONE if n > 0 else -ONE
        left = abs(n)
        while left:
            day += step
            left -= self.worked(day)
        return day

    def _lengthened(self, day: date, locale: str) -> str:
        titles = _titles(self.country, day.year, locale)
        swapped = _swapped(self.country, day.year)
        near = (*self._rest(day, -ONE), *self._rest(day, ONE))
        return next((titles[other] for other in near if other in titles and other not in swapped), titles[day])

    def _rest(self, day: date, step: timedelta) -> Iterator[date]:
        """The days off that follow ``day`` without a worked one between."""
        for n in range(1, LONGEST):
            near = day + n * step
            if self.worked(near):
                return
            yield near


def _worked(country: str, day: date) -> bool:
    return day not in _off(country, day.year) if country else day.weekday() < SATURDAY


@lru_cache(maxsize=4096)
def _shifted(country: str, day: date, n: int) -> date:
    """Asked again and again for the days around today: every reminder is so many working days from a date."""
    return Calendar(country)._shift(day, n)  # noqa: SLF001  its own


@lru_cache(maxsize=256)
def _off(country: str, year: int) -> frozenset[date]:
    table = _table(country, year)
    days = (date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1))
    return frozenset(day for day in days if not table.is_working_day(day))


@lru_cache(maxsize=256)
def _titles(country: str, year: int, locale: str) -> dict[date, str]:
    return dict(_table(country, year, locale))


@lru_cache(maxsize=256)
def _swapped(country: str, year: int) -> frozenset[date]:
    """Days off that were bought with a worked weekend; `holidays` marks them by their wording alone."""
    table = _table(country, year)
    start, _, _ = (getattr(table, "substituted_label", None) or "").partition("%s")
    return frozenset(day for day, title in table.items() if start and title.startswith(start))


def _table(country: str, year: int, locale: str = "") -> HolidayBase:
    # A command line that asks no dates must start at once; importing `holidays` is the slow part.
    from holidays import country_holidays  # noqa: PLC0415

    code, _, part = country.partition("-")
    table = country_holidays(code, subdiv=part or None, years=year, expand=False)
    language = _language(table, locale)
    return country_holidays(code, subdiv=part or None, years=year, expand=False, language=language)


def _language(table: HolidayBase, locale: str) -> str | None:
    """``locale`` or a dialect of it, or else English; for "" the language the country's table is written in."""
    # Never left to `holidays`: it would follow the server's environment.
    wanted = (locale, locale.partition("_")[0], "en") if locale else ()
    spoken = (tongue for want in wanted for tongue in table.supported_languages if tongue.startswith(want))
    return next(spoken, table.default_language)
