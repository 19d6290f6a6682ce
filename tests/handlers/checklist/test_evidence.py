"""Evidence: no task with a rule is done without it; overriding takes a lead and a reason, and is remembered."""

from __future__ import annotations

import pytest

from storage import journal, workspace
from storage.checklist import State
from storage.meetings import Meeting
from tests.chat import buttons, text
from tests.handlers.checklist.conftest import Team


@pytest.mark.parametrize(
    ("number", "needs", "proof"),
    [
        (1, "1 file (photo)", None),
        (2, "needs a number (pieces returned)", "done T2 186/200"),
        (8, "needs a line about how it went", "done T8 everybody was thanked on stage"),
        (13, "needs a link", "done T13 https://drive.example/abc?x=1"),
        (14, "once it is approved", "approve T14"),
    ],
)
def test_each_kind_is_asked_for_and_accepted(team: Team, number: int, needs: str, proof: str | None) -> None:
    refused = team.ann.says(f"done T{number}")
    assert refused.refused
    assert needs in text(refused)
    assert team.task(number).state == State.OPEN
    if proof is None:
        team.gives(team.ann, f"done T{number}", "hall.jpg")
    else:
        team.ann.says(proof)
    assert team.task(number).state == State.DONE


def test_six_photos_are_six_different_photos(team: Team) -> None:
    assert "2 more files" not in text(team.gives(team.ann, "attach T12", "a.jpg", "b.jpg"))
    assert "4 more files are needed" in text(team.ann.last)  # type: ignore[arg-type]
    assert "4 are still missing" in text(team.ann.says("done T12"))
    team.gives(team.ann, "attach T12", "a.jpg", "b.jpg", "c.jpg")
    assert "3 more files are needed" in text(team.ann.last)  # type: ignore[arg-type]
    said = team.gives(team.ann, "附件 T12", "d.jpg", "e.jpg", "f.jpg")
    assert "That is all the evidence it needs. Shall I mark it done?" in text(said)
    team.ann.presses("Done")
    assert team.task(12).state == State.DONE


def test_a_file_of_another_kind_proves_nothing(team: Team) -> None:
    said = text(team.gives(team.ann, "done T1", "list.csv"))
    assert "list.csv cannot prove T1, which needs 1 file (photo)" in said
    assert team.task(1).state == State.OPEN


def test_files_without_a_word_are_kept_and_their_task_asked_for(team: Team) -> None:
    asked = team.gives(team.ann, "", "hall.jpg")
    assert "I have kept 1 file" in text(asked)
    assert [button.line for button in buttons(asked)][:2] == ["attach M1-T12 F1", "attach M1-T1 F1"]
    team.ann.presses("T1 Strike the set and restore the rooms")
    assert "F1 hall.jpg · Ann, Wed 10 Jun" in text(team.ann.says("show T1"))
    assert team.ann.says("done T1").name == "checklist/done"


def test_files_in_a_nudges_thread_belong_to_its_task(team: Team) -> None:
    team.ann.says("", thread=("M1-T1",), files={"a.jpg": b"\xff\xd8\xff"})
    assert "a.jpg" in text(team.ann.says("show T1"))
    assert team.task(1).state == State.OPEN


def test_one_file_cannot_prove_two_tasks(team: Team) -> None:
    assert "Finish them one by one" in text(team.gives(team.ann, "done T1 T4", "a.jpg"))
    assert "Name one task at a time" in text(team.gives(team.ann, "attach T1 T4", "a.jpg"))
    assert "There is no file F99 here" in text(team.ann.says("attach T1 F99"))


def test_a_task_without_its_file_asks_for_it_wherever_files_can_be_sent(team: Team) -> None:
    asked = team.ann.says("attach T12")
    assert (asked.private, asked.refused, asked.about) == (True, False, ("M1-T12",))
    assert asked.upload is not None
    assert (asked.upload.line, asked.upload.label) == ("attach M1-T12", "Send files")
    assert asked.upload.about.startswith("T12 ")
    assert "Send the file with the words attach T12." in text(asked)
    assert "still needed: 6 files" in text(asked)
    refused = team.ann.says("done T12")
    assert refused.upload is not None
    assert (refused.upload.line, refused.upload.here) == ("done M1-T12", "Send the files with the words `done T12`.")
    for line in ("done T2", "done T1 T12"):
        assert team.ann.says(line).upload is None


