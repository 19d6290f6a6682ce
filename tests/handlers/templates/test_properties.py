"""What must hold for any text, any template and any two versions of one."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.plan import task_of
from handlers.refused import Refused
from handlers.templates.difference import Kind, difference
from handlers.templates.reading import decode, read, renumbered
from handlers.templates.seeding import built_in
from handlers.templates.upgrade import apply, upgrade_plan
from handlers.workdays import Calendar
from storage.checklist import State, Task
from storage.people import Role
from storage.templates import Content, Priority

ENDS = datetime(2026, 6, 8, 17, tzinfo=ZoneInfo("Asia/Shanghai"))
CALENDAR = Calendar("CN")
COLUMNS = [column.name for column in Task.__table__.columns]

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1, max_size=20)
texts = words.map(str.strip).filter(bool)
both = st.fixed_dictionaries({"zh": texts, "en": texts})
dues = st.sampled_from(["E+0", "E+1 12:00", "E+7", "E+3wd", "E+2w 09:30", "E+1m", "E-2"])
evidence: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["file", "link", "note", "approval"]), "least": st.integers(1, 5)},
        optional={"types": st.lists(st.sampled_from(["photo", "sheet"]), unique=True)},
    ),
    st.fixed_dictionaries({"kind": st.just("number")}, optional={"unit": both}),
)
repeats = st.fixed_dictionaries(
    {"every": st.sampled_from(["7d", "2w", "3m"])}, optional={"until": st.sampled_from(["E+60", ""])}
)
names = st.fixed_dictionaries({}, optional={"zh": st.lists(texts, max_size=3), "en": st.lists(texts, max_size=3)})


def item(key: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"key": st.just(key), "title": both, "how": both, "due": dues, "owner": st.sampled_from(list(map(str, Role)))},
        optional={
            "because": both,
            "priority": st.sampled_from(list(map(str, Priority))),
            "evidence": evidence,
            "optional": st.booleans(),
            "repeats": repeats,
            "words": names,
        },
    )


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """A template over a small stock of keys, so that two of them have much in common."""
    keys = draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True))
    cuts = draw(st.lists(st.integers(1, len(keys)), max_size=2, unique=True))
    edges = sorted({0, *cuts, len(keys)})
    groups = [keys[start:end] for start, end in pairwise(edges)]
    named = draw(st.permutations(["first", "second", "third"]))
    phases: list[dict[str, Any]] = [
        {"key": named[n], "title": draw(both), "items": [draw(item(key)) for key in group]}
        for n, group in enumerate(groups)
    ]
    for earlier, phase in pairwise(phases):
        phase["items"][0]["after"] = [earlier["items"][0]["key"]]
    head = {"key": "made", "version": draw(st.integers(1, 99)), "title": draw(both)}
    return Content.model_validate({**head, "phases": phases})


def text_of(content: Content) -> str:
    return yaml.safe_dump(content.model_dump(mode="json", exclude_defaults=True), allow_unicode=True)


def outcome(source: str | bytes) -> Content | list[int]:
    """The template, or the lines of what is wrong with it."""
    try:
        return read(source if isinstance(source, str) else decode(source))
    except Refused as refused:
        return [fault.line for fault in refused.facts["faults"]]


def started(content: Content) -> list[Task]:
    return [
        task_of(one, phase, n, 1, ends_at=ENDS, calendar=CALENDAR) for n, (phase, one) in enumerate(content.items(), 1)
    ]


def snapshot(task: Task) -> dict[str, Any]:
    return {name: getattr(task, name) for name in COLUMNS}


@given(contents(), st.integers(1, 10_000))
def test_a_template_that_was_written_out_is_read_as_it_was(content: Content, number: int) -> None:
    text = text_of(content)
    assert read(text) == content
    assert read(renumbered(text, number)) == content.model_copy(update={"version": number})


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert outcome(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert outcome(data)


@given(contents(), st.data())
@settings(max_examples=200)
def test_any_damage_is_read_or_refused_with_lines_that_exist(content: Content, data: st.DataObject) -> None:
    lines = text_of(content).splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        n = data.draw(st.integers(0, len(lines) - 1))
        piece = data.draw(
            st.sampled_from(["", "- ", "  ", "{", "]", "&a ", "*a", "!!int ", "? ", ": ", "null", "'", "|", "\t"])
        )
        place = data.draw(st.integers(0, len(lines[n])))
        lines[n] = lines[n][:place] + piece + lines[n][place + data.draw(st.integers(0, 3)) :]
        lines.insert(data.draw(st.integers(0, len(lines))), data.draw(st.sampled_from([lines[n], "", "a: b"])))
    found = outcome("\n".join(lines))
    if not isinstance(found, Content):
        assert found == sorted(found)
        assert all(1 <= line <= len(lines) + 1 for line in found)


@given(st.data())
@settings(max_examples=50)
def test_any_cut_of_the_built_in_is_read_or_refused(data: st.DataObject) -> None:
    text, _ = built_in()
    start = data.draw(st.integers(0, len(text)))
    assert outcome(text[:start] + text[start + data.draw(st.integers(0, 400)) :])


@given(contents(), contents())
def test_there_is_no_difference_exactly_when_only_the_version_differs(old: Content, new: Content) -> None:
    assert difference(old, old.model_copy(update={"version": 100})) == []
    same = old == new.model_copy(update={"version": old.version})
    assert (difference(old, new) == []) == same


@given(contents(), contents())
def test_what_is_added_one_way_is_removed_the_other(old: Content, new: Content) -> None:
    def keys(found: list[Any], *kinds: Kind) -> set[str]:
        return {change.subject.key for change in found if change.kind in kinds}

    there, back = difference(old, new), difference(new, old)
    assert keys(there, Kind.ADDED) == keys(back, Kind.REMOVED)
    assert keys(there, Kind.PHASE_ADDED) == keys(back, Kind.PHASE_REMOVED)
    assert keys(there, Kind.CHANGED) == keys(back, Kind.CHANGED)


@given(contents(), contents(), st.data())
def test_an_upgrade_keeps_states_and_takes_nothing_away(old: Content, new: Content, data: st.DataObject) -> None:
    tasks = started(old)
    for task in tasks:
        task.state = data.draw(st.sampled_from(list(State)))
        if data.draw(st.booleans()):
            task.due_rule, task.due_at = "", ENDS
        if data.draw(st.booleans()):
            task.title_en = "By hand"
    before = [snapshot(task) for task in tasks]
    plan = upgrade_plan(tasks, old, new, meeting_id=1, number=len(tasks) + 1, ends_at=ENDS, calendar=CALENDAR)
    apply(plan)
    for task, was in zip(tasks, before, strict=True):
        now = snapshot(task)
        kept = ["state", "key", "number", "round", "done_at", "reason", "carried_to", "snoozed_until"]
        assert [now[name] for name in kept] == [was[name] for name in kept]
        assert (now["due_rule"], now["due_at"]) == ("", ENDS) or was["due_rule"]
        assert was["title_en"] != "By hand" or now["title_en"] == "By hand"
        assert 1 <= task.phase <= len(new.phases)
    old_keys = {one.key for _, one in old.items()}
    assert [task.key for task in plan.added] == [one.key for _, one in new.items() if one.key not in old_keys]
    assert [task.number for task in plan.added] == list(range(len(tasks) + 1, len(tasks) + 1 + len(plan.added)))


@given(contents(), contents())
def test_an_upgrade_done_twice_has_nothing_left_to_do(old: Content, new: Content) -> None:
    tasks = started(old)
    first = upgrade_plan(tasks, old, new, meeting_id=1, number=50, ends_at=ENDS, calendar=CALENDAR)
    apply(first)
    again = upgrade_plan([*tasks, *first.added], new, new, meeting_id=1, number=90, ends_at=ENDS, calendar=CALENDAR)
    assert (again.added, again.edits, again.kept) == ((), (), ())


@given(contents(), contents())
def test_an_untouched_checklist_becomes_what_the_new_version_makes(old: Content, new: Content) -> None:
    tasks = started(old)
    plan = upgrade_plan(tasks, old, new, meeting_id=1, number=50, ends_at=ENDS, calendar=CALENDAR)
    apply(plan)
    wanted = {task.key: task for task in started(new)}
    compared = [name for name in COLUMNS if name not in {"id", "number"}]
    for task in [*tasks, *plan.added]:
        if task.key in wanted:
            fresh = wanted[task.key]
            assert [getattr(task, name) for name in compared] == [getattr(fresh, name) for name in compared]
