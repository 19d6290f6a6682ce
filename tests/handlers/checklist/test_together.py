"""Several people at once: nothing is lost, and nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from messages import Message
from storage.checklist import State
from tests.chat import text
from tests.handlers.checklist.conftest import Team


def at_once(team: Team, lines: list[str]) -> list[Message]:
    people = [team.ann, team.bo]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda pair: people[pair[0] % 2].says(pair[1]), enumerate(lines)))


def test_finishing_different_tasks_loses_nothing(easy: Team) -> None:
    at_once(easy, [f"done T{n}" for n in range(1, 31)])
    assert {task.number for task in easy.tasks() if task.state == State.DONE} == set(range(1, 31))


def test_finishing_one_task_happens_once(easy: Team) -> None:
    answers = at_once(easy, ["done T12"] * 10)
    assert [answer.name for answer in answers].count("checklist/done") == 1
    assert all("T12 is done already" in text(answer) for answer in answers if answer.name != "checklist/done")
    assert easy.task(12).version == 2


def test_new_tasks_get_numbers_of_their_own(easy: Team) -> None:
    at_once(easy, [f"add Task number {n}." for n in range(12)])
    assert sorted(task.number for task in easy.tasks())[58:] == list(range(59, 71))
