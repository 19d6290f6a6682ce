"""What `done` asks of the database: a fixed number of statements, however long the checklist is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from storage.checklist import State, Task
from tests.chat import at
from tests.handlers.checklist.conftest import Team

MOST = 13
EXTRA = range(59, 259)
FRAME = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
"""Transactions' own statements: not counted."""


@contextmanager
def counted(team: Team) -> Iterator[list[str]]:
    """Every statement that is sent meanwhile."""
    said: list[str] = []

    def noting(run: Callable[..., None]) -> Callable[..., None]:
        def note(cursor: object, statement: str, *rest: object) -> None:
            if not statement.startswith(FRAME):
                said.append(statement)
            run(cursor, statement, *rest)

        return note

    dialect = team.chat.app.database.writer.dialect
    with pytest.MonkeyPatch.context() as patch:  # where everything passes by, prepared or not
        for way in ("do_execute", "do_executemany", "do_execute_no_params"):
            patch.setattr(dialect, way, noting(getattr(dialect, way)))
        yield said


@pytest.mark.parametrize("line", ["done T12", "done M1-T12", "T12 搞定了", "照片都收齐了"])
@pytest.mark.parametrize("who", ["ann", "li"])
def test_done_costs_the_same_for_a_long_checklist(easy: Team, line: str, who: str) -> None:
    somebody = getattr(easy, who)
    somebody.says("today")
    easy.ann.says("note T3 packed")  # the journal's first entry asks where its chain begins
    with counted(easy) as short:
        somebody.says(line)
    assert easy.task(12).state == State.DONE
    easy.change(12, state=State.OPEN)
    with easy.chat.app.database.write() as db:
        due = at("2026-06-20 18:00")
        db.add_all(Task(meeting_id=easy.meeting, number=n, phase=1, title_en=f"Box {n}", due_at=due) for n in EXTRA)
    with counted(easy) as long:
        somebody.says(line)
    assert easy.task(12).state == State.DONE
    assert len(long) == len(short), "\n".join(long)
    if line.startswith("done"):
        print(f"\n{line} by {who}: {len(short)} statements")
        assert len(short) <= MOST, "\n".join(short)


def test_with_evidence_it_costs_one_question_more(team: Team) -> None:
    team.li.says("today")
    with counted(team) as said:
        team.li.says("done T10 45")
    assert team.task(10).state == State.DONE
    assert len(said) <= MOST + 3, "\n".join(said)