def test_files_that_come_by_the_line_of_a_page_finish_the_task(team: Team) -> None:
    asked = team.ann.says("done T1")
    assert asked.upload is not None
    team.gives(team.ann, asked.upload.line, "hall.jpg")
    assert team.task(1).state == State.DONE


def test_what_lacks_nothing_may_go_ahead(team: Team) -> None:
    team.change(3, evidence="")
    refused = team.ann.says("done T1 T3")
    assert "Nothing was changed." in text(refused)
    assert team.task(3).state == State.OPEN
    team.ann.presses("Finish the others")
    assert (team.task(3).state, team.task(1).state) == (State.DONE, State.OPEN)


@pytest.mark.parametrize(
    "line", ["done T6 anyway: they went bankrupt", "完成 T6 例外：供应商已注销", "done T6 anyway, lost"]
)
def test_overriding_is_for_those_who_lead_and_needs_a_reason(team: Team, line: str) -> None:
    assert "Only whoever leads the meeting can finish T6 without its evidence." in text(team.li.says(line))
    assert "ask Bo" in text(team.li.last)  # type: ignore[arg-type]
    assert "give the reason" in text(team.bo.says("done T6 anyway"))
    assert team.task(6).state == State.OPEN
    reason = line.rsplit("：", maxsplit=1)[-1].rsplit(": ", maxsplit=1)[-1].rsplit(", ", maxsplit=1)[-1]
    assert f"Finished without its evidence, because: {reason}" in text(team.bo.says(line))
    assert f"without evidence, because: {reason} · Bo" in text(team.ann.says("show T6"))
    with team.chat.app.database.read() as db:
        place = workspace.by_key(db, "main").id
        entry = journal.entries(db, place, tasks=[team.task(6).id], limit=1)[0]
    assert (entry.line, entry.person_id) == (line, team.bo.id)
    assert any(
        change.table == "proof" and change.after and change.after["kind"] == "override" for change in entry.changes()
    )


def test_an_override_holds_for_that_time_only(team: Team) -> None:
    team.bo.says("done T6 anyway: lost")
    team.bo.says("reopen T6")
    assert team.bo.says("done T6").refused


def test_anyway_is_no_note_where_nothing_is_lacking(team: Team) -> None:
    team.change(6, evidence="")
    team.li.says("done T6 anyway: paid in cash")
    assert team.task(6).state == State.DONE
    assert "paid in cash · Li" in text(team.li.says("show T6"))


def test_the_hint_at_overriding_is_for_those_who_may(team: Team) -> None:
    assert "anyway:" not in text(team.li.says("done T6"))
    assert "anyway:" in text(team.bo.says("done T6"))


def test_approval_is_given_by_who_leads(team: Team) -> None:
    assert "T36 is not yours to approve: it waits for Bo." in text(team.li.says("approve T36"))
    assert team.task(36).state == State.OPEN
    team.bo.says("done T36")
    team.bo.presses("Approve")
    assert team.task(36).state == State.DONE
    assert "approved · Bo" in text(team.li.says("show T36"))
    assert "needs no approval" in text(team.bo.says("批准 T13"))
    assert "T36 is done already" in text(team.bo.says("approve T36"))


def test_evidence_stays_when_a_task_is_reopened(team: Team) -> None:
    team.li.says("done T10 45")
    team.li.says("reopen T10")
    assert team.li.says("done T10").name == "checklist/done"


def test_a_recurring_task_is_proven_anew_each_round(team: Team) -> None:
    team.ann.says("done T38 https://a.example/1")
    assert "Evidence: a link · nothing yet" in text(team.ann.says("show T38"))


