"""What is told of sponsors and partners is what their letters say."""

from __future__ import annotations

from storage import letters
from storage.letters import Letter
from tests.chat import text
from tests.handlers.sponsors.conftest import STAR, Desk

PHOTO = b"\xff\xd8\xff\xe0 a photo"


def letter(desk: Desk) -> Letter:
    with desk.chat.read() as db:
        (row,) = letters.of_meeting(db, desk.team.meeting)
        return row


def test_every_proof_is_enclosed_and_a_shortfall_is_owned_up_to(chinese: Desk) -> None:
    chinese.team.ann.says("设置 名称 广东省机械行业协会")
    chinese.says(f"赞助商 新增 {STAR} 级别：金牌 联系人：李娜", "赞助商 权益 P1 主背景板标志 2块")
    chinese.says("赞助商 权益 P1 会刊广告 1页", "权益 B2 未兑现 因为版面已满 补救：公众号推文两篇")
    chinese.says("权益 B1 已兑现 2块 在主会场 3月8日")
    chinese.mei.says("权益 B1 证明", files={"左.jpg": PHOTO, "右.jpg": PHOTO + b"2"})
    overview = chinese.mei.says("赞助商")
    chinese.mei.presses("起草信件", overview)
    row = letter(chinese)
    assert [one["name"] for one in row.facts["files"]] == ["左.jpg", "右.jpg"]
    shown = text(chinese.mei.says("致谢 查看 L1"))
    for words in (STAR, "主背景板标志", "2 块", "主会场", "左.jpg, 右.jpg", "版面已满", "公众号推文两篇"):
        assert words in shown


def test_a_dispute_keeps_the_letter_back(chinese: Desk) -> None:
    chinese.says(f"赞助商 新增 {STAR} 级别：金牌 联系人：李娜", "赞助商 权益 P1 展位", "权益 B1 已兑现")
    chinese.says("权益 B1 证明 https://example.org", "赞助商 争议 P1 尾款未付", "致谢 起草 赞助商")
    assert "dispute" in {one["why"] for one in letter(chinese).blocked}
    chinese.says("赞助商 了结 P1", "致谢 起草 赞助商")
    assert "dispute" not in {one["why"] for one in letter(chinese).blocked}
