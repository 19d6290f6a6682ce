"""Letters to who is no longer what they were to be thanked for: one that has not gone does not go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage import letters, parties
from storage.letters import GONE, Letter, LetterState, withdraw_approval

if TYPE_CHECKING:
    from handlers.context import Context
    from storage.parties import Party


def keep_back(ctx: Context, party: Party, reason: str) -> list[tuple[str, str]]:
    """What becomes of each letter to the party: its number, and "gone", "rejected" or "skipped".

    It is left out, or waits to be written anew where they were something else as well.
    """
    found = letters.to_party(ctx.db, ctx.meeting.id, party.id)
    others = parties.takings(ctx.db, ctx.meeting.id, party.id)
    for row in found:
        if row.state not in GONE | {LetterState.SKIPPED}:
            row.state = LetterState.REJECTED if others else LetterState.SKIPPED
            row.reason = reason
            withdraw_approval(row)
    ctx.db.flush()
    return [(row.ref, _fate(row)) for row in found]


def _fate(row: Letter) -> str:
    return "gone" if row.state in GONE else str(row.state)


def waiting(found: Sequence[tuple[str, str]]) -> list[str]:
    """Numbers of those that are to be written anew."""
    return [ref for ref, fate in found if fate == "rejected"]
