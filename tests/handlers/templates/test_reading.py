"""YAML in, a template or every fault in it out."""

from __future__ import annotations

import ast
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import messages
from handlers.refused import Refused
from handlers.templates.reading import _NAMES, LARGEST, decode, read, renumbered
from handlers.templates.rules import LONGEST
from handlers.templates.seeding import built_in

SMALL = """\
key: small
version: 3
title: {zh: "小", en: "Small"}
phases:
  - key: first
    title: {zh: "一", en: "First"}
    items:
      - key: one
        title: {zh: "甲", en: "One"}
        how: {zh: "做", en: "Do it"}
        due: E+7
        owner: lead
      - key: two
        title: {zh: "乙", en: "Two"}
        how: {zh: "做", en: "Do it"}
        due: E+3wd 12:00
        owner: finance
        evidence: {kind: file, types: [photo], least: 2}
        after: [one]
        repeats: {every: 7d, until: E+60}
"""

# What to replace in SMALL (once), by what, and the faults that must be told: line and name.
FAULTS: dict[str, tuple[str, str, list[tuple[int, str]]]] = {
    "not yaml": ("title: {zh", "title: [{zh", [(4, "not_yaml")]),
    "tab": ("\n    items:", "\n\titems:", [(7, "not_yaml")]),
    "control character": ("甲", "甲\x07", [(9, "unprintable")]),
    "anchor": ("key: one", "key: &a one", [(8, "anchor")]),
    "alias": ("[one]", "[*a]", [(19, "anchor"), (19, "not_text")]),
    "type": ("due: E+7", "due: !!timestamp E+7", [(11, "tag")]),
    "python object": ("[one]", "!!python/object/apply:os.system [one]", [(19, "tag")]),
    "two documents": ("phases:", "phases: []\n---\na:", [(4, "no_phases"), (5, "documents")]),
    "depth": ("[one]", "[" * 40 + "]" * 40, [(19, "too_deep")]),
    "field name": ("owner: lead", "owner: lead\n        [a]: b", [(13, "field_name")]),
    "duplicate field": ("owner: lead", "owner: lead\n        due: E+9", [(13, "duplicate_field")]),
    "unknown field": ("owner: lead", "owner: lead\n        ower: x", [(13, "unknown_field")]),
    "missing field": ("        due: E+7\n", "", [(8, "missing")]),
    "empty field": ("due: E+7", "due:", [(11, "missing")]),
    "missing language": (', en: "One"', "", [(9, "no_language")]),
    "empty language": ('en: "One"', "en: ~", [(9, "no_language")]),
    "one language": ('{zh: "甲", en: "One"}', "One", [(9, "both_languages")]),
    "empty title": ('"甲"', '" "', [(9, "empty_text")]),
    "long title": ("甲", "甲" * (LONGEST["title"] + 1), [(9, "too_long")]),
    "not text": ("due: E+7", "due: [E+7]", [(11, "not_text")]),
    "not a list": ("[one]", "one", [(19, "not_list")]),
    "not fields": ("{every: 7d, until: E+60}", "7d", [(20, "not_fields")]),
    "not a number": ("least: 2", "least: two", [(18, "not_number")]),
    "not a truth": ("owner: lead", "owner: lead\n        optional: maybe", [(13, "not_yes_no")]),
    "role": ("owner: lead", "owner: boss", [(12, "bad_role")]),
    "priority": ("owner: lead", "owner: lead\n        priority: urgent", [(13, "bad_choice")]),
    "evidence kind": ("kind: file", "kind: paper", [(18, "bad_choice")]),
    "evidence type": ("[photo]", "[photo, fax]", [(18, "bad_choice")]),
    "least": ("least: 2", "least: 0", [(18, "bad_least")]),
    "due": ("due: E+7", "due: next week", [(11, "bad_due")]),
    "date": ("due: E+7", "due: 2026-06-20", [(11, "bad_due")]),
    "until": ("until: E+60", "until: 60", [(20, "bad_due")]),
    "every": ("every: 7d", "every: week", [(20, "bad_every")]),
    "unknown after": ("[one]", "[ona]", [(19, "unknown_after")]),
    "circle": ("owner: lead", "owner: lead\n        after: [two]", [(13, "circle")]),
    "itself": ("[one]", "[two]", [(19, "circle")]),
    "item key twice": ("key: two", "key: one", [(13, "duplicate_key"), (19, "circle")]),
    "bad item key": ("key: one", "key: Eins!", [(8, "bad_key"), (19, "unknown_after")]),
    "bad phase key": ("key: first", "key: 第一", [(5, "bad_key")]),
    "bad key": ("key: small", f"key: {'a' * 61}", [(1, "bad_key")]),
}


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(Refused) as caught:
        read(text)
    assert caught.value.name == "templates/faulty"
    return [(fault.line, fault.name) for fault in caught.value.facts["faults"]]


