"""Who is meant by a name that somebody typed. Pure, over the people of one workspace."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from handlers.refused import Refused
from storage.people import Person


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """A name as plain Latin letters: 李娜, Li Na and li.na all give "lina"."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  0.1 s that a command line without names need not pay

    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(text)).casefold())


def find_person(people: Sequence[Person], text: str) -> tuple[Person, int]:
    """The person named at the start of ``text`` and the length of the name there.

    Tried in turn: ``#12`` (an id, as buttons write it), the longest full name, the one person whose name
    starts so or reads so in pinyin. Raises ``Refused`` for nobody and for more than one.
    """
    quoted = re.match(r'"([^"]*)"', text)
    if quoted:
        return _one(people, quoted[1].strip()), quoted.end()
    marked = re.match(r"#(\d+)", text)
    if marked:
        by_id = [person for person in people if person.id == int(marked[1])]
        return _sure(by_id, marked[0]), marked.end()
    folded = text.casefold()
    full = [person for person in people if folded.startswith(person.name.casefold()) and person.name]
    if full:
        longest = max(len(person.name) for person in full)
        word = text[:longest]
        return _sure([person for person in full if len(person.name) == longest], word), longest
    word = re.match(r"[^\s、,;:。，；：]*", text)[0]  # type: ignore[index]
    return _one(people, word), len(word)


def _one(people: Sequence[Person], word: str) -> Person:
    folded, spelled = word.casefold(), letters(word)
    same = [person for person in people if person.name.casefold() == folded]
    if same or not word:
        return _sure(same, word)
    begins = [person for person in people if person.name.casefold().startswith(folded)]
    if begins:
        return _sure(begins, word)
    reads = [person for person in people if letters(person.name) == spelled] or [
        person for person in people if spelled and letters(person.name).startswith(spelled)
    ]
    return _sure(reads, word)


def _sure(found: Sequence[Person], word: str) -> Person:
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused("people/unknown", word=word)
    raise Refused("people/which", word=word, people=[person.name for person in found[:8]])
