"""Help begins where the reader is, and knows every verb."""

from __future__ import annotations

import pytest

import messages
from handlers import router
from handlers.help import reference
from tests.chat import Chat, Somebody, buttons, text


@pytest.fixture
def ann(chat: Chat) -> Somebody:
    return chat.person("Ann")


def test_before_there_is_a_meeting_it_says_how_to_start(ann: Somebody) -> None:
    answer = ann.says("help")
    assert "meeting new" in text(answer)
    assert [button.line for button in answer.buttons] == ["meeting new"]


def test_then_the_five_things_one_does_most(ann: Somebody) -> None:
    ann.says("meeting new Forum end: 8 June 17:00")
    answer = ann.says("?")
    assert [button.line for button in answer.buttons] == ["today", "list mine", "list overdue", "status", "list"]
    for button in buttons(answer):
        assert not ann.says(button.line).refused, button.line


def test_every_group_has_a_page_that_names_every_verb(ann: Somebody) -> None:
    groups = router.groups()
    for page, commands in enumerate(groups.values(), 1):
        said = text(ann.says(f"help all page {page}"))
        assert all(command.name in said for command in commands)
        assert f"Page {page} of {len(groups)}" in said
    assert ann.says("help all page 99").title == ann.says(f"help all page {len(groups)}").title


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_group_has_a_name_in_words(locale: str) -> None:
    called = {
        group: messages.write("help/reference", locale, kind="group", group=group).title for group in router.groups()
    }
    assert [group for group, name in called.items() if name == group] == []


def test_more_goes_through_them_all(ann: Somebody) -> None:
    ann.says("help all")
    for _ in range(len(router.groups()) - 1):
        ann.presses("More")
    assert "More" not in [button.label for button in buttons(ann.last)]  # type: ignore[arg-type]


@pytest.mark.parametrize("command", router.commands, ids=lambda command: command.name)
def test_each_verb_by_each_of_its_names(chat: Chat, command: object) -> None:
    ann = chat.person("Ann")
    names = command.names  # type: ignore[attr-defined]
    for name in names:
        answer = ann.says(f"help {name}")
        assert answer.title == names[0], name
        assert all(other in text(answer) for other in names)


def test_in_chinese(chat: Chat) -> None:
    li = chat.person("李娜", locale="zh_CN")
    answer = li.says("帮助 完成")
    assert (answer.title, "完成 T3 T5" in text(answer)) == ("完成", True)
    assert li.says("怎么用").name == "help/first"
    assert li.says("帮助 全部").name == "help/group"


def test_a_subject_and_a_slip(ann: Somebody) -> None:
    assert ann.says("help meeting").name == "help/group"
    assert ann.says("help template").name == "help/group"
    answer = ann.says("help dnoe")
    assert [button.line for button in answer.buttons] == ["help done", "help all"]
    assert ann.says("help me please").name == "help/refusals/unknown"


def test_the_reference_holds_every_name_of_every_command() -> None:
    page = reference.write()
    for command in router.commands:
        for name in command.names:
            assert name in page
    assert page.startswith("# ")
    assert page.endswith("|\n")
