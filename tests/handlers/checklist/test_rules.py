"""The state machine, evidence and rounds: whatever comes in whatever order, they keep their promises."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handlers.checklist import rules
from handlers.refused import Refused
from handlers.workdays import Calendar
from storage.checklist import UNFINISHED, Proof, State, Task
from storage.files import File
from storage.templates import Evidence, Repeats

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 10, 8, tzinfo=SHANGHAI)
END = datetime(2026, 6, 8, 17, tzinfo=SHANGHAI)
CALENDAR = Calendar("CN")

moments = st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)).map(lambda at: at.replace(tzinfo=SHANGHAI))  # noqa: DTZ001


def task(**fields: object) -> Task:
    given: dict[str, object] = {
        "number": 1,
        "state": State.OPEN,
        "reason": "",
        "round": 1,
        "due_at": NOW,
        "due_rule": "E+2",
    }
    return Task(**{**given, **fields})


class Moves(RuleBasedStateMachine):
    """Every verb in any order: a move either happens wholly, or is refused and changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.task = task()

    def attempt(self, to: State, move: object) -> None:
        before = State(self.task.state), self.task.reason
        try:
            move()  # type: ignore[operator]
        except Refused:
            assert (self.task.state, self.task.reason) == before
            assert before[0] == to or to not in rules.MOVES[before[0]]
        else:
            assert self.task.state == to
            assert to in rules.MOVES[before[0]] or before[0] == to == State.WAITING

    @rule()
    def start(self) -> None:
        self.attempt(State.DOING, lambda: rules.start(self.task))

    @rule(reason=st.text(min_size=1))
    def wait(self, reason: str) -> None:
        self.attempt(State.WAITING, lambda: rules.wait(self.task, reason=reason))

    @rule()
    def finish(self) -> None:
        self.attempt(State.DONE, lambda: rules.complete(self.task, by=1, at=NOW))

    @rule(reason=st.text(min_size=1))
    def skip(self, reason: str) -> None:
        self.attempt(State.NOT_APPLICABLE, lambda: rules.skip(self.task, reason=reason, by=1, at=NOW))

    @rule()
    def carry(self) -> None:
        self.attempt(State.CARRIED, lambda: rules.carry(self.task, to=2, reason="", by=1, at=NOW))

    @rule()
    def reopen(self) -> None:
        before = self.task.state
        try:
            rules.reopen(self.task)
        except Refused:
            assert before in {State.OPEN, State.DOING}
        else:
            assert self.task.state == State.OPEN

    @invariant()
    def what_is_finished_says_by_whom_and_nothing_else_does(self) -> None:
        if self.task.state in UNFINISHED:
            assert (self.task.done_at, self.task.done_by, self.task.carried_to) == (None, None, None)
        else:
            assert self.task.done_at == NOW
            assert self.task.done_by == 1
        assert (self.task.carried_to is not None) == (self.task.state == State.CARRIED)

    @invariant()
    def a_reason_belongs_to_the_present_state(self) -> None:
        if self.task.state in {State.OPEN, State.DOING, State.DONE}:
            assert self.task.reason == ""


TestMoves = Moves.TestCase


def test_the_table_of_moves_is_whole() -> None:
    assert set(rules.MOVES) == set(State)
    assert all(State.OPEN in targets for state, targets in rules.MOVES.items() if state != State.OPEN)
    for state in set(State) - UNFINISHED:
        assert rules.MOVES[state] <= {State.OPEN, State.DONE}


# --- rounds


@given(moments, st.integers(1, 60), st.sampled_from("dw"))
def test_days_and_weeks_keep_the_hour(at: datetime, n: int, unit: str) -> None:
    later = rules.step(at, f"{n}{unit}")
    assert later - at == timedelta(days=n * (7 if unit == "w" else 1))
    assert later.time() == at.time()


@given(moments, st.integers(1, 40))
def test_months_stay_inside_the_month(at: datetime, n: int) -> None:
    later = rules.step(at, f"{n}m")
    assert (later.year * 12 + later.month) - (at.year * 12 + at.month) == n
    assert later.day == at.day or (later.day < at.day and (later + timedelta(days=1)).day == 1)
    assert later.time() == at.time()


def test_the_same_hour_on_the_clock_over_a_change_of_time() -> None:
    berlin = datetime(2026, 10, 20, 18, tzinfo=ZoneInfo("Europe/Berlin"))
    assert rules.step(berlin, "7d").isoformat() == "2026-10-27T18:00:00+01:00"


@given(st.integers(1, 20), st.integers(0, 80))
def test_rounds_end_with_their_rule(every: int, until: int) -> None:
    repeats = json.dumps({"every": f"{every}d", "until": f"E+{until}"})
    row, seen = task(due_at=END + timedelta(days=1), repeats=repeats), 0
    while (due := rules.next_round(row, end=END, calendar=CALENDAR)) is not None:
        assert due > row.due_at
        assert (due.date() - END.date()).days <= until + 1
        rules.again(row, due, "E+1")
        assert (row.state, row.round) == (State.OPEN, seen + 2)
        seen += 1
    assert seen <= until // every + 1


