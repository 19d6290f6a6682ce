"""What stands on somebody's certificate, and the one that comes with a letter: kept with its facts, and approved so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import messages
from handlers.expected import days
from handlers.thanks import phrasing
from handlers.thanks.going import printed_as
from handlers.thanks.rules import called
from messages.letters.filters import sentence, the
from messages.markdown import plain
from messages.papers import glyphs
from messages.papers.certificate import Certificate
from storage.letters import Audience

if TYPE_CHECKING:
    from handlers.thanks.book import Book
    from storage.attendance import Attendee
    from storage.crew import Volunteer
    from storage.meetings import Meeting
    from storage.parties import Party

VOLUNTEERS, ATTENDEES = "volunteers", "attendees"


@dataclass(frozen=True)
class Given:
    """What stands on a certificate. ``post``, ``hours`` and ``commended`` are empty for who came."""

    number: str
    name: str
    locale: str
    unit: str = ""
    post: str = ""
    hours: str = ""
    commended: str = ""


def of_volunteer(one: Volunteer, party: Party, minutes: int, *, meeting: Meeting, locale: str) -> Given:
    return Given(
        number=f"M{meeting.number}-V{party.number:04d}",
        name=called(party.name, party.latin, locale),
        locale=locale,
        post=one.role,
        hours=phrasing.hours(minutes) if minutes else "",
        commended=sentence(one.commendation, locale) if one.approved_at and one.commendation else "",
    )


def of_attendee(one: Attendee, party: Party | None = None, *, number: str, locale: str) -> Given:
    """By the name that the address book has for them (``party``), as the letter does; else by that of the lists."""
    name = called(party.name, party.latin, locale) if party else called(one.name, "", locale)
    return Given(number=number, name=name, locale=locale, unit=one.unit)


def certificate(
    one: Given, whose: str, *, meeting: Meeting, association: str, day: date, place: str = ""
) -> Certificate:
    """In the language of its bearer. ``place``: what the venue is called in it, where somebody told that."""
    names = (meeting.name_en, meeting.name_zh) if one.locale == "en" else (meeting.name_zh, meeting.name_en)
    held = days(meeting)
    said = messages.write(
        "sending/certificate",
        one.locale,
        whose=whose,
        one=one,
        meeting=the(names[0] or names[1], one.locale),
        dates=phrasing.span(held[0], held[-1], one.locale),
        place=place or meeting.venue,
    )
    return Certificate(
        locale=one.locale,
        title=plain(said.title),
        above=plain(said.footer),
        name=one.name,
        unit=one.unit,
        lines=tuple(plain(line) for line in said.body.split("\n\n") if line.strip()),
        signed=(association,),
        date=phrasing.day(day, one.locale),
        number=one.number,
    )


# --- with a letter


def enclosed(
    book: Book, party: Party, audience: Audience, locale: str, *, common: Mapping[str, Any], day: date
) -> list[Any]:
    """A volunteer's certificate, or that of somebody whom a check-in list knows, as it is kept with a letter's facts.

    ``common``: the letter's association and meeting, as it calls them. None where it could not be drawn: without the
    fonts, or with a character that they lack.
    """
    found, association = _given(book, party, audience, locale), common["association"]
    if found is None or not association or not _drawable():
        return []
    place = common["meeting"]["place"]
    one = certificate(*found, meeting=book.meeting, association=association, day=day, place=place)
    if glyphs.missing(one):
        return []
    return [{"name": f"{printed_as(one.title, one.name)}.pdf", "certificate": one.model_dump(mode="json")}]


def _given(book: Book, party: Party, audience: Audience, locale: str) -> tuple[Given, str] | None:
    """Numbered by the address book: the numbers of the attendance lists may change with every list that comes."""
    helped, came = book.volunteers.get(party.id), book.checked_in.get(party.id)
    if audience == Audience.VOLUNTEERS and helped is not None:
        minutes = sum(shift.minutes for shift in book.shifts.get(helped.id, ()))
        return of_volunteer(helped, party, minutes, meeting=book.meeting, locale=locale), VOLUNTEERS
    if audience == Audience.ATTENDEES and came is not None and came.name:
        return of_attendee(came, party, number=f"M{book.meeting.number}-P{party.number:04d}", locale=locale), ATTENDEES
    return None


@cache
def _drawable() -> bool:
    return all(find_spec(name) for name in ("typst", "pylopdf_fonts_zh_cn"))


def with_letter(facts: Mapping[str, Any]) -> list[tuple[str, Certificate]]:
    """The certificates that a letter of these facts has with it, each with the name of its file."""
    return [
        (one["name"], Certificate.model_validate(one["certificate"]))
        for one in facts.get("files", ())
        if "certificate" in one
    ]


def stored_with(facts: Mapping[str, Any]) -> Sequence[int]:
    """The ids of the stored files that a letter of these facts has with it."""
    return [one["file"] for one in facts.get("files", ()) if "file" in one]
