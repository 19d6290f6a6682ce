"""What a letter to one party may say: plain data, each value from a row that somebody put there; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from handlers import expected
from handlers.thanks import certifying, phrasing
from handlers.thanks.book import Book, speaks
from handlers.thanks.rules import Due, called, language, salutation
from messages.letters import filters
from storage.files import File
from storage.letters import Audience, Fact
from storage.parties import Party, PartyKind
from storage.sponsors import Benefit, BenefitState

LISTS = frozenset({"results", "reach", "stage", "feedback_questions"})
"""Facts that are several sentences, one a line."""
LINKS = frozenset({"package_link", "survey_link", "photo_link", "recap_link", "media"})
PACKAGE = ("package_what", "package_scope", "package_until")
"""What is said of the link to the results: what it opens, for whom, until when."""
OF_MEETING = (
    *("results", "place", "package_link", *PACKAGE, "survey_link", "survey_until", "next_date"),
    *("invoice_how", "membership_how"),
)
OF_AUDIENCE: Mapping[Audience, tuple[str, ...]] = {
    Audience.SPEAKERS: ("valuable", "media", "feedback_questions"),
    Audience.SPONSORS: ("reach", "booth_traffic", "stage", "satisfaction", "next_step"),
    Audience.VOLUNTEERS: ("photo_link", "invitation"),
    Audience.PARTNERS: ("recap_link",),
    Audience.MEMBERS: ("next_step",),
}
"""What people tell with ``thanks fact``, of the whole meeting and of each audience."""
TOLD = (*OF_MEETING, *dict.fromkeys(name for names in OF_AUDIENCE.values() for name in names), "contact")
PLAIN = frozenset({"place"})
"""What needs no source: everybody can see whether it is so."""
ABOUT_ONE = frozenset({"valuable", "media", "booth_traffic", "stage", "satisfaction", "next_step", "reach"})
"""They may be told of one party alone."""
OF_ONE = frozenset({"booth_traffic"})
"""They have to be, where there are several: a count at one stand is true of that stand only."""
PERSONAL = frozenset({Audience.VOLUNTEERS, Audience.MEMBERS, Audience.ATTENDEES})
MOST_PHOTOS = 2
FELL_SHORT = frozenset({BenefitState.PARTLY, BenefitState.NOT_DELIVERED})


def tongue(book: Book, due: Due) -> str:
    """The language of the letter: the reader's, of a unit that of whom it reaches."""
    party = book.parties[due.party]
    reader = book.parties.get(due.addressee) if due.addressee is not None else None
    wished = party.locale or (reader.locale if reader else "")
    return language(wished, party.name, book.locale)


def gathered(book: Book, due: Due, day: date, locale: str = "") -> dict[str, Any]:
    """The facts of the letter: those of its audience, then those of the others; what is not known is not there.

    ``locale``: to be written in that language, and not in the reader's.
    """
    locale, party = locale or tongue(book, due), book.parties[due.party]
    found: dict[str, Any] = {}
    for audience in (due.audience, *due.also):
        found = {**_of_audience(book, _whose(book, due, audience), audience, locale), **found}
    if due.audience == Audience.MEMBERS and Audience.ATTENDEES in due.also:
        found["came"] = "yes"
    common = _common(book, due, locale) | {"date": phrasing.day(day, locale)}
    if _is_past(common["survey_until"], day):
        common |= {"survey_link": "", "survey_until": ""}
    if _is_past(common["package_until"], day):
        common |= {"package_link": ""}
    note = phrasing.package(*(common.pop(name) for name in PACKAGE), locale)
    common["package_note"] = note if common["package_link"] else ""
    given = certifying.enclosed(book, party, _certified(due), locale, common=common, day=day)
    whole: dict[str, Any] = _known({**found, **common, "files": [*enclosed(book, party, due.audience), *given]})
    return whole


def _certified(due: Due) -> Audience:
    """As what they get a certificate: who applies and came besides gets that of who came."""
    came = due.audience == Audience.MEMBERS and Audience.ATTENDEES in due.also
    return Audience.ATTENDEES if came else due.audience


def _is_past(until: str, day: date) -> bool:
    """Whether that was before the day; words that are no date do not say so."""
    try:
        return date.fromisoformat(until) < day
    except ValueError:
        return False


def _whose(book: Book, due: Due, audience: Audience) -> Party:
    """Of a letter to a unit, what the person was whom it reaches is that person's."""
    own = audience == Audience.MEMBERS and due.party in book.cases
    reader = due.addressee if audience in PERSONAL and not own else None
    return book.parties[reader if reader is not None and reader in book.parties else due.party]


