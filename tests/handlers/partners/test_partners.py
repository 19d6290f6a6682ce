"""Partners as people tell them: what each did, what was good, how it is rated and by whom, what is not settled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.partners.rules import RATED, Gap, all_rated, gaps, unrated
from handlers.sheets import read
from storage import parties, partners
from storage.meetings import Meeting
from storage.parties import Party
from storage.partners import Partner, PartnerKind
from storage.people import Role
from tests.chat import Chat, Somebody, at, buttons, text
from tests.handlers.checklist.conftest import Team, found, join
from tests.letters import add_letter

HOTEL, SOUND = "国际会展中心", "光影设备有限公司"


@dataclass
class Desk:
    """``bo`` leads, ``tao`` has logistics, ``mei`` sponsorship, ``li`` is finance, ``wang`` has no role."""

    team: Team
    tao: Somebody
    mei: Somebody

    def says(self, *lines: str) -> str:
        """What tao is answered to the last of these."""
        return [text(self.tao.says(line)) for line in lines][-1]

    def partners(self) -> dict[str, Partner]:
        with self.team.chat.read() as db:
            rows = partners.of_meeting(db, self.team.meeting)
            known = parties.some(db, [row.party_id for row in rows])
            return {known[row.party_id].name: row for row in rows}

    def state(self) -> list[object]:
        skip = {"_sa_instance_state", "version"}
        rows = self.partners().values()
        with self.team.chat.read() as db:
            units = [row.name for row in parties.units(db, 1)]
        return [units, *({name: value for name, value in vars(row).items() if name not in skip} for row in rows)]


def desk_in(chat: Chat) -> Desk:
    team = join(chat, found(chat))
    tao, mei = chat.person("Tao"), chat.person("Mei")
    team.hold(Role.LOGISTICS, tao)
    team.hold(Role.SPONSORSHIP, mei)
    return Desk(team, tao, mei)


@pytest.fixture
def desk(chat: Chat) -> Desk:
    return desk_in(chat)


@pytest.fixture
def chinese(tmp_path: Path) -> Desk:
    return desk_in(Chat(tmp_path, locale="zh_CN"))


def test_the_story(desk: Desk) -> None:
    asked = desk.tao.says(f"partner add {HOTEL} contact: 王强")
    assert asked.name == "partners/refusals/which_kind"
    assert "What was good?" in text(desk.tao.presses("venue or hotel", asked))
    row = desk.partners()[HOTEL]
    assert (row.kind, row.addressee_id is not None) == (PartnerKind.VENUE, True)
    desk.says("partner edit P1 service: three halls good: cleared the hall by midnight")
    desk.says(f"partner add {SOUND} kind: vendor service: sound and light")
    listed = desk.tao.says("partners")
    assert "2 partners · 1 letter lacks something · 2 are not rated yet" in text(listed)
    assert "1 venue or supplier is not rated yet" in text(desk.tao.says("partner rate P1 4 quick and friendly"))
    card = desk.tao.says("partner ratings")
    assert f"Not rated yet: {SOUND}" in text(card)
    assert buttons(card) == []
    desk.says("partner rate P3")
    desk.tao.fills(rating="5", remark="never a failure")
    card = desk.tao.says("partner ratings")
    assert card.private
    with desk.team.chat.app.files.open(card.files[0].digest) as stream:
        (grid,) = read(card.files[0].name, stream)
    assert grid.rows[1:] == [
        [HOTEL, "venue or hotel", "three halls", "4", "quick and friendly", "Tao", "2026-06-10"],
        [SOUND, "supplier", "sound and light", "5", "never a failure", "Tao", "2026-06-10"],
    ]
    task = desk.team.task("vendor-evaluate")
    assert desk.tao.presses(f"Finish {task.ref}", card).name == "checklist/done"
    assert desk.team.task("vendor-evaluate").finished


def test_the_story_in_chinese(chinese: Desk) -> None:
    said = chinese.says(f"合作伙伴 新增 {HOTEL} 类别：场地 服务：三层会议厅 亮点：午夜前撤完场 联系人：王强")
    assert f"P1 {HOTEL} 已列入合作伙伴：场地方。" in said
    assert "4 分（满分 5 分）" in chinese.says("合作伙伴 评分 P1 4星 响应快")
    assert chinese.partners()[HOTEL].remark == "响应快"
    assert "押金未退" in chinese.says("合作伙伴 争议 P1 押金未退")
    assert "不再因此搁置" in chinese.says("合作伙伴 了结 P1")
    assert "1 家合作伙伴" in chinese.says("合作伙伴")


def test_ratings_are_for_those_who_give_them(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue", "partner rate P1 2 rude-to-guests")
    for one in (desk.team.bo, desk.tao):
        shown = one.says("partner show P1")
        assert "2 of 5 · rude-to-guests" in text(shown)
        assert shown.private
        assert "by Tao on" in text(shown)
        listed = one.says("partners")
        assert "venue or hotel · 2 of 5" in text(listed)
        assert listed.private
    for one in (desk.team.wang, desk.mei, desk.team.li):
        listed = one.says("partners")
        assert (listed.private, "2 of 5" in text(listed)) == (False, False)
        assert "rude-to-guests" not in text(one.says("partner show P1"))
        assert "rude-to-guests" not in text(one.says("log"))
        assert one.says("partner rate P1 5").name == "people/refusals/not_allowed"
        assert one.says("partner ratings").name == "people/refusals/not_allowed"
    given = desk.tao.says("partner ratings")
    assert given.files
    assert desk.mei.says("file get F1").name == "people/refusals/not_allowed"


def test_a_dispute_stays_open_until_somebody_settles_it(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue good: x contact: 王强", "partner dispute P1 deposit")
    assert desk.partners()[HOTEL].disputed
    assert "Its letter waits" in desk.says("partners")
    desk.says("partner settle P1")
    row = desk.partners()[HOTEL]
    assert (row.disputed, row.dispute, row.settled_at) == (False, "deposit", at("2026-06-10 08:00"))
    assert desk.tao.says("partner settle P1").name == "partners/refusals/no_dispute"
    desk.says("partner dispute P1 a broken screen")
    assert desk.partners()[HOTEL].disputed


def test_the_last_who_rates_is_told_with_what_they_said(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue", "partner rate P1 2 late")
    desk.team.bo.says("partner rate P1 4 put right")
    assert "4 of 5 · put right · by Bo on Wed 10 Jun" in desk.says("partner show P1")


def test_partners_by_kind(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue", f"partner add {SOUND} kind: supplier")
    every = desk.says("partners")
    assert "venue or hotel: 1 · supplier: 1" in every
    assert "supplier · not rated yet" in every
    only = desk.says("partners suppliers")
    assert (SOUND in only, HOTEL in only) == (True, False)
    assert "None of that kind is noted: media" in desk.says("partners media")
    desk.says(*(f"partner add {name} kind: supporter" for name in ("甲学会", "乙协会", "丙大学", "丁研究院")))
    desk.says(*(f"partner add {name} kind: media" for name in ("晨报社", "科技频道", "行业周刊")))
    listed = desk.tao.says("partners")
    assert [one.line for one in listed.buttons if one.line.startswith("partners M1 s")] == [
        "partners M1 supplier",
        "partners M1 supporter",
    ]
    shown = desk.tao.presses("media", listed)
    assert "3 partners" in text(shown)
    assert "partners M1" in [one.line for one in shown.buttons]


def test_what_was_settled_stays_with_its_day(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue", "partner dispute P1 deposit", "partner settle P1")
    assert "Was not settled: deposit. Settled on Wed 10 Jun" in desk.says("partner show P1")


@pytest.mark.parametrize(
    "line",
    [
        f"partner add {SOUND} kind: supplier contact: 李娜",
        "partner edit P1 kind: media good: y contact: 李娜",
        "partner rate P1 3 fine",
        "partner dispute P1 deposit",
        "partner settle P1",
        "partner drop P1",
    ],
)
def test_everything_can_be_undone(desk: Desk, line: str) -> None:
    desk.says(f"partner add {HOTEL} kind: venue good: x contact: 王强", "partner dispute P1 old")
    before = desk.state()
    assert not desk.tao.says(line).refused
    assert desk.state() != before
    assert desk.tao.says("undo").name == "journal/undone"
    assert desk.state() == before


def test_a_letter_to_who_is_no_partner_after_all_does_not_go(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue")
    with desk.team.chat.app.database.write() as db:
        add_letter(db, db.get_one(Meeting, desk.team.meeting), db.get_one(Party, 1))
    assert "Letter L1 is not sent" in desk.says("partner drop P1")
    assert "no longer one of the partners" in desk.says("thanks show L1")


def test_by_form(desk: Desk) -> None:
    desk.says("partner add")
    desk.tao.fills(name=HOTEL, kind="venue", service="halls", contact="王强")
    old = desk.tao.says("partner edit P1")
    desk.tao.fills(good="cleared the hall", service="")
    row = desk.partners()[HOTEL]
    assert (row.kind, row.service, row.good) == ("venue", "", "cleared the hall")
    assert desk.tao.fills(old, good="z").name == "partners/refusals/changed"


def test_which_of_several_is_meant_keeps_what_else_was_said(desk: Desk) -> None:
    desk.says(f"partner add {SOUND} kind: supplier contact: 王伟", f"partner add {HOTEL} kind: venue service: halls")
    asked = desk.tao.says(f"partner edit {HOTEL} kind: media contact: 王伟")
    assert asked.name == "known/refusals/alike"
    desk.tao.presses("New: 王伟", asked)
    row = desk.partners()[HOTEL]
    assert (row.kind, row.service, row.addressee_id) == (PartnerKind.MEDIA, "halls", 4)


def test_which_of_several_is_meant_takes_out_what_the_form_left_empty(desk: Desk) -> None:
    desk.says(f"partner add {SOUND} kind: supplier contact: 王伟", f"partner add {HOTEL} kind: venue service: halls")
    desk.says(f"partner edit {HOTEL}")
    asked = desk.tao.fills(kind="supporter", service="", good="quick", contact="王伟")
    desk.tao.presses("New: 王伟", asked)
    row = desk.partners()[HOTEL]
    assert (row.kind, row.service, row.good, row.addressee_id) == (PartnerKind.SUPPORTER, "", "quick", 4)
    assert desk.tao.presses("New: 王伟", asked).name == "partners/refusals/changed"


def test_a_remark_goes_with_the_rating_that_it_was_about(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue", "partner rate P1 1 awful", "partner rate P1 1")
    assert desk.partners()[HOTEL].remark == "awful"
    desk.team.bo.says("partner rate P1 1")
    assert desk.partners()[HOTEL].remark == ""
    desk.says("partner rate P1 1 awful", "partner rate P1 5")
    assert desk.partners()[HOTEL].remark == ""
    desk.says("partner rate P1 5 fine", "partner rate P1")
    desk.tao.fills(remark="")
    assert desk.partners()[HOTEL].remark == ""


@pytest.mark.parametrize("said", ["4, 5 halls", "4. 3 halls", "4 - 3 halls"])
def test_numbers_in_a_remark(desk: Desk, said: str) -> None:
    desk.says(f"partner add {HOTEL} kind: venue", f"partner rate P1 {said}")
    assert desk.partners()[HOTEL].rating == 4
    assert "3 halls" in desk.partners()[HOTEL].remark or "5 halls" in desk.partners()[HOTEL].remark


@pytest.mark.parametrize("said", ["4", "4分", "4/5", "四星", "★★★★", "★★★★☆"])
def test_ways_of_rating(desk: Desk, said: str) -> None:
    desk.says(f"partner add {HOTEL} kind: venue", f"partner rate P1 {said}")
    assert desk.partners()[HOTEL].rating == 4


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("partner show", "partners/refusals/no_partner"),
        (f"partner add {HOTEL} kind: venue", "partners/refusals/known"),
        (f"partner add {SOUND} kind: friend", "partners/refusals/which_kind"),
        ("partner edit P1 nice", "partners/refusals/which_field"),
        ("partner rate P1 6", "partners/refusals/stars"),
        ("partner rate P1 0", "partners/refusals/stars"),
        ("partner rate P1 4.5 friendly", "partners/refusals/stars"),
        ("partner rate P1 4,5", "partners/refusals/stars"),
        ("partner rate P1 4 1/2 friendly", "partners/refusals/stars"),
        ("partner rate P1 4/10 friendly", "partners/refusals/stars"),
        ("partner rate P1 4/50", "partners/refusals/stars"),
        ("合作伙伴 评分 P1 ４．５分 友好", "partners/refusals/stars"),
        (f"partner rate P1 4 {'x' * 301}", "partners/refusals/long"),
        (f"partner edit P1 good: {'x' * 301}", "partners/refusals/long"),
        ("partner ratings", "partners/refusals/no_ratings"),
        ("partner show P9", "known/refusals/nobody"),
    ],
)
def test_what_is_refused(desk: Desk, line: str, refusal: str) -> None:
    desk.says(f"partner add {HOTEL} kind: venue")
    assert desk.tao.says(line).name == refusal
    assert desk.partners()[HOTEL].rating is None


@pytest.mark.parametrize("name", ["{{ 7*7 }}", "**bold** [a](https://x)", "<script>", "=1+1", "<!channel>", "`undo`"])
def test_a_name_is_a_name(desk: Desk, name: str) -> None:
    desk.says("partner add")
    desk.tao.fills(name=name, service=name, good=name)
    desk.says("partner rate P1")
    desk.tao.fills(rating="3", remark=name)
    for line in ("partners", "partner show P1"):
        assert name in desk.says(line)
    card = desk.tao.says("partner ratings")
    with desk.team.chat.app.files.open(card.files[0].digest) as stream:
        assert read(card.files[0].name, stream)[0].rows[1][0] == name


some = st.builds(
    Partner,
    kind=st.sampled_from(PartnerKind),
    rating=st.none() | st.integers(1, 5),
    good=st.sampled_from(["", "x"]),
    dispute=st.sampled_from(["", "x"]),
    settled_at=st.none() | st.just(at("2026-06-10 08:00")),
    addressee_id=st.none() | st.just(1),
)


@given(st.lists(some, max_size=6))
def test_the_score_card_is_whole_when_whoever_is_paid_is_rated(rows: list[Partner]) -> None:
    paid = [row for row in rows if row.kind in RATED]
    assert all_rated(rows) == (bool(paid) and all(row.rating for row in paid))
    assert all(row.rating is None and row.kind in RATED for row in unrated(rows))


@given(some)
def test_a_letter_goes_when_nothing_is_missing(row: Partner) -> None:
    missing = gaps(row)
    assert (Gap.DISPUTE in missing) == (bool(row.dispute) and row.settled_at is None)
    assert (Gap.GOOD in missing) == (not row.good)
    assert (Gap.ADDRESSEE in missing) == (row.addressee_id is None)


def test_the_address_book_tells_what_a_partner_did_and_a_rating_only_to_who_rates(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue service: three halls", "partner rate P1 4 quick and friendly")
    desk.says("partner dispute P1 the deposit is not back")
    shown = desk.says("contact show P1")
    assert "As a partner of" in shown
    assert "three halls" in shown
    assert "Not settled: the deposit is not back" in shown
    assert "Rating: 4 of 5 · quick and friendly · by Tao on" in shown
    assert "Rating" not in text(desk.mei.says("contact show P1"))
    assert "Was not settled: the deposit is not back. Settled on" in desk.says("partner settle P1", "contact show P1")


def test_whoever_names_no_partner_presses_the_one_that_is_meant(desk: Desk) -> None:
    desk.says(f"partner add {HOTEL} kind: venue")
    asked = desk.tao.says("partner rate")
    assert "`partner rate P9`" in asked.body
    assert desk.tao.presses(f"P1 {HOTEL}").form is not None
