"""Approval is of the text that was read: anything else asks again and says what changed; it is for who signs them."""

from __future__ import annotations

import pytest

from messages import Message
from storage import people
from storage.letters import LetterState
from storage.parties import Capacity
from tests.chat import buttons, text
from tests.handlers.thanks.conftest import Desk, line_of

LINK = "https://example.org/package"


@pytest.fixture
def ready(desk: Desk) -> Desk:
    """Two who came, and a speaker with everything that her letter needs."""
    desk.knows("package_link", LINK)
    for name in ("李娜", "王强"):
        desk.attends(desk.party(name, Capacity.ATTENDEE))
    speaker = desk.party("陈静", Capacity.SPEAKER, title="教授")
    desk.speaks(speaker, "智能制造")
    desk.knows(f"media/{speaker.ref}", "现场照片 https://example.org/photo")
    desk.drafts()
    return desk


def labels(message: Message) -> list[str]:
    return [button.label for button in buttons(message)]


def test_the_next_letter_is_shown_whole_with_what_may_be_done(ready: Desk) -> None:
    answer = ready.bo.says("thanks next")
    words = text(answer)
    assert "尊敬的陈静教授：" in words
    assert "智能制造" in words
    assert labels(answer) == ["Approve", "Edit", "Reject", "Skip", "Later"]
    following = ready.bo.presses("Approve")
    letter = ready.letter("陈静")
    assert (letter.state, letter.approved_digest) == (LetterState.APPROVED, letter.digest)
    assert letter.approved_by == ready.bo.id
    assert "李娜" in text(following)  # the next one comes at once


def test_later_goes_on_to_the_next(ready: Desk) -> None:
    ready.bo.says("thanks next attendees")
    assert ready.bo.presses("Later").title.endswith("王强")
    assert "That was the last" in ready.bo.presses("Later").body


def test_without_reading_there_is_no_approval(ready: Desk) -> None:
    answer = ready.bo.says("thanks approve L1")
    assert "Please read it, then approve it." in text(answer)
    assert ready.letter("陈静").state == LetterState.DRAFT
    ready.bo.says("thanks approve L1 0123456789ab")
    assert ready.letter("陈静").state == LetterState.DRAFT


def test_an_edit_after_reading_voids_the_approval_and_is_shown(ready: Desk) -> None:
    read = ready.bo.says("thanks next attendees")
    form = ready.pia.says("thanks edit L2")
    ready.pia.fills(form, p1="您好！", p2="感谢您远道而来。")
    answer = ready.bo.says(line_of(read, "thanks approve"))
    words = text(answer)
    assert "It is not approved" in words
    assert "→ now: 感谢您远道而来。" in words
    assert ready.letter("李娜").state == LetterState.DRAFT
    assert ready.letter("李娜").edited
    ready.bo.says(line_of(answer, "thanks approve"))
    assert ready.letter("李娜").state == LetterState.APPROVED


def test_a_fact_that_changed_since_asks_again_and_says_what_changed(ready: Desk) -> None:
    read = ready.bo.says("thanks next attendees")
    ready.knows("next_date", "2027年6月", "zh_CN")
    answer = ready.bo.says(line_of(read, "thanks approve"))
    assert "facts have changed since it was drafted" in text(answer)
    assert "2027年6月" in text(answer)
    assert ready.letter("李娜").state == LetterState.DRAFT
    ready.bo.says(line_of(answer, "thanks approve"))
    assert ready.letter("李娜").state == LetterState.APPROVED


def test_of_a_letter_changed_by_hand_the_words_stay_and_the_facts_are_told(ready: Desk) -> None:
    ready.bo.says("thanks edit L2")
    ready.bo.fills(p2="感谢您远道而来。")
    read = ready.bo.says("thanks show L2")
    ready.knows("next_date", "2027年6月", "zh_CN")
    answer = ready.bo.says(line_of(read, "thanks approve"))
    assert "See whether they still fit" in text(answer)
    assert "→ new: 2027年6月" in text(answer)
    assert "感谢您远道而来。" in text(answer)
    ready.bo.says(line_of(answer, "thanks approve"))
    assert ready.letter("李娜").state == LetterState.APPROVED


def test_an_approved_letter_that_is_edited_is_not_approved_any_more(ready: Desk) -> None:
    ready.bo.says("thanks next speakers")
    ready.bo.presses("Approve")
    ready.bo.says("thanks edit L1")
    ready.bo.fills(subject="谢谢您")
    letter = ready.letter("陈静")
    assert (letter.state, letter.approved_digest, letter.approved_by) == (LetterState.DRAFT, "", None)


def test_what_was_edited_meanwhile_is_not_overwritten(ready: Desk) -> None:
    form = ready.bo.says("thanks edit L2")
    ready.pia.says("thanks edit L2")
    ready.pia.fills(subject="会议致谢")
    assert ready.bo.fills(form, subject="感谢").name == "thanks/refusals/changed_meanwhile"
    assert ready.letter("李娜").content["subject"] == "会议致谢"


