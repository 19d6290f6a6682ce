"""Settings said in a chat: what applies, where it comes from, who may change it, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

import pytest

from storage import checklist, people, rooms, workspace
from storage.base import Session
from storage.checklist import LOOK_NOW
from storage.people import Person
from storage.rooms import Room
from storage.workspace import Workspace
from tests.chat import TEAM, Chat, Somebody, text
from tests.handlers.people.conftest import begin


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    """The admin; the team's room watches a meeting."""
    found = chat.person("Ann")
    begin(chat)
    return found


@pytest.fixture
def li(chat: Chat, ann: Somebody) -> Somebody:
    return chat.person("Li Na")


@pytest.fixture
def db(chat: Chat, ann: Somebody) -> Iterator[Session]:
    """Looks at what is stored at the moment of the question."""
    with chat.read() as session:
        yield session


def place(db: Session) -> Workspace:
    db.rollback()
    return workspace.get(db, 1)


def room(db: Session, name: str = TEAM) -> Room:
    db.rollback()
    return next(row for row in rooms.of_platform(db, 1, "console") if row.external == name)


def days(db: Session) -> dict[date, bool]:
    db.rollback()
    return workspace.day_rules(db, 1)


def row(db: Session, person: Somebody) -> Person:
    db.rollback()
    return people.get(db, person.id)


def test_everything_that_applies_is_shown_with_its_source_and_its_command(ann: Somebody, li: Somebody) -> None:
    ann.says("settings language English")
    ann.says("settings room language 中文")
    shown = text(ann.says("settings"))
    for line in (
        "Your language: English · set by you",
        "settings language English",
        "Your time zone: China (Shanghai) Time (Asia/Shanghai) · as the association has it",
        "Quiet hours here: 20:00–08:30",
        "settings quiet 20:00-08:30, settings quiet off",
        "Language of this room: 中文 · set for this room",
        "Reminder messages per person and day: at most 3",
        "The public holidays of 2027 are not announced yet",
        "only admins can change; you are one",
    ):
        assert line in shown
    chinese = text(li.says("设置"))
    for line in ("您的语言：中文 · 随本群", "设置 免打扰 20:00-08:30", "协会一级的设置请管理员来改"):
        assert line in chinese


def test_alone_with_the_bot_the_hours_are_ones_own(li: Somebody) -> None:
    shown = text(li.says("settings", direct=True))
    assert "Your quiet hours: 20:00–08:30" in shown
    assert "this room" not in shown


@pytest.mark.parametrize(
    ("line", "locale"),
    [
        ("settings language 中文", "zh_CN"),
        ("设置 语言 English", "en"),
        ("语言 英文", "en"),
        ("language chinese", "zh_CN"),
        ("设置语言 zh-CN", "zh_CN"),
        ("settings language default", ""),
    ],
)
def test_a_language_holds_from_its_own_answer_on(li: Somebody, db: Session, line: str, locale: str) -> None:
    answer = li.says(line)
    assert row(db, li).locale == locale
    assert answer.locale == (locale or "en")


def test_the_other_language_is_one_press_away(li: Somebody) -> None:
    li.says("settings")
    assert li.presses("中文").locale == "zh_CN"
    li.says("设置")
    assert li.presses("English").locale == "en"


def test_a_language_that_is_not_spoken_is_offered_for_what_was_asked(ann: Somebody, db: Session) -> None:
    assert ann.says("settings room language Klingon").name == "settings/refusals/language"
    ann.presses("中文")
    ann.says("settings default language 克林贡语")
    ann.presses("English")
    ann.says("settings language Klingon")
    ann.presses("English")
    assert (room(db).locale, place(db).locale, row(db, ann).locale) == ("zh_CN", "en", "en")


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        ("asia/shanghai", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("北京时间", "Asia/Shanghai"),
        ("UTC+8", "Asia/Shanghai"),
        ("New York", "America/New_York"),
        ("newyork", "America/New_York"),
        ("伦敦", "Europe/London"),
        ("Lisbon", "Europe/Lisbon"),
        ("San Francisco", "America/Los_Angeles"),
        ("utc", "UTC"),
        ("default", ""),
    ],
)
def test_a_zone_goes_by_many_names(li: Somebody, db: Session, typed: str, zone: str) -> None:
    assert not li.says(f"settings zone {typed}").refused
    assert row(db, li).zone == zone


def test_a_misspelled_zone_is_offered_rightly(li: Somebody, db: Session) -> None:
    assert li.says("settings zone Shangai").name == "settings/refusals/zone"
    li.presses("Asia/Shanghai")
    assert row(db, li).zone == "Asia/Shanghai"
    assert li.says("settings zone xyzzy").name == "settings/refusals/zone"


