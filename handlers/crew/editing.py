"""Who is one of the crew, at what post, and the one concrete thing to thank them for."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.context import Context
from handlers.crew.naming import Told
from handlers.crew.permits import allow_keeping
from handlers.crew.roster import CREW, Member, member, row_of
from handlers.crew.showing import ref, shown
from handlers.grammar import MeetingNumber
from handlers.known import AnyPerson
from handlers.newcomers import known_or_new, retold
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage import parties
from storage.crew import Volunteer
from storage.parties import Capacity, PartyKind

router = Router("crew")

LENGTHS = {"post": 100, "contribution": 300, "gift": 100}
ELSEWHERE = frozenset({"email", "phone", "unit", "hours"})
"""What the address book and the shifts keep."""
COLUMNS = {"post": "role", "contribution": "contribution", "gift": "gift"}
_YES = frozenset({"yes", "y", "true", "是", "对", "有"})
_NO = frozenset({"no", "n", "false", "否", "不是", "没有"})


@router.command("volunteer add", zh="志愿者 添加", also=("add volunteer", "添加志愿者", "志愿者 新增", "新增志愿者"))
def add(ctx: Context, meeting: MeetingNumber = 0, told: Told | None = None) -> Message:
    """Put somebody into the crew: volunteer add Li Lei post: registration desk"""
    allow_keeping(ctx, meeting)
    said = dict(told or {})
    name = said.pop("", "") or said.get("name", "")
    if not name:
        return ctx.words(
            "crew/form", member=None, form=_form(f"volunteer add M{ctx.meeting.number}", None), private=True
        )
    said.pop("name", None)
    here = f"volunteer add M{ctx.meeting.number}"
    _check(said, f"{here} {name}")
    party = known_or_new(ctx, name, PartyKind.PERSON, lambda who: retold(f"{here} {who}", said))
    _write(ctx, row_of(ctx, party), said)
    return shown(ctx, member(ctx, party), "added")


@router.command("volunteer edit", zh="志愿者 修改", also=("edit volunteer", "修改志愿者", "编辑志愿者"))
def edit(ctx: Context, meeting: MeetingNumber = 0, *, who: AnyPerson, told: Told | None = None) -> Message:
    """Say what somebody of the crew did: volunteer edit P7 contribution: rebuilt the sign-in line in ten minutes"""
    allow_keeping(ctx, meeting)
    one = member(ctx, who)
    if not told:
        form = _form(f"volunteer edit {ref(ctx, one)}", one)
        return ctx.words("crew/form", member=one, form=form, private=True)
    if said := told.get(""):
        raise Refused("crew/unread", text=said, line=f"volunteer edit {who.ref}")
    row = row_of(ctx, who)
    if told.get("seen", str(row.version)) != str(row.version):
        raise Refused("crew/changed", party=who, buttons=[Offer("edit", f"volunteer edit {ref(ctx, one)}")])
    _check(told, f"volunteer edit {ref(ctx, one)}")
    _write(ctx, row, told, whole="seen" in told)
    return shown(ctx, member(ctx, who), "edited")


def _check(told: Mapping[str, str], line: str) -> None:
    """Raises ``Refused`` for what is kept elsewhere, what is too long, and a yes or no that is neither.

    ``line`` is what was typed before the details.
    """
    if away := [value for name, value in told.items() if name in ELSEWHERE]:
        rest = {name: value for name, value in told.items() if name not in ELSEWHERE and value}
        buttons = [Offer("without", retold(line, rest))] if rest else []
        raise Refused("crew/elsewhere", texts=away, buttons=[*buttons, Offer("contacts", "contacts")])
    for name, most in LENGTHS.items():
        if len(told.get(name, "")) > most:
            raise Refused("crew/long", most=most)
    if told.get("staff", "").casefold() not in _YES | _NO | {""}:
        raise Refused("crew/yes_or_no", text=told["staff"])


def _write(ctx: Context, row: Volunteer, told: Mapping[str, str], *, whole: bool = False) -> None:
    """What was told; of a ``whole`` form what was left empty is taken out."""
    for name, column in COLUMNS.items():
        if whole or name in told:
            setattr(row, column, " ".join(told.get(name, "").split()))
    if "staff" in told:
        row.staff = told["staff"].casefold() in _YES
        _take_part(ctx, row)
    ctx.db.flush()


def _take_part(ctx: Context, row: Volunteer) -> None:
    """As a volunteer, or as staff, and not as both."""
    is_now, was = CREW[::-1] if row.staff else CREW
    parties.takes(ctx.db, row.meeting_id, row.party_id, is_now)
    parties.takes_no_part(ctx.db, row.meeting_id, row.party_id, was)


def _form(line: str, one: Member | None) -> Questions:
    row = one.row if one else None
    named = [] if one else [Question("name", required=True)]
    seen = [Question("seen", "hidden", str(row.version if row else 1))] if one else []
    choices: list[tuple[str, object]] = [("no", Capacity.VOLUNTEER), ("yes", Capacity.STAFF)]
    asks = [
        *named,
        Question("post", value=row.role if row else ""),
        Question("contribution", "long", row.contribution if row else ""),
        Question("gift", value=row.gift if row else ""),
        Question("staff", "choice", "yes" if one and one.staff else "no", choices=choices),
        *seen,
    ]
    return Questions(line, asks)
