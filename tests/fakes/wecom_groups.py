"""Groups at the fake WeCom: those that an app made, and robots that only post."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fakes.wecom_content import Content, of, of_robot
from tests.fakes.wecom_methods import corp_of, method, names, text_of
from tests.fakes.wecom_state import ROOT, App, AppChat, Args, Body, Corp, Refusal, Shown, Webhook

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

KINDS = {"text", "image", "voice", "video", "file", "textcard", "news", "markdown"}
_CHATID = re.compile(r"[0-9A-Za-z]{1,32}")
LEAST, MOST, NAME, PER_MINUTE = 2, 2000, 50, 20


@method("appchat/create")
def _create(fake: FakeWecom, app: App, args: Args) -> Body:
    corp, members = _from_the_root(fake, app), names(args, "userlist")
    _checked_members(corp, members)
    if not LEAST <= len(members) <= MOST:
        raise Refusal(86006, f"a group has {LEAST} to {MOST} members")
    owner = str(args.get("owner") or members[0]).casefold()
    if owner not in members:
        raise Refusal(86207, "the owner is no member")
    chatid = str(args.get("chatid") or f"chat{fake.id('')}")
    if not _CHATID.fullmatch(chatid):
        raise Refusal(86001, "invalid chatid")
    if chatid in corp.chats:
        raise Refusal(86215, "chatid exists")
    corp.chats[chatid] = AppChat(chatid, str(args.get("name", ""))[:NAME], owner, members, app)
    return {"chatid": chatid}


@method("appchat/update")
def _update(fake: FakeWecom, app: App, args: Args) -> Body:
    corp, chat = _from_the_root(fake, app), chat_of(fake, app, args)
    added, gone = names(args, "add_user_list"), names(args, "del_user_list")
    _checked_members(corp, added)
    members = [*dict.fromkeys([*(user for user in chat.members if user not in gone), *added])]
    owner = str(args.get("owner") or chat.owner).casefold()
    if not LEAST <= len(members) <= MOST:
        raise Refusal(86006, f"a group has {LEAST} to {MOST} members")
    if owner not in members:
        raise Refusal(86207, "the owner is no member")
    chat.members, chat.owner = members, owner
    chat.name = str(args.get("name") or chat.name)[:NAME]
    return {}


@method("appchat/get")
def _get(fake: FakeWecom, app: App, args: Args) -> Body:
    chat = chat_of(fake, app, args)
    return {
        "chat_info": {
            "chatid": chat.chatid,
            "name": chat.name,
            "owner": chat.owner,
            "userlist": chat.members,
            "chat_type": 0,
        }
    }


@method("appchat/send")
def _send(fake: FakeWecom, app: App, args: Args) -> Body:
    _from_the_root(fake, app)
    chat = chat_of(fake, app, args)
    content = of(fake, args, kinds=KINDS, corp=app.corp)
    chat.messages.append(_shown(fake, content, app))
    return {}


def _from_the_root(fake: FakeWecom, app: App) -> Corp:
    if ROOT not in app.departments:
        raise Refusal(60011, "no privilege to access/modify contact/party/agent")
    return corp_of(fake, app)


def chat_of(fake: FakeWecom, app: App, args: Args) -> AppChat:
    """A group of this app's own."""
    found = corp_of(fake, app).chats.get(text_of(args, "chatid", 86201))
    if found is None:
        raise Refusal(86003, "chatid does not exist")
    if found.app is not app:
        raise Refusal(86008, "the group was made by another app")
    return found


def _checked_members(corp: Corp, members: list[str]) -> None:
    strangers = [user for user in members if user not in corp.members]
    if strangers:
        raise Refusal(86216, f"invalid members: {'|'.join(strangers)}")


def _shown(fake: FakeWecom, content: Content, app: App | None = None) -> Shown:
    return Shown(
        fake.id("msg"),
        content.kind,
        content.body,
        fake.now(),
        app,
        cut=content.cut,
        mentioned=content.mentioned,
        media=content.media,
    )


# --- robots that only post


def webhook_of(fake: FakeWecom, args: Args) -> Webhook:
    """No token and no list of addresses: who knows the key may post."""
    found = fake.webhooks.get(str(args.get("key", "")))
    if found is None:
        raise Refusal(93000, "invalid webhook url")
    return found


def post(fake: FakeWecom, args: Args) -> Body:
    robot = webhook_of(fake, args)
    robot.sent[:] = [at for at in robot.sent if fake.now() - at < 60]
    if fake.limits and len(robot.sent) >= PER_MINUTE:
        raise Refusal(45009, "api freq out of limit")
    robot.sent.append(fake.now())
    robot.messages.append(_shown(fake, of_robot(fake, args, robot.key)))
    return {}
