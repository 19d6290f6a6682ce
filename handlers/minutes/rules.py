"""What votes come to, and which of them cannot be right. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.refused import Refused
from storage.minutes import Majority, is_quorate

MOST = 1_000_000


@dataclass(frozen=True)
class Votes:
    """As they were counted; all None where nobody counted, and the motion was carried by acclamation.

    ``quorum``: how many had to be there, None where nobody said so.
    """

    present: int | None = None
    in_favour: int | None = None
    against: int | None = None
    abstained: int | None = None
    quorum: int | None = None


def checked(votes: Votes) -> Votes:
    """With what nobody said filled in. Raises ``Refused`` where they do not add up to those present."""
    cast = (votes.in_favour, votes.against, votes.abstained)
    if all(count is None for count in cast):
        return votes
    for_, against, abstained = (count or 0 for count in cast)
    total = for_ + against + abstained
    present = total if votes.present is None else votes.present
    if total != present:
        raise Refused(
            "minutes/sum",
            present=present,
            total=total,
            in_favour=for_,
            against=against,
            abstained=abstained,
        )
    return Votes(present, for_, against, abstained, votes.quorum)


def carried(votes: Votes, majority: Majority) -> bool:
    """What checked votes come to. Without a quorum nothing is carried; nobody counts an acclamation."""
    if not is_quorate(votes.present, votes.quorum):
        return False
    if votes.in_favour is None or votes.present is None:
        return True
    if majority == Majority.TWO_THIRDS:
        return votes.in_favour > 0 and 3 * votes.in_favour >= 2 * votes.present
    return 2 * votes.in_favour > votes.present


def number(said: Mapping[str, str], name: str) -> int | None:
    """The number of people that was given; None where none was. Raises ``Refused`` for words."""
    text = said.get(name, "").strip().rstrip("人票名位").strip()
    if not text:
        return None
    if not (text.isdecimal() and int(text) <= MOST):
        raise Refused("minutes/number", name=name, text=said[name])
    return int(text)


def settled(*, found: bool, said: bool | None, reason: str) -> tuple[bool, str]:
    """The outcome that counts, and why it is not what the votes come to. Raises ``Refused`` where nobody says why."""
    if said is None or said == found:
        return found, ""
    if not reason:
        raise Refused("minutes/override_reason", passed=found)
    return said, reason
