"""What became of a benefit: told in words or by form, and shown with the next step."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from handlers.context import Context
from handlers.known import here
from handlers.refused import Refused
from handlers.sponsors.desk import Account, ref
from handlers.sponsors.naming import Told
from handlers.sponsors.quantities import quantity, written
from handlers.sponsors.rules import Gap, Report, Standing, reported, standing
from messages import Message, Offer, Question, Questions
from storage import sponsors
from storage.sponsors import Benefit, BenefitState

LONGEST = {"where": 200, "when": 100, "method": 200, "explanation": 300, "make_good": 300}
FIELDS = frozenset({"state", "count", *LONGEST})


def told(ctx: Context, row: Benefit, found: Account, said: Told | None) -> Message:
    """Kept as far as it fits the rules. Raises ``Refused``, and nothing is kept."""
    try:
        report = _by_form(ctx, row) if FIELDS & ctx.fields.keys() else said.report(row.unit) if said else Report()
        now = reported(standing(row), report, promised=row.promised)
    except Refused as refused:
        raise Refused(refused.name, ref=row.ref, **refused.facts) from None
    for name, most in LONGEST.items():
        if len(getattr(report, name) or "") > most:
            raise Refused("sponsors/long", name=name, most=most)
    set_standing(ctx, row, now)
    return shown(ctx, row, found, did="told")


def set_standing(ctx: Context, row: Benefit, now: Standing) -> None:
    """Who told it is noted beside it; the same again changes nothing."""
    if now == standing(row):
        return
    for one in fields(now):
        setattr(row, one.name, getattr(now, one.name))
    row.told_by, row.told_at = ctx.person.id, ctx.now


def shown(ctx: Context, row: Benefit, found: Account, *, did: str = "") -> Message:
    """How the benefit stands, and what is still missing to show it. ``did``: what was done with it, if anything."""
    ctx.db.flush()
    found = replace(found, files=sponsors.proofs(ctx.db, [row]))
    return ctx.words(
        "sponsors/benefit",
        **facts(found, row),
        did=did,
        party=found.party,
        buttons=[*steps(ctx, found, row), *_others(ctx, row, found), *([Offer("undo", "undo")] if did else [])],
        tone="good" if did else "plain",
    )


def facts(found: Account, row: Benefit) -> dict[str, Any]:
    """What templates say of one benefit."""
    return {
        "benefit": row,
        "promised": written(row.promised),
        "delivered": written(row.delivered),
        "proof": proof(found, row),
        "gaps": found.gaps(row),
    }


def proof(found: Account, row: Benefit) -> str:
    """Its files, each with its number and name, and its link; "" where there is none."""
    named = [f"{file.ref} {file.name}" for file in found.proofs(row)]
    return " · ".join(filter(None, [*named, row.link]))


def steps(ctx: Context, found: Account, row: Benefit) -> list[Offer]:
    """What comes next, by what is missing; the first is the most urgent."""
    line = f"benefit {ref(ctx, row)}"
    ways = {
        Gap.OPEN: [Offer("delivered", f"{line} delivered", primary=True), Offer("report", f"{line} report")],
        Gap.PROOF: [Offer("proof", f"{line} proof", primary=True)],
        Gap.EXPLANATION: [Offer("explain", f"{line} report", primary=True)],
    }
    return [offer for gap in found.gaps(row) for offer in ways[gap]]


def _others(ctx: Context, row: Benefit, found: Account) -> list[Offer]:
    line = f"benefit {ref(ctx, row)}"
    report = [] if found.gaps(row) else [Offer("report", f"{line} report")]
    sponsor = Offer("sponsor", f"sponsor show {here(ctx, found.party)}", facts={"party": found.party})
    return [*report, Offer("edit", f"{line} edit"), sponsor]


def form(ctx: Context, row: Benefit) -> Message:
    """Everything that can be told of a benefit, with what is known filled in."""
    states: list[tuple[str, object]] = [(state, state) for state in BenefitState]
    asks = [
        Question("state", "choice", row.state, choices=states),
        Question("count", value=written(row.delivered)),
        *(Question(name, value=getattr(row, name)) for name in ("where", "when", "method")),
        Question("explanation", "long", row.explanation),
        Question("make_good", "long", row.make_good),
        Question("seen", "hidden", str(row.version)),
    ]
    asked = Questions(f"benefit {ref(ctx, row)}", asks)
    return ctx.words("sponsors/report_form", benefit=row, promised=written(row.promised), form=asked, private=True)


def _by_form(ctx: Context, row: Benefit) -> Report:
    """Only what is otherwise than it stands there; what was emptied is taken out."""
    if ctx.fields.get("seen", str(row.version)) != str(row.version):
        raise Refused(
            "sponsors/benefit_changed", benefit=row, buttons=[Offer("report", f"benefit {ref(ctx, row)} report")]
        )
    said = {name: " ".join(ctx.fields[name].split()) for name in LONGEST if name in ctx.fields}
    number = ctx.fields.get("count", "").strip()
    count = quantity(number) if number else None
    if number and count is None:
        raise Refused("sponsors/quantity", text=number)
    state = ctx.fields.get("state", "")
    return Report(
        BenefitState(state) if state in set(BenefitState) and state != row.state else None,
        count if count != row.delivered else None,
        **{name: text for name, text in said.items() if text != getattr(row, name)},
    )
