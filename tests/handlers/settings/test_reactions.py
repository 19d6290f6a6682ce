"""Which emoji on a reminder means what: named or pasted, several for one meaning, each with one meaning only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.settings import emoji
from storage import workspace
from tests.chat import Chat, Somebody, buttons, text


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    """The admin."""
    return chat.person("Ann")


def kept(chat: Chat) -> tuple[str, str, str]:
    with chat.read() as db:
        place = workspace.get(db, 1)
        return place.reactions_done, place.reactions_started, place.reactions_tomorrow


DONE = "white_check_mark heavy_check_mark ballot_box_with_check"


def test_what_holds_at_first_is_shown_with_the_way_to_change_it(chat: Chat, ann: Somebody) -> None:
    assert kept(chat) == (DONE, "eyes", "zzz")
    shown = ann.says("settings")
    assert "Reactions to a reminder: done ✅ ✔️ ☑️ · started 👀 · tomorrow 💤" in text(shown)
    asked = ann.says(next(one.line for one in buttons(shown) if one.line == "settings reactions"))
    assert asked.form is not None
    assert [(one.name, one.value) for one in asked.form.fields] == [
        ("done", "✅ ✔️ ☑️"),
        ("started", "👀"),
        ("tomorrow", "💤"),
    ]


@pytest.mark.parametrize(
    ("line", "then"),
    [
        ("settings reactions done: 👍🏽 :tada: white_check_mark", ("+1 tada white_check_mark", "eyes", "zzz")),
        ("settings reactions done: :thumbsup::ok_hand: started: :+1::skin-tone-3:", None),
        ("settings reactions done: :+1::skin-tone-3::ok_hand:", ("+1 ok_hand", "eyes", "zzz")),
        ("settings reactions started: 👌,🔨、🚧", (DONE, "ok_hand hammer construction", "zzz")),
        ("settings reactions tomorrow: :huihou-later:", (DONE, "eyes", "huihou-later")),
        ("settings reactions tomorrow: ⏰ done: ☑", ("ballot_box_with_check", "eyes", "alarm_clock")),
        ("settings reactions started: off", (DONE, "", "zzz")),
        ("设置 表情 完成：👌👏 开始：✍️ 明天：⏰", ("ok_hand clap", "writing_hand", "alarm_clock")),
        ("设置表情 明天：：完成了：", (DONE, "eyes", "完成了")),
        ("settings reactions started: ✅", ("heavy_check_mark ballot_box_with_check", "white_check_mark", "zzz")),
    ],
)
def test_names_and_pasted_ones_are_understood(
    chat: Chat, ann: Somebody, line: str, then: tuple[str, str, str] | None
) -> None:
    answer = ann.says(line)
    assert answer.refused == (then is None)
    assert kept(chat) == (then or (DONE, "eyes", "zzz"))


def test_what_was_changed_is_told_whole_and_can_be_undone(chat: Chat, ann: Somebody) -> None:
    assert "done 👌 :ours: · started 👀 · tomorrow none" in text(
        ann.says("settings reactions done: :ok_hand: :ours: tomorrow: off")
    )
    assert "emoji for done" in text(ann.says("undo"))
    assert kept(chat) == (DONE, "eyes", "zzz")
    ann.says("settings reactions done: 👌")
    ann.says("settings reactions done: default")
    assert kept(chat)[0] == DONE


def test_a_form_keeps_what_stands_in_it_and_what_was_emptied_is_off(chat: Chat, ann: Somebody) -> None:
    ann.says("settings reactions", fields={"done": "✅ :tada:", "started": "👀", "tomorrow": " "})
    assert kept(chat) == ("white_check_mark tada", "eyes", "")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("settings reactions done: tick", "“tick” is no emoji that I know by sight"),
        ("settings reactions done: 🦩", "“🦩” is no emoji that I know by sight"),
        ("settings reactions ✅", "What shall ✅ mean?"),
        ("settings reactions done: 👍 tomorrow: 👎 :thumbsup:", "👍 can mean one thing only"),
        ("settings reactions done: " + " ".join(f":e{at}:" for at in range(13)), "At most 12 emoji"),
        ("设置 表情 完成：打勾", "“打勾” is no emoji"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(chat: Chat, ann: Somebody, line: str, told: str) -> None:
    answer = ann.says(line)
    assert answer.refused
    assert told in text(answer)
    assert kept(chat) == (DONE, "eyes", "zzz")


def test_only_an_admin_may(chat: Chat, ann: Somebody) -> None:
    assert chat.person("Bo").says("settings reactions done: 👌").refused
    assert kept(chat)[0] == DONE


def test_every_emoji_is_known_by_its_name_and_by_sight() -> None:
    for name, shown in emoji.SHOWN.items():
        assert [found for found, _ in emoji.read(f":{name}: {shown} {name}")] == [name] * 3
        assert emoji.shown(name) == shown


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_to_its_end(typed: str) -> None:
    for name, said in emoji.read(typed):
        assert said
        assert " " not in name
