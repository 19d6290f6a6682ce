"""May it leave? Whatever was said, nothing of a speaker's goes further than every one of them allows."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing import OF_SPEAKERS, WIDTH, Bar, may_leave, standing
from storage.consents import Consent
from storage.files import File
from storage.materials import Material, Scope

NOW = datetime(2026, 6, 10, tzinfo=UTC)
OUTSIDE = st.sampled_from([Scope.PUBLIC, Scope.MEMBERS, Scope.ATTENDEES])
days = st.dates(date(2026, 6, 1), date(2026, 7, 1))
consents = st.builds(
    Consent,
    speaker_id=st.integers(1, 3),
    material=st.none() | st.sampled_from([Material.SLIDES, Material.VIDEO, Material.PHOTO]),
    scope=st.sampled_from(Scope),
    embargo=st.none() | days,
    withdrawn_at=st.none() | st.just(NOW),
)
files = st.builds(
    File,
    material=st.none() | st.sampled_from(Material),
    scope=st.none() | st.sampled_from(Scope),
    personal=st.booleans(),
    dropped_at=st.none() | st.just(NOW),
)


@given(
    file=files,
    scope=OUTSIDE,
    said=st.lists(consents, max_size=8),
    today=days,
    speakers=st.lists(st.integers(1, 3), unique=True),
)
def test_what_leaves_is_allowed_by_its_label_and_by_everybody(
    file: File, scope: Scope, said: list[Consent], today: date, speakers: list[int]
) -> None:
    if may_leave(file, scope, said, today, speakers=speakers) is not None:
        return
    assert file.scope is not None
    assert not file.personal
    assert file.dropped_at is None
    assert WIDTH[file.scope] >= WIDTH[scope]
    assert speakers or file.material not in OF_SPEAKERS
    for one in speakers:
        mine = [row for row in said if row.speaker_id == one and row.withdrawn_at is None]
        newest = [row for row in mine if row.material in {None, file.material}][-1]
        assert WIDTH[newest.scope] >= WIDTH[file.scope]
        assert newest.embargo is None or newest.embargo <= today


@given(file=files, scope=OUTSIDE, today=days, speakers=st.lists(st.integers(1, 3), min_size=1, unique=True))
def test_without_a_consent_nothing_leaves(file: File, scope: Scope, today: date, speakers: list[int]) -> None:
    assert may_leave(file, scope, [], today, speakers=speakers) is not None


@given(file=files, said=st.lists(consents, max_size=8), today=days, speakers=st.lists(st.integers(1, 3), unique=True))
def test_what_may_go_wider_may_go_narrower(file: File, said: list[Consent], today: date, speakers: list[int]) -> None:
    may = [may_leave(file, scope, said, today, speakers=speakers) is None for scope in sorted(Scope, key=WIDTH.get)]  # type: ignore[arg-type]
    assert may == sorted(may, reverse=True)


def test_the_newest_that_covers_it_counts() -> None:
    wide = Consent(speaker_id=1, material=None, scope=Scope.PUBLIC)
    narrow = Consent(speaker_id=1, material=Material.SLIDES, scope=Scope.INTERNAL)
    assert standing([wide, narrow], 1, Material.SLIDES) is narrow
    assert standing([wide, narrow], 1, Material.VIDEO) is wide
    assert standing([narrow, wide], 1, Material.SLIDES) is wide
    assert standing([narrow], 1, Material.VIDEO) is None
    assert standing([wide], 2, Material.SLIDES) is None


def test_what_stays_internal_does_not_leave() -> None:
    file = File(material=Material.SLIDES, personal=True)
    assert may_leave(file, Scope.INTERNAL, [], date(2026, 6, 10)) is None
    file.dropped_at = NOW
    blocked = may_leave(file, Scope.INTERNAL, [], date(2026, 6, 10))
    assert blocked is not None
    assert blocked.bar == Bar.DROPPED
