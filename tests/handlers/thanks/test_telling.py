"""Facts are told with how one knows them; whoever signs sees which have no source. The head of letters is a form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import letters, workspace
from storage.letters import Fact
from storage.parties import Capacity
from tests.chat import text
from tests.handlers.thanks.conftest import Desk


def facts(desk: Desk) -> dict[tuple[str, str], Fact]:
    with desk.chat.read() as db:
        return {(row.name, row.locale): row for row in letters.facts(db, desk.team.meeting)}


def test_in_one_line_with_its_source(desk: Desk) -> None:
    answer = desk.bo.says('thanks fact results "到会 586 人 | 通过 3 项决议" source "签到表 R2"')
    assert "到会 586 人 | 通过 3 项决议" in text(answer)
    row = facts(desk)["results", "zh_CN"]
    assert (row.value, row.source) == ("到会 586 人\n通过 3 项决议", "签到表 R2")
    desk.bo.presses("Undo", answer)
    assert facts(desk) == {}


def test_in_chinese(chinese: Desk) -> None:
    chinese.bo.says("致谢 事实 成果 到会 586 人 来源 签到表")
    row = facts(chinese)["results", "zh_CN"]
    assert (row.value, row.source) == ("到会 586 人", "签到表")
    assert "依据：签到表" in text(chinese.bo.says("致谢 事实表"))


def test_each_language_has_its_own_words_and_a_link_has_none(desk: Desk) -> None:
    desk.bo.says("thanks fact results 586 people came source list")
    desk.bo.says("thanks fact results 到会 586 人 source 签到表")
    desk.bo.says("thanks fact package_link https://example.org/p")
    desk.bo.says("thanks fact next_date zh 2027 source board")
    assert set(facts(desk)) == {("results", "en"), ("results", "zh_CN"), ("package_link", ""), ("next_date", "zh_CN")}


def test_a_fact_without_a_source_is_shown_as_such(desk: Desk) -> None:
    assert "It has no source yet" in text(desk.bo.says("thanks fact results 586 people came"))
    assert "1 is without a source" in text(desk.bo.says("thanks facts"))
    desk.bo.says("thanks fact results")
    desk.bo.fills(source="sign-in list R2")
    assert facts(desk)["results", "en"].source == "sign-in list R2"


def test_of_one_party_alone(desk: Desk) -> None:
    party = desk.party("陈静", Capacity.SPEAKER)
    desk.bo.says(f"thanks fact valuable {party.ref} 您对产线数据的分析引起热烈讨论 source 主持人记录")
    assert facts(desk)["valuable/P1", "zh_CN"].source == "主持人记录"
    assert desk.bo.says(f"thanks fact results {party.ref} x").name == "thanks/refusals/fact_of_all"


def test_dropping(desk: Desk) -> None:
    desk.bo.says("thanks fact results 586 people came source list")
    desk.bo.says("thanks facts")
    desk.bo.presses("Take it out")
    assert facts(desk) == {}
    assert desk.bo.says("thanks fact drop results").name == "thanks/refusals/no_fact"


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("thanks fact package_link javascript:alert(1)", "fact_link"),
        ("thanks fact package_link see our website", "fact_link"),
        (f"thanks fact results {'x' * 2001}", "fact_long"),
    ],
)
def test_what_cannot_be_a_fact(desk: Desk, line: str, refusal: str) -> None:
    assert desk.bo.says(line).name == f"thanks/refusals/{refusal}"
    assert facts(desk) == {}


def test_only_who_keeps_contacts_tells_facts(desk: Desk) -> None:
    assert desk.wang.says("thanks fact results 586 people came").name == "people/refusals/not_allowed"


def test_the_head_of_letters_by_form(desk: Desk) -> None:
    assert "广东省机械行业协会" in text(desk.bo.says("letterhead"))
    desk.bo.says("letterhead edit en")
    desk.bo.fills(name="Guangdong\nAssociation", signatory="Chen Zhiyuan", signatory_title="Secretary General")
    with desk.chat.read() as db:
        head = letters.letterheads(db, workspace.by_key(db, "main").id)["en"]
    assert (head.name, head.signatory) == ("Guangdong Association", "Chen Zhiyuan")
    assert desk.pia.says("letterhead edit en").name == "people/refusals/not_allowed"


def test_a_survey_is_spoken_of_in_both_languages_while_it_is_open(desk: Desk) -> None:
    desk.bo.says("thanks fact survey https://example.org/survey source the form")
    assert not desk.bo.says("致谢 事实 问卷截止 6月20日 来源 计划").refused
    assert desk.bo.says("thanks fact survey until soon").refused
    desk.helps(desk.party("Ann Lee", Capacity.VOLUNTEER))
    desk.helps(desk.party("李娜", Capacity.VOLUNTEER))
    desk.drafts()
    assert "open until 20 June 2026" in str(desk.letter("Ann Lee").content)
    assert "问卷的链接一并附后，开放至2026年6月20日" in str(desk.letter("李娜").content)
    desk.chat.clock.moment += timedelta(days=11)
    desk.helps(desk.party("王强", Capacity.VOLUNTEER))
    desk.drafts()
    assert "survey" not in str(desk.letter("王强").content)


def test_the_link_to_the_results_says_for_whom_it_is_until_when_and_that_it_may_be_withdrawn(desk: Desk) -> None:
    desk.attends(desk.party("Li Na", Capacity.ATTENDEE))
    desk.attends(desk.party("王强", Capacity.ATTENDEE))
    said = desk.bo.says("thanks fact package_link https://example.org/p source web team")
    assert "please do not pass it on; open until we withdraw it" in text(said)
    desk.bo.says("thanks fact package_what en photos and slides source web team")
    desk.bo.says("thanks fact package scope participants source board")
    assert facts(desk)["package_scope", ""].value == "attendees"
    told = desk.bo.says("thanks fact package_until 2026-12-31 source board")
    whole = "photos and slides; for those who took part only; open until 31 December 2026, and may be withdrawn earlier"
    assert whole in text(told)
    desk.drafts()
    assert desk.letter("Li Na").content["links"] == [[f"Results of the meeting ({whole})", "https://example.org/p"]]
    scope = "限参会者使用；开放至2026年12月31日，可能提前收回"
    assert desk.letter("王强").content["links"] == [[f"会议成果资料（{scope}）", "https://example.org/p"]]
    desk.bo.presses("Approve", desk.bo.says(f"thanks show {desk.letter('Li Na').ref}"))
    desk.bo.says("thanks fact package_scope public source board")
    assert "may be passed on to anybody" in text(desk.bo.says(f"thanks show {desk.letter('Li Na').ref}"))


def test_a_link_that_is_closed_is_not_given_out(desk: Desk) -> None:
    desk.attends(desk.party("Li Na", Capacity.ATTENDEE))
    desk.bo.says("thanks fact package_link https://example.org/p source web team")
    desk.bo.says("thanks fact package_until 2026-06-09 source board")
    desk.drafts()
    assert [one["about"] for one in desk.letter("Li Na").blocked] == ["package_link"]


def test_visitors_of_one_stand_are_in_no_other_sponsors_letter(desk: Desk) -> None:
    stars, sea = desk.unit("星辰能源有限公司", Capacity.SPONSOR), desk.unit("海石科技", Capacity.SPONSOR)
    for one in (stars, sea):
        desk.benefit(desk.sponsors(one), "展位")
    desk.knows("booth_traffic", "约 100 人次", "zh_CN")  # from when there was only one
    answer = desk.bo.says("thanks fact booth traffic 312 人次")
    assert answer.name == "thanks/refusals/fact_of_one"
    assert [button.label for button in answer.buttons] == ["星辰能源有限公司", "海石科技"]
    desk.bo.says(f"thanks fact booth traffic {stars.ref} 312 人次")
    desk.drafts()
    assert "312 人次" in str(desk.letter("星辰能源有限公司").content)
    assert "人次" not in str(desk.letter("海石科技").content)


def test_words_without_a_fact_get_the_form(desk: Desk) -> None:
    assert desk.bo.says("thanks fact six hundred people came").name == "thanks/fact_form"
