"""Facts that people tell for the letters: a figure, a decision, a link; each with how one knows."""

from __future__ import annotations

from handlers import dates
from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks import phrasing
from handlers.thanks.facts import ABOUT_ONE, LINKS, LISTS, OF_ONE, PLAIN, TOLD
from handlers.thanks.naming import DAYS, SCOPES, FactRef, Sourced, WhichFact, scope_of
from handlers.thanks.rules import has_han
from messages import Entry, Message, Offer, Question, Questions
from storage import letters, parties, sponsors
from storage.letters import Fact

router = Router("thanks")

LONGEST, LONGEST_SOURCE, MOST_SPONSORS = 2_000, 200, 8


@router.command("thanks facts", zh="致谢 事实表", also=("letter facts", "致谢事实表", "facts"))
def facts(ctx: Context, meeting: MeetingNumber = 0) -> Message:
    """What letters of thanks may say, each with how one knows it: thanks facts"""
    ctx.meeting_number(meeting or None)
    number, rows = ctx.meeting.number, letters.facts(ctx.db, ctx.meeting.id)
    told = {row.name for row in rows}
    return ctx.words(
        "thanks/facts",
        meeting=ctx.meeting,
        count=len(rows),
        unsourced=sum(not row.source and row.name not in PLAIN for row in rows),
        rows=[
            Entry(_shown(row), [Offer("change", line_of(number, row)), Offer("drop", line_of(number, row, drop=True))])
            for row in rows
        ],
        buttons=[
            Offer("tell", f"thanks fact M{number} {name}", facts={"fact": name}) for name in TOLD if name not in told
        ][:8],
    )


@router.command("thanks fact", zh="致谢 事实", also=("致谢事实", "letter fact"))
def tell(
    ctx: Context, meeting: MeetingNumber = 0, fact: WhichFact | None = None, told: Sourced | None = None
) -> Message:
    """Tell what letters may say, and how one knows it: thanks fact results 600 people came source sign-in list"""
    _may(ctx, meeting)
    if fact is not None and told and not told["value"]:
        told = _sourced(ctx, fact, told)
    if fact is not None and fact.name in OF_ONE and fact.party is None:
        _must_be_of_one(ctx, fact)
    if fact is None or not told or not told["value"]:
        return _form(ctx, fact, told.get("source", "") if told else "")
    if fact.party is not None and fact.name not in ABOUT_ONE:
        raise Refused("thanks/fact_of_all", fact=fact.name)
    value = _checked(fact.name, told["value"])
    if not value:
        return _form(ctx, fact, told.get("source", ""))
    if fact.name in DAYS:
        value = _day(ctx, fact, value)
    elif fact.name == "package_scope":
        value = scope_of(value)
    row, before = _row(ctx, fact.stored, fact.locale or _language(fact.name, value))
    row.value, row.source = value, told.get("source", row.source or "")[:LONGEST_SOURCE]
    row.person_id, row.at = ctx.person.id, ctx.now
    ctx.db.add(row)
    ctx.db.flush()
    number = ctx.meeting.number
    buttons = [
        Offer("facts", f"thanks facts M{number}"),
        Offer("draft", f"thanks draft M{number} all"),
        Offer("undo", "undo"),
    ]
    scope = _scope(ctx) if fact.name.startswith("package_") else ""
    shown = {**_shown(row), "scope": scope}
    before = before.replace("\n", " | ") if before != value else ""
    line = ctx.spoken(f"thanks fact {fact.line}")
    return ctx.words("thanks/told", **shown, line=line, before=before, buttons=buttons, tone="good")


def _sourced(ctx: Context, fact: FactRef, told: dict[str, str]) -> dict[str, str]:
    """Of a source alone it is meant for what stands there."""
    known = _standing(ctx, fact)
    return {**told, "value": known.value} if known else told


def _scope(ctx: Context) -> str:
    """What letters say of the link to the results, as things stand; nothing while there is no link."""
    rows = {row.name: row.value for row in letters.facts(ctx.db, ctx.meeting.id) if row.locale in {"", ctx.locale}}
    named = {name: rows.get(name, "") for name in ("package_what", "package_scope", "package_until")}
    return phrasing.package(*named.values(), ctx.locale) if "package_link" in rows else ""


