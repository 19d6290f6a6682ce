"""The crew in conversation: who is in it, what they did, when, and who is commended."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from storage.parties import Capacity, takings
from storage.people import RoleHolder
from tests.chat import text
from tests.handlers.crew.conftest import Crew

ODD = [
    "{{ 7 * 7 }}",
    "**bold** _it_",
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "<!channel>",
    "Han\u202emei",
]


def test_a_new_name_comes_into_the_address_book_and_the_crew(desk: Crew) -> None:
    answer = desk.mei.says("volunteer add Han Mei post: registration desk")
    assert answer.title == "Han Mei is in the crew"
    assert "A letter of thanks waits for what is missing." in text(answer)
    assert (desk.parties(), desk.rows()["Han Mei"].role) == (["Han Mei"], "registration desk")
    with desk.chat.read() as db:
        assert takings(db, desk.team.meeting, 1) == {Capacity.VOLUNTEER}


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("volunteer add Han Mei post: desk email: han@example.org hours: 8", "han@example.org and 8"),
        ("志愿者 添加 Han Mei 岗位：desk 电话：13800000001", "13800000001"),
        ("volunteer add Han Mei unit: North University post: desk", "North University"),
    ],
)
def test_what_is_kept_elsewhere_is_said_to_be(desk: Crew, line: str, texts: str) -> None:
    asked = desk.mei.says(line)
    assert asked.name == "crew/refusals/elsewhere"
    assert text(asked).startswith(f"“{texts}” belongs elsewhere")
    assert desk.parties() == []
    desk.mei.presses("Without it")
    assert (desk.parties(), desk.rows()["Han Mei"].role) == (["Han Mei"], "desk")
    assert desk.mei.says("volunteer edit Han Mei email: han@example.org").name == "crew/refusals/elsewhere"


def test_one_already_known_is_not_added_twice(desk: Crew) -> None:
    for line in (
        "volunteer add 李雷",
        "volunteer add 李雷 post: stage",
        "volunteer add P1 contribution: carried water",
    ):
        assert not desk.mei.says(line).refused
    row = desk.rows()["李雷"]
    assert (desk.parties(), row.role, row.contribution) == (["李雷"], "stage", "carried water")


def test_a_name_like_anothers_is_asked_about(desk: Crew) -> None:
    desk.mei.says("volunteer add Anna Leeson")
    asked = desk.mei.says("volunteer add Anna Lee post: stage")
    assert asked.name == "known/refusals/alike"
    assert desk.parties() == ["Anna Leeson"]
    desk.mei.presses("New: Anna Lee")
    assert (desk.parties(), desk.rows()["Anna Lee"].role) == (["Anna Leeson", "Anna Lee"], "stage")
    desk.mei.presses("P1 Anna Leeson", on=asked)
    assert desk.rows()["Anna Leeson"].role == "stage"


def test_the_list_counts_what_letters_wait_for(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei post: desk contribution: kept the queue short")
    desk.mei.says("volunteer add Li Lei")
    desk.mei.says("volunteer add Lin Tao staff: yes contribution: ran the stage")
    desk.mei.says("shift add P1 2026-06-06 9:00-12:30 desk")
    said = text(desk.mei.says("volunteers"))
    assert "1 person has no contribution:" in said
    assert "1 volunteer has no hours." in said
    gaps = desk.mei.says("volunteers gaps")
    assert [row.text.split("**")[1] for row in gaps.rows] == ["P2"]


def test_the_list_is_by_number_and_never_by_merit(desk: Crew) -> None:
    for name, hours in (("Han Mei", 2), ("Li Lei", 9), ("Lin Tao", 5)):
        desk.mei.says(f"volunteer add {name}")
        desk.mei.says(f"shift add {name} {hours} hours")
    assert [row.text.split("**")[1] for row in desk.mei.says("volunteers").rows] == ["P1", "P2", "P3"]


def test_shifts_add_up_and_come_off_again(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    desk.mei.says("shift add P1 6/6 9:00-12:30 registration desk")
    desk.mei.says("shift add P1 7 June 22:00-2:15 teardown")
    answer = desk.mei.says("shift add P1 45 min stage")
    assert "Hours: 8 h 30 min · 3 shifts" in text(answer)
    assert [shift.minutes for shift in desk.shifts()] == [210, 255, 45]
    desk.mei.presses("Take it off", row=1)
    assert [shift.minutes for shift in desk.shifts()] == [210, 45]
    desk.mei.says("undo")
    assert sum(shift.minutes for shift in desk.shifts()) == 510


@pytest.mark.parametrize(
    ("said", "hours"),
    [("晚上8点-12点", 4), ("中午12点-1点", 1), ("晚上10点到1点", 3), ("下午2点-晚上12点", 10)],
)
def test_a_shift_is_as_long_as_it_is_said_to_be(desk: Crew, said: str, hours: int) -> None:
    desk.mei.says("volunteer add Han Mei")
    assert not desk.mei.says(f"班次 P1 6月6日 {said} 撤场").refused
    assert [(shift.minutes, shift.text) for shift in desk.shifts()] == [(60 * hours, "撤场")]


def test_a_shift_at_the_same_time_is_asked_about(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    desk.mei.says("shift add P1 6/6 9:00-12:30 desk")
    asked = desk.mei.says("shift add P1 6/6 12:00-14:00 stage")
    assert asked.name == "crew/refusals/overlap"
    assert "Sat 6 Jun, 09:00–12:30 (3 h 30 min) · desk" in text(asked)
    assert len(desk.shifts()) == 1
    desk.mei.presses("Note it all the same")
    assert len(desk.shifts()) == 2
    assert not desk.mei.says("shift add P1 6/6 14:00-15:00 stage").refused


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("shift add P1 desk", "no_times"),
        ("shift add P1 9:00-12:30 desk", "no_day"),
        ("shift add P1 12/1 9:00-12:30 desk", "far_day"),
        ("shift add P1 6/6 9:00-9:00", "no_time"),
        ("shift add P1 6/6 9:00-8:00", "long_shift"),
        ("shift add P1 0 hours", "length"),
        ("shift add P1 9999 hours", "length"),
        ("shift drop 99", "no_shift"),
        (f"shift add P1 4 hours {'x' * 200}", "long"),
        (f"volunteer edit P1 contribution: {'x' * 400}", "long"),
        ("volunteer edit P1 staff: perhaps", "yes_or_no"),
        ("volunteer edit P1 wonderful", "unread"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_noted(desk: Crew, line: str, refusal: str) -> None:
    desk.mei.says("volunteer add Han Mei")
    assert desk.mei.says(line).name == f"crew/refusals/{refusal}"
    assert desk.shifts() == []


def test_a_form_says_the_same_and_what_it_leaves_empty_goes(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei post: desk contribution: kept the queue short")
    form = desk.mei.says("volunteer edit P1")
    desk.mei.fills(form, post="", contribution="found a lost child", staff="yes")
    row = desk.rows()["Han Mei"]
    assert (row.role, row.contribution, row.staff) == ("", "found a lost child", True)
    with desk.chat.read() as db:
        assert takings(db, desk.team.meeting, 1) == {Capacity.STAFF}
    assert desk.mei.fills(form, post="stage").name == "crew/refusals/changed"
    desk.mei.fills(desk.mei.says("shift add P1"), day="2026-06-06", **{"from": "9:00", "to": "12:30"})
    desk.mei.fills(desk.mei.says("shift add P1"), hours="1.5")
    assert sorted(shift.minutes for shift in desk.shifts()) == [90, 210]


def test_somebody_else_decides_on_a_commendation(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    nominated = desk.mei.says("volunteer commend P1 found the speaker's lost passport")
    assert "Bo decides; it counts once approved." in text(nominated)
    own = desk.mei.presses("Approve the commendation")
    assert own.name == "crew/refusals/own_proposal"
    assert "Ask Bo." in text(own)
    assert desk.rows()["Han Mei"].approved_at is None
    assert desk.bo.presses("Approve the commendation", on=nominated).title == "Han Mei is commended"
    row = desk.rows()["Han Mei"]
    assert (row.nominated_by, row.approved_by) == (desk.mei.id, desk.bo.id)


def test_who_is_alone_decides_alone(desk: Crew) -> None:
    with desk.chat.app.database.write() as db:
        db.execute(delete(RoleHolder).where(RoleHolder.person_id == desk.bo.id))
    desk.mei.says("volunteer add Han Mei")
    desk.mei.says("volunteer commend P1 found the passport")
    assert desk.mei.says("volunteer approve P1").title == "Han Mei is commended"


def test_another_reason_asks_for_another_decision(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    first = desk.mei.says("volunteer commend P1 found the passport")
    desk.mei.says("volunteer commend P1 found the passport of the speaker")
    stale = desk.bo.presses("Approve the commendation", on=first)
    assert stale.name == "crew/refusals/changed_reason"
    assert "found the passport of the speaker" in text(stale)
    desk.bo.presses("Approve the commendation")
    desk.mei.says("volunteer commend P1 something else")
    assert desk.rows()["Han Mei"].approved_at is None


def test_a_proposal_is_declined_or_taken_back(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    desk.mei.says("volunteer commend P1 found the passport")
    declined = desk.bo.says("volunteer decline P1")
    assert "Please tell Mei, who proposed it." in text(declined)
    assert desk.bo.says("volunteer approve P1").name == "crew/refusals/not_nominated"
    desk.bo.says("undo")
    assert desk.rows()["Han Mei"].commendation == "found the passport"
    desk.mei.says("volunteer decline P1")
    assert desk.rows()["Han Mei"].commendation == ""


def test_only_who_keeps_the_address_book_sees_the_crew(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    for line in (
        "volunteers",
        "volunteer show P1",
        "shift add P1 4 hours",
        "volunteers export",
        "volunteer commend P1 x",
    ):
        assert desk.wang.says(line).name == "people/refusals/not_allowed"


def test_the_spreadsheet_has_every_shift_and_goes_to_who_asked(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei post: desk")
    desk.mei.says("shift add P1 6/6 9:00-12:30 desk")
    answer = desk.mei.says("volunteers export")
    assert answer.private
    assert "1 person, 3 h 30 min in all." in text(answer)
    (file,) = answer.files
    assert file.name.startswith("Hours of the crew-M1-")


def test_undo_takes_back_the_whole_addition(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei post: desk")
    desk.mei.says("undo")
    assert (desk.parties(), desk.rows()) == ([], {})


@pytest.mark.parametrize("name", ODD)
def test_a_name_is_shown_as_it_is(desk: Crew, name: str) -> None:
    answer = desk.mei.says(f"volunteer add {name}")
    assert desk.parties() == [name]
    shown = name.replace("\u202e", "")  # whoever reads it reads it forwards
    assert shown in text(answer)
    assert shown in text(desk.mei.says("volunteers"))
    desk.mei.says(f"volunteer edit P1 contribution: {name}")
    assert desk.rows()[name].contribution == name


def test_the_same_in_chinese(chinese: Crew) -> None:
    assert "缺的补上之后，才能写感谢信。" in text(chinese.mei.says("志愿者 添加 韩梅梅 岗位: 签到台"))
    answer = chinese.mei.says("班次 P1 6月6日 9:00-12:30 签到台")
    assert answer.title == "已记下韩梅梅的班次"
    assert "6月6日（周六） 09:00–12:30（3 小时 30 分钟） · 签到台" in text(answer)
    chinese.mei.says("志愿者 修改 P1 贡献: 让签到队伍一直不断档")
    assert "写感谢信要用的都齐了" in text(chinese.mei.says("志愿者"))
    chinese.mei.says("志愿者 表彰 韩梅梅 找回嘉宾护照")
    assert chinese.bo.says("志愿者 批准 P1").title == "已批准表彰韩梅梅"
    assert chinese.mei.says("志愿者 导出").files
