"""Members, departments, the app itself and its menu, and who somebody is who came by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fakes.wecom_methods import corp_of, method, size, text_of, whole
from tests.fakes.wecom_state import App, Args, Body, Member, Refusal

if TYPE_CHECKING:
    from tests.fakes.wecom import FakeWecom

_CODE_SECONDS = 300


@method("user/get")
def _user(fake: FakeWecom, app: App, args: Args) -> Body:
    corp = corp_of(fake, app)
    member = corp.member(text_of(args, "userid", 40003))
    if member is None:
        raise Refusal(60111, "userid not found")
    if not corp.sees(app, member):
        raise Refusal(60011, "no privilege to access/modify contact/party/agent")
    return {
        "userid": member.id,
        "name": member.name,
        "department": member.departments,
        "main_department": member.departments[0],
        "is_leader_in_dept": [0] * len(member.departments),
        "direct_leader": [],
        "status": member.status,
    }


@method("user/simplelist")
def _users(fake: FakeWecom, app: App, args: Args) -> Body:
    corp, party = corp_of(fake, app), whole(args, "department_id", 40066)
    if party not in corp.departments:
        raise Refusal(60003, "department not found")
    inside = [member for member in corp.within(party) if corp.sees(app, member)]
    return {"userlist": [_short(member) for member in inside]}


def _short(member: Member) -> Body:
    return {"userid": member.id, "name": member.name, "department": member.departments}


@method("department/list")
def _departments(fake: FakeWecom, app: App, args: Args) -> Body:
    corp = corp_of(fake, app)
    return {
        "department": [
            {"id": one.id, "name": one.name, "parentid": one.parent, "order": one.id}
            for one in corp.departments.values()
            if any(party in app.departments for party in corp.upwards(one.id))
        ]
    }


@method("agent/get")
def _agent(fake: FakeWecom, app: App, args: Args) -> Body:
    if whole(args, "agentid", 40056) != app.agent:
        raise Refusal(42009, "access_token is not of this agentid")
    return {
        "agentid": app.agent,
        "name": app.name,
        "square_logo_url": "",
        "description": "",
        "allow_userinfos": {"user": [{"userid": user.casefold()} for user in sorted(app.users)]},
        "allow_partys": {"partyid": sorted(app.departments)},
        "allow_tags": {"tagid": []},
        "close": 0,
        "redirect_domain": app.trusted_domain,
        "report_location_flag": 0,
        "isreportenter": 1,
        "home_url": "",
    }


@method("auth/getuserinfo")
def _who(fake: FakeWecom, app: App, args: Args) -> Body:
    """A code is good once, for five minutes. Who is no member of the corp has an ``openid``."""
    code = text_of(args, "code", 40029)
    corp, userid, at = fake.codes.pop(code, ("", "", 0.0))
    if corp != app.corp or fake.now() - at > _CODE_SECONDS:
        raise Refusal(40029, "invalid code")
    member = corp_of(fake, app).member(userid)
    return {"userid": member.id} if member else {"openid": f"openid-{userid}"}


def authorize(fake: FakeWecom, address: str, userid: str) -> str:
    """Where WeCom's browser goes on to when ``userid`` opens ``…/connect/oauth2/authorize?…``.

    Raises ``Refusal`` where the page would say that the address is wrong.
    """
    parts = urlsplit(address)
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    corp = fake.corps.get(asked.get("appid", ""))
    if not parts.path.endswith("/connect/oauth2/authorize") or parts.fragment != "wechat_redirect" or corp is None:
        raise Refusal(40163, "no address of the authorization page")
    if asked.get("response_type") != "code" or asked.get("scope") not in {"snsapi_base", "snsapi_privateinfo"}:
        raise Refusal(40163, "invalid response_type or scope")
    back = asked.get("redirect_uri", "")
    if urlsplit(back).hostname not in {app.trusted_domain for app in corp.apps.values() if app.trusted_domain}:
        raise Refusal(50001, "redirect_uri is not trusted")
    query = urlencode({"code": fake.code(userid, corp=corp.id), "state": asked.get("state", "")})
    return f"{back}{'&' if urlsplit(back).query else '?'}{query}"


# --- the menu


@method("menu/create")
def _menu(fake: FakeWecom, app: App, args: Args) -> Body:
    """One to three buttons, each with one to five below it."""
    _own(app, args)
    buttons = args.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refusal(40016, "invalid button count")
    for button in buttons:
        _entry(button, 16)
        below = button.get("sub_button", [])
        if len(below) > 5:
            raise Refusal(40023, "invalid sub button count")
        for entry in below:
            if "sub_button" in entry:
                raise Refusal(40022, "invalid sub button level")
            _entry(entry, 40)
    app.menu = buttons
    return {}


_TYPES = {
    *("click", "view", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin"),
    *("location_select", "view_miniprogram"),
}


def _entry(button: Any, most: int) -> None:
    if not 1 <= size(button.get("name", "")) <= most:
        raise Refusal(40018, "invalid button name size")
    if button.get("sub_button"):
        return
    if button.get("type") not in _TYPES:
        raise Refusal(40017, "invalid button type")
    if button["type"] == "view":
        if not 1 <= size(button.get("url", "")) <= 1024:
            raise Refusal(40020, "invalid url size")
    elif button["type"] != "view_miniprogram" and not 1 <= size(button.get("key", "")) <= 128:
        raise Refusal(40019, "invalid key size")


@method("menu/get")
def _shown_menu(fake: FakeWecom, app: App, args: Args) -> Body:
    _own(app, args)
    if app.menu is None:
        raise Refusal(46003, "menu no exist")
    return {"button": app.menu}


@method("menu/delete")
def _no_menu(fake: FakeWecom, app: App, args: Args) -> Body:
    _own(app, args)
    app.menu = None
    return {}


def _own(app: App, args: Args) -> None:
    if whole(args, "agentid", 40056) != app.agent:
        raise Refusal(40056, "invalid agentid")
