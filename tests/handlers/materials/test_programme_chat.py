"""The programme in chat: an agenda's list with a preview, once more, taken back; sessions put right one by one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.sheets import Grid, written
from messages import Message
from storage.programme import Booth, ProgrammeSession, Speaker, Speaking
from tests.chat import Chat, Somebody, buttons, text

AGENDA = """第八届年会议程,,,,,,,,
场次,日期,时间,题目,讲者,单位,会场,跟进人,备注
,6月8日,08:30-09:00,签到,,,,,
1,,09:00-09:40,智能制造的未来,张三,清华大学,主会场,Li,要投影
2,,09:40-10:20,工业软件圆桌,李四 / 王五,华为 / 中兴,主会场,Li,
,,10:20-10:40,茶歇,,,,,
3,6月9日,09:00-09:40,数据要素,中国信通院,,A厅,Ghost,
4,,9点,,赵六,,A厅,,
"""


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    found = chat.person("Ann")
    chat.person("Li")
    found.says("meeting new Forum start: 2026-06-08 09:00 end: 2026-06-09 17:00")
    return found


def rows(chat: Chat) -> list[str]:
    with chat.read() as db:
        return [f"{one.code} {one.title}" for one in db.scalars(select(ProgrammeSession).order_by(ProgrammeSession.id))]


def count(chat: Chat, table: type[Speaker | Speaking | Booth]) -> int:
    with chat.read() as db:
        return len(db.scalars(select(table)).all())


def dropped(ann: Somebody, content: str = AGENDA, name: str = "年会议程.csv", line: str = "") -> Message:
    return ann.says(line, files={name: content.encode()})


def test_a_dropped_agenda_is_previewed_and_then_taken_over(chat: Chat, ann: Somebody) -> None:
    shown = dropped(ann)
    said = text(shown)
    assert shown.name == "materials/preview"
    assert "3 sessions" in said
    assert "4 people on the programme" in said
    assert "3 new" in said
    assert "Row 3: “签到” is no session" in said
    assert "Row 8: it has no title" in said
    assert "Nobody here is called Ghost" in said
    assert "备注" in said
    assert rows(chat) == []
    assert text(ann.presses("Confirm")).startswith("The programme is in: 3 sessions")
    assert rows(chat) == ["S1 智能制造的未来", "S2 工业软件圆桌", "S3 数据要素"]
    said = text(ann.says("programme"))
    assert "09:00–09:40 S1 智能制造的未来 · 主会场 · 张三 (清华大学)" in said
    assert "李四 (华为) and 王五 (中兴)" in said
    assert said.index("8 Jun") < said.index("S2") < said.index("9 Jun") < said.index("S3")


def test_a_second_time_changes_nothing_and_blanks_overwrite_nothing(chat: Chat, ann: Somebody) -> None:
    dropped(ann)
    ann.presses("Confirm")
    again = dropped(ann)
    assert again.title.endswith("has nothing new")
    assert "Confirm" not in [button.label for button in buttons(again)]
    thinner = "场次,题目,讲者,会场\n1,智能制造的未来,,\n2,工业软件圆桌,李四 / 陈七,B厅\n"
    said = text(dropped(ann, thinner))
    assert "Changed: S2 工业软件圆桌 · hall: B厅; people: 陈七; 1 person no longer" in said
    assert "1 as before" in said
    assert "Not in the list, and kept: S3." in said
    ann.presses("Confirm")
    assert rows(chat) == ["S1 智能制造的未来", "S2 工业软件圆桌", "S3 数据要素"]
    with chat.read() as db:
        assert set(db.scalars(select(Speaker.name))) == {"张三", "李四", "陈七", "中国信通院"}
        assert db.scalar(select(ProgrammeSession.hall).where(ProgrammeSession.code == "S1")) == "主会场"


def test_an_undo_takes_all_of_it_back(chat: Chat, ann: Somebody) -> None:
    dropped(ann)
    ann.presses("Confirm")
    ann.presses("Undo")
    assert (rows(chat), count(chat, Speaker), count(chat, Speaking)) == ([], 0, 0)
    dropped(ann)
    ann.presses("Confirm")
    dropped(ann, "场次,题目,讲者\n2,新题目,陈七\n")
    ann.presses("Confirm")
    assert rows(chat)[1] == "S2 新题目"
    ann.presses("Undo")
    assert rows(chat)[1] == "S2 工业软件圆桌"
    assert count(chat, Speaker) == 4


def test_a_confirmation_holds_only_for_what_was_shown(chat: Chat, ann: Somebody) -> None:
    shown = dropped(ann)
    ann.says("session add Opening code: S1")
    again = ann.presses("Confirm", shown)
    assert again.name == "materials/preview"
    assert "has changed since the preview" in text(again)
    assert rows(chat) == ["S1 Opening"]


def test_a_workbook_with_a_sheet_a_day_and_english_headings(chat: Chat, ann: Somebody) -> None:
    head = ["Title", "Speaker(s)", "Affiliation", "Start", "End", "Track", "Chair"]
    book = written(
        [
            Grid("8 June", [head, ["Bridges", "Anna Lee, Bob Stone", "Arup", "09:00", "09:40", "Main", "Cara"]]),
            Grid("9 June", [head, ["Tunnels", "TBA", "", "14:00", "13:00", "Main", ""]]),
        ]
    )
    shown = ann.says("programme import", files={"final v2.xlsx": book})
    assert "9 June, row 2: it ends before it begins" in text(shown)
    ann.presses("Confirm")
    said = text(ann.says("programme"))
    assert "09:00–09:40 S1 Bridges · Main · Anna Lee (Arup), Bob Stone (Arup), and Cara, chair" in said
    assert "14:00 S2 Tunnels · Main" in said


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("08/06", "09/06"), "“08/06” is read as Mon 8 Jun, the day before the month."),
        (("06/08/2026", "06/09/2026"), "“06/08/2026” is read as Mon 8 Jun, the month before the day."),
        (("06/08", "30/06"), "“06/08” is read as Thu 6 Aug, the day before the month."),
    ],
)
def test_a_day_that_may_be_two_is_read_as_its_column_tells_and_told(
    chat: Chat, ann: Somebody, cells: tuple[str, str], said: str
) -> None:
    lines = ["场次,日期,时间,题目", *(f"{n},{cell},09:00-09:40,Talk {n}" for n, cell in enumerate(cells, 1))]
    assert said in text(dropped(ann, "\n".join(lines)))


def test_somebody_says_which_of_day_and_month_stands_first(chat: Chat, ann: Somebody) -> None:
    shown = dropped(ann, "场次,日期,时间,题目\n1,08/06,09:00-09:40,Talk")
    assert "New: S1 Talk · Mon 8 Jun 09:00–09:40" in text(shown)
    turned = ann.presses("The month stands first")
    assert "New: S1 Talk · Thu 6 Aug 09:00–09:40" in text(turned)
    assert ann.says(buttons(turned)[0].line.replace("dates=month", "dates=day")).name == "materials/preview"
    assert ann.says("programme import F1 dates=tuesday").name == "dates/refusals/which_order"
    ann.says(buttons(turned)[0].line)
    with chat.read() as db:
        (session,) = db.scalars(select(ProgrammeSession))
        assert f"{session.starts_at:%Y-%m-%d}" == "2026-08-06"


def test_what_is_no_agenda(chat: Chat, ann: Somebody) -> None:
    assert dropped(ann, "a,b\n1,2\n", line="programme import").name == "materials/refusals/no_headings"
    assert dropped(ann, "题目,讲者\n午餐,\n", line="导入议程").name == "materials/refusals/no_sessions_in"
    assert ann.says("programme import", files={"a.pdf": b"%PDF-1.4"}).name == "common/refusals/no_list"
    assert ann.says("programme import").name == "materials/refusals/one_file"
    assert ann.says("programme import F99").name == "files/refusals/unknown"
    assert not dropped(ann, "a,b\n1,2\n").name.startswith("materials")


def test_sessions_one_by_one(chat: Chat, ann: Somebody) -> None:
    said = text(ann.says("session add 智能工厂 讲者：张三（华为）、李四 时间：6月8日 9:00-9:40 会场：A厅 跟进人：Li"))
    assert "S1 is on the programme" in said
    assert "张三 (华为) and 李四" in said
    said = text(ann.says("session edit S1 hall: Hall B time: 10:00-10:30"))
    assert "Mon 8 Jun 10:00–10:30 S1 智能工厂 · Hall B" in said
    assert ann.says("session edit S1 time: soon").name == "materials/refusals/unread_session"
    assert ann.says("session edit S1 contact: Nobody").name == "people/refusals/unknown"
    assert ann.says("session edit S9 hall: C").name == "materials/refusals/no_session"
    assert ann.says("session add Once more code: S1").name == "materials/refusals/code_taken"
    assert ann.says("session edit S1").form is not None
    ann.fills(speakers="王五")
    assert "王五" in text(ann.says("programme"))
    assert "李四" not in text(ann.says("programme"))
    assert "Foxconn" in text(ann.says("speaker edit 王五 unit: Foxconn"))
    ann.says("session drop S1")
    assert (rows(chat), count(chat, Speaker)) == ([], 0)
    ann.presses("Undo")
    assert rows(chat) == ["S1 智能工厂"]


def test_stands(chat: Chat, ann: Somebody) -> None:
    assert "2 stands noted: 华为 and 中兴" in text(ann.says("展位 添加 华为、中兴"))
    said = text(ann.says("booths import", files={"list.csv": "展商名称,展位号\n华为,A1\n比亚迪,A2\n".encode()}))
    assert "1 stand noted: 比亚迪 · 1 was noted already" in said
    assert "3 stands at Forum" in text(ann.says("booths"))
    ann.says("booth drop 中兴")
    assert count(chat, Booth) == 2
    ann.presses("Undo")
    assert count(chat, Booth) == 3


def test_who_may(chat: Chat, ann: Somebody) -> None:
    li, wang = chat.person("Li"), chat.person("Wang")
    assert not li.says("session add Opening").refused
    ann.says("role set programme @Wang")
    assert li.says("session add Closing").name == "people/refusals/not_allowed"
    assert not wang.says("session add Closing").refused


RUNNING = """序号,题目,讲者,日期,时间,会场
1,智能制造的未来,张三,6月8日,09:00-09:40,A厅
2,茶歇,,,09:40-10:00,
3,题目待定,李四,6月8日,10:00-10:40,A厅
"""


def test_a_running_number_is_nobodys_name(chat: Chat, ann: Somebody) -> None:
    dropped(ann, RUNNING)
    ann.presses("Confirm")
    assert rows(chat) == ["S1 智能制造的未来", "S3 题目待定"]
    later = RUNNING.replace("1,智能", "1,开幕致辞,王会长,6月8日,08:30-09:00,A厅\n2,智能").replace(
        "3,题目待定", "4,数据要素"
    )
    said = text(dropped(ann, later))
    assert "Changed: S3 数据要素" in said
    ann.presses("Confirm")
    assert rows(chat) == ["S1 智能制造的未来", "S3 数据要素", "S2 开幕致辞"]


def test_a_number_of_their_own_names_sessions_whatever_they_are_called(chat: Chat, ann: Somebody) -> None:
    dropped(ann, RUNNING.replace("序号", "场次编号"))
    ann.presses("Confirm")
    moved = RUNNING.replace("序号", "场次编号").replace("智能制造的未来", "智造").replace("09:00", "08:00")
    assert "Changed: S1 智造" in text(dropped(ann, moved))


def test_a_session_may_be_called_like_a_break(chat: Chat, ann: Somebody) -> None:
    ann.says("session add Opening time: 9:00-9:40 date: 2026-06-08")
    assert not ann.says("session edit S1 title: Networking dinner").refused
    assert not ann.says("session edit S1 hall: Hall B").refused
    assert rows(chat) == ["S1 Networking dinner"]
