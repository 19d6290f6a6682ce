"""Who may sign letters to an audience; drafting is for whoever keeps the address book."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from handlers.permissions import LEADING, Rule, allow, may
from handlers.thanks.rules import SIGNERS, signs
from storage.letters import Audience

if TYPE_CHECKING:
    from handlers.context import Context


def signing(audience: Audience) -> Rule:
    """Its name says whose letters, and who signs them besides those who lead: ``signs_attendees as_publicity``."""
    also = "".join(f" as_{role}" for role in sorted(SIGNERS[audience] - LEADING))
    return Rule(f"leads|admin|signs_{audience}{also}", lambda who: signs(audience, who.roles, admin=who.admin))


def allow_signing(ctx: Context, audience: Audience) -> None:
    """Raises ``Refused`` for whom the letters to that audience are not signed by."""
    allow(ctx, signing(audience), ctx.meeting)


def signed_by_me(ctx: Context, audiences: Iterable[Audience] = tuple(Audience)) -> list[Audience]:
    """Those of the audiences whose letters the person may approve."""
    return [one for one in audiences if may(ctx, signing(one), ctx.meeting)]
