"""Who is meant by a name that somebody typed. Pure, over the people of one workspace."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from handlers.grammar import fold, lower, stands
from handlers.pinyin import pinyin
from handlers.refused import Refused
from messages import Offer
from storage.people import Person

Apart = Literal["", "department", "number"]

MOST_OFFERED = 8
MOST_WORDS = 4
_SPELLED = re.compile(r"[a-z'.-]*(?: [a-z'.-]+)*", re.IGNORECASE | re.ASCII)
_HAN = re.compile("[㐀-鿿豈-﫿]")
_WORD = re.compile(r"(?:(?![和与跟及]@)[^\s@、,;:。，；：])*")


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """A name as plain Latin letters: 李娜, Li Na and li.na all give "lina", Zoë gives "zoe"."""
    spelled = unicodedata.normalize("NFKD", pinyin(text) if _HAN.search(text) else text)
    return re.sub(r"[^a-z0-9]", "", spelled.casefold())


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """As names are compared: O’Brien as O'Brien, Ｌｉ as li."""
    return lower(fold(text))


def find_person(people: Sequence[Person], text: str, *, line: str = "") -> tuple[Person, int]:
    """The person named at the start of ``text`` and the length of the name there.

    Tried in turn: ``#12`` (an id, as buttons write it), the longest full name, as it is or in several words of pinyin,
    the one person whose name starts so or reads so in pinyin. Raises ``Refused`` for nobody and for more than one; with
    the ``line`` whose end ``text`` is, the refusal offers the same line again with each of those who may be meant.
    """
    search = _Search(people, text, line)
    quoted = re.match(r'"([^"]*)"', text)
    if quoted:
        return search.one(quoted[1].strip(), quoted.end()), quoted.end()
    marked = re.match(r"#(\d+)", text)
    if marked:
        by_id = [person for person in people if str(person.id) == marked[1]]
        return search.sure(by_id, marked[0], marked.end()), marked.end()
    full = [person for person in people if stands(plain(person.name), plain(text))]
    longest = max((len(person.name) for person in full), default=0)
    if several := search.spelled(text, longer=longest):
        return several
    if full:
        named = [person for person in full if len(person.name) == longest]
        return search.sure(named, text[:longest], longest), longest
    word = _WORD.match(text)[0]  # type: ignore[index]
    return search.one(word, len(word)), len(word)


def apart_by(person: Person, shown: Sequence[Person]) -> Apart:
    """What stands beside the person's name among those who are shown: nothing where nobody else is called so."""
    twins = [one.department for one in shown if one.name == person.name]
    if len(twins) == 1:
        return ""
    return "department" if len({*twins, ""}) == len(twins) + 1 else "number"


@dataclass(frozen=True)
class _Search:
    people: Sequence[Person]
    text: str
    line: str

    def spelled(self, text: str, *, longer: int) -> tuple[Person, int] | None:
        """Somebody whose whole name is spelled in several Latin words, ``longer`` than that: Li Na for 李娜."""
        found = list(_SPELLED.match(text)[0].split(" "))  # type: ignore[index]
        others = [person for person in self.people if not person.name.isascii()]
        for count in range(min(len(found), MOST_WORDS), 1, -1):
            words = " ".join(found[:count])
            reads = [person for person in others if letters(person.name) == letters(words) != ""]
            if reads and len(words) > longer:
                return self.sure(reads, words, len(words)), len(words)
        return None

    def one(self, word: str, length: int) -> Person:
        wanted = plain(word)
        same = [person for person in self.people if plain(person.name) == wanted]
        if same or not word:
            return self.sure(same, word, length)
        begins = [person for person in self.people if plain(person.name).startswith(wanted)]
        if begins and not word.isascii():
            return self.sure(begins, word, length)
        spelled = letters(word)
        if not spelled:
            return self.sure(begins, word, length)
        reads = [person for person in self.people if letters(person.name) == spelled] or [
            person for person in self.people if person in begins or letters(person.name).startswith(spelled)
        ]
        return self.sure(reads, word, length)

    def sure(self, found: Sequence[Person], word: str, length: int) -> Person:
        if len(found) == 1:
            return found[0]
        if not found:
            raise Refused("people/unknown", word=word, buttons=[Offer("people", "people")])
        shown = found[:MOST_OFFERED]
        names = [person.name for person in shown]
        offers = [self._offer(person, length, apart_by(person, shown)) for person in shown]
        raise Refused("people/which", word=word, people=names, buttons=[offer for offer in offers if offer])

    def _offer(self, person: Person, length: int, apart: Apart) -> Offer | None:
        """The line again, with this person beyond doubt; None when the name does not stand at its end."""
        start = len(self.line) - len(self.text)
        if start < 0 or plain(self.line[start:]) != plain(self.text):
            return None
        mark = "" if self.line[start - 1 : start] in {"@", "＠"} else "@"
        line = f"{self.line[:start]}{mark}#{person.id}{self.line[start + length :]}"
        return Offer("person", line, facts={"person": person, "apart": apart})