@pytest.mark.parametrize(
    ("typed", "begin", "end"),
    [
        ("20:00-08:30", time(20), time(8, 30)),
        ("21:00–7:15", time(21), time(7, 15)),
        ("from 9pm to 7am", time(21), time(7)),
        ("22-8", time(22), time(8)),
        ("10pm-12am", time(22), time(0)),
        ("１２ａｍ to 8am", time(0), time(8)),
        ("12:30 AM-8am", time(0, 30), time(8)),
        ("12pm-2pm", time(12), time(14)),
        ("12:00-14:00", time(12), time(14)),
        ("23:00-6:30", time(23), time(6, 30)),
        ("晚上8点到早上8点半", time(20), time(8, 30)),
        ("从22点至次日7点", None, None),
        ("off", time(0), time(0)),
        ("关", time(0), time(0)),
        ("20:00", None, None),
        ("8-8", None, None),
        ("always", None, None),
        ("25:00-26:00", None, None),
    ],
)
def test_quiet_hours(ann: Somebody, db: Session, typed: str, begin: time | None, end: time | None) -> None:
    answer = ann.says(f"设置 免打扰 {typed}")
    if begin is None:
        assert answer.name == "settings/refusals/hours"
        assert (room(db).quiet_from, room(db).quiet_to) == (time(20), time(8, 30))
    else:
        assert (room(db).quiet_from, room(db).quiet_to) == (begin, end)


def test_a_slot_on_the_full_or_half_hour_is_moved_and_said(ann: Somebody, db: Session) -> None:
    assert "Not at 09:00 sharp" in text(ann.says("settings morning 9:00"))
    assert room(db).morning == time(9, 10)
    assert "so I took 09:40" in text(ann.says("settings morning 9点半"))
    assert room(db).morning == time(9, 40)
    assert "sharp" not in text(ann.says("settings morning 09:25"))
    assert room(db).morning == time(9, 25)
    ann.says("settings afternoon 3:40")
    assert room(db).afternoon == time(15, 40)
    ann.says("settings afternoon 4pm")
    assert room(db).afternoon == time(16, 10)


def test_the_morning_comes_before_the_afternoon(ann: Somebody, db: Session) -> None:
    assert ann.says("settings morning 16:20").name == "settings/refusals/order"
    assert ann.says("settings afternoon 08:50").name == "settings/refusals/order"
    assert (room(db).morning, room(db).afternoon) == (time(9, 10), time(15, 40))
    ann.says("settings afternoon off")
    assert room(db).afternoon is None
    ann.says("settings morning 16:20")
    assert room(db).morning == time(16, 20)


def test_a_slot_in_the_quiet_hours_is_said(ann: Somebody) -> None:
    assert "09:10 lies in the quiet hours, so it waits until 10:00." in text(ann.says("settings quiet 20:00-10:00"))
    assert "lies in" not in text(ann.says("settings afternoon 15:20"))
    assert "07:10 lies in" in text(ann.says("settings morning 07:10"))


def test_nudges_are_turned_off_and_on(ann: Somebody, db: Session) -> None:
    ann.says("settings")
    ann.presses("Turn off")
    assert not room(db).nudges
    ann.presses("Undo")
    assert room(db).nudges
    ann.says("设置 提醒 关")
    assert not room(db).nudges
    ann.says("设置 提醒 开")
    assert room(db).nudges
    assert ann.says("settings nudges maybe").name == "settings/refusals/on_or_off"


def test_ones_own_hours_need_no_rights_and_hold_in_every_conversation(chat: Chat, li: Somebody, db: Session) -> None:
    with chat.app.database.write() as writing:
        rooms.met(writing, 1, "web", "dm:li", person_id=li.id)
    li.says("settings quiet 22:00-07:00", direct=True)
    db.rollback()
    found = rooms.direct(db, [li.id])
    assert len(found) == 2
    assert {(one.quiet_from, one.quiet_to) for one in found} == {(time(22), time(7))}
    assert room(db).quiet_from == time(20)


def test_a_room_has_its_own_language_and_zone(ann: Somebody, li: Somebody, db: Session) -> None:
    ann.says("settings room language 中文")
    ann.says("settings room zone London")
    assert (room(db).locale, room(db).zone) == ("zh_CN", "Europe/London")
    assert li.says("settings").locale == "zh_CN"
    ann.says("settings room zone default")
    assert room(db).zone == ""


def test_a_room_of_two_has_none(li: Somebody, db: Session) -> None:
    assert li.says("settings room language 中文", direct=True).name == "settings/refusals/no_room"
    li.presses("Set it for me")
    assert row(db, li).locale == "zh_CN"


@pytest.mark.parametrize(
    ("typed", "code"),
    [("SG", "SG"), ("香港", "HK"), ("de-by", "DE-BY"), ("GB-ENG", "GB-ENG"), ("China", "CN"), ("none", ""), ("无", "")],
)
def test_a_country(ann: Somebody, db: Session, typed: str, code: str) -> None:
    assert not ann.says(f"settings country {typed}").refused
    assert place(db).country == code


