"""Cases go their way with what each step needs; owners are reminded at sensible moments, of nothing that is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from handlers.membership import rules
from handlers.refused import Refused
from handlers.workdays import Calendar
from messages import Message
from storage.checklist import State
from storage.membership import Case, CaseKind, Stage
from storage.parties import Party
from storage.people import Role, RoleHolder
from tests.chat import Chat, Place, Somebody, at, text
from tests.handlers.checklist.conftest import Team, found, join

CHINA = Calendar("CN")


class Desk:
    """``bo`` leads, ``mei`` looks after members, ``li`` is finance, ``wang`` has no role."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.team: Team = join(chat, found(chat))
        self.mei = chat.person("Mei")
        self.team.hold(Role.MEMBERSHIP, self.mei)
        self.mei.says("help", direct=True)

    def case(self, number: int = 1) -> Case:
        with self.chat.read() as db:
            return db.scalars(select(Case).where(Case.number == number)).one()

    def party(self, name: str) -> Party:
        with self.chat.read() as db:
            return db.scalars(select(Party).where(Party.name == name)).one()

    def closed(self) -> None:
        """The meeting is, with every task settled and its cases as they are; a tick has looked at them."""
        for task in self.team.tasks():
            self.team.change(task.number, state=State.DONE)
        assert not self.team.bo.says("meeting close M1").refused
        self.chat.settle()

    def promised(self) -> None:
        """It is the due day's slot: the reminder is promised, and not yet sent."""
        self.chat.settle()
        self.chat.clock.move_to(at("2026-06-12 09:10"))
        self.chat.app.ticks.tick()

    def reminded(self, who: Somebody | Place) -> list[Message]:
        return [one for one in who.heard() if one.name == "membership/reminder"]


@pytest.fixture
def desk(chat: Chat) -> Desk:
    return Desk(chat)


@pytest.fixture
def chinese(tmp_path: Path) -> Iterator[Desk]:
    chat = Chat(tmp_path, locale="zh_CN")
    yield Desk(chat)
    chat.close()


# --- rules


@given(st.lists(st.sampled_from(Stage), max_size=30))
def test_only_moves_of_the_table_are_made(wanted: list[Stage]) -> None:
    case, way = Case(number=1, stage=Stage.APPLIED), [Stage.APPLIED]
    for to in wanted:
        allowed = to in rules.MOVES[case.stage]
        try:
            rules.move(case, to)
        except Refused:
            assert not allowed
        else:
            assert allowed
            way.append(to)
        assert case.stage == way[-1]
    for stage in (Stage.APPROVED, Stage.PAID, Stage.RECEIPTED, Stage.REGISTERED):
        assert all(way[n - 1] == list(Stage)[list(Stage).index(stage) - 1] for n, one in enumerate(way) if one == stage)


def test_every_stage_leads_somewhere_unless_it_is_the_end() -> None:
    assert {stage for stage in Stage if rules.following(stage) is None} == {Stage.REGISTERED, Stage.CLOSED}
    assert all(rules.following(stage) in {*rules.DAYS} for stage in Stage if stage not in rules.ENDED)


@given(st.dates(date(2025, 1, 1), date(2026, 10, 1)), st.integers(1, 12))
def test_reminders_come_on_worked_days_and_then_once_a_week(due: date, count: int) -> None:
    days, last = [], None
    for _ in range(count):
        last = rules.next_day(due, last, CHINA)
        days.append(last)
    assert all(map(CHINA.worked, days))
    assert days == sorted(set(days))
    assert all(later - earlier >= timedelta(7) for earlier, later in pairwise(days[2:]))


@given(st.decimals(0, 1_000_000, places=2, allow_nan=False, allow_infinity=False))
def test_a_fee_is_kept_to_its_last_digit(amount: Decimal) -> None:
    for written in (f"{amount}", f"¥{amount:,}", f"{amount}元"):
        assert rules.fee(written) == amount


