"""Sponsors and their benefits as people tell them, from the first line to the proof; and who may see what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from handlers.sheets import read
from storage.meetings import Meeting
from storage.parties import Party, Taking
from storage.sponsors import BenefitFile, BenefitState
from tests.chat import buttons, text
from tests.handlers.sponsors.conftest import CLOUD, STAR, Desk
from tests.letters import add_letter

PHOTO = b"\xff\xd8\xff\xe0 a photo"


def test_the_story(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} tier: Diamond contract: HT-12 cash: 20万 contact: 李娜")
    row = desk.sponsors()[STAR]
    assert (row.tier, row.contract_no, row.cash) == ("Diamond", "HT-12", Decimal(200_000))
    assert (desk.party(2).name, desk.party(2).unit_id) == ("李娜", row.party_id)
    assert "Written down" in desk.says("sponsor benefit P1 Logo on backdrop x2 prints")
    desk.says("sponsor benefit P1 Keynote, 30 minutes")
    assert "There is no proof yet" in desk.says("benefit B1 delivered 2 at main hall on 3/8")
    now = desk.benefits()["B1"]
    assert (now.state, now.delivered, now.where, now.when) == ("delivered", Decimal(2), "main hall", "3/8")
    assert now.told_by == desk.mei.id
    said = desk.mei.says("benefit B1 proof", files={"backdrop.jpg": PHOTO})
    assert "Proof: F1 backdrop.jpg" in text(said)
    desk.says("benefit B2 not delivered because the speaker was ill instead a webinar in May")
    shown = text(desk.mei.says("sponsor show P1"))
    for words in ("HT-12", "P2 李娜", "F1 backdrop.jpg", "the speaker was ill", "a webinar in May", "200000 CNY"):
        assert words in shown
    assert "Everything is accounted for" in desk.says("sponsors")


def test_the_story_in_chinese(chinese: Desk) -> None:
    chinese.says(f"赞助商 新增 {STAR} 档位：钻石 合同：HT-12 联系人：李娜")
    assert "承诺：2 块" in chinese.says("权益 P1 主背景板标志 2块")
    assert "还缺证明" in chinese.says("权益 B1 已兑现 2块 在主会场 3月8日")
    assert "证明：https://example.org/a" in chinese.says("权益 B1 证明 https://example.org/a")
    chinese.says("赞助商 权益 P1 会刊广告 1页", "权益 B2 未兑现 因为版面已满 补救：公众号推文两篇")
    shown = chinese.says("赞助商 查看 P1")
    for words in ("钻石", "主会场", "已兑现", "未兑现", "版面已满", "公众号推文两篇"):
        assert words in shown
    assert "权益 2 项，已兑现 1 项" in chinese.says("赞助商")


@pytest.mark.parametrize(
    "line",
    ["权益B1已兑现2块，主会场", "权益 B1已兑现 2块 主会场", "/权益 Ｂ1 兑现２块 主会场"],
)
def test_nothing_need_stand_apart_in_chinese(chinese: Desk, line: str) -> None:
    chinese.says(f"赞助商新增 {STAR}", "赞助商权益P1主背景板标志2块", line)
    row = chinese.benefits()["B1"]
    assert (row.text, row.promised, row.delivered, row.where) == ("主背景板标志", Decimal(2), Decimal(2), "主会场")


def test_the_next_step_is_named_for_each_gap(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo x2", "sponsor benefit P1 Stand", "sponsor benefit P1 Ad")
    desk.says("benefit B1 delivered 1", "benefit B2 delivered")
    missing = desk.mei.says("benefits")
    assert [row.text.split(" ")[0] for row in missing.rows] == ["**B1**", "**B2**", "**B3**"]
    assert "The sponsor will ask why" in missing.rows[0].text
    labels = [[button.label for button in row.buttons] for row in missing.rows]
    assert labels == [["Add the proof", "Say why"], ["Add the proof"], ["Delivered in full", "What came of it"]]
    desk.mei.presses("Delivered in full", missing)
    assert desk.benefits()["B3"].state == BenefitState.DELIVERED


def test_missing_proof_comes_first_in_the_list(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", f"sponsor add {CLOUD}", "sponsor benefit P1 Logo", "sponsor benefit P2 Logo")
    desk.says("benefit B2 delivered")
    rows = [row.text.splitlines()[0] for row in desk.mei.says("sponsors").rows]
    assert rows == [f"**P2** {CLOUD}", f"**P1** {STAR}"]


def test_by_form(desk: Desk) -> None:
    desk.says("sponsor add")
    desk.mei.fills(name=STAR, tier="Gold", cash="100000", contact="李娜")
    desk.says("sponsor benefit P1")
    desk.mei.fills(text="Logo on the backdrop", promised="2", unit="prints")
    desk.says("benefit B1 report")
    desk.mei.fills(state="partly", count="1", where="Hall A", explanation="printer broke", make_good="two posts")
    now = desk.benefits()["B1"]
    assert (now.state, now.delivered, now.where, now.make_good) == ("partly", Decimal(1), "Hall A", "two posts")
    desk.says("benefit B1 report")
    desk.mei.fills(state="delivered", count="")
    now = desk.benefits()["B1"]
    assert (now.state, now.delivered, now.explanation, now.make_good) == ("delivered", Decimal(2), "", "")
    desk.says("benefit B1 edit")
    desk.mei.fills(promised="3")
    now = desk.benefits()["B1"]
    assert (now.promised, now.state) == (Decimal(3), "partly")
    desk.says("sponsor edit P1")
    desk.mei.fills(tier="", cash="")
    row = desk.sponsors()[STAR]
    assert (row.tier, row.cash, row.addressee_id) == ("", None, desk.party(2).id)


def test_a_day_is_not_how_many(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo x2 prints", "权益 B1 已兑现 3月8日 主会场")
    now = desk.benefits()["B1"]
    assert (now.state, now.delivered, now.where, now.when) == ("delivered", Decimal(2), "主会场", "3月8日")
    desk.says("benefit B1 delivered 8 March at the main hall")
    now = desk.benefits()["B1"]
    assert (now.delivered, now.where, now.when) == (Decimal(2), "the main hall", "8 March")


def test_another_number_of_a_part_leaves_it_one_with_its_reason(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Posts", "benefit B1 partly 1 because late printing")
    desk.says("benefit B1 report")
    desk.mei.fills(count="2")
    now = desk.benefits()["B1"]
    assert (now.state, now.delivered, now.explanation) == ("partly", Decimal(2), "late printing")


def test_a_form_that_is_out_of_date_saves_nothing(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo x2")
    old = [desk.mei.says(line) for line in ("benefit B1 report", "benefit B1 edit", "sponsor edit P1")]
    desk.says("benefit B1 delivered", "sponsor edit P1 tier: Gold")
    assert desk.mei.fills(old[0], state="waived").name == "sponsors/refusals/benefit_changed"
    assert desk.mei.fills(old[1], text="Other").name == "sponsors/refusals/benefit_changed"
    assert desk.mei.fills(old[2], tier="Silver").name == "sponsors/refusals/changed"


@pytest.mark.parametrize(
    "line",
    [
        f"sponsor add {CLOUD} tier: Gold contact: 王强",
        "sponsor edit P1 tier: Silver cash: 5 contact: 王强",
        "sponsor dispute P1 unpaid",
        "sponsor benefit P1 Stand 9平方米",
        "benefit B1 delivered 1 at hall A because rain instead a post",
        "benefit B1 waived",
        "benefit B1 proof https://example.org",
        "benefit B1 edit Banner x3",
        "benefit B1 drop",
        "sponsor drop P1",
    ],
)
def test_everything_can_be_undone(desk: Desk, line: str) -> None:
    desk.says(f"sponsor add {STAR} tier: Gold contact: 李娜", "sponsor benefit P1 Logo x2 prints")
    desk.mei.says("benefit B1 proof", files={"a.jpg": PHOTO, "b.jpg": PHOTO + b"2"})
    before = state_of(desk)
    assert not desk.mei.says(line).refused
    assert state_of(desk) != before
    assert desk.mei.says("undo").name == "journal/undone"
    assert state_of(desk) == before


def test_what_has_given_its_number_to_another_does_not_come_back(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 first")
    dropped = desk.mei.says("benefit B1 drop")
    desk.says("sponsor benefit P1 second")
    assert desk.mei.presses("Undo", dropped).name == "journal/refusals/changed_since"
    assert [row.text for row in desk.benefits().values()] == ["second"]


def test_what_has_lost_its_sponsor_does_not_come_back(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 first")
    dropped = desk.mei.says("benefit B1 drop")
    desk.says("sponsor drop P1")
    assert "stands in its place now" in text(desk.mei.presses("Undo", dropped))
    assert desk.benefits() == {}


def test_settling_can_be_undone(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor dispute P1 unpaid")
    assert "not settled: unpaid" in desk.says("sponsors")
    assert "no longer waits" in desk.says("sponsor settle P1")
    assert desk.mei.says("sponsor settle P1").name == "sponsors/refusals/no_dispute"
    desk.says("undo")
    assert desk.sponsors()[STAR].dispute == "unpaid"


def state_of(desk: Desk) -> list[object]:
    skip = {"_sa_instance_state", "version", "told_at"}
    rows = [*desk.sponsors().values(), *desk.benefits().values()]
    with desk.chat.read() as db:
        more = [(one.benefit_id, one.file_id) for one in db.query(BenefitFile).all()]
        parts = sorted((one.party_id, one.capacity) for one in db.query(Taking).all())
    return [
        desk.units(),
        more,
        parts,
        *({name: value for name, value in vars(row).items() if name not in skip} for row in rows),
    ]


def test_who_has_no_part_in_it_changes_nothing(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo x2")
    for line in ("sponsor add X", "sponsor edit P1 tier: A", "benefit B1 delivered", "sponsor benefit P1 Ad"):
        assert desk.wang.says(line).name == "people/refusals/not_allowed"
    assert buttons(desk.wang.says("sponsor show P1")) == []


def test_the_table_for_the_file(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} tier: Gold", "sponsor benefit P1 Logo x2 prints", "benefit B1 delivered 1 at hall A")
    given = desk.mei.says("benefits export")
    (file,) = given.files
    with desk.chat.app.files.open(file.digest) as stream:
        (grid,) = read(file.name, stream)
    assert grid.rows[0][:6] == ["Sponsor", "Tier", "No.", "Benefit", "Promised", "Unit"]
    assert grid.rows[1][:8] == [STAR, "Gold", "B1", "Logo", "2", "prints", "1", "hall A"]
    assert desk.mei.says("benefits import", files={"again.xlsx": _bytes(desk, file.digest)}).name == "sponsors/preview"
    assert "0 new · 0 changed · 1 as before" in text(desk.mei.last or pytest.fail("nothing was said"))


def _bytes(desk: Desk, digest: str) -> bytes:
    with desk.chat.app.files.open(digest) as stream:
        return stream.read()


@pytest.mark.parametrize(
    "name",
    [
        "{{ 7*7 }}{% raw %}",
        "**bold** _it_ [a](https://x)",
        "<b>x</b><script>",
        "=HYPERLINK(1)",
        "Bcc: x@example.org",
        "<!channel>",
        "\u202eevil",
        "`undo`",
    ],
)
def test_a_name_is_a_name(desk: Desk, name: str) -> None:
    desk.says("sponsor add")
    desk.mei.fills(name=name, tier=name)
    desk.says("sponsor benefit P1")
    desk.mei.fills(text=name, promised="2", unit=name[:20])
    desk.says("benefit B1 report")
    desk.mei.fills(state="partly", count="1", explanation=name, make_good=name)
    assert desk.units() == [name]
    for line in ("sponsor show P1", "benefits", "sponsors"):
        assert name.lstrip("\u202e") in desk.says(line)
    assert "49" not in desk.says("sponsors")
    given = desk.mei.says("benefits export")
    with desk.chat.app.files.open(given.files[0].digest) as stream:
        assert read(given.files[0].name, stream)[0].rows[1][0] == name.lstrip("\u202e")


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("sponsor show", "no_sponsor"),
        ("benefit B9", "no_benefit"),
        ("benefit", "no_benefit"),
        ("sponsor edit P1 Gold", "which_field"),
        ("sponsor edit P1 cash: lots", "amount"),
        ("sponsor edit P1 cash: 200.000,50", "amount"),
        ("sponsor edit P1 cash: USD 30000", "currency"),
        (f"sponsor edit P1 tier: {'x' * 51}", "long"),
        ("benefit B1 perhaps", "unclear"),
        ("benefit B1 partly", "how_many"),
        ("benefit B1 partly 2", "all_of_it"),
        (f"benefit B1 delivered at {'x' * 201}", "long"),
        (f"benefit B1 proof https://example.org/{'x' * 500}", "long"),
        (f"sponsor benefit P1 {'x' * 301}", "long"),
        (f"sponsor add {STAR}", "known"),
        ("benefits import", "one_file"),
    ],
)
def test_what_is_refused(desk: Desk, line: str, refusal: str) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo x2")
    assert desk.mei.says(line).name == f"sponsors/refusals/{refusal}"


def test_a_letter_to_who_is_no_sponsor_after_all_does_not_go(desk: Desk) -> None:
    """One that was a partner as well is written to as that, once the letter is written anew."""
    desk.says(f"sponsor add {STAR}", f"partner add {STAR} kind: venue")
    with desk.chat.app.database.write() as db:
        add_letter(db, db.get_one(Meeting, desk.team.meeting), db.get_one(Party, 1))
    answer = desk.mei.says("sponsor drop P1")
    assert "Letter L1 is held back" in text(answer)
    assert "thanks renew M1 L1" in {one.line for one in buttons(answer)}
    assert "no longer one of the sponsors" in desk.says("thanks show L1")