@router.command("thanks fact drop", zh="致谢 事实 删除", also=("致谢事实删除", "drop fact", "删除事实"))
def drop(ctx: Context, meeting: MeetingNumber = 0, fact: WhichFact | None = None) -> Message:
    """Letters are no longer to say it: thanks fact drop results"""
    _may(ctx, meeting)
    rows = [
        row
        for row in letters.facts(ctx.db, ctx.meeting.id)
        if fact and row.name == fact.stored and fact.locale in {"", row.locale}
    ]
    if not rows:
        raise Refused("thanks/no_fact", buttons=[Offer("facts", f"thanks facts M{ctx.meeting.number}")])
    for row in rows:
        ctx.db.delete(row)
    ctx.db.flush()
    return ctx.words("thanks/untold", **_shown(rows[0]), buttons=[Offer("undo", "undo")], tone="good")


def _may(ctx: Context, meeting: int) -> None:
    ctx.meeting_number(meeting or None)
    ctx.must_run()
    allow(ctx, keeps_contacts, ctx.meeting)


def _must_be_of_one(ctx: Context, fact: FactRef) -> None:
    """Raises ``Refused`` where there are several sponsors, with a button for each."""
    among = sponsors.of_meeting(ctx.db, ctx.meeting.id)
    if len(among) < 2:  # noqa: PLR2004  of a single one there is no doubt
        return
    found = parties.some(ctx.db, [one.party_id for one in among]).values()
    offers = [
        Offer("whose", f"thanks fact M{ctx.meeting.number} {fact.name} {party.ref}", facts={"party": party})
        for party in list(found)[:MOST_SPONSORS]
    ]
    raise Refused("thanks/fact_of_one", buttons=offers)


def _checked(fact: str, value: str) -> str:
    """One line, or several of a list. Raises ``Refused``."""
    if len(value) > LONGEST:
        raise Refused("thanks/fact_long", most=LONGEST)
    said = [" ".join(line.split()) for line in value.replace("|", "\n").splitlines()]
    said = [line for line in said if line]
    if fact in LINKS and not (said or [""])[0].rpartition(" ")[2].lower().startswith(("https://", "http://")):
        raise Refused("thanks/fact_link", fact=fact)
    return "\n".join(said) if fact in LISTS else " ".join(said)


def _day(ctx: Context, fact: FactRef, value: str) -> str:
    """As ISO 8601 writes it, so that letters of either language know it. Raises ``Refused`` for what is no day."""
    with dates.offering(f"thanks fact M{ctx.meeting.number} {fact.line}"):
        due = dates.read(
            value, now=ctx.local_now, end=ctx.meeting_end, calendar=ctx.calendar, month_first=ctx.month_first
        )
    return due.at.date().isoformat()


def _language(fact: str, value: str) -> str:
    """The language that it is written in; a link or a bare figure is in none."""
    if fact in LINKS or value in SCOPES or not any(letter.isalpha() for letter in value):
        return ""
    return "zh_CN" if has_han(value) else "en"


def _row(ctx: Context, name: str, locale: str) -> tuple[Fact, str]:
    """The fact as it stands, or a new one; and what it said before."""
    known = [row for row in letters.facts(ctx.db, ctx.meeting.id) if (row.name, row.locale) == (name, locale)]
    return (known[0], known[0].value) if known else (Fact(meeting_id=ctx.meeting.id, name=name, locale=locale), "")


def _shown(row: Fact) -> dict[str, object]:
    name, _, about = row.name.partition("/")
    return {"fact": name, "about": about, "row": row, "said": row.value.split("\n"), "plain": name in PLAIN}


def line_of(number: int, row: Fact, *, drop: bool = False) -> str:
    """The command that tells it anew, or takes it out."""
    name, _, about = row.name.partition("/")
    words = ("thanks fact drop" if drop else "thanks fact", f"M{number}", name, about, row.locale[:2])
    return " ".join(filter(None, words))


def _form(ctx: Context, fact: FactRef | None, source: str = "") -> Message:
    known = _standing(ctx, fact) if fact else None
    choices: list[tuple[str, object]] = [(one, ctx.words("thanks/fact_name", fact=one).body) for one in TOLD]
    asks = [] if fact else [Question("fact", "choice", TOLD[0], choices=choices)]
    asks += [
        Question("value", "long", known.value if known else "", required=True),
        Question("source", value=source or (known.source if known else "")),
    ]
    form = Questions(f"thanks fact M{ctx.meeting.number} {fact.line if fact else ''}".strip(), asks)
    facts = {"fact": fact.name if fact else "", "party": fact.party if fact else None}
    return ctx.words("thanks/fact_form", **facts, listed=facts["fact"] in LISTS, form=form, private=True)


def _standing(ctx: Context, fact: FactRef) -> Fact | None:
    """As it was told before: in that language, or in whichever, if none is said."""
    fits = [row for row in letters.facts(ctx.db, ctx.meeting.id) if row.name == fact.stored]
    return next((row for row in fits if fact.locale in {"", row.locale}), None)
