"""Which party of the address book is meant in a command: ``P12``, a mail address, a telephone number or a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NoReturn

from handlers.grammar import Cursor, stands
from handlers.names import plain
from handlers.refused import Refused
from messages import Offer
from storage import parties
from storage.parties import Party, PartyKind

if TYPE_CHECKING:
    from handlers.context import Context

MOST_OFFERED = 8
NUMBER = re.compile(r"P(\d{1,7})(?![0-9A-Za-z_])", re.IGNORECASE)  # a Chinese word may follow at once
_MAIL = re.compile(r"[^@\s、，,;；]+@[^@\s、，,;；]+")
_TELEPHONE = re.compile(r"\+?\d[\d-]{6,18}(?!\w)")


@dataclass(frozen=True)
class _Party:
    """A party, the longest name that stands there; the beginning of one alone will do. ``kind``: only such ones.

    Raises ``Refused`` for nobody, and where several may be meant, with a button for each.
    """

    kind: PartyKind | None = None

    def take(self, cursor: Cursor, ctx: Context) -> Party | None:
        word = cursor.peek()
        if word is None:
            return None
        found, end = self._at(ctx, cursor.folded, word.start, word.text)
        if len(found) == 1:
            cursor.skip_to(end)
            return found[0]
        if found:
            _ask(ctx, found, word.text, (cursor.original[: word.start], cursor.original[end:]))
        raise Refused("known/nobody", text=word.text, buttons=[Offer("contacts", "contacts")])

    def _at(self, ctx: Context, text: str, start: int, word: str) -> tuple[Sequence[Party], int]:
        """Who may be meant by what stands at ``start``, and where their name ends."""
        if match := NUMBER.match(text, start):
            party = parties.by_number(ctx.db, ctx.workspace.id, int(match[1]))
            return [party] if party and self.kind in {None, party.kind} else [], match.end()
        if match := _MAIL.match(text, start) or _TELEPHONE.match(text, start):
            return self._fit(parties.reached_by(ctx.db, ctx.workspace.id, _value(match[0]))), match.end()
        quoted = text.startswith('"', start)
        begin = start + quoted
        ahead = text[begin : text.find('"', begin) if quoted else None]
        named = self._fit(parties.named_at(ctx.db, ctx.workspace.id, ahead))
        longest = max((_length(party, ahead) for party in named), default=0)
        if longest and (not quoted or longest == len(ahead)):
            return [party for party in named if _length(party, ahead) == longest], begin + longest + quoted
        length = len(ahead) if quoted else len(word)
        return self._fit(parties.beginning(ctx.db, ctx.workspace.id, ahead[:length])), begin + length + quoted

    def _fit(self, found: Sequence[Party]) -> list[Party]:
        return [party for party in found if self.kind in {None, party.kind}]

    def chinese(self, text: str) -> tuple[str, int] | None:
        """A number reads the same."""
        match = NUMBER.match(text)
        return (match[0], match.end()) if match else None


def _length(party: Party, text: str) -> int:
    """Of the party's name at the beginning of ``text``, in the spelling that stands there; 0 if none does."""
    return max(len(name) if stands(plain(name), plain(text)) else 0 for name in (party.name, party.latin))


def _value(text: str) -> str:
    """As ways to reach somebody are kept: an address folded, a mobile number of China with its country."""
    if "@" in text:
        return text.casefold()
    digits = re.sub(r"[^\d+]", "", text)
    return f"+86{digits}" if re.fullmatch(r"1[3-9]\d{9}", digits) else digits


def _ask(ctx: Context, found: Sequence[Party], word: str, around: tuple[str, str]) -> NoReturn:
    """Which one? Each button says the line with the party's number; ``around``: what the name stands between."""
    match = ctx.router.find(ctx.line) if ctx.router else None
    verb, (before, after) = match.command.name if match else "", around
    offers = [
        Offer("numbered", f"{verb} {before}{party.ref}{after}", facts={"party": party})
        for party in (found[:MOST_OFFERED] if match else ())
    ]
    people = [f"{party.ref} {party.name}" for party in found[:MOST_OFFERED]]
    raise Refused("known/several", text=word, people=people, more=len(found) > MOST_OFFERED, buttons=offers)


def here(ctx: Context, party: Party) -> str:
    """A party of the meeting that is spoken of, as buttons name it, whatever room they are pressed in."""
    return f"M{ctx.meeting.number} {party.ref}"


AnyParty = Annotated[Party, _Party()]
AnyUnit = Annotated[Party, _Party(PartyKind.UNIT)]
AnyPerson = Annotated[Party, _Party(PartyKind.PERSON)]
