"""What is missing before a partner can be thanked, and who is still to be rated. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from storage.partners import Partner, PartnerKind

RATED = frozenset({PartnerKind.VENUE, PartnerKind.SUPPLIER})
"""Who is paid for a service is rated; nobody rates who lends their name."""


class Gap(StrEnum):
    """DISPUTE: something is not settled. GOOD: nobody says what was good. ADDRESSEE: nobody to write to is noted."""

    DISPUTE = "dispute"
    GOOD = "good"
    ADDRESSEE = "addressee"


def gaps(partner: Partner) -> tuple[Gap, ...]:
    """What keeps its letter back first."""
    wanting = {
        Gap.DISPUTE: partner.disputed,
        Gap.GOOD: not partner.good,
        Gap.ADDRESSEE: partner.addressee_id is None,
    }
    return tuple(gap for gap, lacks in wanting.items() if lacks)


def unrated(partners: Iterable[Partner]) -> list[Partner]:
    """The venues and suppliers that nobody has rated."""
    return [one for one in partners if one.kind in RATED and one.rating is None]


def all_rated(partners: Iterable[Partner]) -> bool:
    """Whether the score card is whole: there is somebody to rate, and each of them is rated."""
    known = [one for one in partners if one.kind in RATED]
    return bool(known) and not unrated(known)
