"""What a group may be called, and who may be in it. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from handlers.refused import Refused
from storage.people import Person

LONGEST_NAME, FEWEST = 50, 2
"""What WeCom takes (developer.work.weixin.qq.com/document/path/90245); nothing else makes groups."""


def named(name: str, taken: Iterable[str]) -> str:
    """The name, tidied. Raises ``Refused`` for one that is too long, or that another room has."""
    told = " ".join(name.split())
    if len(told) > LONGEST_NAME:
        raise Refused("rooms/long", most=LONGEST_NAME)
    if told.casefold() in {other.casefold() for other in taken}:
        raise Refused("rooms/taken", name=told)
    return told


def reached(people: Sequence[Person], accounts: Container[int], *, platform: str) -> None:
    """Raises ``Refused`` for somebody who has no account there, of those who were asked for by name."""
    missing = [person.name for person in people if person.id not in accounts]
    if missing:
        raise Refused("rooms/unmet", people=missing, platforms=[platform])


def enough(members: Sequence[Person]) -> None:
    """Raises ``Refused`` for a group of one."""
    if len(members) < FEWEST:
        raise Refused("rooms/alone")


def joining(people: Sequence[Person], members: Container[int]) -> list[Person]:
    """Those who are not in yet. Raises ``Refused`` where that is nobody."""
    new = [person for person in people if person.id not in members]
    if not new:
        raise Refused("rooms/in_already", people=[person.name for person in people])
    return new


def leaving(people: Sequence[Person], members: Sequence[int]) -> None:
    """Raises ``Refused`` for somebody who is not in, and where fewer than two would stay."""
    strangers = [person.name for person in people if person.id not in members]
    if strangers:
        raise Refused("rooms/not_in", people=strangers)
    if len(members) - len(people) < FEWEST:
        raise Refused("rooms/too_few")
