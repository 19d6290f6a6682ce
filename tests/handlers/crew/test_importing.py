"""Lists of shifts: shown first, taken over once, the same again changes nothing, taken back whole."""

from __future__ import annotations

import pytest

from handlers.sheets import Grid, comma_separated, written
from handlers.stored import XLSX
from tests.chat import Somebody, buttons, text
from tests.handlers.crew.conftest import Crew

HEAD = ["Name", "Phone", "Post", "Place", "Date", "From", "To", "Actual hours", "Note"]
LIST = [
    ["Shifts of the crew"],
    HEAD,
    ["Han Mei", "13800000001", "desk", "hall A", "2026-06-06", "9:00", "12:30", "3", "lunch"],
    ["", "", "teardown", "", "", "22:00", "2:00", "", ""],
    ["Li Lei", "", "stage", "", "6/7", "0.375", "12", "5", ""],
    ["Anna Lee", "", "guide", "", "Day 2", "2 pm", "5 pm", "", ""],
    ["合计", "", "", "", "", "", "", "15", ""],
]
ZH = """姓名,手机,岗位,日期,时间,实际工时,导师
韩梅梅,13800000001,签到台,6月6日,上午9点-12点半,3小时,张
王芳,13900000003,引导,6月7日,9:00-12:00,,李
"""


def sheet(rows: list[list[str]]) -> dict[str, bytes]:
    return {"shifts.xlsx": written([Grid("Sheet1", rows)])}


def confirms(who: Somebody, *labels: str) -> str:
    """Press each of these, then confirm; what is said then."""
    for label in labels:
        who.presses(label)
    return text(who.presses("Confirm"))


def noted(desk: Crew) -> list[tuple[str, str, int, str]]:
    """Whose, from when (UTC), how many minutes, at what."""
    names = {row.id: name for name, row in desk.rows().items()}
    return [
        (names[row.volunteer_id], f"{row.starts_at:%d %H:%M}" if row.starts_at else "", row.minutes, row.text)
        for row in desk.shifts()
    ]


ALL = [
    ("Han Mei", "06 01:00", 180, "desk"),
    ("Han Mei", "06 14:00", 240, "teardown"),
    ("Li Lei", "07 01:00", 300, "stage"),
    ("Anna Lee", "07 06:00", 180, "guide"),
]