@pytest.mark.parametrize("typed", ["ZZ", "DE-XX", "HolidayBase", "../x", "中", "CN-"])
def test_a_country_without_a_calendar_is_refused(ann: Somebody, db: Session, typed: str) -> None:
    assert ann.says(f"settings country {typed}").name == "settings/refusals/country"
    assert place(db).country == "CN"


def test_the_associations_own_days(ann: Somebody, db: Session) -> None:
    ann.says("settings workday 2026-10-10")
    ann.says("设置 放假 2026-12-31..2027-01-01")
    assert "is a working day" not in text(ann.says("settings dayoff 2026-10-10"))
    assert days(db) == dict.fromkeys([date(2026, 10, 10), date(2026, 12, 31), date(2027, 1, 1)], False)
    assert "a working day, as in the public calendar again" in text(ann.says("settings day 2026-12-31 default"))
    ann.says("settings day")
    ann.presses("As in the public calendar")
    assert days(db) == {date(2027, 1, 1): False}
    assert ann.says("settings day 2026-12-31").name == "settings/refusals/which_day"
    ann.presses("Day off")
    assert date(2026, 12, 31) in days(db)


@pytest.mark.parametrize(
    ("said", "label", "day"),
    [
        ("settings day 2026-07-05..2026-07-02 default", "Yes, from Thu 2 Jul to Sun 5 Jul", date(2026, 7, 3)),
        ("设置 日历 恢复", "As in the public calendar", date(2026, 12, 31)),
        ("settings day default", "As in the public calendar", date(2026, 12, 31)),
    ],
)
def test_the_way_back_to_the_calendar_is_asked_about_as_such(
    ann: Somebody, db: Session, said: str, label: str, day: date
) -> None:
    ann.says(f"settings dayoff {day}")
    ann.says(said)
    assert not ann.presses(label).refused
    assert days(db) == {}


def test_days_in_the_public_calendar_need_nothing(ann: Somebody, db: Session) -> None:
    assert not ann.says("settings day 2026-12-31 default").refused
    assert days(db) == {}
    assert ann.says("settings dayoff 2026-07-01..2026-09-01").name == "settings/refusals/many_days"
    assert ann.says("settings dayoff someday").name == "dates/refusals/unclear"
    assert days(db) == {}


@pytest.mark.parametrize("typed", ["0", "21", "-1", "3.5", "many"])
def test_a_limit_that_makes_no_sense_is_refused(ann: Somebody, db: Session, typed: str) -> None:
    assert ann.says(f"settings limit {typed}").name == "settings/refusals/limit"
    assert place(db).nudges_a_day == 3


def test_what_holds_for_everybody(ann: Somebody, db: Session) -> None:
    ann.says("settings limit 20")
    ann.says("设置 名称  某某  协会")
    ann.says("settings default language 中文")
    ann.says("设置 默认时区 东京")
    assert (place(db).nudges_a_day, place(db).name) == (20, "某某 协会")
    assert (place(db).locale, place(db).zone) == ("zh_CN", "Asia/Tokyo")
    assert ann.says(f"settings name {'x' * 201}").name == "settings/refusals/long_name"


FORMS = [
    "language",
    "zone",
    "quiet",
    "morning",
    "afternoon",
    "room language",
    "room zone",
    "name",
    "limit",
    "country",
    "default language",
    "default zone",
]


@pytest.mark.parametrize("what", FORMS)
def test_without_a_value_a_form_asks_and_takes_what_holds(ann: Somebody, what: str) -> None:
    asked = ann.says(f"settings {what}")
    assert asked.form
    filled = ann.fills(value="English") if what.endswith("language") else ann.fills()
    assert not filled.refused


@pytest.mark.parametrize("what", ["workday", "dayoff"])
def test_a_day_is_asked_for(ann: Somebody, db: Session, what: str) -> None:
    ann.says(f"settings {what}")
    ann.fills(value="2026-12-31")
    assert days(db) == {date(2026, 12, 31): what == "workday"}


BEARS_ON_NUDGES = [
    "settings quiet off",
    "settings morning 10:10",
    "settings afternoon off",
    "settings nudges off",
    "settings room zone London",
    "settings zone London",
    "settings limit 5",
    "settings country SG",
    "settings default zone London",
    "settings workday 2026-10-10",
]


@pytest.mark.parametrize("line", BEARS_ON_NUDGES)
def test_nudges_look_again(chat: Chat, ann: Somebody, db: Session, line: str) -> None:
    with chat.app.database.write() as writing:
        for task in checklist.tasks(writing, 1):
            task.next_nudge_at = None
    assert not ann.says(line).refused
    db.rollback()
    assert {task.next_nudge_at for task in checklist.tasks(db, 1)} == {LOOK_NOW}


def test_a_setting_that_does_not_exist_changes_nothing(ann: Somebody) -> None:
    assert ann.says("settings colour red").refused
    assert ann.says("设置 颜色 红").refused
