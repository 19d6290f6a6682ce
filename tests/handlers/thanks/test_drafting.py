"""Who gets a letter, what it says, what keeps it back; drafting again renews what nobody has approved or changed."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest

from messages import Message
from storage import letters
from storage.letters import Audience, LetterState
from storage.parties import Capacity
from storage.sponsors import BenefitState
from tests.chat import buttons, text
from tests.handlers.thanks.conftest import Desk, line_of

LINK = "https://example.org/package"


def said(desk: Desk, name: str) -> str:
    content = desk.letter(name).content
    return "\n".join([content["salutation"], *(part for part in content["paragraphs"] if isinstance(part, str))])


@pytest.fixture
def ready(desk: Desk) -> Desk:
    desk.knows("package_link", LINK)
    return desk


def test_only_who_came_is_thanked_for_coming(ready: Desk) -> None:
    came, away, _ = (ready.party(name, Capacity.ATTENDEE) for name in ("李娜", "王强", "赵敏"))
    ready.attends(came)
    ready.attends(away, came=False)
    ready.drafts()
    assert (ready.letter("李娜").audience, ready.letter("李娜").state) == (Audience.ATTENDEES, LetterState.DRAFT)
    assert "感谢您于" in said(ready, "李娜")
    assert ready.letter("王强").audience == Audience.NO_SHOWS
    assert "出席" not in said(ready, "王强")
    assert (ready.letter("赵敏").state, ready.whys("赵敏")) == (LetterState.BLOCKED, ["presence"])


def test_one_letter_for_a_speaker_who_also_came_with_the_rest_in_it(ready: Desk) -> None:
    speaker = ready.party("王建国", Capacity.SPEAKER, Capacity.ATTENDEE, title="教授")
    ready.attends(speaker)
    ready.speaks(speaker, "智能制造")
    ready.knows("invoice_how", "凭订单号在公众号申请", "zh_CN")
    ready.drafts()
    letters = ready.letters()
    assert list(letters) == ["王建国"]
    assert "尊敬的王建国教授：" in said(ready, "王建国")
    assert "“智能制造”（2026年6月6日 09:00–09:30，主会场）" in said(ready, "王建国")
    assert "凭订单号" in said(ready, "王建国")
    assert ready.whys("王建国") == ["photo"]


def test_a_sponsors_table_and_what_it_waits_for(ready: Desk) -> None:
    unit = ready.unit("星河科技有限公司")
    sponsor = ready.sponsors(unit)
    ready.benefit(sponsor, "主会场背板标识", unit="处", where="主会场", method="逐处清点")
    short = ready.benefit(sponsor, "现场鸣谢", state=BenefitState.PARTLY, delivered=2)
    ready.benefit(sponsor, "午餐会致辞", state=BenefitState.PROMISED)
    ready.drafts()
    letter = ready.letter("星河科技有限公司")
    assert [(one["why"], one["about"]) for one in letter.blocked] == [("benefit", "B2"), ("benefit", "B3")]
    grid = next(part for part in letter.content["paragraphs"] if not isinstance(part, str))
    assert grid["rows"][0][:2] == ["主会场背板标识（3 处）", "3 处，主会场（统计方法：逐处清点）"]
    assert "尊敬的星河科技有限公司：" in said(ready, "星河科技有限公司")
    assert "我会" in said(ready, "星河科技有限公司")
    assert "金牌" in said(ready, "星河科技有限公司")
    ready.change(short, explanation="第三场提前结束")
    ready.drafts("sponsors")
    assert [one["about"] for one in ready.letter("星河科技有限公司").blocked] == ["B3"]


def test_a_dispute_holds_a_letter_until_somebody_lets_it_go(ready: Desk) -> None:
    ready.partners(ready.unit("国际会展中心"), dispute="押金未退")
    ready.drafts()
    assert ready.whys("国际会展中心") == ["dispute"]
    ready.bo.says("thanks blocked")
    form = ready.bo.presses("Let it go all the same")
    ready.bo.fills(form, reason="双方已口头谈妥")
    letter = ready.letter("国际会展中心")
    assert letter.state == LetterState.DRAFT
    assert "Released by Bo" in text(ready.bo.says("thanks show L1"))
    ready.drafts()
    assert ready.letter("国际会展中心").state == LetterState.DRAFT
    row = ready.letter("国际会展中心")
    assert row.blocked[0]["waived"]["reason"] == "双方已口头谈妥"


def test_only_what_a_person_may_know_better_is_released(ready: Desk) -> None:
    ready.party("赵敏", Capacity.ATTENDEE)
    ready.drafts()
    answer = ready.bo.says("thanks release L1 photo 没有拍")
    assert answer.name == "thanks/refusals/not_held"
    assert "no list says whether they came" in answer.body


def test_a_volunteers_hours_and_what_they_did(ready: Desk) -> None:
    helper = ready.party("周舟", Capacity.VOLUNTEER)
    ready.helps(helper, contribution="独自接待了两百人", commendation="最早到场")
    ready.drafts()
    words = said(ready, "周舟")
    assert "累计服务7.5小时" in words
    assert "独自接待了两百人" in words
    assert "最早到场" not in words  # nobody has approved the commendation


def test_who_applies_hears_how_it_stands(ready: Desk) -> None:
    ready.applies(ready.party("孙悦"))
    ready.drafts()
    assert ready.letter("孙悦").audience == Audience.MEMBERS
    assert "目前进度：已收到" in said(ready, "孙悦")


def test_missing_fields_are_named_and_drafting_again_fills_them(desk: Desk) -> None:
    desk.attends(desk.party("李娜", Capacity.ATTENDEE))
    desk.drafts()
    assert desk.letter("李娜").content == {}
    assert "“link to the results” is not filled in for letters in Chinese" in text(desk.bo.says("thanks blocked"))
    answer = desk.bo.says(f'thanks fact package_link {LINK} source "website"')
    assert answer.name == "thanks/told", answer.body
    desk.bo.presses("Draft again")
    assert desk.letter("李娜").state == LetterState.DRAFT
    assert LINK in str(desk.letter("李娜").content)


def test_drafting_again_changes_nothing_where_nothing_has_changed(ready: Desk) -> None:
    ready.attends(ready.party("李娜", Capacity.ATTENDEE))
    ready.drafts()
    before = ready.letter("李娜")
    ready.chat.wait("2026-06-12 09:00")
    answer = ready.drafts()
    assert "1 stays as it was." in text(answer)
    assert (ready.letter("李娜").digest, ready.letter("李娜").version) == (before.digest, before.version)


def test_drafting_again_says_what_changed_and_asks_again_for_what_was_approved(ready: Desk) -> None:
    for name in ("李娜", "王强", "赵颖"):
        ready.attends(ready.party(name, Capacity.ATTENDEE))
    ready.drafts()
    ready.bo.says("thanks next")
    ready.bo.presses("Approve")
    assert ready.letter("李娜").approved_digest
    ready.drafts()
    assert ready.letter("李娜").approved_digest, "nothing has changed, so it stays approved"
    paper = ready.letter("赵颖").content
    ready.change(ready.letter("赵颖"), content=paper, edited=True)
    ready.knows("next_date", "2027年6月", "zh_CN")
    answer = text(ready.drafts())
    assert "2 were renewed, as facts have changed." in answer
    assert "1 of them was approved before and needs approval again." in answer
    assert "2027年6月" in answer
    assert "no longer says what is true: L3" in answer
    assert (ready.letter("李娜").state, ready.letter("李娜").approved_digest) == (LetterState.DRAFT, "")
    assert "2027年6月" in said(ready, "李娜")
    assert ready.letter("赵颖").content == paper, "what somebody put into other words is theirs"


def test_drafting_again_tells_a_changed_template_from_changed_facts(ready: Desk) -> None:
    for name in ("李娜", "王强"):
        ready.attends(ready.party(name, Capacity.ATTENDEE))
    ready.drafts()
    ready.bo.says("letter template edit attendees zh", fields={"closing": "敬上"})
    assert "2 were renewed, as the template has changed." in text(ready.drafts())
    ready.bo.says("letter template edit attendees zh", fields={"closing": "此致"})
    ready.knows("next_date", "2027年6月", "zh_CN")
    assert "2 were renewed, as facts and the template have changed." in text(ready.drafts())
    shown = ready.bo.says("thanks next")
    ready.bo.says("letter template edit attendees zh", fields={"closing": "敬上"})
    approve = next(button.line for button in buttons(shown) if button.line.startswith("thanks approve"))
    assert "the template has changed since it was drafted" in text(ready.bo.says(approve))


def test_who_is_found_to_be_another_is_written_to_once(ready: Desk) -> None:
    first, second = (ready.party(name, Capacity.ATTENDEE) for name in ("李娜", "李 娜"))
    ready.attends(first)
    ready.attends(second)
    ready.drafts()
    assert len(ready.letters()) == 2
    ready.change(second, same_as=first.id)
    answer = ready.drafts()
    assert "1 is not to be written any more" in text(answer)
    assert ready.letter("李 娜").state == LetterState.SKIPPED
    assert ready.letter("李娜").state == LetterState.DRAFT


def test_who_wants_no_mail_gets_none(ready: Desk) -> None:
    party = ready.party("李娜", Capacity.ATTENDEE, opted_out_at=ready.chat.clock.now())
    ready.attends(party)
    ready.drafts()
    assert ready.whys("李娜") == ["opted_out"]


def test_a_long_draft_says_how_far_it_has_come_in_one_message(ready: Desk) -> None:
    for number in range(60):
        ready.attends(ready.party(f"李娜{number}", Capacity.ATTENDEE))
    assert ready.bo.says("thanks draft attendees").name == "thanks/begun"
    ready.chat.settle()
    heard = [message.name for message in ready.chat.room().heard()]
    assert heard.count("thanks/drafted") == 1
    assert len(ready.letters()) == 60
    ready.bo.says("thanks draft attendees")
    ready.chat.settle()
    assert len(ready.letters()) == 60


def _while_it_drafts(desk: Desk, step: int, line: str) -> Message:
    """Somebody says the line while a long draft has shown for that time how far it has come; what that came to."""
    steps, said = count(1), list[Message]()

    def meanwhile() -> None:
        if next(steps) == step:
            said.append(desk.bo.says(line))

    assert desk.drafts().name == "thanks/begun"
    desk.chat.app.dispatch.after = meanwhile
    desk.chat.settle()
    assert [message.refused for message in said] == [False]
    return desk.chat.room().heard()[-1]


def _written_to(desk: Desk) -> Counter[int]:
    """How many letters there are to each party."""
    with desk.chat.read() as db:
        return Counter(row.party_id for row in letters.of_meeting(db, desk.team.meeting))


@pytest.mark.parametrize("step", [1, 2])
def test_whoever_is_written_to_while_a_long_draft_runs_gets_no_second_letter(ready: Desk, step: int) -> None:
    for number in range(50):
        ready.party(f"李娜{number}", Capacity.SPEAKER)
    for number in range(3):
        ready.helps(ready.party(f"周舟{number}", Capacity.VOLUNTEER))
    told = _while_it_drafts(ready, step, "thanks draft volunteers")
    found = _written_to(ready)
    assert (len(found), set(found.values())) == (53, {1})
    assert "3 stay as they were." in text(told)


def test_what_is_taken_back_while_a_long_draft_runs_is_drafted_anew(ready: Desk) -> None:
    for number in range(50):
        ready.party(f"李娜{number}", Capacity.SPEAKER)
    ready.helps(ready.party("周舟", Capacity.VOLUNTEER))
    ready.drafts("volunteers")
    told = _while_it_drafts(ready, 1, "undo")
    found = _written_to(ready)
    assert (told.name, len(found), set(found.values())) == ("thanks/drafted", 51, {1})


def test_only_who_keeps_contacts_drafts(ready: Desk) -> None:
    ready.attends(ready.party("李娜", Capacity.ATTENDEE))
    assert ready.wang.says("thanks draft all").name == "people/refusals/not_allowed"
    assert ready.letters() == {}


def test_nobody_to_write_to(desk: Desk) -> None:
    assert desk.drafts().name == "thanks/refusals/nobody"


def test_in_chinese(chinese: Desk) -> None:
    chinese.knows("package_link", LINK)
    chinese.attends(chinese.party("李娜", Capacity.ATTENDEE))
    answer = text(chinese.bo.says("致谢 起草 参会者"))
    assert "待审阅" in answer
    assert "**" not in answer
    assert "致谢 缺项" not in answer


def test_a_guest_of_honour_who_did_not_speak_is_thanked_for_coming(ready: Desk) -> None:
    ready.party("赵部长", Capacity.VIP)
    ready.drafts()
    assert ready.whys("赵部长") == []
    assert "承蒙您拨冗莅临。" in said(ready, "赵部长")
    assert "尊敬的赵部长：" in said(ready, "赵部长")


def test_a_speaker_whom_the_programme_does_not_know_is_held_back(ready: Desk) -> None:
    ready.party("赵敏", Capacity.SPEAKER)
    ready.drafts()
    assert ready.whys("赵敏") == ["session", "photo"]


def test_where_nothing_can_be_read_yet_it_leads_to_what_is_held_back(ready: Desk) -> None:
    ready.party("赵敏", Capacity.SPEAKER)
    told = ready.drafts()
    assert [button.line for button in buttons(told) if button.primary] == ["thanks blocked M1"]
    assert not any(button.line.startswith(("thanks next", "thanks approve all")) for button in buttons(told))
    assert "ready to be read" not in text(told)


def test_who_signs_and_chinese_words_in_english_letters_are_asked_after(
    desk: Desk,
) -> None:
    desk.helps(desk.party("Ann Lee", Capacity.VOLUNTEER), role="翻译")
    desk.helps(desk.party("李娜", Capacity.VOLUNTEER))
    said = desk.drafts("volunteers")
    assert "Nobody is named yet who signs letters in English:" in text(said)
    assert line_of(said, "letterhead edit en")
    shown = text(desk.bo.says("thanks approve all volunteers"))
    assert "This letter is in English, and this is not: 广东省机械行业协会, 翻译, and 上午." in shown
    assert shown.count("This letter is in English") == 1


def test_whoever_checks_a_title_sees_it(desk: Desk) -> None:
    desk.party("李娜", Capacity.SPEAKER, confirmed_at=None, title="教授", unit="甲大学")
    desk.drafts()
    shown = desk.bo.says("thanks blocked")
    assert "李娜 (教授 · 甲大学): nobody has checked name and title" in text(shown)
    assert "Name and title are right" in [button.label for button in buttons(shown)]


def test_names_and_titles_of_many_are_looked_over_some_at_a_time(desk: Desk) -> None:
    for n in range(10):
        desk.party(f"讲者{n}", Capacity.SPEAKER, confirmed_at=None, title="教授")
    desk.drafts()
    shown = desk.bo.says("thanks blocked")
    assert "8 letters: nobody has checked name and title. L1 讲者0 (教授); L2 讲者1 (教授);" in text(shown)
    assert "2 letters: nobody has checked name and title. L9 讲者8 (教授); L10 讲者9 (教授)" in text(shown)
    assert desk.bo.presses("All these are right").name == "contacts/confirmed"
    desk.drafts()
    assert "2 letters: nobody has checked name and title." in text(desk.bo.says("thanks blocked"))