def test_the_story(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    desk.mei.says("volunteer add Li Lei")
    preview = desk.mei.says("", files=sheet(LIST))
    assert (preview.name, preview.private, desk.shifts()) == ("crew/preview", True, [])
    said = text(preview)
    for line in (
        "new shifts: 3, 12 hours",
        "1 row is of people who are not in the crew and is left out: Anna Lee.",
        "Where a name or a day is blank, it is that of the row above.",
        "row 5: 5 hours are more than from beginning to end",
        "Han Mei Sat 6 Jun, 09:00–12:30 (3 hours) · desk · hall A · lunch",
    ):
        assert line in said
    assert "I1 is in: shifts from shifts.xlsx" in confirms(desk.mei, "Take 1 person into the crew too")
    assert noted(desk) == ALL
    assert (desk.shifts()[0].place, desk.shifts()[0].note) == ("hall A", "lunch")
    again = desk.mei.says("shifts import F1")
    assert "every shift in it is noted already" in text(again)
    assert [one.label for one in again.buttons] == ["The day stands first", "All remarks as a file"]
    assert "shifts · 4 new" in text(desk.mei.says("people imports"))
    desk.mei.says("people import undo I1")
    assert (noted(desk), desk.parties()) == ([], ["Han Mei", "Li Lei"])
    desk.mei.says("undo")
    assert (noted(desk), desk.parties()) == (ALL, ["Han Mei", "Li Lei", "Anna Lee"])


def test_our_own_spreadsheet_comes_back_without_a_change(desk: Crew) -> None:
    for line in ("volunteer add 韩梅梅", "shift add P1 6/6 9:00-12:30 desk place: hall A", "shift add P1 45 min stage"):
        desk.mei.says(line)
    (file,) = desk.mei.says("volunteers export").files
    with desk.chat.app.files.open(file.digest) as stream:
        data = stream.read()
    assert file.media_type == XLSX
    assert "every shift in it is noted already" in text(desk.mei.says("shifts import", files={"hours.xlsx": data}))


def test_a_later_list_says_it_anew_and_a_sum_of_hours_gives_way(desk: Crew) -> None:
    """A blank says nothing; nothing counts twice; what somebody built on since stays when the list is taken back."""
    desk.mei.says("volunteer add Han Mei")
    desk.mei.says("volunteer add Li Lei")
    desk.mei.says("shift add Li Lei 9 hours")
    first = [
        HEAD,
        ["Han Mei", "", "desk", "hall A", "6/6", "9:00", "12:30", "", ""],
        ["Li Lei", "", "", "", "6/6", "9", "12", "", ""],
    ]
    assert "before: 9 hours" in text(desk.mei.says("shifts import", files=sheet(first)))
    confirms(desk.mei)
    assert [row[2] for row in noted(desk)] == [210, 180]
    later = [
        HEAD,
        ["Han Mei", "", "", "", "6/6", "9:00", "12:30", "3", "lunch"],
        ["Han Mei", "", "stage", "", "6/6", "12:00", "14:00", "", ""],
        ["Li Lei", "", "", "", "", "", "", "8", ""],
    ]
    said = text(desk.mei.says("shifts import", files=sheet(later)))
    assert "row 3 is left out: P1 Han Mei worked then already" in said
    assert "row 4 is left out: P2 Li Lei has shifts already" in said
    confirms(desk.mei)
    row = desk.shifts()[0]
    assert (row.minutes, row.text, row.place, row.note) == (180, "desk", "hall A", "lunch")
    desk.mei.says("people import undo I2")
    assert desk.shifts()[0].minutes == 210


def test_nobody_is_guessed(desk: Crew) -> None:
    """A name alone is only one of the crew; a number or an address of another is said; a number (P3) settles it."""
    for line in ("volunteer add 李雷", "contact add 王芳 phone: 13900000003", "contact add 赵六"):
        desk.mei.says(line)
    desk.mei.says("volunteer add 韩梅梅")
    rows = [
        ["编号", *["姓名", "手机", "日期", "工时"]],
        ["", "李雷", "", "6/6", "1"],
        ["", "Wang Fang", "13900000003", "6/6", "2"],
        ["", "赵六", "", "6/6", "3"],
        ["P3", "赵六", "", "6/7", "4"],
        ["P3", "李雷", "", "6/7", "5"],
        ["P99", "周七", "", "6/7", "6"],
        ["", "李雷、韩梅梅", "", "6/7", "7"],
    ]
    said = text(desk.mei.says("shifts import", files=sheet(rows)))
    for line in (
        "row 4 is left out: 赵六 may be P3 赵六, who is not in the crew",
        "row 6 is left out: the number is that of P3 赵六, not of 李雷",
        "row 7 is left out: nobody in the address book is P99",
        "row 8 is left out: two names in one cell",
        "2 rows are of people who are not in the crew and are left out: P2 王芳 and P3 赵六",
    ):
        assert line in said
    confirms(desk.mei, "Take 2 people into the crew too")
    assert [(name, minutes) for name, _, minutes, _ in noted(desk)] == [("李雷", 60), ("王芳", 120), ("赵六", 240)]
    assert len(desk.parties()) == 4


def test_what_was_built_on_an_import_since_stays_when_it_is_taken_back(desk: Crew) -> None:
    people = "姓名,岗位\n李雷,舞台\n韩梅梅,签到\n王芳,引导\n"
    desk.mei.says("people import as volunteers", files={"volunteers.csv": people.encode()})
    confirms(desk.mei)
    desk.mei.says("shift add P1 4 hours")
    desk.mei.says("volunteer edit P2 contribution: kept the queue short")
    said = text(desk.mei.says("people import undo I1"))
    assert "P1 李雷" in said
    assert "P2 韩梅梅" in said
    assert (desk.parties(), sum(row.minutes for row in desk.shifts())) == (["李雷", "韩梅梅"], 240)


@pytest.mark.parametrize(
    ("head", "row", "refusal"),
    [
        (["Name", "Post"], ["Han Mei", "desk"], "no_when"),
        (["Post", "Date"], ["desk", "6/6"], "nobody_named"),
        (["Name", "Date"], ["", ""], "no_rows"),
        (["x", "y"], ["1", "2"], "no_headings"),
    ],
)
def test_what_is_no_list_of_shifts_is_refused(desk: Crew, head: list[str], row: list[str], refusal: str) -> None:
    data = comma_separated(Grid("", [head, row]))
    assert desk.mei.says("shifts import", files={"a.csv": data}).name == f"crew/refusals/{refusal}"


def test_the_same_in_chinese_whatever_it_was_saved_in(chinese: Crew) -> None:
    """A column that is not known stops the import; what is said of it is remembered, for lists of shifts alone."""
    chinese.mei.says("志愿者 添加 韩梅梅")
    preview = chinese.mei.says("班次 导入", files={"值班.csv": ZH.encode("gb18030")})
    assert "这些列我不认识：导师" in text(preview)
    assert "确认" not in [one.label for one in buttons(preview)]
    chinese.mei.says("班次 导入 F1 备注=导师")
    answer = chinese.mei.presses("确认")
    assert "I1 已导入：值班.csv 里的班次" in text(answer)
    assert [(row.minutes, row.note) for row in chinese.shifts()] == [(180, "张")]
    again = chinese.mei.says("班次 导入", files={"值班2.csv": ZH.replace("3小时", "3.5").encode()})
    assert "“导师”：备注" in text(again)
    assert "导师" in text(chinese.mei.says("人员 导入 作为志愿者", files={"人.csv": ZH.encode()}))
    assert chinese.wang.says("班次 导入 F1").name == "people/refusals/not_allowed"


def dated(*cells: str) -> dict[str, bytes]:
    return sheet([["Name", "Date", "Hours"], *(["Han Mei", cell, "3"] for cell in cells)])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("06/07", "06/06"), "“06/07” is read as Sun 7 Jun, the month before the day"),
        (("07/06", "06/06"), "“07/06” is read as Sun 7 Jun, the day before the month"),
        (("06/07", "26/06"), "“06/07” is read as Mon 6 Jul, the day before the month"),
    ],
)
def test_a_day_that_may_be_two_is_read_as_its_column_tells_and_told(
    desk: Crew, cells: tuple[str, ...], said: str
) -> None:
    assert said in text(desk.mei.says("", files=dated(*cells)))


def test_somebody_says_which_stands_first(desk: Crew) -> None:
    desk.mei.says("volunteer add Han Mei")
    desk.mei.says("", files=dated("07/06"))
    assert "is read as Mon 6 Jul, the month before the day" in text(desk.mei.says("shifts import F1 dates=month"))
    shown = next(button.line for button in desk.mei.says("shifts import F1 dates=month").buttons if button.primary)
    assert desk.mei.says(shown.replace("dates=month", "dates=day")).name == "crew/preview"  # that was not shown
    assert "the day before the month" in text(desk.mei.says("shifts import F1 dates=日在前"))
    desk.mei.presses("Confirm")
    assert [row.minutes for row in desk.shifts()] == [180]
    assert desk.mei.says("shifts import F1 dates=tuesday").name == "dates/refusals/which_order"


def test_a_day_that_says_its_month_or_year_needs_no_word(desk: Crew) -> None:
    assert "is read as" not in text(desk.mei.says("", files=dated("2026-06-07", "6月7日", "Jun 7", "6/6")))
