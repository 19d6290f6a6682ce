"""Every cell is somebody's, once; it is found by its name; a list that was taken over changes nothing more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from handlers import expected
from handlers.expected import Holdings, Programme, Standing
from handlers.materials.agenda import Item
from handlers.materials.lineup import Lineup
from handlers.materials.naming import read
from handlers.materials.planning import Plan, plan
from handlers.materials.rules import COLUMNS, Matrix, owed, worst
from handlers.materials.talkers import Talker
from storage.consents import Consent, Excuse
from storage.files import File
from storage.materials import Material, PhotoKind
from storage.programme import Booth, Part, ProgrammeSession, Speaker, Speaking

NOW = datetime(2026, 6, 10, tzinfo=UTC)
DAYS = [date(2026, 6, 8), date(2026, 6, 9)]


@st.composite
def matrices(draw: st.DrawFn) -> tuple[Matrix, list[ProgrammeSession]]:
    """Up to five sessions and six people, some of whom speak twice, with files, consents and excuses at random."""
    sessions = [ProgrammeSession(id=n, code=f"S{n}", title=f"Talk {n}", contact_id=n % 2 or None) for n in range(1, 6)]
    speakers = [Speaker(id=n, name=name, unit="") for n, name in enumerate("张三 李四 王五 Ann Bo Cy".split(), 1)]
    seats = draw(st.sets(st.tuples(st.integers(1, 5), st.integers(1, 6), st.sampled_from(Part)), max_size=9))
    seen = {(session, speaker): part for session, speaker, part in seats}
    parts = [Speaking(session_id=a, speaker_id=b, part=part, place=1) for (a, b), part in seen.items()]
    booths = [Booth(id=n, name=f"Stand {n}") for n in range(1, draw(st.integers(1, 3)))]
    files = draw(
        st.lists(
            st.builds(
                File,
                material=st.sampled_from([Material.SLIDES, Material.VIDEO, Material.PHOTO]),
                session_id=st.none() | st.integers(1, 5),
                speaker_id=st.none() | st.integers(1, 6),
                day=st.sampled_from(DAYS),
                photo=st.none() | st.sampled_from(PhotoKind),
            ),
            max_size=8,
        )
    )
    said = [Consent(speaker_id=n) for n in draw(st.sets(st.integers(1, 6)))]
    programme = Programme(sessions, speakers, parts, booths)
    held = Holdings(programme, files, said, days=DAYS, quota=draw(st.integers(1, 3)))
    bare = expected.of_programme(held)
    excused = draw(st.lists(st.sampled_from([one.key for one in bare]), unique=True, max_size=5))
    excuses = {key: Excuse(cell=key, reason="", approved_at=draw(st.none() | st.just(NOW))) for key in excused}
    found = expected.of_programme(replace(held, excuses=excuses))
    faces: dict[int, frozenset[int]] = {}
    for one in parts:
        if one.part != Part.CHAIR:
            faces[one.session_id] = faces.get(one.session_id, frozenset()) | {one.speaker_id}
    return Matrix(found, faces), sessions


@given(matrices())
def test_each_missing_cell_is_owed_once_and_no_other(given: tuple[Matrix, list[ProgrammeSession]]) -> None:
    matrix, sessions = given
    keys = [cell.key for one in owed(matrix, sessions) for cell in one.cells]
    assert sorted(keys) == sorted(one.key for one in matrix.missing)
    for one in owed(matrix, sessions):
        assert one.cells
        assert one.person_id == (one.session.contact_id if one.session else None)


@given(matrices())
def test_every_cell_is_found_by_its_key_and_nothing_by_nothing(given: tuple[Matrix, list[ProgrammeSession]]) -> None:
    matrix, sessions = given
    for one in matrix.cells:
        meant = read(f"{one.key} because of all that", matrix, sessions)
        assert (list(meant.cells), meant.rest, meant.every) == ([one], "because of all that", False)
    assert read("whatever", matrix, sessions).cells == []


@given(matrices())
def test_words_narrow_down(given: tuple[Matrix, list[ProgrammeSession]]) -> None:
    matrix, sessions = given
    for one in matrix.cells:
        if one.session and one.kind != "consent":
            word = {"slides": "课件", "recording": "录像"}[one.kind]
            for line in (f"{one.session.code} {word}", f"{word}{one.session.code}", f"{word}/{one.session.code}"):
                assert [cell.key for cell in read(line, matrix, sessions).cells] == [one.key]


@given(matrices())
def test_a_mark_is_the_worst_of_its_cells(given: tuple[Matrix, list[ProgrammeSession]]) -> None:
    matrix, sessions = given
    for session in sessions:
        for column in COLUMNS:
            mine = [one.standing for one in matrix.of(session) if one.kind == column]
            assert (matrix.mark(session, column) == Standing.HERE) == (bool(mine) and set(mine) == {Standing.HERE})
            assert (Standing.MISSING in mine) == (matrix.mark(session, column) == Standing.MISSING)
    assert worst([]) is None


# --- lists


talkers = st.builds(
    Talker,
    name=st.sampled_from(["张三", "李四", "Ann"]),
    unit=st.sampled_from(["", "A", "B"]),
    position=st.sampled_from(["", "CTO"]),
    part=st.sampled_from(Part),
)
items = st.lists(
    st.builds(
        Item,
        row=st.integers(1, 99),
        title=st.sampled_from(["Opening", "Bridges", "Tunnels", "Closing"]),
        code=st.sampled_from(["", "S1", "S2", "X"]),
        running=st.sampled_from(["", "S1", "S2", "S9"]),
        hall=st.sampled_from(["", "A", "B"]),
        starts_at=st.none() | st.just(NOW),
        talkers=st.lists(talkers, max_size=3, unique_by=lambda one: one.name).map(tuple),
        told=st.just(frozenset(Part)),
    ),
    max_size=5,
    unique_by=(lambda one: one.code or one.title, lambda one: one.title),
)


def carried_out(found: Plan, lineup: Lineup) -> Lineup:
    """As ``applying`` does it, without a database."""
    for draft in found.cast:
        draft.row = draft.row or Speaker(id=100 + len(lineup.speakers) + found.cast.index(draft), name=draft.name)
        draft.row.unit, draft.row.position = draft.unit, draft.position
    speakers = {**lineup.speakers, **{one.row.id: one.row for one in found.cast if one.row}}
    sessions, speaking = list(lineup.sessions), dict(lineup.speaking)
    for step in found.steps:
        session = step.session or ProgrammeSession(id=200 + len(sessions), code=step.code, title="", hall="", track="")
        for name, value in step.values.items():
            setattr(session, name, value)
        sessions += [] if step.session else [session]
        kept = {one.speaker_id: one for one in speaking.get(session.id, ()) if one not in step.gone}
        for place in step.places:
            assert place.draft.row
            kept[place.draft.row.id] = Speaking(speaker_id=place.draft.row.id, part=place.part, place=place.place)
        speaking[session.id] = list(kept.values())
    return Lineup(sessions, speakers, speaking)


@given(items)
def test_a_list_that_was_taken_over_changes_nothing_more(rows: list[Item]) -> None:
    now = carried_out(plan(rows, Lineup([], {}, {}), {}), Lineup([], {}, {}))
    again = plan(rows, now, {})
    assert [step.code for step in again.steps if step.kind != "unchanged"] == []
    assert again.absent == []
    assert len({step.code for step in again.steps}) == len(rows)


@given(items, items)
def test_absent_rows_stay_and_blanks_overwrite_nothing(first: list[Item], then: list[Item]) -> None:
    now = carried_out(plan(first, Lineup([], {}, {}), {}), Lineup([], {}, {}))
    halls = {one.code: one.hall for one in now.sessions}
    found = plan(then, now, {})
    assert {one.code for one in found.absent} == {one.code for one in now.sessions} - {one.code for one in found.steps}
    for step in found.steps:
        if step.session and not step.item.hall:
            assert "hall" not in step.values
            assert step.session.hall == halls[step.code]
