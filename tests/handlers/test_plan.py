"""A task made from a template's item."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.plan import task_of
from handlers.workdays import Calendar
from storage.checklist import State, Task
from storage.people import Role
from storage.templates import Evidence, Item, Priority, Repeats, Words

ENDS = datetime(2026, 6, 8, 17, tzinfo=ZoneInfo("Asia/Shanghai"))


def item(**fields: object) -> Item:
    known = {"key": "photos", "title": {"zh": "照片", "en": "Photos"}, "how": {"zh": "收", "en": "Collect"}}
    return Item.model_validate({**known, "due": "E+7", "owner": "publicity", **fields})


def made(**fields: object) -> Task:
    return task_of(item(**fields), 2, 12, 5, ends_at=ENDS, calendar=Calendar("CN"))


def test_task_has_what_the_item_says() -> None:
    task = made(priority="high", optional=True)
    assert (task.meeting_id, task.ref, task.key, task.phase) == (5, "T12", "photos", 2)
    assert (task.title_zh, task.title_en) == ("照片", "Photos")
    assert (task.priority, task.owner_role, task.optional) == (Priority.HIGH, Role.PUBLICITY, True)
    assert (task.state, task.round, task.finished) == (State.OPEN, 1, False)


@pytest.mark.parametrize(
    ("rule", "due"),
    [("E+7", "2026-06-15 18:00"), ("E+0 22:00", "2026-06-08 22:00"), ("E+10wd", "2026-06-23 18:00")],
)
def test_due_date_counts_from_the_end_on_the_meetings_calendar(rule: str, due: str) -> None:
    task = made(due=rule)
    assert task.due_rule == rule
    assert f"{task.due_at:%Y-%m-%d %H:%M}" == due
    assert task.due_at.tzinfo == ENDS.tzinfo


def test_evidence_and_repeats_are_kept_as_the_models_read_them() -> None:
    unit = {"zh": "张", "en": "photos"}
    task = made(evidence={"kind": "number", "unit": unit}, repeats={"every": "7d", "until": "E+60"})
    assert task.rule() == Evidence(kind="number", unit=Words.model_validate(unit))
    assert task.repetition() == Repeats(every="7d", until="E+60")


def test_nothing_is_kept_where_nothing_is_asked_for() -> None:
    task = made()
    assert (task.evidence, task.repeats) == ("", "")
    assert (task.rule(), task.repetition()) == (Evidence(), None)


def test_a_rule_that_is_none_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no rule"):
        made(due="whenever")