def told(refused: Refused, locale: str = "en") -> str:
    return messages.refuse(refused.name, locale, **refused.facts).body


def phases(count: int, items: int) -> str:
    return SMALL[: SMALL.index("phases:")] + "phases:\n" + "".join(phase(n, items) for n in range(count))


def phase(number: int, items: int) -> str:
    words = '{zh: "甲", en: "A"}'
    head = f"- key: p{number}\n  title: {words}\n  items:\n"
    item = "  - {{key: i{}-{}, title: {}, how: {}, due: E+1, owner: lead}}\n"
    return head + "".join(item.format(number, n, words, words) for n in range(items))


def test_a_good_file_is_read() -> None:
    content = read(SMALL)
    assert (content.key, content.version, content.title.zh) == ("small", 3, "小")
    item = content.item("two")
    assert item is not None
    assert (item.evidence.least, item.after, item.repeats and item.repeats.every) == (2, ("one",), "7d")


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_told_with_its_line(case: str) -> None:
    old, new, expected = FAULTS[case]
    assert old in SMALL
    assert faults(SMALL.replace(old, new, 1)) == expected


def test_all_faults_are_told_at_once() -> None:
    text = SMALL
    for case in ("bad phase key", "missing language", "due", "role", "evidence kind", "every"):
        text = text.replace(*FAULTS[case][:2])
    found = faults(text.replace("key: two", "kez: two"))
    assert [line for line, _ in found] == sorted(line for line, _ in found)
    assert {name for _, name in found} >= {"bad_key", "no_language", "bad_due", "bad_role", "bad_choice", "bad_every"}
    assert (13, "unknown_field") in found


def test_each_circle_is_told_by_the_keys_that_make_it() -> None:
    text = SMALL.replace("owner: lead", "owner: lead\n        after: [two]")
    with pytest.raises(Refused) as caught:
        read(text)
    (fault,) = caught.value.facts["faults"]
    assert fault.facts["keys"] in (["one", "two", "one"], ["two", "one", "two"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "empty")]),
        ("# only a comment\n", [(1, "empty")]),
        ("hello", [(1, "not_fields")]),
        (phases(1, 0), [(7, "missing")]),
        (phases(1, 0).replace("items:", "items: []"), [(7, "no_items")]),
        (phases(10, 1), [(4, "too_many_phases")]),
        (phases(1, 301), [(4, "too_many_items")]),
        ("x" * (LARGEST + 1), [(1, "too_large")]),
    ],
)
def test_what_is_no_template_is_told(text: str, expected: list[tuple[int, str]]) -> None:
    assert faults(text) == expected


def test_nine_phases_and_three_hundred_items_are_possible() -> None:
    assert len(list(read(phases(9, 33)).items())) == 297
    assert len(list(read(phases(1, 300)).items())) == 300


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 50_000, "- " * 100_000])
def test_depth_is_refused_and_not_followed(text: str) -> None:
    assert "too_deep" in {name for _, name in faults(text)}


def test_aliases_are_refused_and_not_expanded() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert "anchor" in {name for _, name in faults(bomb)}


def test_words_that_yaml_would_take_for_something_else_stay_words() -> None:
    content = read(SMALL.replace('en: "One"', "en: no").replace('zh: "甲"', "zh: 2026-01-01"))
    item = content.item("one")
    assert item is not None
    assert (item.title.en, item.title.zh) == ("no", "2026-01-01")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_usual_editors_are_read(encoding: str) -> None:
    assert read(decode(SMALL.replace("\n", "\r\n").encode(encoding))) == read(SMALL)