def test_an_empty_field_takes_a_paragraph_out_and_a_blank_line_makes_two(ready: Desk) -> None:
    ready.bo.says("thanks edit L2")
    ready.bo.fills(p1="", p2="一\n\n二")
    assert ready.letter("李娜").content["paragraphs"][:2] == ["一", "二"]


def test_a_line_cannot_be_smuggled_into_the_subject(ready: Desk) -> None:
    ready.bo.says("thanks edit L2")
    ready.bo.fills(subject="谢谢\r\nBcc: all@example.org")
    assert ready.letter("李娜").content["subject"] == "谢谢 Bcc: all@example.org"


def test_rejecting_and_skipping_want_a_reason(ready: Desk) -> None:
    ready.bo.says("thanks next speakers")
    form = ready.bo.presses("Reject")
    assert form.form is not None
    ready.bo.fills(form, reason="题目写错了")
    letter = ready.letter("陈静")
    assert (letter.state, letter.reason) == (LetterState.REJECTED, "题目写错了")
    assert ready.bo.says("thanks approve L1").name == "thanks/refusals/rejected"
    ready.bo.says("thanks skip L2 已当面致谢")
    assert ready.letter("李娜").state == LetterState.SKIPPED
    ready.bo.says("undo")
    assert ready.letter("李娜").state == LetterState.DRAFT


def test_a_rejected_letter_is_written_anew(ready: Desk) -> None:
    ready.bo.says("thanks reject L1 题目写错了")
    ready.bo.says("thanks renew L1")
    assert ready.letter("陈静").state == LetterState.DRAFT


@pytest.mark.parametrize(
    ("who", "number", "may"), [("pia", 1, False), ("pia", 2, True), ("sue", 2, False), ("wang", 2, False)]
)
def test_only_who_signs_such_letters_approves(ready: Desk, who: str, number: int, may: bool) -> None:  # noqa: FBT001
    read = ready.bo.says(f"thanks show L{number}")
    answer = getattr(ready, who).says(line_of(read, "thanks approve"))
    assert (answer.name == "people/refusals/not_allowed") != may
    name = {1: "陈静", 2: "李娜"}[number]
    assert (ready.letter(name).state == LetterState.APPROVED) == may


def test_who_may_not_sign_is_told_who_does(ready: Desk) -> None:
    answer = ready.pia.says("thanks approve L1")
    assert "Bo" in answer.body
    assert "project lead and secretary general." in answer.body
    assert "secretary general, and publicity." in ready.sue.says("thanks approve L2").body
    assert ready.sue.says("thanks next").name == "thanks/nothing"


def test_many_that_say_the_same_are_approved_by_one_read_in_full(ready: Desk) -> None:
    answer = ready.pia.says("thanks approve all attendees")
    words = text(answer)
    assert "Approve 2 letters?" in words
    assert "尊敬的李娜：" in words
    assert "they differ in: addressee" in words
    ready.pia.presses("Approve all 2")
    assert [ready.letter(name).state for name in ("李娜", "王强")] == [LetterState.APPROVED] * 2
    with ready.chat.read() as db:
        assert people.get(db, ready.letter("李娜").approved_by or 0).name == "Pia"


def test_the_sample_is_bound_to_all_of_them(ready: Desk) -> None:
    sample = ready.pia.says("thanks approve all attendees")
    ready.attends(ready.party("赵敏", Capacity.ATTENDEE))
    ready.drafts()
    answer = ready.pia.says(line_of(sample, "thanks approve all"))
    assert "Nothing is approved yet" in text(answer)
    assert ready.letter("李娜").state == LetterState.DRAFT


def test_what_was_changed_by_hand_is_read_by_itself(ready: Desk) -> None:
    ready.bo.says("thanks edit L2")
    ready.bo.fills(p2="感谢您远道而来。")
    answer = ready.pia.says("thanks approve all attendees")
    assert "Approve 1 letter?" in text(answer)
    assert "L2 李娜" in text(answer)
    ready.pia.says(line_of(answer, "thanks approve all"))
    assert ready.letter("李娜").state == LetterState.DRAFT


def test_no_bulk_for_those_to_whom_each_letter_says_its_own(ready: Desk) -> None:
    assert "each say something of their own" in ready.bo.says("thanks approve all speakers").body
    assert ready.bo.says("thanks approve all").name == "thanks/refusals/one_by_one"


def test_no_bulk_of_letters_that_are_no_longer_true(ready: Desk) -> None:
    sample = ready.pia.says("thanks approve all attendees")
    ready.knows("next_date", "2027年6月", "zh_CN")
    answer = ready.pia.says(line_of(sample, "thanks approve all"))
    assert answer.name == "thanks/refusals/draft_first"
    assert ready.letter("李娜").state == LetterState.DRAFT