def test_what_does_not_recur_has_no_next_round() -> None:
    assert rules.next_round(task(repeats=""), end=END, calendar=CALENDAR) is None
    endless = Repeats(every="3m").model_dump_json()
    assert rules.next_round(task(repeats=endless), end=END, calendar=CALENDAR) is not None


# --- evidence

kinds = st.sampled_from(["none", "file", "number", "link", "note", "approval"])
media = st.sampled_from(
    ["image/jpeg", "application/pdf", "video/mp4", "audio/mpeg", "text/csv", "application/zip", "x/y"]
)


def proof(kind: str, file_id: int | None = None) -> Proof:
    return Proof(kind=kind, value="", file_id=file_id)


def sent(n: int, media_type: str) -> File:
    return File(id=n, name="a.jpg", media_type=media_type, digest=f"{n:064x}")


def test_the_same_photo_twice_is_one() -> None:
    twice = {1: sent(7, "image/jpeg"), 2: sent(7, "image/jpeg")}
    wanted = Evidence(kind="file", types=("photo",), least=2)
    assert rules.missing(wanted, [proof("file", 1), proof("file", 2)], twice) == 1


@given(kinds, st.lists(kinds, max_size=6), st.integers(1, 4))
def test_only_evidence_of_its_kind_counts(kind: str, given_kinds: list[str], least: int) -> None:
    wanted = Evidence.model_validate({"kind": kind, "least": least})
    files = {n: sent(n, "image/png") for n, _ in enumerate(given_kinds)}
    given = [proof(one, n if one == "file" else None) for n, one in enumerate(given_kinds)]
    missing = rules.missing(wanted, given, files)
    need = 0 if kind == "none" else least if kind == "file" else 1
    assert missing == max(0, need - given_kinds.count(kind))


@given(st.lists(media, max_size=6))
def test_a_file_counts_by_what_is_in_it(types: list[str]) -> None:
    wanted = Evidence(kind="file", types=("photo",), least=3)
    files = {n: sent(n, one) for n, one in enumerate(types)}
    given = [proof("file", n) for n in files]
    assert rules.missing(wanted, given, files) == max(0, 3 - types.count("image/jpeg"))


def test_an_override_is_no_evidence() -> None:
    assert rules.missing(Evidence(kind="note"), [proof("override")], {}) == 1


@pytest.mark.parametrize(
    ("kind", "note", "found"),
    [
        ("number", "186/200", "186/200"),
        ("number", "1,200 letters", "1,200"),
        ("number", "共 45 张", "45"),
        ("number", "45张", "45"),
        ("number", "v2 final", None),
        ("number", "none", None),
        ("link", "see https://a.example/b?c=1, thanks", "https://a.example/b?c=1"),
        ("link", "链接：https://a.example/b。", "https://a.example/b"),
        ("link", "ftp://a.example", None),
        ("note", "  all thanked ", "all thanked"),
        ("note", "x", None),
        ("file", "words only", None),
        ("approval", "yes", None),
    ],
)
def test_words_prove_what_they_can(kind: str, note: str, found: str | None) -> None:
    wanted = Evidence.model_validate({"kind": kind})
    values = [value for _, value, _ in rules.proofs_in(wanted, rules.Given(note))]
    assert values == ([found] if found else [])


@given(st.text(max_size=60), kinds)
def test_no_words_whatever_break_it(note: str, kind: str) -> None:
    found = rules.proofs_in(Evidence.model_validate({"kind": kind}), rules.Given(note))
    assert all(proof == kind and value and value == value.strip() for proof, value, _ in found)


def test_what_should_come_first_is_what_is_not_settled() -> None:
    row = [task(key="a"), task(key="b", state=State.DONE), task(key="", number=9), task(key="c", state=State.WAITING)]
    assert [one.key for one in rules.open_before(("a", "b", "c"), row)] == ["a", "c"]


def test_late_is_only_what_is_still_to_do() -> None:
    before = NOW - timedelta(minutes=1)
    assert rules.overdue(task(due_at=before), NOW)
    assert not rules.overdue(task(due_at=NOW), NOW)
    assert not rules.overdue(task(due_at=before, state=State.CARRIED), NOW)


@pytest.mark.parametrize("note", ["5000 sure", "5000 没错", "5000，确定", "5000 人，确认无误。"])
def test_who_insists(note: str) -> None:
    assert rules.is_sure(note)


@pytest.mark.parametrize(
    "note", ["5000 not sure", "5000 不确定", "5000 不太确定", "5000, I'm not quite sure", "5000 还没确定", "5000"]
)
def test_who_does_not(note: str) -> None:
    assert not rules.is_sure(note)