def test_another_encoding_is_refused_with_the_line() -> None:
    with pytest.raises(Refused) as caught:
        decode(SMALL.replace("小", "会议").encode("gb18030"))
    (fault,) = caught.value.facts["faults"]
    assert (fault.line, fault.name) == (3, "not_utf8")


def test_a_large_file_is_refused_unread() -> None:
    with pytest.raises(Refused) as caught:
        decode(b"\xff" * (LARGEST + 1))
    assert caught.value.facts["faults"][0].name == "too_large"


@pytest.mark.parametrize("written", ["3", '"3"  # 第三版 😀', "|\n  3\n", ">-\n  3"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_number_is_changed_and_nothing_else(written: str, newline: str) -> None:
    text = SMALL.replace("version: 3", f"version: {written}").replace("\n", newline)
    changed = renumbered(text, 77)
    assert read(changed) == read(text).model_copy(update={"version": 77})
    assert [line for line in changed.splitlines() if "77" not in line] == [
        line for line in text.splitlines() if line.strip() != "3" and not line.startswith("version")
    ]


def test_a_key_called_version_is_not_taken_for_the_field() -> None:
    text = SMALL.replace("key: small\nversion: 3", "key: version\nversion: 3")
    assert (read(renumbered(text, 9)).key, read(renumbered(text, 9)).version) == ("version", 9)


def test_the_built_in_is_faultless() -> None:
    text, content = built_in()
    assert read(text) == content
    assert len(content.phases) == 7
    assert len(list(content.items())) == 58
    assert read(renumbered(text, 8)) == content.model_copy(update={"version": 8})


def names_in_code() -> set[str]:
    """Every name that a fault can have: the second argument wherever one is made, and pydantic's complaints."""
    found = set(_NAMES.values())
    for module in ("rules.py", "reading.py"):
        code = (files("handlers") / "templates" / module).read_text(encoding="utf-8")
        made = [
            call.args[1]
            for call in ast.walk(ast.parse(code))
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {"Finding", "Fault", "self.fault"}
        ]
        chosen = [part for name in made if isinstance(name, ast.IfExp) for part in (name.body, name.orelse)]
        found |= {str(name.value) for name in [*made, *chosen] if isinstance(name, ast.Constant)}
    return found


def test_every_fault_has_a_case() -> None:
    other = {"empty", "not_utf8", "too_large", "no_items", "too_many_phases", "too_many_items"}
    assert names_in_code() - other == {name for _, _, expected in FAULTS.values() for _, name in expected} - other


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_every_fault_has_a_sentence(locale: str) -> None:
    facts: dict[str, Any] = {"field": "title", "language": "zh", "value": "x", "options": ["a"], "known": ["b"]}
    facts |= {"close": [], "count": 2, "most": 1, "keys": ["a", "b"], "column": 1, "excerpt": "x"}
    for name in names_in_code():
        body = told(Refused("templates/faulty", faults=[(7, name, facts)]), locale)
        line = next(line for line in body.splitlines() if line.startswith("- "))
        assert len(line) > len("- Line 7: ") + 5, name


def test_many_faults_are_cut_and_counted() -> None:
    with pytest.raises(Refused) as caught:
        read(phases(1, 200).replace("due: E+1", "due: soon"))
    body = told(caught.value)
    assert "200 faults" in body
    assert body.count("\n- Line") == 30
    assert "And 170 more" in body


def test_what_people_wrote_is_shown_as_they_wrote_it() -> None:
    with pytest.raises(Refused) as caught:
        read(SMALL.replace("due: E+7", "due: '**soon** [x](http://a.b)'"))
    assert r"\*\*soon\*\* \[x\](http://a.b)" in told(caught.value)


def test_the_examples_in_the_manual_are_faultless() -> None:
    page = Path(__file__).parents[3] / "docs" / "templates.md"
    examples = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2
    assert [read(text).key for text in examples] == ["spring-forum", "spring-forum"]
