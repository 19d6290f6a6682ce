"""Entries of the address book are made, put right, checked, and stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from handlers.cleaning.cells import blank
from handlers.cleaning.mails import likelier, mails
from handlers.cleaning.phones import phones
from handlers.cleaning.units import credit_code, plain
from handlers.context import Context
from handlers.grammar import Cursor, Details, Taker
from handlers.known import AnyParty
from handlers.parties.cards import cards
from handlers.parties.drafts import LENGTHS
from handlers.parties.naming import FIELDS, LANGUAGES
from handlers.permissions import allow_in_any, keeps_contacts
from handlers.refused import Refused
from handlers.router import Router
from messages import Entry, Message, Offer, Question, Questions
from storage import letters, parties
from storage.letters import LetterState
from storage.parties import Party, PartyKind, Reach, ReachKind

if TYPE_CHECKING:
    from collections.abc import Sequence

router = Router("parties")

MOST_CHECKED = 20
OWN = ("name", "latin", "title", "position", "member_no", "address", "postcode", "remark")
TOLD = (*OWN, "unit", "credit_code", "email", "phone")
CHECKED = frozenset({"name", "title", "position"})
"""What a letter calls somebody: once one of these changes, somebody must look at it again."""
_PHONES = ("电话", "座机", "联系电话", "telephone", "tel")
"""In a list such a column may be that of the office; of one person it is any number at which they are reached."""
_NAMES = {
    **{name: FIELDS[name] for name in TOLD},
    "phone": (*FIELDS["phone"], *_PHONES),
    "language": ("语言", "信函语言"),
    "kind": ("类型",),
    "seen": (),
}
Told = Annotated[dict[str, str], Details(_NAMES)]
_UNIT = frozenset({"unit", "organisation", "organization", "单位", "公司", "机构"})


class _Several:
    """``P3 P12 李娜``: those that follow each other."""

    def take(self, cursor: Cursor, ctx: Context) -> tuple[Party, ...] | None:
        reader: Taker = AnyParty.__metadata__[0]  # type: ignore[attr-defined]
        found: list[Party] = []
        while cursor.peek() is not None and len(found) < MOST_CHECKED:
            found.append(reader.take(cursor, ctx))
        return tuple(dict.fromkeys(found)) or None


Several = Annotated[tuple[Party, ...], _Several()]


@router.command("contact add", zh="联系人 添加", also=("add contact", "添加联系人", "新增联系人"))
def add(ctx: Context, told: Told | None = None) -> Message:
    """Put somebody into the address book: contact add 李娜 unit: 华星科技 title: 教授 email: li@example.org"""
    allow_in_any(ctx, keeps_contacts)
    named = dict(told or {})
    named["name"] = named.get("name") or named.pop("", "")
    if not named["name"]:
        return _form(ctx, None)
    kind = PartyKind.UNIT if named.get("kind", "").casefold() in _UNIT else PartyKind.PERSON
    party = parties.add(ctx.db, ctx.workspace.id, kind, named["name"][: LENGTHS["name"]])
    _write(ctx, party, named)
    return _said(ctx, party, "contacts/added")


@router.command("contact edit", zh="联系人 修改", also=("edit contact", "修改联系人"))
def edit(ctx: Context, party: AnyParty | None = None, told: Told | None = None) -> Message:
    """Put an entry right; “-” takes a value out: contact edit P12 title: 教授 email: li@example.org"""
    allow_in_any(ctx, keeps_contacts)
    if party is None:
        raise Refused("contacts/whom", buttons=[Offer("contacts", "contacts")])
    if not told:
        return _form(ctx, party)
    if unread := told.get(""):
        raise Refused("contacts/no_field", text=unread, buttons=[Offer("edit", f"contact edit {party.ref}")])
    if told.get("seen", str(party.version)) != str(party.version):
        raise Refused("contacts/changed", party=party, buttons=[Offer("edit", f"contact edit {party.ref}")])
    _write(ctx, party, told)
    return _said(ctx, party, "contacts/edited")


@router.command("contact confirm", zh="联系人 核对", also=("confirm contact", "核对联系人"))
def confirm(ctx: Context, found: Several) -> Message:
    """Say that name, title and post are right, of one or several: contact confirm P12 P13"""
    allow_in_any(ctx, keeps_contacts)
    for party in found:
        party.confirmed_at, party.confirmed_by = ctx.now, ctx.person.id
    ctx.db.flush()
    rows = [Entry({"card": card}) for card in cards(ctx, found)]
    buttons = [*_letters(ctx), Offer("undo", "undo")]
    return ctx.words("contacts/confirmed", rows=rows, count=len(rows), buttons=buttons, tone="good")


def _letters(ctx: Context) -> list[Offer]:
    """To draft again, where letters are held back: perhaps by what was checked just now."""
    meeting = ctx.meeting_if_clear()
    held = meeting is not None and any(row.state == LetterState.BLOCKED for row in letters.heads(ctx.db, meeting.id))
    return [Offer("draft", f"thanks draft M{meeting.number} all", primary=True)] if meeting and held else []


@router.command("contact stop", zh="联系人 退订", also=("stop contact", "退订联系人"))
def stop(ctx: Context, party: AnyParty) -> Message:
    """Somebody wants no more mail that is sent to many: contact stop P12"""
    allow_in_any(ctx, keeps_contacts)
    party.opted_out_at = party.opted_out_at or ctx.now
    return _said(ctx, party, "contacts/stopped")


@router.command("contact resume", zh="联系人 恢复", also=("resume contact", "恢复联系人", "联系人 恢复订阅"))
def resume(ctx: Context, party: AnyParty) -> Message:
    """Somebody who wanted no more mail wants it again, and has said so: contact resume P12"""
    allow_in_any(ctx, keeps_contacts)
    if party.opted_out_at is None:
        raise Refused("contacts/not_stopped", party=party, buttons=[Offer("show", f"contact show {party.ref}")])
    party.opted_out_at = None
    return _said(ctx, party, "contacts/resumed")


def _said(ctx: Context, party: Party, name: str) -> Message:
    ctx.db.flush()
    unchecked = [] if party.confirmed_at else [Offer("confirm_one", f"contact confirm {party.ref}", primary=True)]
    return ctx.words(
        name,
        card=cards(ctx, [party])[0],
        buttons=[*unchecked, Offer("show", f"contact show {party.ref}"), Offer("undo", "undo")],
        tone="good",
    )


# --- what was told


def _write(ctx: Context, party: Party, told: Mapping[str, str]) -> None:
    """Raises ``Refused`` for what cannot be read, and nothing is kept."""
    given = {name: "" if blank(value.strip()) else " ".join(value.split()) for name, value in told.items()}
    before = [getattr(party, name) for name in sorted(CHECKED)]
    for name in OWN:
        if name in given and (name != "name" or given[name]):
            setattr(party, name, given[name][: LENGTHS[name]])
    if "unit" in given:
        _set_unit(ctx, party, given["unit"])
    if "credit_code" in given:
        party.credit_code = _credit_code(given["credit_code"])
    if before != [getattr(party, name) for name in sorted(CHECKED)]:
        party.confirmed_at = party.confirmed_by = None
    if "language" in given:
        party.locale = _language(given["language"])
    if "email" in given:
        _first(ctx, party, (ReachKind.EMAIL,), _email(given["email"]))
    if "phone" in given:
        _first(ctx, party, (ReachKind.MOBILE, ReachKind.PHONE), _phone(ctx, given["phone"]))
    ctx.db.flush()


def _set_unit(ctx: Context, party: Party, name: str) -> None:
    known = (one for one in parties.units(ctx.db, ctx.workspace.id) if plain(one.name) == plain(name) != "")
    unit = next((one for one in known if one.id != party.id), None)
    party.unit_id = unit.id if unit else None
    party.unit = "" if unit else name[: LENGTHS["unit"]]


def _language(text: str) -> str:
    """In which letters to them are to be; "" where their name says it."""
    if text and text.casefold() not in LANGUAGES:
        raise Refused("contacts/language", text=text)
    return LANGUAGES[text.casefold()] if text else ""


def _credit_code(text: str) -> str:
    code = credit_code(text)
    if text and not code:
        raise Refused("contacts/credit_code", text=text)
    return code


def _email(text: str) -> tuple[ReachKind, str] | None:
    found = mails(text).found
    if text and len(found) != 1:
        raise Refused("contacts/email", text=text)
    return (ReachKind.EMAIL, found[0]) if found else None


def _phone(ctx: Context, text: str) -> tuple[ReachKind, str] | None:
    found = phones(text, ctx.workspace.country[:2]).found
    if text and len(found) != 1:
        raise Refused("contacts/phone", text=text)
    return (ReachKind.MOBILE if found[0].mobile else ReachKind.PHONE, found[0].value) if found else None


def _first(ctx: Context, party: Party, kinds: Sequence[ReachKind], told: tuple[ReachKind, str] | None) -> None:
    """It takes the place of one with a slip in it, else of the first choice; told to be nothing, that is taken out."""
    rows = [row for row in parties.reaches(ctx.db, [party.id])[party.id] if row.kind in kinds]
    if told is not None and any((row.kind, row.value) == told for row in rows[1:]):
        rows = [row for row in rows if (row.kind, row.value) == told] + rows
    elif told is not None:
        rows.sort(key=lambda row: likelier(row.value) != told[1])
    place = rows[0].place if rows else 1
    if rows and (told is None or (rows[0].kind, rows[0].value) != told):
        ctx.db.delete(rows[0])
        ctx.db.flush()
    if told is not None and told not in {(row.kind, row.value) for row in rows}:
        ctx.db.add(Reach(party_id=party.id, kind=told[0], value=told[1], typed=told[1], place=place))


def _form(ctx: Context, party: Party | None) -> Message:
    card = cards(ctx, [party])[0] if party else None
    values = {name: getattr(party, name) for name in OWN} if party else {}
    values["unit"] = card.unit if card else ""
    asks = [Question(field, value=values.get(field, ""), required=field == "name") for field in (*OWN, "unit")]
    asks += [Question("email"), Question("phone"), Question("language")]
    if party is not None:
        asks.append(Question("seen", "hidden", str(party.version)))
    line = f"contact edit {party.ref}" if party else "contact add"
    return ctx.words("contacts/form", party=party, form=Questions(line, asks), private=True)
