"""``message/*`` at the fake WeCom: sent to people, cards replaced, messages taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes import wecom_cards
from tests.fakes.wecom_content import Content, of
from tests.fakes.wecom_methods import corp_of, mapping, method, names, own_agent, text_of, visible, whole
from tests.fakes.wecom_state import DAY, HOUR, App, Args, Body, Refusal, Shown, same

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

KINDS = {"text", "markdown", "textcard", "image", "voice", "video", "file", "news", "template_card"}
PER_MINUTE, PER_HOUR = 30, 1000
RESPONSE_CODE_HOURS = 72


@dataclass(frozen=True)
class Readers:
    """Who gets a message, and whom WeCom names as out of reach; all in lower case."""

    users: list[str]
    invalid: list[str]
    invalid_parties: list[str]
    unlicensed: list[str]


@method("message/send")
def _send(fake: FakeWecom, app: App, args: Args) -> Body:
    own_agent(app, args)
    readers = _readers(fake, app, args)
    content = of(fake, args, kinds=KINDS, corp=app.corp)
    _may_send_card(app, content)
    msgid = fake.id("msg")
    answer = {
        "invaliduser": "|".join(readers.invalid),
        "invalidparty": "|".join(readers.invalid_parties),
        "invalidtag": "",
        "unlicenseduser": "|".join(readers.unlicensed),
        "msgid": msgid,
    }
    if _said_before(fake, app, args):
        fake.duplicates.append(msgid)
        return answer
    for user in readers.users:
        _deliver(fake, app, user, _shown(fake, app, msgid, user, content))
    fake.sent_by[msgid] = app
    if content.kind == "template_card" and content.body["card_type"] in wecom_cards.INTERACTIVE:
        answer["response_code"] = fake.code_for(msgid, app)
    return answer


def _shown(fake: FakeWecom, app: App, msgid: str, user: str, content: Content) -> Shown:
    return Shown(
        msgid,
        content.kind,
        dict(content.body),
        fake.now(),
        app,
        user,
        content.cut,
        mentioned=content.mentioned,
        media=content.media,
    )


def _readers(fake: FakeWecom, app: App, args: Args) -> Readers:
    corp, asked = corp_of(fake, app), _split(args, "touser", 1000)
    parties = _split(args, "toparty", 100)
    if len(_split(args, "totag", 100)) + len(parties) + len(asked) == 0:
        raise Refusal(40003, "touser, toparty and totag are empty")
    everybody = asked == ["@all"]
    names = list(corp.members) if everybody else asked
    valid = [user for user in names if visible(fake, app, user)]
    no_party = [party for party in parties if not party.isdigit() or int(party) not in corp.departments]
    for party in (int(party) for party in parties if party not in no_party):
        valid += [member.id for member in corp.within(party) if visible(fake, app, member.id)]
    valid = list(dict.fromkeys(valid))
    if not valid:
        raise Refusal(81013, "user & party & tag all invalid")
    unlicensed = [user for user in valid if not corp.members[user].licensed]
    invalid = [] if everybody else [user for user in asked if user not in valid]
    return Readers([user for user in valid if user not in unlicensed], invalid, no_party, unlicensed)


def _split(args: Args, name: str, most: int) -> list[str]:
    found = args.get(name) or ""
    if not isinstance(found, str):
        raise Refusal(40058, f"{name} is no string")
    several = [one.strip().casefold() for one in found.split("|") if one.strip()]
    if len(several) > most:
        raise Refusal(40058, f"{name} holds at most {most}")
    return several


def _may_send_card(app: App, content: Content) -> None:
    """A card that answers wants a callback; its ``task_id`` was never used before by this app."""
    if content.kind != "template_card":
        return
    if not app.has_callback and (content.body["card_type"] in wecom_cards.INTERACTIVE or "action_menu" in content.body):
        raise Refusal(40058, "the app has no callback url")
    task_id = content.body.get("task_id")
    if task_id in app.task_ids:
        raise Refusal(42014, "task_id was used before")
    if task_id:
        app.task_ids.add(task_id)


def _said_before(fake: FakeWecom, app: App, args: Args) -> bool:
    """With ``enable_duplicate_check`` the same JSON reaches nobody twice within the interval."""
    interval = whole(args, "duplicate_check_interval") if args.get("duplicate_check_interval") else 1800
    if interval > 4 * HOUR:
        raise Refusal(40058, "duplicate_check_interval is at most 4 hours")
    content = same(args)
    last = app.said.get(content)
    if args.get("enable_duplicate_check") and last is not None and fake.now() - last < interval:
        return True
    app.said[content] = fake.now()
    return False


def _deliver(fake: FakeWecom, app: App, user: str, shown: Shown) -> None:
    """Thirty a minute and a thousand an hour reach a member from one app; what is beyond is lost without a word."""
    times = fake.reached[app.corp, app.agent, user]
    times[:] = [at for at in times if fake.now() - at < HOUR]
    if fake.limits and (len(times) >= PER_HOUR or sum(fake.now() - at < 60 for at in times) >= PER_MINUTE):
        fake.dropped.append(shown)
        return
    times.append(fake.now())
    fake.inboxes[app.corp, user].append(shown)
    fake.delivered[shown.msgid].append(shown)


@method("message/update_template_card")
def _update(fake: FakeWecom, app: App, args: Args) -> Body:
    own_agent(app, args)
    code = fake.response_codes.get(text_of(args, "response_code"))
    if code is None or code.app is not app or code.used or fake.now() - code.at > RESPONSE_CODE_HOURS * HOUR:
        raise Refusal(40058, "invalid response_code")
    change = _change(app, args, fake.delivered[code.msgid])
    code.used = True
    asked = {copy.user for copy in fake.delivered[code.msgid]} if args.get("atall") else set(names(args, "userids"))
    reached = {copy.user: copy for copy in fake.delivered[code.msgid] if copy.user in asked and not copy.recalled}
    for copy in reached.values():
        put(copy, change)
    return {"invaliduser": sorted(asked - set(reached))}


def _change(app: App, args: Args, copies: list[Shown]) -> Body:
    """The greyed button's text under ``replace_name``, or a whole card."""
    if ("button" in args) == ("template_card" in args):
        raise Refusal(40058, "either button or template_card")
    if "button" in args:
        return {"replace_name": text_of(mapping(args, "button"), "replace_name")}
    card = wecom_cards.check(args["template_card"], update=True)
    task_id = card.get("task_id")
    if task_id in app.task_ids and task_id not in {copy.task_id for copy in copies}:
        raise Refusal(42014, "task_id was used before")
    if task_id:
        app.task_ids.add(task_id)
    return card


def put(copy: Shown, change: Body) -> None:
    """What one person sees after an update."""
    copy.updates += 1
    if "replace_name" in change:
        copy.replaced = change["replace_name"]
        return
    copy.body = {"task_id": copy.task_id, **change} if copy.task_id else dict(change)
    copy.replaced = str(change.get("replace_text", ""))


@method("message/recall")
def _recall(fake: FakeWecom, app: App, args: Args) -> Body:
    msgid = text_of(args, "msgid")
    copies = [copy for copy in fake.delivered[msgid] if copy.app is app]
    if fake.sent_by.get(msgid) is not app:
        raise Refusal(40058, "invalid msgid")
    if any(fake.now() - copy.at > DAY for copy in copies):
        raise Refusal(40058, "msgid is older than 24 hours")
    for copy in copies:
        copy.recalled = True
    return {}
