"""Groups at WeCom: made from chat, joined and left, called with @; webhooks; what the lead hears where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ask import Ask
from handlers.context import voice
from messages import Message
from messages.message import Attachment
from storage import checklist, rooms, wecom, workspace
from storage.rooms import Room
from tests.bot.platforms.wecom.office import LI, PUBLIC, WANG, Office, office, own, words
from tests.bot.test_kinds import PNG
from tests.fakes.wecom_state import AppChat, Shown, Trouble

ZHAO = "zhaoliu"
KEY = "693a91f6-7b1c-4bc4-97a0-0ec2sifa5aaa"
TEAM = "年会善后群"
TASKS = 5


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, apps={"main": own(hooks={"会务组": KEY})}) as made:
        made.wecom.add_webhook(KEY, "会务组")
        yield made


@pytest.fixture
def club(begun: Office) -> Office:
    """王芳 and 赵六 have opened the app once."""
    begun.wecom.add_member("ZhaoLiu", "赵六")
    for user in (WANG, ZHAO):
        begun.says(user, "帮助")
    begun.wecom.inboxes.clear()
    return begun


def group(house: Office) -> AppChat:
    [found] = house.wecom.corps[house.agent.corp].chats.values()
    return found


def room(house: Office, name: str) -> Room:
    with house.app.database.read() as db:
        home = workspace.find(db, "main")
        assert home is not None
        return next(one for one in rooms.of_teams(db, home.id) if one.name == name)


def said(house: Office) -> list[Shown]:
    return group(house).messages


def typed(house: Office, line: str) -> None:
    """At a terminal."""
    answer = house.app.dispatch.answer(Ask("console", "li", "li", line, event_id=line, direct=True))
    assert not answer.refused, answer
    house.settle()


# --- a group of the app's own


def test_a_group_is_made_from_chat_reminded_with_calls_and_changed(club: Office) -> None:
    answer = words(club.says(LI, f"群 新建 {TEAM} @王芳"))
    assert "正在建" in answer
    assert "李娜和王芳" in answer
    assert (group(club).name, group(club).owner, sorted(group(club).members)) == (TEAM, LI, [LI, WANG])
    assert "本群跟进 2026年会 的会后工作" in words(said(club))
    assert "请私下告诉我" in words(said(club))
    assert {one.kind for one in said(club)} == {"markdown"}

    club.says(LI, "分配 T59 @王芳")
    club.lives_until("2026-05-29 09:40")
    nudges = said(club)[1:]
    assert {one.kind for one in nudges} == {"text"}
    assert sorted(nudges[0].mentioned) == [LI, WANG]
    assert "T59 浇花 · 王芳" in words(nudges)
    assert "私聊我发送" in words(nudges)

    club.says(LI, "群 加人 @赵六")
    assert sorted(group(club).members) == [LI, WANG, ZHAO]
    assert "欢迎 赵六" in words(said(club)[-1:])
    club.says(LI, "群 移人 @王芳")
    assert sorted(group(club).members) == [LI, ZHAO]
    assert "王芳 已移出本群" in words(said(club)[-1:])


def test_nobody_is_called_who_is_away_or_no_member(club: Office) -> None:
    club.says(LI, f"群 新建 {TEAM} @王芳")
    club.says(LI, "分配 T59 @赵六")
    club.says(LI, "分配 T60 @王芳")
    club.says(WANG, "请假 2026-05-29..2026-05-30")
    club.wecom.clock += 60
    before = len(said(club))
    club.lives_until("2026-05-29 09:40")
    late = [one for one in said(club)[before:] if one.mentioned and "早上好" in one.words]
    assert [one.mentioned for one in late] == [[LI]]
    assert "T59 浇花 · 赵六" in words(late)


def test_a_group_that_wecom_made_before_we_could_write_it_down_is_made_once(club: Office) -> None:
    club.wecom.will("appchat/create", drop_after=True)
    club.says(LI, f"群 新建 {TEAM} @王芳")
    assert len(club.wecom.called("appchat/create")) == 2
    assert sorted(group(club).members) == [LI, WANG]
    assert len(said(club)) == 1


def test_who_was_added_meanwhile_is_in_it_too(club: Office) -> None:
    """The group was made, and before that was written down somebody was added."""
    club.says(LI, f"群 新建 {TEAM} @王芳")
    with club.app.database.write() as db:
        db.execute(wecom.group.delete())
    club.says(LI, "群 加人 @赵六")
    assert sorted(group(club).members) == [LI, WANG, ZHAO]


def test_nothing_is_asked_of_wecom_while_nobody_joins_or_leaves(club: Office) -> None:
    club.says(LI, f"群 新建 {TEAM} @王芳")
    club.lives_until("2026-05-29 09:40")
    assert len(said(club)) > 1
    assert (len(club.wecom.called("appchat/create")), len(club.wecom.called("appchat/update"))) == (1, 0)


def test_an_undo_leaves_the_group_behind_and_says_so_in_it(club: Office) -> None:
    club.says(LI, f"群 新建 {TEAM} @王芳")
    assert "王芳 不在群" in words(club.says(LI, "撤销"))
    assert "已撤销" in words(said(club)[-1:])
    assert sorted(group(club).members) == [LI, WANG]
    club.lives_until("2026-05-29 09:40")
    assert len(said(club)) == 2


def test_the_owner_may_leave(club: Office) -> None:
    club.says(LI, f"群 新建 {TEAM} @王芳 @赵六")
    assert group(club).owner == LI
    club.says(LI, "群 移人 我")
    assert (sorted(group(club).members), group(club).owner) == ([WANG, ZHAO], WANG)


# --- what stands in the way


@pytest.mark.parametrize(
    ("code", "why"), [(60011, "应用没有这项"), (86216, "有人进不了群"), (86006, "至少要有两个"), (86003, "群已经不")]
)
def test_the_lead_hears_in_private_why_a_group_cannot_be_made(club: Office, code: int, why: str) -> None:
    club.wecom.will("appchat/create", errcode=code)
    told = words(club.says(LI, f"群 新建 {TEAM} @王芳"))
    assert why in told
    assert f"错误码：{code}" in told
    assert club.wecom.corps[club.agent.corp].chats == {}


def test_a_change_of_members_tries_again_what_could_not_be_said(club: Office) -> None:
    club.wecom.will("appchat/create", errcode=86216)
    club.says(LI, f"群 新建 {TEAM} @王芳")
    assert club.wecom.corps[club.agent.corp].chats == {}
    club.says(LI, "群 加人 @赵六")
    assert sorted(group(club).members) == [LI, WANG, ZHAO]
    assert len(said(club)) == 2


def test_who_has_never_opened_the_app_is_asked_for(club: Office) -> None:
    club.says(LI, "人员 添加 周八")
    assert "还没在企业微信里和我说过话" in words(club.says(LI, f"群 新建 {TEAM} @周八"))
    assert "至少要有两个人" in words(club.says(LI, f"群 新建 {TEAM}"))
    assert club.wecom.called("appchat/create") == []


# --- groups that only have a webhook


def test_a_webhook_is_a_room_that_gets_the_morning_digest_and_what_to_type(club: Office) -> None:
    assert club.app.wecom is not None
    club.app.wecom.start()
    club.app.wecom.start()
    assert "会务组" in words(club.says(LI, "群 列表"))
    assert "已关联" in words(club.says(LI, "群 使用 会务组 M1"))
    assert "本群跟进 2026年会" in words(club.wecom.posted(KEY))
    club.says(LI, "分配 T59 @王芳")
    club.lives_until("2026-05-29 09:40")
    digest = [one for one in club.wecom.posted(KEY) if "早上好" in one.words]
    assert [sorted(one.mentioned) for one in digest] == [[LI, WANG]]
    assert "T59 浇花 · 王芳" in words(digest)
    assert "完成 M1-T" in words(digest)


def test_a_webhook_gets_pictures_and_files_after_the_words(club: Office) -> None:
    assert club.app.wecom is not None
    club.app.wecom.start()
    files = [("合影.png", PNG, "image/png"), ("总结.pdf", b"%PDF-1.7 report", "application/pdf")]
    kept = [(name, club.app.files.put([data], limit=1000), kind) for name, data, kind in files]
    given = tuple(Attachment(name=name, digest=one.digest, size=one.size, media_type=kind) for name, one, kind in kept)
    with club.app.database.write() as db:
        ctx = voice(db, workspace.by_key(db, "main"), room(club, "会务组"), club.app.clock.now(), {"wecom": 3100})
        ctx.promise("files", ctx.room, Message(name="x", locale="zh_CN", body="都在这里", files=given))
    club.settle()
    shown = club.wecom.posted(KEY)
    assert [one.kind for one in shown] == ["markdown_v2", "image", "file"]
    assert [one.media.data for one in shown if one.media] == [data for _, data, _ in files]


def test_a_file_is_handed_over_to_a_webhook_once_however_often_it_is_told_to_wait(club: Office) -> None:
    assert club.app.wecom is not None
    club.app.wecom.start()
    stored = club.app.files.put([b"%PDF-1.7 report"], limit=1000)
    report = Attachment(name="报告.pdf", digest=stored.digest, size=stored.size, media_type="application/pdf")
    club.wecom.will("webhook/send")
    club.wecom.will("webhook/send", times=3, errcode=45009)
    with club.app.database.write() as db:
        speaker = voice(db, workspace.by_key(db, "main"), room(club, "会务组"), club.app.clock.now(), {"wecom": 3100})
        speaker.promise("files", speaker.room, Message(name="x", locale="zh_CN", body="在这里", files=(report,)))
    club.settle()
    assert [one.kind for one in club.wecom.posted(KEY)][1:] == ["file"]
    assert len(club.wecom.called("webhook/upload_media")) == 1


@pytest.mark.parametrize("secret", ["s" * 40, ""], ids=["a browser chat", "none"])
def test_where_there_is_only_a_webhook_short_messages_are_cards_that_lead_to_the_browser_chat(
    tmp_path: Path, secret: str
) -> None:
    with office(tmp_path, apps={"main": {"hooks": {"会务组": KEY}}}, web={"secret": secret}) as house:
        house.wecom.add_webhook(KEY, "会务组")
        assert house.app.wecom is not None
        house.app.wecom.start()
        typed(house, "新建会议 2026年会 结束：2026-05-27 17:00")
        with house.app.database.write() as db:
            for task in checklist.tasks(db, 1):
                task.due_at += timedelta(days=90)
        typed(house, "添加 浇花 截止：2026-05-29 12:00")
        typed(house, "群 使用 会务组 M1")
        house.lives_until("2026-05-29 09:40")
        kinds = [(one.kind, one.body) for one in house.wecom.posted(KEY)]
    assert len(kinds) == 3
    assert {kind for kind, _ in kinds} == {"template_card" if secret else "markdown_v2"}
    if secret:
        digest = kinds[-1][1]
        assert digest["main_title"] == {"title": "早上好，今天有 1 件事要跟进"}
        assert digest["sub_title_text"].endswith("\n· T59 浇花 · 还没有人 · 今天 12:00 到期")
        assert digest["jump_list"] == [{"type": 1, "title": "打开网页聊天", "url": f"{PUBLIC}/"}]


def test_a_webhook_that_the_settings_no_longer_name_stays_a_room(club: Office) -> None:
    assert club.app.wecom is not None
    club.app.wecom.start()
    club.says(LI, "群 使用 会务组 M1")
    del club.app.settings.wecom.apps["main"].hooks["会务组"]
    club.lives_until("2026-05-29 09:40")
    [told] = [one.words for one in club.wecom.seen(LI) if "联系不上 会务组" in one.words]
    assert "消息推送已经失效" in told
    assert "hook" not in told
    assert "关联 M1" in words(club.says(LI, "群 列表"))


# --- asked too often


def test_every_part_of_a_digest_arrives_once_though_wecom_is_asked_too_often(club: Office) -> None:
    for number in range(TASKS):
        club.says(LI, f"添加 {'整理并归档现场收集到的全部纸质材料' * 5}{number} 截止：2026-05-29 12:00")
    club.says(LI, f"群 新建 {TEAM} @王芳")
    club.lives_until("2026-05-29 09:00")
    before = len(said(club))
    club.wecom.troubles["appchat/send"] += [Trouble(), Trouble(errcode=45009), Trouble(errcode=-1)]
    club.lives_until("2026-05-29 09:40")
    parts = said(club)[before:]
    assert len(parts) > 1
    assert not any(one.cut for one in parts)
    assert words(parts).count("早上好") == 1
    for number in range(TASKS):
        assert words(parts).count(f"现场收集到的全部纸质材料{number}") == 1
    assert club.wecom.troubles["appchat/send"] == []
