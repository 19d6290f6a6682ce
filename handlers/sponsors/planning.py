"""What a list changes in what sponsors were promised: new, changed, as before; and whom it names that is none. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from handlers.names import plain
from handlers.refused import Refused
from handlers.sponsors.columns import Item, Problem
from handlers.sponsors.rules import Report, Standing, reported, repromised, standing
from storage.sponsors import Benefit, BenefitState, Sponsor

Kind = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True)
class Known:
    """A sponsor of the meeting, or one that is to become one (``sponsor`` is None), and what it was promised."""

    name: str
    sponsor: Sponsor | None = None
    benefits: Sequence[Benefit] = ()


@dataclass
class Step:
    """One row of the list: ``values`` are the columns of the benefit that change."""

    item: Item
    known: Known
    benefit: Benefit | None = None
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        if self.benefit is None:
            return "added"
        return "changed" if self.values else "unchanged"


@dataclass
class Plan:
    """``sponsors`` are the columns that change of each sponsor, by its name; ``strangers`` names that are none's."""

    steps: list[Step] = field(default_factory=list)
    sponsors: dict[str, dict[str, str]] = field(default_factory=dict)
    strangers: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    @property
    def newcomers(self) -> list[str]:
        """Who becomes a sponsor by it."""
        return list(dict.fromkeys(step.known.name for step in self.steps if step.known.sponsor is None))

    @property
    def changes(self) -> bool:
        return bool(self.of("added") or self.of("changed") or self.sponsors)

    @property
    def digest(self) -> str:
        """The same for the same changes: a confirmation of one plan is none of another."""
        said = [
            (
                step.known.name,
                step.item.text,
                step.kind,
                sorted((name, repr(value)) for name, value in step.values.items()),
            )
            for step in self.steps
        ]
        return sha256(repr((said, sorted(self.sponsors.items()), self.newcomers)).encode()).hexdigest()[:12]


def plan(items: Sequence[Item], whose: Mapping[str, Known], problems: Sequence[Problem] = ()) -> Plan:
    """``whose`` gives the sponsor by the name in the list. What is blank in the list changes nothing."""
    made = Plan(problems=list(problems))
    seen: Counter[tuple[str, str]] = Counter()
    for item in items:
        known = whose.get(item.sponsor)
        if known is None:
            made.strangers[item.sponsor] = made.strangers.get(item.sponsor, 0) + 1
            continue
        key = (known.name, plain(item.text))
        step = Step(item, known, _same(known, key[1], seen[key]))
        seen[key] += 1
        step.values = _values(step, made.problems)
        made.steps.append(step)
        _of_sponsor(made, step)
    return made


def _same(known: Known, text: str, before: int) -> Benefit | None:
    """The benefit of the same words; of several such the one that comes as late as in the list."""
    alike = [row for row in known.benefits if plain(row.text) == text]
    return alike[before] if before < len(alike) else None


def _of_sponsor(made: Plan, step: Step) -> None:
    """The tier and the contract, where the list has others than are noted."""
    for name, value in (("tier", step.item.tier), ("contract_no", step.item.contract)):
        if value and value != (getattr(step.known.sponsor, name) if step.known.sponsor else ""):
            made.sponsors.setdefault(step.known.name, {})[name] = value


def _values(step: Step, problems: list[Problem]) -> dict[str, Any]:
    item, row = step.item, step.benefit
    promised = item.quantity if item.quantity is not None else row.promised if row else None
    now = standing(row) if row else Standing(BenefitState.PROMISED)
    wanted = {"promised": promised, "unit": item.unit, "link": item.link}
    found = {name: value for name, value in wanted.items() if value and value != (getattr(row, name) if row else None)}
    then = _told(repromised(now, promised), item, promised, problems)
    changed = [one.name for one in fields(then) if getattr(then, one.name) != getattr(now, one.name)]
    return {**found, **{name: getattr(then, name) for name in changed}}


def _told(now: Standing, item: Item, promised: Decimal | None, problems: list[Problem]) -> Standing:
    """How it stands by the list; what cannot be is one more problem, and changes nothing."""
    new = {name: text for name, text in item.told.items() if text != getattr(now, name)}
    state = item.state if item.state != now.state else None
    report = Report(state, item.delivered if item.delivered != now.delivered else None, **new)
    try:
        return reported(now, report, promised=promised) if report else now
    except Refused as refused:
        problems.append(Problem(item.number, "unfit", refused.name.partition("/")[2]))
        return now
