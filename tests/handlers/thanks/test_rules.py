"""One letter each, the highest first; nobody who stayed away is thanked for coming; another text, another approval."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from handlers.thanks.phrasing import tier
from handlers.thanks.rules import (
    IN_BULK,
    PRECEDENCE,
    SIGNERS,
    WAIVABLE,
    Due,
    Seat,
    Standing,
    Why,
    audiences,
    blocked,
    called,
    carried_on,
    difference,
    due,
    in_bulk,
    in_chinese,
    kept_back,
    language,
    salutation,
    signs,
    varying,
    whole,
    whom,
)
from messages.papers import Paper
from storage.letters import Audience
from storage.parties import Capacity
from storage.people import Role

PEOPLE, UNITS = range(1, 7), range(11, 14)
OF_PEOPLE = frozenset(Capacity) - {Capacity.SPONSOR}
OF_UNITS = frozenset({Capacity.SPONSOR, Capacity.PARTNER, Capacity.MEDIA})
PRESENCE = some.sampled_from([True, False, None])


@some.composite
def seats(draw: some.DrawFn) -> list[Seat]:
    """A handful of people and units who know each other."""
    found = []
    for party in draw(some.sets(some.sampled_from(PEOPLE))):
        capacities = draw(some.frozensets(some.sampled_from(sorted(OF_PEOPLE))))
        unit = draw(some.one_of(some.none(), some.sampled_from(UNITS)))
        found.append(Seat(party, capacities=capacities, came=draw(PRESENCE), applies=draw(some.booleans()), unit=unit))
    for party in draw(some.sets(some.sampled_from(UNITS))):
        capacities = draw(some.frozensets(some.sampled_from(sorted(OF_UNITS))))
        addressee = draw(some.one_of(some.none(), some.sampled_from(PEOPLE)))
        found.append(
            Seat(party, is_unit=True, capacities=capacities, applies=draw(some.booleans()), addressee=addressee)
        )
    return found


def by_party(found: list[Seat]) -> dict[int, Seat]:
    return {seat.party: seat for seat in found}


@given(seats())
def test_nobody_gets_two_letters(found: list[Seat]) -> None:
    counts = Counter(one.party for one in due(found))
    assert all(count == 1 for count in counts.values())


@given(seats())
def test_whom_a_units_letter_reaches_gets_another_only_if_it_is_a_higher_one(found: list[Seat]) -> None:
    letters, known = {one.party: one for one in due(found)}, by_party(found)
    for one in letters.values():
        if known[one.party].is_unit and one.addressee in letters:
            own = letters[one.addressee]
            highest = min(
                PRECEDENCE.index(other.audience) for other in letters.values() if other.addressee == own.party
            )
            assert PRECEDENCE.index(own.audience) < highest


@given(seats())
def test_who_did_not_come_is_never_thanked_for_coming(found: list[Seat]) -> None:
    known = by_party(found)
    for one in due(found):
        present = known[one.party] if not known[one.party].is_unit else known.get(one.addressee or 0)
        if Audience.ATTENDEES in one.also:
            assert present is not None
            assert present.came is True
        if one.audience == Audience.ATTENDEES:
            assert known[one.party].came is not False
            held = {reason["why"] for reason in blocked(Standing(one.audience, came=known[one.party].came))}
            assert (Why.PRESENCE in held) == (known[one.party].came is None)
        if one.audience == Audience.NO_SHOWS:
            assert known[one.party].came is False
        assert Audience.NO_SHOWS not in one.also


@given(seats())
def test_everybody_who_was_something_is_thanked(found: list[Seat]) -> None:
    letters, known = due(found), by_party(found)
    reached = {one.party for one in letters} | {one.addressee for one in letters}
    for seat in found:
        if seat.party not in reached and audiences(seat):
            assert seat.capacities <= {Capacity.SPONSOR_CONTACT, Capacity.ATTENDEE}
            assert seat.unit in known  # the letter to their unit thanks them


@given(seats(), some.randoms())
def test_the_order_of_lists_does_not_matter(found: list[Seat], chance: Any) -> None:
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert due(shuffled) == due(found)


@given(some.frozensets(some.sampled_from(sorted(OF_PEOPLE)), min_size=1), PRESENCE, some.booleans())
def test_the_highest_of_several_audiences_writes_the_letter(
    capacities: frozenset[Capacity],
    came: bool | None,  # noqa: FBT001  it is drawn
    applies: bool,  # noqa: FBT001  it is drawn
) -> None:
    mine = audiences(Seat(1, capacities=capacities, came=came, applies=applies))
    assert [PRECEDENCE.index(one) for one in mine] == sorted(PRECEDENCE.index(one) for one in mine)
    assert due([Seat(1, capacities=capacities, came=came, applies=applies)])[0].audience == mine[0]


def test_a_speaker_who_also_came_and_helped_gets_the_speakers_letter_with_the_rest_in_it() -> None:
    roles = frozenset({Capacity.ATTENDEE, Capacity.VOLUNTEER, Capacity.SPEAKER})
    assert due([Seat(1, capacities=roles, came=True, applies=True)]) == [
        Due(1, Audience.SPEAKERS, (Audience.VOLUNTEERS, Audience.MEMBERS, Audience.ATTENDEES))
    ]


def test_a_sponsors_letter_is_to_the_unit_and_takes_its_readers_matters_in() -> None:
    contact = Seat(1, capacities=frozenset({Capacity.SPONSOR_CONTACT, Capacity.ATTENDEE}), came=True, unit=11)
    other = replace(contact, party=2)
    unit = Seat(11, is_unit=True, capacities=frozenset({Capacity.SPONSOR}), addressee=1)
    assert due([contact, other, unit]) == [
        Due(2, Audience.ATTENDEES),
        Due(11, Audience.SPONSORS, (Audience.ATTENDEES,), 1),
    ]


def test_a_contact_of_nobody_knows_which_sponsor_is_not_forgotten() -> None:
    assert due([Seat(1, capacities=frozenset({Capacity.SPONSOR_CONTACT}))]) == [Due(1, Audience.SPONSORS)]


# --- how they are addressed


@pytest.mark.parametrize(
    ("name", "title", "locale", "honoured", "said"),
    [
        ("王建国", "教授", "zh_CN", False, "王建国教授"),
        ("王建国教授", "教授", "zh_CN", True, "王建国教授"),
        ("王建国", "", "zh_CN", True, "王建国老师"),
        ("王建国", "", "zh_CN", False, "王建国"),
        ("John Smith", "Prof.", "zh_CN", True, "John Smith教授"),
        ("John Smith", "", "en", True, "John Smith"),
        ("Wang Jianguo", "教授", "en", False, "Professor Wang Jianguo"),
        ("Wang Jianguo", "秘书长", "en", False, "Wang Jianguo"),
        ("Dr Wang Jianguo", "Dr", "en", False, "Dr Wang Jianguo"),
        ("Prof. Li Na", "Prof", "en", False, "Prof. Li Na"),
        ("李娜教授", "", "zh_CN", True, "李娜教授"),
    ],
)
def test_full_name_and_title_else_what_is_customary(
    name: str,
    title: str,
    locale: str,
    honoured: bool,  # noqa: FBT001  of the table
    said: str,
) -> None:
    assert salutation(name, title, locale=locale, honoured=honoured) == said


@pytest.mark.parametrize(
    ("position", "said"),
    [("所长", "贺天明所长"), ("副总经理", "贺天明副总经理"), ("学生会主席", "贺天明老师"), ("技术员", "贺天明老师")],
)
def test_a_post_that_one_is_addressed_by_stands_for_a_title(position: str, said: str) -> None:
    assert salutation("贺天明", "", position, locale="zh_CN", honoured=True) == said
    assert salutation("He Tianming", "", position, locale="en", honoured=True) == "He Tianming"


def test_chinese_words_of_an_english_letter_are_found_and_names_are_none() -> None:
    assert in_chinese(["Dear 王建国,", "Your post was “翻译（英语）”."], "王建国", "") == ["翻译（英语）"]


@given(some.text("王李张A b", min_size=1, max_size=8), some.sampled_from(["zh_CN", "en"]), some.booleans())
def test_no_gender_is_guessed(name: str, locale: str, honoured: bool) -> None:  # noqa: FBT001  it is drawn
    said = salutation(name, "", locale=locale, honoured=honoured)
    assert not any(word in said for word in ("先生", "女士", "小姐", "Mr", "Ms", "Mrs"))
    assert name.strip() in said


def test_the_language_is_what_they_wish_else_that_of_their_name() -> None:
    assert language("en_GB", "王建国", "zh_CN") == "en"
    assert language("", "王建国", "en") == "zh_CN"
    assert language("", "John Smith", "zh_CN") == "en"
    assert language("", "360", "zh_CN") == "zh_CN"


# --- what keeps a letter back


def whys(**facts: Any) -> set[str]:
    return {reason["why"] for reason in blocked(Standing(**facts))}


def test_what_a_speakers_letter_waits_for() -> None:
    ready: dict[str, Any] = {"audience": Audience.SPEAKERS, "speaks": True}
    assert whys(**ready) == set()
    assert whys(**ready, pictured=False) == {Why.PHOTO}
    assert whys(**ready, confirmed=False) == {Why.TITLE}
    assert whys(**ready, has_sessions=False) == {Why.SESSION}
    assert whys(**ready, came=False) == {Why.ABSENT}
    assert whys(audience=Audience.SPEAKERS, has_sessions=False, pictured=False) == set()  # a guest of honour


def test_what_a_sponsors_letter_waits_for() -> None:
    assert whys(audience=Audience.SPONSORS, open_benefits=("B3",), dispute="the stand was smaller") == {
        Why.BENEFIT,
        Why.DISPUTE,
    }


def test_only_what_a_person_may_know_better_is_waived() -> None:
    assert {Why.PHOTO, Why.DISPUTE, Why.ABSENT, Why.UNREACHABLE} == WAIVABLE


def test_what_was_waived_stays_so_only_while_it_is_the_same() -> None:
    waived = {"by": 1, "at": "2026-06-10", "reason": "settled by word of mouth"}
    before = [{"why": "dispute", "about": "the stand", "waived": waived}]
    same, other = {"why": "dispute", "about": "the stand"}, {"why": "dispute", "about": "the invoice"}
    assert kept_back(carried_on([same], before)) == []
    assert kept_back(carried_on([other], before)) == [other]


@given(some.sampled_from(Audience), some.frozensets(some.sampled_from(Role)))
def test_letters_are_signed_by_the_right_role(audience: Audience, roles: frozenset[Role]) -> None:
    assert signs(audience, roles, admin=False) == bool(roles & SIGNERS[audience])
    assert signs(audience, roles, admin=True)
    assert signs(audience, {Role.SECRETARY}, admin=False)
    assert not signs(audience, {Role.FINANCE}, admin=False)


# --- what was approved


PAPER = Paper(
    locale="en",
    subject="Thank you",
    salutation="Dear Wang Jianguo,",
    paragraphs=("You spoke on trains.", "600 people came."),
    closing=("Yours sincerely,",),
    signed=("The Association",),
    date="15 June 2026",
)
WORDS = some.text(min_size=1, max_size=20)


@given(some.sampled_from(["subject", "salutation", "date", "title", "footer"]), WORDS)
def test_any_other_word_is_another_digest(part: str, words: str) -> None:
    other = PAPER.model_copy(update={part: words})
    assert (other.digest == PAPER.digest) == (getattr(PAPER, part) == words)


@given(
    some.dictionaries(some.from_regex(r"L[1-9]\d{0,3}", fullmatch=True), some.text("abcdef0123456789"), max_size=5),
    WORDS,
)
def test_the_digest_of_many_tells_every_letter(letters: dict[str, str], words: str) -> None:
    for ref, digest in letters.items():
        assert whole({**letters, ref: digest + words}) != whole(letters)
        assert whole({key: value for key, value in letters.items() if key != ref}) != whole(letters)
    assert whole(dict(reversed(letters.items()))) == whole(letters)


@given(some.lists(WORDS, max_size=6), some.lists(WORDS, max_size=6))
def test_what_changed_is_told_whole(before: list[str], after: list[str]) -> None:
    told = difference(before, after)
    assert (told == []) == (before == after)
    assert {now for _, now in told} - {""} >= set(after) - set(before)
    assert {was for was, _ in told} - {""} >= set(before) - set(after)


@given(
    some.lists(
        some.tuples(some.sampled_from(["en", "zh_CN"]), some.tuples(some.integers(3, 7)), some.booleans()), max_size=30
    )
)
def test_every_letter_is_in_a_sample_or_read_by_itself(rows: list[tuple[str, tuple[int, ...], bool]]) -> None:
    found = in_bulk((number, *row) for number, row in enumerate(rows))
    assert sorted((*found.together, *found.apart)) == list(range(len(rows)))
    assert all(not rows[number][2] for number in found.together)
    assert all(len({rows[number][:2] for number in shape}) == 1 for shape in found.shown)


def test_in_which_facts_letters_differ() -> None:
    assert varying([{"post": "door", "hours": "3"}, {"post": "stage", "hours": "3"}, {"hours": "3"}]) == ["post"]
    assert {Audience.ATTENDEES, Audience.VOLUNTEERS} == IN_BULK


def test_whom_a_units_letter_reaches() -> None:
    assert whom({11: 1, 12: None, 13: None}, [(12, 2), (13, 3), (13, 4), (14, 5)]) == {11: 1, 12: 2}


@pytest.mark.parametrize(
    ("name", "latin", "locale", "written"),
    [
        ("陈 建国", "", "zh_CN", "陈建国"),
        ("欧阳\u3000娜", "Ouyang Na", "zh_CN", "欧阳娜"),
        ("欧阳 娜", "Ouyang Na", "en", "Ouyang Na"),
        ("Anna Lee", "", "zh_CN", "Anna Lee"),
        ("IBM 中国", "", "zh_CN", "IBM 中国"),
    ],
)
def test_blanks_that_lists_set_into_chinese_names_are_not_in_letters(
    name: str, latin: str, locale: str, written: str
) -> None:
    assert called(name, latin, locale) == written


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        ("黄金", "Gold", "黄金"),
        ("金牌赞助商", "Gold", "金牌赞助商"),
        ("白银级", "Silver", "白银级"),
        ("Gold", "Gold", "金牌"),
        ("赞助商", "赞助商", "赞助商"),
        ("岭南之友", "岭南之友", "岭南之友"),
    ],
)
def test_a_usual_level_of_sponsorship_is_said_in_the_language_of_the_letter(
    said: str, english: str, chinese: str
) -> None:
    assert (tier(said, "en"), tier(said, "zh_CN")) == (english, chinese)
