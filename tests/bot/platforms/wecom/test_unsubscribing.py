"""A reader at WeCom wants no more letters, in the association's app."""

from __future__ import annotations

from tests.bot.platforms.wecom.office import LI, WANG, Office, words
from tests.letters import entry


def test_a_reader_unsubscribes_by_word_and_takes_it_back_by_a_press(begun: Office) -> None:
    agent = begun.agent
    begun.does(WANG, lambda: agent.enters(WANG))
    begun.says(LI, "联系人 添加 王芳 邮箱：wang@example.org")
    assert "还认不出您是通讯录里的哪一位" in words(begun.says(WANG, "退订"))
    begun.says(LI, "联系人 账号 P1 @王芳")
    agent.times = 3
    assert "已为您退订" in words(begun.says(WANG, "请把我退订。"))
    assert entry(begun.app.database, 1).opted_out_at is not None
    assert "您已于5月28日（周四）退订" in words(begun.says(WANG, "退订"))
    begun.does(WANG, lambda: agent.presses(begun.card(WANG), "撤销退订"))
    assert entry(begun.app.database, 1).opted_out_at is None


def test_for_somebody_else_only_who_keeps_the_address_book_is_shown_the_way(begun: Office) -> None:
    begun.does(WANG, lambda: begun.agent.enters(WANG))
    begun.says(LI, "联系人 添加 王芳 邮箱：wang@example.org")
    assert "联系人 退订" not in words(begun.says(WANG, "退订 王芳"))
    assert entry(begun.app.database, 1).opted_out_at is None
    assert "联系人 退订 P12" in words(begun.says(LI, "退订 王芳"))
    begun.does(LI, lambda: begun.agent.presses(begun.card(), "不再给王芳发信"))
    assert entry(begun.app.database, 1).opted_out_at is not None
