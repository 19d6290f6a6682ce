"""Whose public holidays count where a time zone is."""

from __future__ import annotations

from babel.core import get_global

NOBODYS = frozenset({"ZZ", "001"})
"""What CLDR says of zones that are in no country."""


def country_of(zone: str) -> str:
    """The country's ISO code by CLDR; "" (weekends alone are off) for a zone of nobody's, such as UTC."""
    code = str(get_global("zone_territories").get(get_global("zone_aliases").get(zone, zone), ""))
    return "" if code in NOBODYS else code
