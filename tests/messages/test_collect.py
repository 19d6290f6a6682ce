"""The catalog holds exactly what is said, and everything in it is translated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import write_po

from messages import collect

ZH = "zh_CN"
HELLO = '{% block body %}{{ _("Hello {name}", name=name) }}{% endblock %}'
TASKS = '{% block title %}{{ ngettext("{n} task", "{n} tasks", n) }}{% endblock %}'
COMMAND = '''
@router.command("wave")
def wave(ctx):
    """Wave at everybody: wave

    Longer words are not for the reader.
    """

@other.command("hide")
def hide(ctx):
    """Nobody sees this"""

def wink(ctx):
    """Nor this"""
'''


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two templates and a command, all translated."""
    home, commands = tmp_path / "messages", tmp_path / "handlers"
    for folder in (home / "talk", commands):
        folder.mkdir(parents=True)
    (home / "talk" / "hello.md.j2").write_text(HELLO, encoding="utf-8")
    (home / "talk" / "tasks.html.j2").write_text(TASKS, encoding="utf-8")
    (commands / "waving.py").write_text(COMMAND, encoding="utf-8")
    monkeypatch.setattr(collect, "HOME", home)
    monkeypatch.setattr(collect, "COMMANDS", commands)
    collect.update(ZH)
    translate("Hello {name}", "{name}，您好")
    translate("{n} task", ("{n} 项任务",))
    translate("Wave at everybody: wave", "向大家挥手：挥手")
    return home


def translate(original: str, words: str | tuple[str, ...], *, fuzzy: bool = False, locale: str = ZH) -> None:
    known = collect.catalog(locale)
    message = known.get(original)
    assert message is not None
    message.string = words
    message.flags = {*message.flags - {"fuzzy"}, *(["fuzzy"] if fuzzy else [])}
    with collect.path(locale).open("wb") as stream:
        write_po(stream, known)


def said(house: Path, source: str) -> None:
    (house / "talk" / "hello.md.j2").write_text(source, encoding="utf-8")


def problems() -> list[str]:
    return sorted(collect.problems(ZH))


def test_templates_pages_and_commands_are_collected(house: Path) -> None:
    found = {message.id for message in collect.sentences() if message.id}
    assert found == {"Hello {name}", ("{n} task", "{n} tasks"), "Wave at everybody: wave"}
    assert problems() == []


def test_an_update_keeps_translations_and_drops_what_is_left_over(house: Path) -> None:
    said(house, '{{ _("Goodbye {name}", name=name) }}')
    collect.update(ZH)
    known = collect.catalog(ZH)
    assert "Hello {name}" not in known
    assert known.get("Goodbye {name}").string == ""  # type: ignore[union-attr]
    assert known.get("{n} task").string == ("{n} 项任务",)  # type: ignore[union-attr]
    assert "{name}，您好" not in collect.path(ZH).read_text(encoding="utf-8")


def test_a_sentence_that_looks_like_another_does_not_get_its_translation(house: Path) -> None:
    said(house, '{{ _("Hello, {name}", name=name) }}')
    collect.update(ZH)
    assert problems() == ["not translated: 'Hello, {name}'"]


def test_an_update_of_what_is_up_to_date_changes_nothing(house: Path) -> None:
    collect.update(ZH)
    before = collect.path(ZH).read_bytes()
    collect.update(ZH)
    assert collect.path(ZH).read_bytes() == before


def test_places_are_named_without_lines_so_that_moving_a_sentence_changes_nothing(house: Path) -> None:
    collect.update(ZH)
    before = collect.path(ZH).read_bytes()
    assert b"#: talk/hello.md.j2\n" in before
    said(house, "\n\n" + HELLO)
    collect.update(ZH)
    assert collect.path(ZH).read_bytes() == before


def test_the_first_update_begins_a_catalog(house: Path) -> None:
    collect.path(ZH).unlink()
    collect.update(ZH)
    assert len(problems()) == 3
    assert all(problem.startswith("not translated") for problem in problems())


def test_what_was_not_collected_yet(house: Path) -> None:
    said(house, HELLO + '{{ _("Goodbye") }}')
    assert problems() == ["not collected: 'Goodbye'"]


def test_what_is_left_over(house: Path) -> None:
    said(house, "")
    assert problems() == ["left over: 'Hello {name}'"]


@pytest.mark.parametrize(("original", "words"), [("Hello {name}", ""), ("{n} task", ("",))])
def test_what_is_not_translated(house: Path, original: str, words: str | tuple[str, ...]) -> None:
    translate(original, words)
    (problem,) = problems()
    assert problem.startswith("not translated")
    assert original in problem


def test_what_somebody_was_not_sure_of(house: Path) -> None:
    translate("Hello {name}", "{name}，您好", fuzzy=True)
    assert problems() == ["fuzzy: 'Hello {name}'"]


@pytest.mark.parametrize("words", ["您好", "{name}，您好，{title}", "{naem}，您好"])
def test_a_translation_with_other_facts(house: Path, words: str) -> None:
    translate("Hello {name}", words)
    assert problems() == ["other facts: 'Hello {name}'"]


@pytest.mark.parametrize("words", ["一项任务", "{m} 项任务", "{n} 项{m}任务"])
def test_the_only_form_says_how_many_there_are_and_nothing_else(house: Path, words: str) -> None:
    translate("{n} task", (words,))
    assert [problem[:11] for problem in problems()] == ["other facts"]


@pytest.mark.parametrize(
    ("forms", "found"),
    [
        (("une tâche", "{n} tâches"), []),
        (("une tâche", "des tâches"), ["other facts"]),
        (("{m} tâche", "{n} tâches"), ["other facts"]),
    ],
)
def test_a_form_for_one_may_leave_out_the_number(house: Path, forms: tuple[str, str], found: list[str]) -> None:
    collect.update("fr")
    translate("{n} task", forms, locale="fr")
    assert [problem[:11] for problem in collect.problems("fr") if "{n} task" in problem] == found


def test_a_brace_in_a_docstring_is_no_fact(house: Path) -> None:
    (collect.COMMANDS / "waving.py").write_text(COMMAND.replace("at everybody: wave", "{ at all"), encoding="utf-8")
    collect.update(ZH)
    translate("Wave { at all", "挥手 {")
    assert problems() == []


def test_the_check_says_what_is_missing_and_fails(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert collect.main("check") == 0
    assert capsys.readouterr().out == "Every sentence is translated.\n"
    translate("Hello {name}", "")
    assert collect.main("check") == 1
    assert capsys.readouterr().out == "messages.po (zh_CN): not translated: 'Hello {name}'\n"


def test_updating_translates_nothing_by_itself(house: Path) -> None:
    shutil.rmtree(house / "locale")
    assert collect.main("update") == 0
    assert collect.main("check") == 1


def test_everything_the_program_says_is_translated() -> None:
    assert problems() == []