def test_a_link_that_is_attached_is_a_proof_and_kept_with_any_task(team: Team) -> None:
    link = "https://disk.example.org/s/a,b;c?x=1&y=_2_"
    kept = team.ann.says(f"attach T13 {link}，https://example.org/two.")
    assert "That is all the evidence it needs" in text(kept)
    assert kept.buttons[0].line == "done M1-T13"
    shown = text(team.ann.says("show T13"))
    assert link in shown
    assert "https://example.org/two ·" in shown
    assert "6 files" in text(team.ann.says(f"附件 T12 {link}"))
    assert team.ann.says(f"attach T12 {link} and more").refused


def test_links_without_a_task_are_asked_about(team: Team) -> None:
    asked = team.ann.says("attach https://example.org/a https://example.org/b")
    assert text(asked).startswith("What do these links belong to?")
    assert buttons(asked)[0].line.endswith("https://example.org/a https://example.org/b")
    team.ann.presses(buttons(asked)[0].label)
    assert "https://example.org/b" in text(team.ann.last)  # type: ignore[arg-type]


def test_files_and_links_go_together(team: Team) -> None:
    asked = team.gives(team.ann, "attach https://example.org/a", "hall.jpg")
    assert "F1 hall.jpg" in text(asked)
    assert {button.line.partition(" F1 ")[2] for button in buttons(asked)} == {"https://example.org/a"}
    assert "hall.jpg and https://example.org/a" in text(team.ann.presses(buttons(asked)[0].label))
    assert team.ann.says("attach F1 F1").buttons


def test_a_bare_link_belongs_to_the_task_of_its_thread_or_is_asked_about(team: Team) -> None:
    asked = team.ann.says("https://example.org/T12 https://example.org/M1-T3")
    assert text(asked).startswith("What do these links belong to?")
    kept = team.ann.says("https://example.org/rec", thread=("M1-T13",))
    assert "That is all the evidence it needs" in text(kept)
    assert team.task(13).state == State.OPEN


# --- numbers that cannot be


@pytest.mark.parametrize(
    "note", ["6月共收到 320 张", "2天共320张", "on 8 June: 320 photos", "320 at 17:00", "320 decks"]
)
def test_the_number_that_is_no_date_is_the_figure(team: Team, note: str) -> None:
    team.ann.says(f"done T10 {note}")
    assert "320" in text(team.ann.says("show T10"))
    assert team.task(10).state == State.DONE


@pytest.mark.parametrize(("note", "first"), [("320 of 400", "320"), ("1，286", "1"), ("桌签 45 个，胸卡 286 个", "45")])
def test_of_several_numbers_it_is_asked_which(team: Team, note: str, first: str) -> None:
    asked = team.ann.says(f"done T10 {note}")
    assert asked.name == "checklist/refusals/which_number"
    assert team.task(10).state == State.OPEN
    team.ann.presses(f"It is {first}", asked)
    assert team.task(10).state == State.DONE


def test_no_more_comes_back_than_went_out(team: Team) -> None:
    said = team.ann.says("done T2 200/186")
    assert "200/186 would mean that more came back than went out." in text(said)
    assert team.task(2).state == State.OPEN
    team.ann.presses("It is 186/200")
    assert team.task(2).state == State.DONE
    assert "186/200" in text(team.ann.says("show T2"))


def test_far_more_people_than_were_expected_are_asked_about(team: Team) -> None:
    with team.chat.app.database.write() as db:
        db.get_one(Meeting, team.meeting).expected = 300
    number = team.task("attendee-clean").number
    assert "far more than the 300 who were expected" in text(team.ann.says(f"done T{number} 2860"))
    assert team.task(number).state == State.OPEN
    team.ann.presses("It is 2860")
    assert team.task(number).state == State.DONE
    assert not team.ann.says("done T2 9000").refused


def test_more_than_were_expected_is_no_wonder(team: Team) -> None:
    with team.chat.app.database.write() as db:
        db.get_one(Meeting, team.meeting).expected = 300
    assert not team.ann.says(f"done T{team.task('attendee-clean').number} 486").refused