@pytest.mark.parametrize("written", ["", "free", "-5", "1.234", "1e9", "99999999", "500 or so"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="membership/fee"):
        rules.fee(written)


# --- the way of a case


def test_from_the_application_to_the_register(desk: Desk) -> None:
    assert desk.mei.says("case new Li Lei").title == "C1 is open: Li Lei"
    assert (desk.case().owner_id, desk.case().due) == (desk.mei.id, date(2026, 6, 12))
    assert desk.mei.presses("Application checked").title == "C1 Li Lei: checked"
    desk.mei.presses("Application approved")
    asked = desk.mei.presses("Fee has come in")
    assert "How much has come in?" in text(asked)
    desk.mei.fills(asked, what="¥500.50")
    desk.mei.says("case receipt C1 2026-0117")
    asked = desk.mei.says("case next C1")
    assert "Which member number do they get?" in text(asked)
    through = desk.mei.fills(asked, what="A-2031")
    case = desk.case()
    assert (case.stage, case.fee, case.receipt_no, case.due) == (Stage.REGISTERED, Decimal("500.50"), "2026-0117", None)
    assert desk.party("Li Lei").member_no == "A-2031"
    ref = desk.team.task("membership-followup").ref
    assert desk.mei.presses(f"Finish {ref} with 1", on=through).name == "checklist/done"


def test_no_step_is_left_out_and_none_is_taken_twice(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    for line in ("case approve C1", "case paid C1 500", "case receipt C1 1", "case register C1 A", "case reopen C1"):
        assert desk.mei.says(line).name == "membership/refusals/no_move"
    desk.mei.says("case check C1")
    assert desk.mei.says("case check C1").name == "membership/refusals/no_move"
    assert desk.case().stage == Stage.CHECKED


def test_only_membership_and_who_leads_take_somebody_in(desk: Desk) -> None:
    programme = desk.chat.person("Pia")
    desk.team.hold(Role.PROGRAMME, programme)
    programme.says("case new Li Lei")
    programme.says("case check C1")
    assert programme.says("case approve C1").name == "people/refusals/not_allowed"
    assert programme.says("case next C1").name == "people/refusals/not_allowed"
    assert not desk.team.bo.says("case approve C1").refused
    assert desk.team.wang.says("cases").name == "people/refusals/not_allowed"
    assert desk.team.wang.says("case show C1").name == "people/refusals/not_allowed"


def test_who_keeps_contacts_alone_enters_no_member_number(desk: Desk) -> None:
    publicity = desk.chat.person("Pia")
    desk.team.hold(Role.PUBLICITY, publicity)
    for line in ("case new Li Lei fee: 500", "case check C1", "case approve C1"):
        assert not desk.mei.says(line).refused
    for line in ("case paid C1", "case receipt C1 R-1"):
        assert not publicity.says(line).refused
    for line in ("case register C1", "case register C1 A-2031", "case next C1 A-2031"):
        assert publicity.says(line).name == "people/refusals/not_allowed"
    assert (desk.case().stage, desk.party("Li Lei").member_no) == (Stage.RECEIPTED, "")
    assert not desk.mei.says("case register C1 A-2031").refused


def test_a_case_is_closed_with_a_reason_and_begun_again(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    asked = desk.mei.says("case close C1")
    assert desk.case().stage == Stage.APPLIED
    desk.mei.fills(asked, what="moved abroad")
    assert (desk.case().stage, desk.case().reason) == (Stage.CLOSED, "moved abroad")
    desk.mei.says("case reopen C1")
    assert (desk.case().stage, desk.case().reason) == (Stage.APPLIED, "")


def test_who_has_an_open_case_begins_no_other(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    assert desk.mei.says("case new Li Lei").name == "membership/refusals/open_already"
    assert desk.mei.says("case new P1").name == "membership/refusals/open_already"


def test_a_closed_case_is_not_begun_again_beside_an_open_one(desk: Desk) -> None:
    for line in ("case new Li Lei", "case close C1 moved abroad", "case new Li Lei"):
        assert not desk.mei.says(line).refused
    assert desk.mei.says("case reopen C1").name == "membership/refusals/open_already"
    assert (desk.case().stage, desk.case().reason) == (Stage.CLOSED, "moved abroad")
    desk.mei.presses("Details")
    desk.mei.says("case close C2 by mistake")
    assert not desk.mei.says("case reopen C1").refused


def test_an_open_case_of_a_closed_meeting_is_in_nobodys_way(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    second = found(desk.chat, 2)
    with desk.chat.app.database.write() as db:
        db.add(RoleHolder(meeting_id=second, role=Role.MEMBERSHIP, person_id=desk.mei.id))
    desk.closed()
    assert desk.mei.says("case new M2 Li Lei").title == "C2 is open: Li Lei"
    assert desk.mei.says("case new M2 Li Lei").name == "membership/refusals/open_already"


@pytest.mark.parametrize(
    ("line", "name", "kind"),
    [
        ("case new New Horizons Society", "New Horizons Society", CaseKind.NEW),
        ("case new joining New Horizons Society", "New Horizons Society", CaseKind.NEW),
        ("case new M1 renewal New Horizons Society", "New Horizons Society", CaseKind.RENEWAL),
        ("入会 新建 新入会 New Horizons Society", "New Horizons Society", CaseKind.NEW),
    ],
)
def test_a_name_may_begin_with_new(desk: Desk, line: str, name: str, kind: CaseKind) -> None:
    desk.mei.says(line)
    assert (desk.party(name).name, desk.case().kind) == (name, kind)


def test_the_kind_that_was_said_outlives_the_form_and_the_question(desk: Desk) -> None:
    """A member who is to join once more: only what was said makes that a new case."""
    desk.mei.says("case new Anna Leeson")
    with desk.chat.app.database.write() as db:
        db.get_one(Party, 1).member_no = "A-1"
    desk.mei.says("case close C1 by mistake")
    asked = desk.mei.fills(desk.mei.says("case new joining"), name="Anna Lee")
    assert asked.name == "known/refusals/alike"
    desk.mei.presses("P1 Anna Leeson")
    assert desk.case(2).kind == CaseKind.NEW


def test_who_has_a_member_number_renews_and_keeps_it(desk: Desk) -> None:
    desk.mei.says("case new 甲科技有限公司 fee: 2000")
    with desk.chat.app.database.write() as db:
        db.get_one(Party, 1).member_no = "A-1"
    desk.mei.says("case close C1 by mistake")
    desk.mei.says("case new P1 fee: 2000")
    assert desk.case(2).kind == "renewal"
    for line in ("case check C2", "case approve C2", "case paid C2", "case receipt C2 9", "case register C2"):
        assert not desk.mei.says(line).refused
    assert (desk.case(2).stage, desk.case(2).fee) == (Stage.REGISTERED, Decimal(2000))
    desk.mei.says("case new Li Lei fee: 1")
    for line in ("case check C3", "case approve C3", "case paid C3", "case receipt C3 10"):
        desk.mei.says(line)
    assert desk.mei.says("case register C3 A-1").name == "membership/refusals/taken"


def test_undo_puts_a_case_back_where_it_was(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    desk.mei.says("case check C1")
    desk.mei.says("undo")
    assert (desk.case().stage, desk.case().due) == (Stage.APPLIED, date(2026, 6, 12))
    desk.mei.says("undo")
    with desk.chat.read() as db:
        assert db.scalars(select(Case)).all() == []


def test_the_list_has_what_is_overdue_first(desk: Desk) -> None:
    for name in ("Han Mei", "Li Lei", "Lin Tao"):
        desk.mei.says(f"case new {name}")
    desk.mei.says("case due C1 20 June")
    desk.mei.says("case due C3 11 June")
    desk.chat.clock.move_to(at("2026-06-15 10:00"))
    listed = desk.mei.says("cases")
    assert [row.text.split("**")[1] for row in listed.rows] == ["C3", "C2", "C1"]
    assert "2 overdue" in text(listed)


@pytest.mark.parametrize("name", ["{{ 7 * 7 }}", "**bold** _it_", "<script>x</script>", "=1+1", "<!channel>"])
def test_a_name_is_shown_as_it_is(desk: Desk, name: str) -> None:
    assert name in text(desk.mei.says(f"case new {name}"))
    assert name in text(desk.mei.says("cases"))


# --- reminders


def test_the_owner_hears_on_the_due_day_and_less_and_less_often(desk: Desk) -> None:
    """Due Friday 12 June; late on Monday 15 and Wednesday 17, then weekly, over the holiday of 19 June."""
    desk.mei.says("case new Li Lei")
    desk.chat.wait("2026-06-12 08:00")
    assert desk.reminded(desk.mei) == []
    desk.chat.wait("2026-06-12 20:00")
    (first,) = desk.reminded(desk.mei)
    assert first.title == "1 membership case waits for its next step"
    desk.chat.wait("2026-06-17 20:00")
    assert len(desk.reminded(desk.mei)) == 3
    desk.chat.wait("2026-07-08 20:00")
    assert len(desk.reminded(desk.mei)) == 6


@pytest.mark.parametrize("covered", [False, True])
def test_whose_day_has_not_begun_keeps_nobody_from_theirs(desk: Desk, covered: bool) -> None:  # noqa: FBT001  both ways
    """At 09:10 in Shanghai it is still the day before in New York, where whoever hears of C1 has gone."""
    wang, li = desk.team.wang, desk.team.li
    reader = li if covered else desk.mei
    for who in (li, wang):
        who.says("help", direct=True)
    desk.mei.says("case new Li Lei")
    desk.mei.says("case new Han Mei")
    desk.mei.says("case owner C2 @Wang")
    desk.chat.wait("2026-06-11 12:00")
    reader.says("settings quiet off", direct=True)
    reader.says("settings zone New York", direct=True)
    if covered:
        desk.mei.says("away 2026-06-11..2026-06-15 cover @Li")
    desk.chat.wait("2026-06-12 09:30")
    assert (len(desk.reminded(wang)), desk.reminded(reader)) == (1, [])
    desk.chat.wait("2026-06-12 21:09")
    assert desk.reminded(reader) == []
    desk.chat.wait("2026-06-12 22:00")
    assert len(desk.reminded(reader)) == 1


def test_of_a_closed_meeting_no_case_is_reminded_of(desk: Desk) -> None:
    second = found(desk.chat, 2)
    with desk.chat.app.database.write() as db:
        db.add(RoleHolder(meeting_id=second, role=Role.MEMBERSHIP, person_id=desk.mei.id))
    desk.mei.says("case new Li Lei")
    desk.mei.says("case new M2 Han Mei")
    desk.closed()
    desk.chat.wait("2026-06-12 20:00")
    (told,) = desk.reminded(desk.mei)
    assert told.title == "1 membership case waits for its next step"
    assert "Han Mei" in text(told)


@pytest.mark.parametrize("back", ["meeting reopen M1", "undo"])
def test_when_a_meeting_comes_back_so_do_its_reminders(desk: Desk, back: str) -> None:
    desk.mei.says("case new Li Lei")
    desk.closed()
    assert desk.case().next_nudge_at is None
    assert not desk.team.bo.says(back).refused
    desk.chat.wait("2026-06-12 12:00")
    assert len(desk.reminded(desk.mei)) == 1


def test_what_moved_on_is_not_reminded_of(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    desk.mei.says("case new Han Mei")
    desk.promised()
    desk.mei.says("case check C1")
    desk.chat.settle()
    (told,) = desk.reminded(desk.mei)
    assert "Han Mei" in text(told)
    assert "Li Lei" not in text(told)
    assert "case due C2 in 3 working days" in text(told)


def test_when_nothing_waits_any_more_nothing_is_said(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    desk.promised()
    desk.mei.says("case close C1 by mistake")
    desk.chat.settle()
    desk.chat.wait("2026-06-30 20:00")
    assert desk.reminded(desk.mei) == []


def test_several_cases_are_one_message_a_day(desk: Desk) -> None:
    for name in ("Han Mei", "Li Lei", "Lin Tao"):
        desk.mei.says(f"case new {name}")
    desk.chat.wait("2026-06-12 20:00")
    (told,) = desk.reminded(desk.mei)
    assert told.title == "3 membership cases wait for their next step"


def test_who_is_away_is_covered_for_or_left_alone(desk: Desk) -> None:
    desk.team.li.says("help", direct=True)
    desk.mei.says("case new Li Lei")
    desk.mei.says("away 2026-06-12..2026-06-15 cover @Li")
    desk.chat.wait("2026-06-12 20:00")
    assert desk.reminded(desk.mei) == []
    assert len(desk.reminded(desk.team.li)) == 1


def test_without_a_private_conversation_the_room_is_told(desk: Desk) -> None:
    desk.mei.says("case new Li Lei")
    desk.mei.says("case owner C1 @Wang")
    desk.chat.wait("2026-06-12 20:00")
    assert len(desk.reminded(desk.chat.room())) == 1


def test_the_same_in_chinese(chinese: Desk) -> None:
    assert chinese.mei.says("入会 新建 李雷 会费: 500").title == "已新建 C1：李雷"
    chinese.mei.says("入会 审核 C1")
    chinese.mei.says("入会 批准 C1")
    assert chinese.mei.says("入会 下一步 C1").title == "C1 李雷：已缴费"
    chinese.mei.says("入会 截止 C1 3个工作日内")
    assert chinese.case().due == date(2026, 6, 15)
    chinese.chat.wait("2026-06-15 20:00")
    (told,) = chinese.reminded(chinese.mei)
    assert told.title == "1 件入会或续费等着办下一步"