def test_what_is_on_its_way_stays_as_it_is(ready: Desk) -> None:
    row = ready.letter("李娜")
    ready.change(row, state=LetterState.SENT)
    for line in ("approve L2", "reject L2 x", "skip L2 x", "renew L2", "edit L2"):
        assert ready.bo.says(f"thanks {line}").refused
    ready.knows("next_date", "2027年6月", "zh_CN")
    ready.drafts()
    assert ready.letter("李娜").digest == row.digest


def test_the_overview_counts_and_offers_the_next_step(ready: Desk) -> None:
    words = text(ready.bo.says("thanks"))
    assert "those who came" in words
    assert "2 to be read" in words
    assert "22 Jun" in words
    assert ready.bo.says("thanks overview attendees").name == "thanks/overview"


def test_a_word_of_thanks_is_no_command(desk: Desk) -> None:
    assert desk.bo.says("thanks").name == "checklist/welcome"
    assert desk.bo.presses("Letters of thanks").name == "thanks/overview"
    assert desk.bo.says("thanks a lot!").name == "checklist/welcome"


def test_letters_are_found_by_name_and_by_their_words(ready: Desk) -> None:
    assert "L1" in text(ready.bo.says("thanks search 陈静"))
    assert "L1" in text(ready.bo.says("thanks search 智能制造"))
    assert "Nothing was found" in text(ready.bo.says("thanks search 量子"))


def test_the_task_is_offered_once_all_are_on_their_way(ready: Desk) -> None:
    for name in ("李娜", "王强"):
        ready.change(ready.letter(name), state=LetterState.SENT)
    answer = ready.bo.says("thanks")
    assert any("is done: 2 letters" in label for label in labels(answer))
    ready.bo.says(line_of(answer, "done"))
    assert ready.team.task("thanks-attendees").state == "done"


def test_in_chinese(chinese: Desk) -> None:
    chinese.knows("package_link", LINK)
    chinese.attends(chinese.party("李娜", Capacity.ATTENDEE))
    chinese.drafts()
    answer = chinese.bo.says("致谢 下一封")
    assert labels(answer) == ["批准", "编辑", "退回", "跳过", "稍后再看"]
    chinese.bo.presses("批准")
    assert chinese.letter("李娜").state == LetterState.APPROVED
    assert "已批准 1 封" in text(chinese.bo.says("致谢"))


def test_a_task_that_needs_approval_is_offered_so(ready: Desk) -> None:
    ready.change(ready.letter("陈静"), state=LetterState.SENT)
    answer = ready.bo.says("thanks")
    ready.bo.says(line_of(answer, "approve"))
    assert ready.team.task("thanks-speakers").state == "done"


def test_letters_are_read_by_who_keeps_contacts_and_counted_by_everybody(ready: Desk) -> None:
    for line in ("thanks show L1", "thanks blocked", "thanks search 陈静"):
        assert ready.wang.says(line).name == "people/refusals/not_allowed"
    assert ready.wang.says("thanks").name == "thanks/overview"


def test_approving_again_what_was_approved_with_something_waived_changes_nothing(ready: Desk) -> None:
    helper = ready.party("周舟", Capacity.VOLUNTEER)
    ready.helps(helper)
    ready.attends(helper, came=False)
    ready.drafts()
    ready.bo.says("thanks release L4 absent 全程在后台")
    ready.bo.presses("Approve")
    assert ready.letter("周舟").state == LetterState.APPROVED
    assert "It is approved already" in text(ready.bo.says("thanks approve L4"))
    assert ready.letter("周舟").state == LetterState.APPROVED


def test_who_approves_is_told_what_nobody_has_a_source_for(ready: Desk) -> None:
    ready.bo.says("thanks fact results 586 人到会 | 通过 3 项决议。")
    ready.bo.says("thanks fact invoice 会后一个月内开具")
    ready.bo.says("thanks fact reach 586 人到会 | 媒体报道 12 篇 source 签到表")
    ready.bo.says("thanks fact place 云谷会议中心")
    ready.bo.says("thanks draft")
    of_speakers = "Nobody says how this is known: 通过 3 项决议."
    assert of_speakers in text(ready.bo.says("thanks next speakers"))
    of_attendees = "Nobody says how this is known: 会后一个月内开具 and 通过 3 项决议."
    assert of_attendees in text(ready.bo.says("thanks next attendees"))
    assert "is where its source is told.\n\n———" in ready.bo.says("thanks next attendees").body
    sample = ready.bo.says("thanks approve all attendees")
    assert of_attendees in text(sample)
    assert [button.primary for button in sample.buttons] == [True, False]
    ready.bo.says("thanks fact results source 签到表")
    ready.bo.says("thanks fact invoice source 财务")
    assert "Nobody says how" not in text(ready.bo.says("thanks next attendees"))


def test_the_place_needs_no_source(ready: Desk) -> None:
    ready.bo.says("thanks fact place 云谷会议中心")
    assert "without a source" not in text(ready.bo.says("thanks facts"))
