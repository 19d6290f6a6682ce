"""Consents in chat, and what may go out: nothing without one."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from storage.consents import Consent
from storage.files import File
from storage.materials import Scope
from tests.chat import Chat, Somebody, text


def given(chat: Chat) -> list[tuple[str | None, str, str, date | None, bool]]:
    with chat.read() as db:
        rows = db.scalars(select(Consent).order_by(Consent.id))
        return [(one.material, one.scope, one.licence, one.embargo, one.withdrawn_at is None) for one in rows]


def label(chat: Chat, number: int, scope: Scope) -> None:
    with chat.app.database.write() as db:
        file = db.scalars(select(File).where(File.number == number)).one()
        file.scope = scope


def test_what_a_speaker_allows_in_one_line(chat: Chat, ann: Somebody) -> None:
    said = text(ann.says("consent S1 张三 slides 公开 CC-BY embargo 2026-07-01", files={"授权书.pdf": b"%PDF"}))
    assert "slides: public, CC-BY, not before Wed 1 Jul 2026" in said
    assert "授权书.pdf" in said
    assert given(chat) == [("slides", "public", "CC-BY", date(2026, 7, 1), True)]
    with chat.read() as db:
        form = db.scalars(select(File).where(File.name == "授权书.pdf")).one()
    assert (form.material, form.scope, form.speaker_id) == ("consent", "internal", 1)
    ann.presses("Undo")
    assert given(chat) == []


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("授权 S1 张三 课件 会员", [("slides", "members", "", None, True)]),
        ("授权 S1 公开", [(None, "public", "", None, True)]),
        (
            "consent S3 赵六 录像 attendees until 1 July",
            [("video", "attendees", "", date(2026, 7, 1), True), ("audio", "attendees", "", date(2026, 7, 1), True)],
        ),
        ("consent 钱七 不公开", [(None, "internal", "", None, True)]),
        ("授权 S2 王五 全部 公开 CC BY-NC 4.0 7月1日后", [(None, "public", "CC BY-NC 4.0", date(2026, 7, 1), True)]),
    ],
)
def test_as_people_say_it(chat: Chat, ann: Somebody, line: str, wanted: list[object]) -> None:
    assert not ann.says(line).refused
    assert given(chat) == wanted


def test_what_is_not_clear_is_asked_back(chat: Chat, ann: Somebody) -> None:
    assert ann.says("consent S2 public").name == "materials/refusals/whose_consent"
    ann.presses("王五 · 中兴")
    assert given(chat) == [(None, "public", "", None, True)]
    asked = ann.says("consent S1 张三")
    assert asked.form is not None
    assert [choice.label for field in asked.form.fields for choice in field.choices if choice.value == "all"] == [
        "everything of theirs"
    ]
    ann.fills(scope="members", material="slides", licence="仅供学习", embargo="1 August")
    assert given(chat)[-1] == ("slides", "members", "仅供学习", date(2026, 8, 1), True)
    assert ann.says("consent S1 张三 slides public maybe").name == "materials/refusals/unread_consent"
    assert ann.says("consent Smith public").name == "materials/refusals/unread_consent"
    assert ann.says("consent S1 张三 public F99").name == "files/refusals/unknown"
    assert ann.says("consent S1 张三 public until 2020-01-01").name.startswith("dates/")
    assert len(given(chat)) == 2


def test_what_tells_of_a_task_is_no_consent(ann: Somebody) -> None:
    assert not ann.says("授权书都收齐了").name.startswith("materials/")
    assert not ann.says("议程都发了").name.startswith("materials/")
    assert not ann.says("资料都归档了").name.startswith("materials/")


def test_a_consent_fills_its_cell_and_a_withdrawn_one_does_not(chat: Chat, ann: Somebody) -> None:
    ann.says("consent S1 张三 公开")
    assert "consent of 张三" not in text(ann.says("materials missing"))
    ann.says("consent withdraw S1 张三")
    assert "consent of 张三" in text(ann.says("materials missing"))
    assert ann.says("consent withdraw S1 张三").name == "materials/refusals/nothing_allowed"
    ann.says("undo")
    assert "张三 · 清华大学 · everything: public" in text(ann.says("consents"))


def test_withdrawing_one_of_all_keeps_it_in(chat: Chat, ann: Somebody) -> None:
    ann.says("materials add slides/S1", files={"a.pptx": b"PK"})
    label(chat, 2, Scope.PUBLIC)
    ann.says("consent S1 张三 公开")
    assert ann.says("sharing public").title.endswith("1 may go out, 0 may not")
    assert "the slides of 张三 stay inside" in text(ann.says("授权 撤回 S1 张三 课件"))
    assert "it is labelled public, and 张三 allows internal only" in text(ann.says("sharing public"))
    assert given(chat)[0][-1]


def test_nothing_goes_out_without_a_consent(chat: Chat, ann: Somebody) -> None:
    ann.says("materials add slides/S2", files={"panel.pptx": b"PK"})
    assert "✗ F2 panel.pptx · S2 · nobody has said who may see it" in text(ann.says("sharing public"))
    ann.says("分享 会员")
    assert ann.presses("Label it: members").name == "files/refusals/beyond_consent"
    label(chat, 2, Scope.MEMBERS)
    assert "it is for members only" in text(ann.says("sharing public"))
    assert "李四 has not said what they allow" in text(ann.says("分享 会员"))
    ann.says("consent S2 李四 公开 CC-BY")
    assert "王五 has not said what they allow" in text(ann.says("sharing members"))
    ann.presses("Say what they allow")
    ann.fills(scope="attendees")
    assert "it is labelled members, and 王五 allows attendees only" in text(ann.says("sharing attendees"))
    ann.says("consent S2 王五 会员 until 2026-07-01")
    assert "王五 allows it from Wed 1 Jul 2026 on" in text(ann.says("sharing members"))
    chat.wait("2026-07-01 00:01")
    assert "✓ F2 panel.pptx · S2 · CC-BY" in text(ann.says("sharing members"))
    assert ann.says("sharing").buttons[1].line == "sharing M1 members"


def test_a_file_that_is_labelled_wider_is_named_at_once(chat: Chat, ann: Somebody) -> None:
    ann.says("materials add slides/S1", files={"a.pptx": b"PK"})
    label(chat, 2, Scope.PUBLIC)
    assert "Labelled wider than that" in text(ann.says("consent S1 张三 slides members"))


def test_who_may(chat: Chat, ann: Somebody, li: Somebody) -> None:
    wang = chat.person("Wang")
    assert wang.says("consent S1 张三 公开").name == "people/refusals/not_allowed"
    assert not li.says("consent S1 张三 公开").refused
    assert li.says("consent S4 钱七 公开").name == "people/refusals/not_allowed"
    ann.says("role set records @Wang")
    assert not wang.says("consent S4 钱七 公开").refused


def test_of_two_kinds_in_one_line_neither_is_taken_alone(ann: Somebody) -> None:
    assert ann.says("consent S1 张三 slides recording public").refused
