"""What keeps letters back is told once for all whom it keeps back, as it stands now, with what mends it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from handlers.sheets import read, written
from handlers.sheets.reading import Grid
from messages import letters as words
from storage import workspace
from storage.letters import Audience, Letterhead, LetterState, Suppression
from storage.membership import Stage
from storage.parties import Capacity, Party, Reach, ReachKind
from storage.sponsors import BenefitState
from tests.chat import buttons, text
from tests.handlers.thanks.conftest import Desk, line_of

LINK = "https://example.org/package"


@pytest.fixture
def ready(desk: Desk) -> Desk:
    desk.knows("package_link", LINK)
    return desk


def test_what_lacks_for_many_is_one_row_that_leads_to_all(ready: Desk) -> None:
    for name in ("李娜", "王强"):
        ready.helps(ready.party(name), role="")
    ready.drafts()
    answer = ready.bo.says("thanks blocked")
    assert len(answer.rows) == 1
    assert "is not filled in for letters in Chinese" in text(answer)
    assert answer.rows[0].buttons[0].line == "volunteers M1 gaps"
    assert not ready.bo.says("volunteers M1 gaps").refused


def test_the_head_of_letters_is_missing_once_for_all_audiences(ready: Desk) -> None:
    ready.helps(ready.party("Anna Berg", locale="en"))
    person = ready.party("John Carter", Capacity.ATTENDEE, locale="en")
    ready.attends(person)
    with ready.chat.app.database.write() as db:
        workspace.by_key(db, "main").name = ""
        db.execute(delete(Letterhead))
    ready.drafts()
    rows = [row for row in ready.bo.says("thanks blocked").rows if "name of the association" in row.text]
    assert len(rows) == 1
    assert "2 letters" in rows[0].text


def test_a_units_name_is_to_be_right_and_complete(ready: Desk) -> None:
    ready.partners(ready.unit("国际会展中心", confirmed_at=None))
    ready.drafts()
    answer = ready.bo.says("thanks blocked")
    assert "nobody has checked that the name is right and complete" in text(answer)
    assert "The name is right" in [button.label for button in buttons(answer)]


def test_where_nothing_is_held_back_it_says_so(ready: Desk) -> None:
    answer = ready.bo.says("thanks blocked")
    assert answer.title == "No letter is held back"
    assert "thanks next" in answer.body


def test_what_was_mended_meanwhile_is_no_longer_named(ready: Desk) -> None:
    ready.partners(ready.unit("国际会展中心"), dispute="押金未退")
    ready.drafts()
    assert "押金未退" in text(ready.bo.says("thanks show L1"))
    settled = ready.bo.says("partner settle 国际会展中心")
    shown = ready.bo.says("thanks show L1")
    assert "押金未退" not in text(shown)
    assert "is mended" in text(shown)
    assert ready.letter("国际会展中心").state == LetterState.BLOCKED
    ready.bo.says(line_of(settled, "thanks draft"))
    assert ready.letter("国际会展中心").state == LetterState.DRAFT


def test_a_letter_whose_reader_can_no_longer_be_reached_is_not_said_to_have_changed(ready: Desk) -> None:
    ready.helps(ready.party("李娜", mail="li@example.org"))
    ready.drafts()
    ready.bo.says("thanks next")
    ready.bo.presses("Approve")
    with ready.chat.read() as db:
        place = workspace.by_key(db, "main").id
    ready.puts(Suppression(workspace_id=place, email="li@example.org", reason="550", at=ready.chat.clock.now()))
    stays = text(ready.bo.says("thanks send"))
    assert "has changed" not in stays
    assert "came back" in stays
    assert "no way to reach them" in text(ready.bo.says("thanks show L1"))
    assert not ready.bo.says("thanks print L1").refused


def test_what_keeps_an_approved_letter_back_is_named_where_it_is_shown(ready: Desk) -> None:
    row = ready.partners(ready.unit("国际会展中心"))
    ready.drafts()
    ready.bo.says("thanks next")
    ready.bo.presses("Approve")
    ready.change(row, dispute="押金未退")
    assert "something keeps it back" in text(ready.bo.says("thanks send"))
    assert "押金未退" in text(ready.bo.says("thanks show L1"))
    refused = ready.bo.says("thanks print L1")
    assert refused.refused
    assert "something keeps it back" in refused.body


def test_how_many_more_there_are_to_read_counts_every_audience(ready: Desk) -> None:
    for name in ("国际会展中心", "声达音响有限公司"):
        ready.partners(ready.unit(name))
    for name in ("李娜", "王强"):
        ready.helps(ready.party(name))
    ready.drafts()
    ready.bo.says("thanks next")
    told = [ready.bo.presses("Approve").body for _ in range(3)]
    assert [f"{left} more to read" in body for left, body in zip((3, 2, 1), told, strict=True)] == [True] * 3


def test_those_who_sign_the_rest_are_told_in_one_sentence(ready: Desk) -> None:
    ready.partners(ready.unit("国际会展中心"))
    ready.helps(ready.party("李娜"))
    ready.drafts()
    assert ready.pia.says("thanks next").body.count("wait for somebody who signs them") == 1


def test_what_could_not_be_written_before_is_no_change(ready: Desk) -> None:
    row = ready.helps(ready.party("李娜"), role="")
    ready.drafts()
    ready.change(row, role="签到处")
    answer = ready.drafts()
    assert "1 that lacked something can now be written." in answer.body
    assert "renewed" not in answer.body
    assert not answer.rows


def test_who_applies_and_came_is_thanked_for_coming_and_has_the_certificate(ready: Desk) -> None:
    came, away = (ready.party(name, Capacity.ATTENDEE) for name in ("李娜", "王强"))
    ready.attends(came)
    ready.attends(away, came=False)
    ready.applies(came, stage=Stage.APPLIED)
    ready.drafts()
    letter = ready.letter("李娜")
    assert letter.audience == Audience.MEMBERS
    assert "感谢您于" in "".join(letter.content["paragraphs"])
    assert [one.endswith("李娜.pdf") for one in letter.content["enclosures"]] == [True]


def test_who_applies_and_stayed_away_is_not_thanked_for_coming(ready: Desk) -> None:
    away = ready.party("王强", Capacity.ATTENDEE)
    ready.attends(ready.party("李娜", Capacity.ATTENDEE))
    ready.attends(away, came=False)
    ready.applies(away, stage=Stage.APPLIED)
    ready.drafts()
    letter = ready.letter("王强")
    assert letter.audience == Audience.MEMBERS
    assert "出席" not in "".join(letter.content["paragraphs"])
    assert letter.content["enclosures"] == []


def test_proof_is_spoken_of_only_where_there_is_some(ready: Desk) -> None:
    sponsor = ready.sponsors(ready.unit("星河科技有限公司"))
    one = ready.benefit(sponsor, "现场鸣谢", state=BenefitState.NOT_DELIVERED, delivered=0, explanation="议程排满")
    ready.drafts()
    letter = ready.letter("星河科技有限公司")
    said = "".join(part for part in letter.content["paragraphs"] if isinstance(part, str))
    assert "及证明" not in said
    (grid,) = [part for part in letter.content["paragraphs"] if not isinstance(part, str)]
    assert grid["rows"][0][1] == "未兑现；议程排满"
    ready.change(one, link="https://example.org/photo")
    ready.drafts()
    fresh = ready.letter("星河科技有限公司").content["paragraphs"]
    assert "及证明" in "".join(part for part in fresh if isinstance(part, str))


def test_an_english_letter_has_the_place_and_the_level_in_english(ready: Desk) -> None:
    ready.bo.says("thanks fact place Guangzhou Hall")
    unit = ready.unit("Acme Ltd", locale="en")
    ready.benefit(ready.sponsors(unit, tier="银牌"), "Logo")
    ready.drafts()
    said = " ".join(part for part in ready.letter("Acme Ltd").content["paragraphs"] if isinstance(part, str))
    assert "(Guangzhou Hall, " in said
    assert "“Silver”" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [("8th Annual Conference", "the 8th Annual Conference"), ("Annual Conference", "Annual Conference")],
)
def test_a_numbered_meeting_has_its_article(name: str, said: str) -> None:
    facts = words.sampled("no_shows", unit=False, full=False) | {"meeting": {"name": name, "dates": "6 June 2026"}}
    paper = words.compose(words.built_in("no_shows", "en"), facts, locale="en")
    assert paper.subject == f"Results of {said}"


def test_a_source_alone_is_for_the_fact_that_stands_there(ready: Desk) -> None:
    ready.bo.says("thanks fact results 600 people | 3 papers")
    answer = ready.bo.says("thanks fact results source list R2")
    assert "Source: list R2" in answer.body
    assert "Before" not in answer.body
    assert "Before: 600 people | 3 papers" in text(ready.bo.says("thanks fact results 601 people"))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("英文摘要已全部上线", "英文摘要已全部上线"),
        ("en the papers are out", "the papers are out"),
        ("600 人，来源广泛", "600 人，来源广泛"),
    ],
)
def test_a_fact_that_begins_like_a_language_or_speaks_of_sources_is_whole(ready: Desk, said: str, value: str) -> None:
    assert value in text(ready.bo.says(f"thanks fact results {said}"))


def test_a_fact_of_nothing_but_a_bar_is_asked_for(ready: Desk) -> None:
    assert ready.bo.says("thanks fact results |").form is not None
    assert ready.bo.says("thanks fact package_link |").name == "thanks/refusals/fact_link"


def test_the_check_leads_to_the_fact_without_a_source(ready: Desk) -> None:
    ready.bo.says("thanks fact results 600 people")
    answer = ready.bo.says("letter template lint")
    form = ready.bo.says(line_of(answer, "thanks fact M1 results en"))
    assert form.form is not None


def test_the_check_calls_fields_as_the_audience_knows_them_and_leaves_conditions_out(ready: Desk) -> None:
    ready.benefit(ready.sponsors(ready.unit("星河科技有限公司")), "现场鸣谢")
    speaker = ready.party("陈静", Capacity.SPEAKER)
    ready.speaks(speaker, "智能制造")
    ready.drafts()
    said = text(ready.bo.says("letter template lint sponsors zh"))
    assert "thanks from the stage" in said
    assert "state of the application" not in said
    assert "whether" not in said
    assert "photos and recordings" in text(ready.bo.says("letter template lint speakers zh")) or (
        "name of a photo or recording" in text(ready.bo.says("letter template lint speakers zh"))
    )


def test_what_a_venue_is_called_needs_no_source(ready: Desk) -> None:
    assert "no source" not in ready.bo.says("thanks fact place Guangzhou Hall").body
    assert "Guangzhou Hall" not in text(ready.bo.says("letter template lint"))


def test_whom_no_letter_can_reach_is_a_list_that_is_filled_in_and_brought_back(ready: Desk) -> None:
    people = [ready.party(name, Capacity.ATTENDEE) for name in ("李娜", "王强", "赵敏")]
    for number, person in enumerate(people):
        ready.attends(person, came=number < 2)
    with ready.chat.app.database.write() as db:
        for number, person in enumerate(people):
            db.execute(delete(Reach).where(Reach.party_id == person.id))
            value = f"+861380000000{number}"
            db.add(Reach(party_id=person.id, kind=ReachKind.MOBILE, value=value, typed=value))
    ready.drafts()
    answer = ready.bo.says("thanks blocked")
    (row,) = [row for row in answer.rows if "no way to reach them" in row.text]
    assert "3 letters" in text(answer)
    assert [button.line for button in row.buttons] == ["thanks unreached M1"]
    given = ready.bo.presses("A list to fill in")
    (file,) = given.files
    assert given.private
    with ready.chat.app.files.open(file.digest) as stream:
        (sheet,) = read(file.name, stream)
    assert sheet.rows[0] == [
        "Entry",
        "Name",
        "Organisation",
        "Position",
        "Mobile",
        "E-mail",
        "Postal address",
        "Postcode",
    ]
    rows = [sheet.rows[0], *([*one[:5], f"new{at}@example.org", *one[6:]] for at, one in enumerate(sheet.rows[1:]))]
    ready.bo.says("people import", files={file.name: written([Grid("x", rows)])})
    assert ready.bo.presses("Confirm").name == "parties/imported"
    ready.drafts()
    assert "no way to reach them" not in text(ready.bo.says("thanks blocked"))


def _without_a_way(ready: Desk, *people: Party) -> None:
    with ready.chat.app.database.write() as db:
        db.execute(delete(Reach).where(Reach.party_id.in_([one.id for one in people])))


@pytest.mark.parametrize("audience", ["speakers", "sponsors"])
def test_speakers_and_sponsors_whom_no_letter_can_reach_are_one_row_and_a_list_that_comes_back(
    ready: Desk, audience: str
) -> None:
    speakers = [ready.party(f"Speaker {one}", Capacity.SPEAKER, unit=f"Unit {one}") for one in "ABC"]
    paying = [ready.unit(f"Sponsor {one}", Capacity.SPONSOR) for one in "ABCDEFGHIJ"]
    for speaker in speakers:
        ready.speaks(speaker, f"Talk of {speaker.name}")
    for sponsor in paying:
        ready.sponsors(sponsor)
    _without_a_way(ready, *speakers, *paying)
    ready.drafts()
    rows = [row for row in ready.bo.says("thanks blocked").rows if "no way to reach them" in row.text]
    assert [row.text.split(":")[0] for row in rows] == ["**10 letters**", "**3 letters**"]
    assert "Speaker A" in rows[1].text
    assert "Speaker C" in rows[1].text
    assert rows[0].text.endswith("; …")
    row = next(row for row in rows if row.buttons[0].line.endswith(audience))
    given = ready.bo.says(row.buttons[0].line)
    (file,) = given.files
    with ready.chat.app.files.open(file.digest) as stream:
        (sheet,) = read(file.name, stream)
    filled = [sheet.rows[0], *([*one[:5], f"new{at}@example.org", *one[6:]] for at, one in enumerate(sheet.rows[1:]))]
    assert f"people import as {audience}" in given.body
    ready.bo.says(f"people import as {audience}", files={file.name: written([Grid("x", filled)])})
    assert "**new:** 0" in ready.bo.presses("Confirm").body
    ready.drafts()
    left = [row for row in ready.bo.says("thanks blocked").rows if "no way to reach them" in row.text]
    assert [row.buttons[0].line.endswith(audience) for row in left] == [False]


def test_partners_whom_no_letter_can_reach_are_put_right_one_by_one(ready: Desk) -> None:
    helping = [ready.unit(f"Partner {one}", Capacity.PARTNER) for one in "AB"]
    for partner in helping:
        ready.partners(partner)
    _without_a_way(ready, *helping)
    ready.drafts()
    (row,) = [row for row in ready.bo.says("thanks blocked").rows if "no way to reach them" in row.text]
    assert row.buttons[0].line == f"contact edit {helping[0].ref}"
    said = ready.bo.says("thanks unreached partners")
    assert f"contact edit {helping[0].ref} email" in said.body
    assert [button.label for button in said.buttons] == [f"{one.ref} {one.name}" for one in helping]


def test_before_letters_are_drafted_nothing_is_said_of_who_can_be_reached(ready: Desk) -> None:
    said = ready.bo.says("thanks unreached volunteers")
    assert said.name == "thanks/refusals/none_drafted"
    assert [button.line for button in said.buttons] == ["thanks draft M1 volunteers"]
