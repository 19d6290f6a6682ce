"""Sponsors and their benefits as people tell them, from the first line to the proof; and who may see what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from handlers.sheets import read
from storage import parties
from storage.files import File
from storage.materials import Material, PhotoKind
from storage.meetings import Meeting
from storage.parties import Capacity, Party, Taking
from storage.programme import Booth
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


def test_a_similar_name_is_asked_about(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}")
    asked = desk.mei.says("sponsor add 星辰能源 tier: Gold")
    assert asked.name == "known/refusals/alike"
    assert desk.mei.presses(f"P1 {STAR}", asked).name == "sponsors/refusals/known"
    desk.mei.presses("New: 星辰能源", asked)
    assert desk.sponsors()["星辰能源"].tier == "Gold"


def test_somebody_of_the_contacts_name_elsewhere_is_asked_about(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} contact: 李娜")
    asked = desk.mei.says(f"sponsor add {CLOUD} contact: 李娜")
    assert asked.name == "known/refusals/alike"
    assert CLOUD not in desk.sponsors()
    assert CLOUD not in desk.units()
    desk.mei.presses("New: 李娜", asked)
    assert desk.sponsors()[CLOUD].addressee_id == desk.party(4).id
    desk.says(f"sponsor edit {CLOUD} contact: P2")
    assert desk.sponsors()[CLOUD].addressee_id == desk.party(2).id


def test_which_of_several_is_meant_takes_out_what_the_form_left_empty(desk: Desk) -> None:
    desk.says(f"sponsor add {CLOUD} contact: 李娜", f"sponsor add {STAR} tier: Gold contract: HT-12")
    desk.says(f"sponsor edit {STAR}")
    asked = desk.mei.fills(tier="", contract="HT-13", contact="李娜")
    assert asked.name == "known/refusals/alike"
    desk.mei.presses("New: 李娜", asked)
    row = desk.sponsors()[STAR]
    assert (row.tier, row.contract_no, row.addressee_id) == ("", "HT-13", desk.party(4).id)
    assert desk.mei.presses("New: 李娜", asked).name == "sponsors/refusals/changed"


def contacts(desk: Desk) -> list[str]:
    with desk.chat.read() as db:
        return [one.name for one, _ in parties.of_meeting(db, desk.team.meeting, Capacity.SPONSOR_CONTACT)]


def test_whoever_is_no_longer_the_contact_is_none(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} contact: 李娜", "sponsor edit P1 contact: 王芳")
    assert contacts(desk) == ["王芳"]
    desk.says("sponsor edit P1 tier: Gold", "sponsor edit P1 contact: 王芳", "sponsor edit P1")
    assert contacts(desk) == ["王芳"]
    desk.mei.fills(contact="")
    assert contacts(desk) == []
    desk.says("undo")
    assert contacts(desk) == ["王芳"]


def test_a_dropped_sponsor_s_contacts_are_not_thanked_as_such(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} contact: 李娜", f"sponsor add {CLOUD} contact: P2", "sponsor drop P3")
    assert contacts(desk) == ["李娜"]
    desk.says("sponsor drop P1")
    assert contacts(desk) == []
    assert desk.mei.says("thanks draft sponsors").name == "thanks/refusals/nobody"


def test_money_is_not_for_everybody(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} cash: 200000 in_kind: 5万")
    for one in (desk.bo, desk.li, desk.mei):
        shown = one.says("sponsor show P1")
        assert "200000 CNY" in text(shown)
        assert shown.private
    for one in (desk.wang, desk.tao):
        assert "200000" not in text(one.says("sponsor show P1"))
    assert desk.tao.says("sponsor edit P1 cash: 5").name == "people/refusals/not_allowed"
    assert "cash" not in {
        field.name for field in (desk.tao.says("sponsor edit P1").form or pytest.fail("nothing was said")).fields
    }
    desk.tao.fills(tier="Gold")
    row = desk.sponsors()[STAR]
    assert (row.tier, row.cash, row.in_kind) == ("Gold", Decimal(200_000), Decimal(50_000))
    desk.says("sponsor edit P1")
    desk.mei.fills(cash="777777")
    assert "777777" not in text(desk.wang.says("log"))


def test_money_is_kept_as_it_was_said(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} cash: 1.23456万 in_kind: 1.23456789亿")
    row = desk.sponsors()[STAR]
    assert (row.cash, row.in_kind) == (Decimal("12345.6"), Decimal(123_456_789))
    desk.says("sponsor edit P1 cash: 12.345")
    assert desk.sponsors()[STAR].cash == Decimal("12.35")


def test_money_is_in_the_meetings_currency(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR} cash: 5")
    assert "meeting edit M1 currency: USD" in desk.says("sponsor edit P1 cash: USD 30000")
    assert desk.sponsors()[STAR].cash == Decimal(5)
    desk.team.bo.says("meeting edit M1 currency: USD")
    desk.says("sponsor edit P1 cash: USD 30000")
    assert desk.sponsors()[STAR].cash == Decimal(30_000)


def test_who_has_no_part_in_it_changes_nothing(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo x2")
    for line in ("sponsor add X", "sponsor edit P1 tier: A", "benefit B1 delivered", "sponsor benefit P1 Ad"):
        assert desk.wang.says(line).name == "people/refusals/not_allowed"
    assert buttons(desk.wang.says("sponsor show P1")) == []


def test_proofs(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    wanted = desk.mei.says("benefit B1 proof")
    assert wanted.upload
    assert wanted.upload.line == "benefit M1 B1 proof"
    several = desk.mei.says(wanted.upload.line, files={"a.jpg": PHOTO, "b.jpg": PHOTO + b"2"})
    assert "Proof: F1 a.jpg · F2 b.jpg" in text(several)
    assert desk.mei.says("benefit B1 proof soon").name == "sponsors/refusals/no_proof"
    with desk.chat.read() as db:
        kept = db.get_one(File, desk.benefits()["B1"].file_id)
    assert (kept.meeting_id, kept.material, kept.scope) == (desk.team.meeting, "benefit", "internal")
    desk.says("sponsor benefit P1 Ad")
    desk.mei.says("benefit B2 proof", files={"again.jpg": PHOTO})
    assert desk.benefits()["B2"].file_id == kept.id
    desk.says("benefit B2 proof F1 https://example.org/post")
    assert desk.benefits()["B2"].link == "https://example.org/post"


def test_one_proof_of_several_is_taken_out(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof https://example.org", files={"a.jpg": PHOTO, "b.jpg": PHOTO + b"2"})
    assert "Proof: F2 b.jpg · https://example.org" in desk.says("benefit B1 proof drop F1")
    assert desk.mei.says("benefit B1 proof drop F1").name == "sponsors/refusals/no_such_proof"
    desk.says("undo")
    assert "F1 a.jpg · F2 b.jpg" in desk.says("benefit B1")
    desk.says("benefit B1 proof drop F1 F2")
    assert "Proof: https://example.org" in desk.says("benefit B1")
    assert "There is no proof yet" in desk.says("权益 B1 证明 去掉 链接")


@pytest.mark.parametrize("words", ["F2 link", "F2 and the link", "F2 链接", "F2 Ｌｉｎｋ", "F2 https://example.org"])
def test_the_link_goes_with_the_files_where_it_is_named(desk: Desk, words: str) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof https://example.org", files={"a.jpg": PHOTO, "b.jpg": PHOTO + b"2"})
    assert "Proof: F1 a.jpg\n" in f"{desk.says(f'benefit B1 proof drop {words}')}\n"
    assert desk.benefits()["B1"].link == ""


def test_a_link_that_is_not_there_is_not_taken_out(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof", files={"a.jpg": PHOTO})
    assert desk.mei.says("benefit B1 proof drop F1 link").name == "sponsors/refusals/no_such_proof"
    assert "F1 a.jpg" in desk.says("benefit B1")
    desk.says("benefit B1 proof https://example.org")
    for words in ("https://example.org/other", "photo"):
        assert f"“{words}” is none of the proofs" in desk.says(f"benefit B1 proof drop {words}")
    assert desk.benefits()["B1"].link == "https://example.org"


def test_a_proof_that_is_dropped_is_none(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Logo", "benefit B1 delivered")
    desk.mei.says("benefit B1 proof", files={"a.jpg": PHOTO})
    assert "without proof" not in desk.says("sponsors")
    desk.says("file drop F1 because it shows another hall")
    assert "1 without proof" in desk.says("sponsors")
    desk.mei.says("benefit B1 proof", files={"b.jpg": PHOTO + b"2"})
    assert "Proof: F2 b.jpg" in desk.says("benefit B1")


def test_people_s_data_is_no_proof(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Leads")
    desk.mei.says("attendance import", files={"签到表.csv": "姓名,手机\r\n李娜,13800000001".encode()})
    desk.tao.says("attendance import", files={"签到表.csv": "姓名,手机\r\n李娜,13800000001".encode()})
    confirm = next(
        button.line for button in buttons(desk.tao.last or pytest.fail("nothing was said")) if button.primary
    )
    desk.tao.says(confirm)
    assert desk.mei.says("benefit B1 proof F2").name in {
        "sponsors/refusals/personal_proof",
        "people/refusals/not_allowed",
    }
    assert desk.benefits()["B1"].file_id is None


def test_photos_of_the_sponsor_s_stand_are_offered(desk: Desk) -> None:
    desk.says(f"sponsor add {STAR}", "sponsor benefit P1 Stand", "benefit B1 delivered")
    desk.team.gives(desk.mei, "attach T12", "stand.jpg", "other.jpg")
    with desk.chat.app.database.write() as db:
        stand = Booth(meeting_id=desk.team.meeting, name="星辰能源")
        db.add(stand)
        db.flush()
        file = db.query(File).filter_by(name="stand.jpg").one()
        file.meeting_id, file.material, file.photo, file.booth_id = 1, Material.PHOTO, PhotoKind.BOOTH, stand.id
        ref = file.ref
    wanted = desk.mei.says("benefit B1 proof")
    assert [button.label for button in buttons(wanted)] == [f"{ref} stand.jpg"]
    desk.mei.presses(f"{ref} stand.jpg", wanted)
    assert desk.benefits()["B1"].file_id == file.id


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