def _known(value: Any) -> Any:
    """Without what is empty, all the way down."""
    if isinstance(value, dict):
        return {name: known for name, one in value.items() if (known := _known(one)) not in ("", None, [], {})}
    return [_known(one) for one in value] if isinstance(value, list) else value


# --- common


def _common(book: Book, due: Due, locale: str) -> dict[str, Any]:
    head = book.heads.get(locale)
    association = head.name if head and head.name else book.association
    told = {name: said(book, name, locale) for name in OF_MEETING}
    person = said(book, "contact", locale)
    ways = {"phone": head.phone, "email": head.email} if head and person else {}
    place = told.pop("place")
    return {
        **told,
        "association": association,
        "meeting": _meeting(book, place, locale),
        "addressee": _addressee(book, due, locale),
        "contact": {"name": person, **ways},
        "signatory": {"name": head.signatory, "title": head.signatory_title} if head and head.signatory else {},
    }


def _meeting(book: Book, place: str, locale: str) -> dict[str, str]:
    """``place``: what it is called in the language of the letter, where somebody told that."""
    row = book.meeting
    names = (row.name_en, row.name_zh) if locale == "en" else (row.name_zh, row.name_en)
    held = expected.days(row)
    return {
        "name": names[0] or names[1],
        "edition": row.edition,
        "dates": phrasing.span(held[0], held[-1], locale),
        "place": place or row.venue,
    }


def _addressee(book: Book, due: Due, locale: str) -> dict[str, Any]:
    """Whom the letter is to. A unit is addressed by its full name, whoever the letter reaches there."""
    party = book.parties[due.party]
    reader = book.parties.get(due.addressee) if due.addressee is not None else None
    name = called(party.name, party.latin, locale)
    if party.kind == PartyKind.UNIT:
        person = called(reader.name, reader.latin, locale) if reader else ""
        return {
            "name": person or name,
            "salutation": name,
            "unit": name,
            "is_unit": True,
            "title": reader.title if reader else "",
            "position": reader.position if reader else "",
        }
    honoured = due.audience == Audience.SPEAKERS and speaks(book, party)
    return {
        "name": name,
        "salutation": salutation(name, party.title, party.position, locale=locale, honoured=honoured),
        "title": party.title,
        "position": party.position,
        "unit": _unit(book, party, locale),
        "is_unit": False,
    }


def _unit(book: Book, party: Party, locale: str) -> str:
    unit = book.parties.get(party.unit_id) if party.unit_id is not None else None
    return called(unit.name, unit.latin, locale) if unit else party.unit


def said(book: Book, name: str, locale: str, party: Party | None = None) -> Any:
    """What people told: of this party, else of all; in this language, else in none. A list where it is one."""
    keys = [f"{name}/{party.ref}", name] if party is not None and name in ABOUT_ONE else [name]
    if name in OF_ONE and len(book.sponsors) > 1:
        keys.remove(name)
    found = next((row for key in keys for one in (locale, "") if (row := book.facts.get((key, one)))), None)
    if found is None:
        return [] if name in LISTS else ""
    return found.value.split("\n") if name in LISTS else found.value


# --- audience by audience


def _of_audience(book: Book, party: Party, audience: Audience, locale: str) -> dict[str, Any]:
    told = {name: said(book, name, locale, party) for name in OF_AUDIENCE.get(audience, ())}
    more = _MORE.get(audience)
    return {**told, **more(book, party, locale)} if more else told


def _of_speaker(book: Book, party: Party, locale: str) -> dict[str, Any]:
    zone, talks = ZoneInfo(book.meeting.zone), book.talks.get(party.id, ())
    sessions = [
        {
            "title": row.title,
            "date": phrasing.session(row, zone, locale),
            "hall": row.hall,
            "part": phrasing.part(part.part, locale),
        }
        for row, part in talks
    ]
    links = [{"words": row.title, "link": link} for row, _ in talks for link in book.recordings.get(row.id, ())]
    told = said(book, "media", locale, party)
    if told:
        words, _, link = told.rpartition(" ")
        links.append({"words": words or link, "link": link})
    rights = phrasing.consent(book.consents.get(party.id, ()), locale) if talks else ""
    return {"sessions": sessions, "media": links, "materials": rights}


