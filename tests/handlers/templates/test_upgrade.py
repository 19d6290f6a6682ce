"""Differences between versions, and what a newer one does to a checklist that is being worked off."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.plan import task_of
from handlers.templates.difference import Kind, difference
from handlers.templates.upgrade import Plan, apply, upgrade_plan
from handlers.workdays import Calendar
from storage.checklist import State, Task
from storage.people import Role
from storage.templates import Content, Priority

ENDS = datetime(2026, 6, 8, 17, tzinfo=ZoneInfo("Asia/Shanghai"))


def item(key: str, **fields: Any) -> dict[str, Any]:
    words = {"zh": key, "en": key.title()}
    return {"key": key, "title": words, "how": words, "due": "E+7", "owner": "lead", **fields}


def content(*phases: list[dict[str, Any]], keys: str = "xyz", version: int = 1) -> Content:
    made = [
        {"key": key, "title": {"zh": key, "en": key}, "items": items} for key, items in zip(keys, phases, strict=False)
    ]
    return Content.model_validate(
        {"key": "t", "version": version, "title": {"zh": "清单", "en": "List"}, "phases": made}
    )


def started(old: Content) -> dict[str, Task]:
    tasks = [
        task_of(one, phase, n, 1, ends_at=ENDS, calendar=Calendar("CN"))
        for n, (phase, one) in enumerate(old.items(), 1)
    ]
    return {task.key: task for task in tasks}


def plan(tasks: dict[str, Task], old: Content, new: Content) -> Plan:
    number = max(task.number for task in tasks.values()) + 1
    return upgrade_plan(
        list(tasks.values()), old, new, meeting_id=1, number=number, ends_at=ENDS, calendar=Calendar("CN")
    )


OLD = content([item("a"), item("b")], [item("c")])


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (content([item("a"), item("b")], [item("c")], version=9), []),
        (content([item("b"), item("a")], [item("c")]), [(Kind.ORDER, "t", [])]),
        (content([item("c")], [item("a"), item("b")], keys="yx"), [(Kind.ORDER, "t", [])]),
        (content([item("a", due="E+8"), item("b")], [item("c")]), [(Kind.CHANGED, "a", ["due"])]),
        (content([item("a")], [item("c"), item("b")]), [(Kind.CHANGED, "b", ["phase"])]),
        (content([item("a"), item("d")], [item("c")]), [(Kind.ADDED, "d", ["phase"]), (Kind.REMOVED, "b", [])]),
        (
            content([item("a"), item("b")], [item("c")], [item("d")]),
            [(Kind.PHASE_ADDED, "z", []), (Kind.ADDED, "d", ["phase"])],
        ),
    ],
)
def test_differences_are_found(new: Content, expected: list[tuple[Kind, str, list[str]]]) -> None:
    found = [(one.kind, one.subject.key, [field.name for field in one.fields]) for one in difference(OLD, new)]
    assert found == expected


@pytest.mark.parametrize(
    ("changed", "column", "value"),
    [
        ({"title": {"zh": "甲", "en": "A"}}, "title_zh", "甲"),
        ({"due": "E+9"}, "due_rule", "E+9"),
        ({"owner": "finance"}, "owner_role", Role.FINANCE),
        ({"priority": "high"}, "priority", Priority.HIGH),
        ({"optional": True}, "optional", True),
        ({"evidence": {"kind": "link"}}, "evidence", '{"kind":"link"}'),
        ({"repeats": {"every": "7d"}}, "repeats", '{"every":"7d"}'),
    ],
)
def test_a_field_follows_the_template_unless_it_was_changed_by_hand(
    changed: dict[str, Any], column: str, value: object
) -> None:
    new = content([item("a", **changed), item("b")], [item("c")])
    tasks = started(OLD)
    apply(plan(tasks, OLD, new))
    assert getattr(tasks["a"], column) == value
    by_hand = started(OLD)
    setattr(by_hand["a"], column, "by hand")
    apply(plan(by_hand, OLD, new))
    assert getattr(by_hand["a"], column) == "by hand"


def test_a_new_rule_moves_the_date() -> None:
    tasks = started(OLD)
    apply(plan(tasks, OLD, content([item("a", due="E+3wd 12:00"), item("b")], [item("c")])))
    assert f"{tasks['a'].due_at:%Y-%m-%d %H:%M}" == "2026-06-11 12:00"


@pytest.mark.parametrize("state", [State.DONE, State.NOT_APPLICABLE, State.CARRIED])
def test_what_is_finished_keeps_its_rules_but_not_its_name(state: State) -> None:
    new = content(
        [item("a", due="E+9", evidence={"kind": "link"}, title={"zh": "甲", "en": "A"}), item("b")], [item("c")]
    )
    tasks = started(OLD)
    tasks["a"].state = state
    apply(plan(tasks, OLD, new))
    assert (tasks["a"].state, tasks["a"].due_rule, tasks["a"].evidence, tasks["a"].title_en) == (state, "E+7", "", "A")


def test_a_task_that_has_come_again_keeps_its_date() -> None:
    tasks = started(OLD)
    tasks["a"].round = 2
    assert plan(tasks, OLD, content([item("a", due="E+9"), item("b")], [item("c")])).edits == ()


def test_removed_items_are_kept_and_named() -> None:
    tasks = started(OLD)
    found = plan(tasks, OLD, content([item("a")], [item("c")]))
    assert ([task.key for task in found.kept], found.edits, found.added) == (["b"], (), ())


def test_an_item_that_was_left_out_on_purpose_is_not_added_again() -> None:
    tasks = started(OLD)
    del tasks["b"]
    assert plan(tasks, OLD, content([item("a"), item("b", due="E+9")], [item("c")])).added == ()


def test_added_tasks_are_counted_on_in_the_order_of_the_work() -> None:
    found = plan(started(OLD), OLD, content([item("d"), item("a"), item("b")], [item("c"), item("e")]))
    assert [(task.key, task.number, task.phase) for task in found.added] == [("d", 4, 1), ("e", 5, 2)]


def test_a_phase_put_before_the_others_moves_their_numbers_only() -> None:
    tasks = started(OLD)
    own = Task(meeting_id=1, number=4, key="", phase=2, title_zh="自己加的", state=State.OPEN, round=1)
    tasks[""] = own
    found = plan(tasks, OLD, content([item("n")], [item("a"), item("b")], [item("c")], keys="nxy"))
    assert found.changed == []
    apply(found)
    assert [task.phase for task in tasks.values()] == [2, 2, 3, 3]


def test_an_item_that_moves_to_another_phase_takes_its_task_along() -> None:
    tasks = started(OLD)
    found = plan(tasks, OLD, content([item("a")], [item("c"), item("b")]))
    (edit,) = found.changed
    assert (edit.task.key, edit.moved_to and edit.moved_to.key) == ("b", "y")
    apply(found)
    assert tasks["b"].phase == 2


def test_tasks_of_a_phase_that_is_gone_find_a_place() -> None:
    tasks = started(OLD)
    apply(plan(tasks, OLD, content([item("a"), item("b")])))
    assert tasks["c"].phase == 1


def test_the_digest_is_that_of_the_plan() -> None:
    new = content([item("a", due="E+9"), item("d")], [item("c")])
    first = plan(started(OLD), OLD, new)
    assert first.digest == plan(started(OLD), OLD, new).digest
    touched = started(OLD)
    touched["a"].due_rule = ""
    unrelated = started(OLD)
    unrelated["c"].state = State.DOING
    assert plan(touched, OLD, new).digest != first.digest
    assert plan(unrelated, OLD, new).digest == first.digest