def _of_sponsor(book: Book, party: Party, locale: str) -> dict[str, Any]:
    row = book.sponsors.get(party.id)
    if row is None:
        return {}
    rows = [_benefit(book, one, locale) for one in book.benefits.get(row.id, ())]
    short = [
        {"text": one.text, "explanation": one.explanation, "make_good": one.make_good}
        for one in book.benefits.get(row.id, ())
        if one.state in FELL_SHORT
    ]
    proven = "yes" if any(one["proof"] for one in rows) else ""
    counted = phrasing.reach(book.tally, locale) if book.tally.came else []
    reach = said(book, "reach", locale, party) or counted
    return {
        "tier": phrasing.tier(row.tier, locale),
        "benefits": rows,
        "shortfalls": short,
        "reach": reach,
        "proven": proven,
    }


def _benefit(book: Book, row: Benefit, locale: str) -> dict[str, str]:
    return {
        "text": row.text,
        **phrasing.benefit(row, book.proofs.get(row.id, ()), locale),
        "state": str(row.state),
        "explanation": row.explanation,
        "make_good": row.make_good,
    }


def _of_volunteer(book: Book, party: Party, locale: str) -> dict[str, Any]:
    row = book.volunteers.get(party.id)
    if row is None:
        return {}
    zone, worked = ZoneInfo(book.meeting.zone), book.shifts.get(row.id, ())
    return {
        "post": row.role,
        "hours": phrasing.hours(sum(one.minutes for one in worked)) if worked else "",
        "shifts": [text for one in worked if (text := phrasing.shift(one, zone, locale))],
        "contribution": row.contribution,
        "commendation": row.commendation if row.approved_at is not None else "",
    }


def _of_partner(book: Book, party: Party, locale: str) -> dict[str, Any]:  # noqa: ARG001  as the others
    row = book.partners.get(party.id)
    return {"kind": str(row.kind), "service": row.service, "good": row.good} if row else {}


def _of_member(book: Book, party: Party, locale: str) -> dict[str, Any]:
    row = book.cases.get(party.id)
    if row is None:
        return {}
    stage, next_step = phrasing.case(row.stage, locale)
    fee = f"{row.fee.normalize():f} {book.meeting.currency}" if row.fee is not None else ""
    told = said(book, "next_step", locale, party)
    return {"stage": stage, "next_step": told or next_step, "fee": fee, "receipt_no": row.receipt_no}


_MORE: Mapping[Audience, Callable[[Book, Party, str], dict[str, Any]]] = {
    Audience.SPEAKERS: _of_speaker,
    Audience.SPONSORS: _of_sponsor,
    Audience.VOLUNTEERS: _of_volunteer,
    Audience.PARTNERS: _of_partner,
    Audience.MEMBERS: _of_member,
}


# --- what is enclosed


def enclosed(book: Book, party: Party, audience: Audience) -> list[dict[str, Any]]:
    """A speaker's own photos, the newest; what proves a sponsor's benefits. Nothing that holds others' data."""
    files: list[File] = []
    if audience == Audience.SPEAKERS:
        files = list(book.photos.get(party.id, ()))[-MOST_PHOTOS:]
    elif audience == Audience.SPONSORS and party.id in book.sponsors:
        rows = book.benefits.get(book.sponsors[party.id].id, ())
        files = [file for row in rows for file in book.proofs.get(row.id, ())]
    unique = {file.id: file for file in files if not file.personal}
    return [{"file": file.id, "name": file.name} for file in unique.values()]


# --- how one knows it


def unsourced(facts: Iterable[Fact], *, party: str, locale: str, said: Sequence[str]) -> list[str]:
    """Sentences that this letter says although nobody says how one knows them.

    ``party`` is the P12 to whom the letter is, ``said`` its lines.
    """
    words = " ".join(" ".join(said).split()).casefold()
    mine = [row for row in facts if row.locale in {"", locale} and row.name.partition("/")[2] in {"", party}]
    known = [row for row in mine if row.source.strip() or row.name in PLAIN]
    proven = {one for row in known for one in _as_printed(row, locale)}
    open_ones = [one for row in mine if row not in known for one in _as_printed(row, locale)]
    return [one for one in open_ones if one not in proven and " ".join(one.split()).casefold() in words]


def _as_printed(row: Fact, locale: str) -> list[str]:
    """Its sentences as letters print them: a day in words, without the stop at the end."""
    told = [filters.clause(filters.day(line, locale), locale) for line in row.value.split("\n")]
    return [one for one in told if one]
