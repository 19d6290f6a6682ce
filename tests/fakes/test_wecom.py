"""The fake WeCom answers WeCom's clients as its documents say."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AGENT, CORP, DAY, HOUR, LEFT, SECRET, App, Refusal, Shown
from tests.fakes.wecom_stranger import TEXT, Stranger, refused

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def words(messages: list[Shown]) -> list[str]:
    return [message.words for message in messages]


# --- tokens and addresses


def test_a_token_lives_two_hours_and_is_given_again_meanwhile(wecom: FakeWecom, client: Stranger) -> None:
    first = client.fetch_access_token()["access_token"]
    wecom.clock += 7100
    assert client.fetch_access_token()["access_token"] == first
    wecom.clock += 101
    assert refused(lambda: client.user.get("lisi")) == 42001
    assert client.fetch_access_token()["access_token"] != first
    assert len(first) >= 512
    assert wecom.app().fetched == 3


def test_tokens_end_once_or_always_or_are_forgotten(wecom: FakeWecom) -> None:
    client = Stranger(wecom, wecom.app(), auto_retry=True)  # fetches another by itself
    client.user.get("lisi")
    wecom.expire(wecom.app())
    assert client.user.get("lisi")["name"] == "李四"
    wecom.forget(wecom.app())
    assert client.user.get("lisi")["name"] == "李四"
    assert wecom.app().fetched == 3
    wecom.app().always_expired = True
    assert refused(lambda: Stranger(wecom, wecom.app()).user.get("lisi")) == 42001


def test_who_has_no_business_here_is_told_so(wecom: FakeWecom, client: Stranger) -> None:
    assert refused(lambda: Stranger(wecom, App(1, "wrong", CORP, wecom)).access_token) == 40001
    assert refused(lambda: Stranger(wecom, App(1, SECRET, "wwother", wecom)).access_token) == 40013
    assert requests.get(f"{wecom.url}user/get", {"userid": "lisi"}, timeout=5).json()["errcode"] == 41001
    wecom.app().ip_listed = False
    assert client.access_token
    assert refused(lambda: client.user.get("lisi")) == 60020
    assert requests.post(f"{wecom.url}user/get", timeout=5).json()["errcode"] == 43001
    assert requests.get(f"{wecom.url}message/send", timeout=5).json()["errcode"] == 43002
    assert requests.post(f"{wecom.url}message/send", b"{", timeout=5).json()["errcode"] == 47001
    assert requests.get(f"{wecom.url}shout", timeout=5).status_code == 404


def test_a_failure_is_http_200_and_stands_in_the_headers_too(wecom: FakeWecom) -> None:
    answer = requests.get(f"{wecom.url}gettoken", {"corpid": CORP, "corpsecret": "no"}, timeout=5)
    assert (answer.status_code, answer.headers["Error-Code"]) == (200, "40001")
    assert "from ip: 203.0.113.7" in answer.json()["errmsg"]


def test_apps_and_corps_are_apart(wecom: FakeWecom, client: Stranger) -> None:
    wecom.add_corp("wwother")
    other = Stranger(wecom, wecom.add_app(AGENT, "secret-2", corp="wwother"))
    wecom.add_member("zhangsan", "另一位", corp="wwother")
    client.sends(TEXT)
    assert words(wecom.seen("zhangsan")) == ["你好"]
    assert wecom.seen("zhangsan", corp="wwother") == []
    assert other.user.get("zhangsan")["name"] == "另一位"
    assert {(call.corp, call.agent) for call in wecom.calls if call.path != "gettoken"} == {
        (CORP, AGENT),
        ("wwother", AGENT),
    }
    assert refused(lambda: client.message.send(7, "zhangsan", msg=TEXT)) == 42009


# --- messages to people


def test_userids_have_no_case_and_who_cannot_be_reached_is_named(wecom: FakeWecom, client: Stranger) -> None:
    wecom.member("lisi").licensed = False
    sent = client.sends(TEXT, "ZHANGSAN|LiSi|Nobody")
    assert (sent["invaliduser"], sent["unlicenseduser"]) == ("nobody", "lisi")
    assert (words(wecom.seen("ZhangSan")), wecom.seen("lisi")) == (["你好"], [])
    assert refused(lambda: client.sends(TEXT, "nobody")) == 81013
    assert refused(lambda: client.sends(TEXT, "")) == 40003


def test_the_visible_range_decides(wecom: FakeWecom, client: Stranger) -> None:
    wecom.add_department(2, "秘书处")
    wecom.add_department(3, "会务组", parent=2)
    wecom.member("lisi").departments = [3]
    wecom.app().departments = {2}
    assert client.sends(TEXT, "@all")["invaliduser"] == ""
    assert (wecom.seen("zhangsan"), len(wecom.seen("lisi"))) == ([], 1)
    client.message.send(AGENT, "", party_ids="2|77", msg={"msgtype": "text", "text": {"content": "部门"}})
    assert words(wecom.seen("lisi")) == ["你好", "部门"]
    assert refused(lambda: client.sends(TEXT, "zhangsan")) == 81013
    assert refused(lambda: client.user.get("zhangsan")) == 60011
    wecom.member("lisi").status = LEFT
    assert refused(lambda: client.sends(TEXT, "lisi")) == 81013


def test_too_long_words_are_cut_inside_no_character(wecom: FakeWecom, client: Stranger) -> None:
    client.sends({"msgtype": "markdown", "markdown": {"content": "会" * 683}})
    client.sends({"msgtype": "text", "text": {"content": "会" * 682}})
    long, whole = wecom.seen("zhangsan")
    assert (long.cut, long.body["content"]) == (True, "会" * 682)
    assert not whole.cut
    card = {"title": "会" * 43, "description": "x" * 512, "url": "https://example.org", "btntxt": "五个字的钮"}
    client.sends({"msgtype": "textcard", "textcard": card})
    shown = wecom.seen("zhangsan")[-1]
    assert (shown.cut, shown.body["title"], shown.body["btntxt"]) == (True, "会" * 42, "五个字的")


def test_empty_and_unknown_messages_are_refused(client: Stranger) -> None:
    assert refused(lambda: client.sends({"msgtype": "text", "text": {"content": ""}})) == 44004
    assert refused(lambda: client.sends({"msgtype": "markdown_v2", "markdown_v2": {"content": "x"}})) == 40008
    assert refused(lambda: client.sends({"msgtype": "text"})) == 40058
    assert refused(lambda: client.sends({"msgtype": "file", "file": {"media_id": "x"}})) == 40007
    assert refused(lambda: client.sends(TEXT, "|".join(f"u{at}" for at in range(1001)))) == 40058
    picture = client.media.upload("image", ("a.png", PNG, "image/png"))["media_id"]
    assert refused(lambda: client.sends({"msgtype": "file", "file": {"media_id": picture}})) == 40004
    assert refused(lambda: client.post("message/send", data={"agentid": AGENT, "touser": ["lisi"], **TEXT})) == 40058
    assert refused(lambda: client.post("message/send", data={"agentid": "x", "touser": "lisi", **TEXT})) == 40056
    long = {"msgtype": "textcard", "textcard": {"title": "x", "description": "x", "url": "h" * 2049}}
    assert refused(lambda: client.sends(long)) == 40058


def test_more_than_thirty_a_minute_are_lost_without_a_word(wecom: FakeWecom, client: Stranger) -> None:
    for number in range(31):
        client.sends({"msgtype": "text", "text": {"content": str(number)}}, "zhangsan|lisi" if number else "zhangsan")
    assert (len(wecom.seen("zhangsan")), words(wecom.dropped)) == (30, ["30"])
    assert len(wecom.seen("lisi")) == 30
    wecom.clock += 60
    client.sends(TEXT)
    assert words(wecom.seen("zhangsan"))[-1] == "你好"


def test_more_than_a_thousand_an_hour_are_lost_too(wecom: FakeWecom, client: Stranger) -> None:
    wecom.reached[CORP, AGENT, "zhangsan"] = [wecom.now() - 100] * 999
    client.sends(TEXT)
    client.sends(TEXT)
    assert (len(wecom.seen("zhangsan")), len(wecom.dropped)) == (1, 1)
    wecom.limits = False
    client.sends(TEXT)
    assert len(wecom.seen("zhangsan")) == 2


def test_the_same_twice_reaches_nobody_twice_when_asked(wecom: FakeWecom, client: Stranger) -> None:
    once = {**TEXT, "enable_duplicate_check": 1, "duplicate_check_interval": 600}
    first, second = client.sends(once)["msgid"], client.sends(once)["msgid"]
    assert (len(wecom.seen("zhangsan")), wecom.duplicates) == (1, [second])
    assert first != second
    wecom.clock += 600
    client.sends(once)
    client.sends(TEXT)
    client.sends(TEXT)
    assert len(wecom.seen("zhangsan")) == 4
    assert refused(lambda: client.sends({**once, "duplicate_check_interval": 4 * HOUR + 1})) == 40058


def test_a_message_is_taken_back_within_a_day(wecom: FakeWecom, client: Stranger) -> None:
    early, late = (client.sends(TEXT, "zhangsan|lisi")["msgid"] for _ in range(2))
    client.post("message/recall", data={"msgid": early})
    assert (len(wecom.seen("zhangsan")), len(wecom.seen("lisi"))) == (1, 1)
    wecom.clock += DAY + 1
    client.fetch_access_token()
    assert refused(lambda: client.post("message/recall", data={"msgid": late})) == 40058
    assert refused(lambda: client.post("message/recall", data={"msgid": "msg0"})) == 40058


# --- media


def test_a_file_is_uploaded_sent_and_fetched_whole_or_in_part(wecom: FakeWecom, client: Stranger) -> None:
    data = b'{"not": "an error"}'
    found = client.media.upload("file", ("报告 1.json", data, "application/json"))
    assert found["created_at"] == "1780000000"
    client.sends({"msgtype": "file", "file": {"media_id": found["media_id"]}})
    assert words(wecom.seen("zhangsan")) == ["报告 1.json"]
    asked = {"access_token": client.access_token, "media_id": found["media_id"]}
    whole = requests.get(f"{wecom.url}media/get", asked, timeout=5)
    assert whole.content == data
    assert "报告 1.json" in whole.headers["Content-Disposition"].encode("latin-1").decode()
    part = requests.get(f"{wecom.url}media/get", asked, headers={"Range": "bytes=2-4"}, timeout=5)
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"not", "bytes 2-4/19")
    beyond = requests.get(f"{wecom.url}media/get", asked, headers={"Range": "bytes=99-"}, timeout=5)
    assert beyond.status_code == 416
    wecom.clock += 3 * DAY + 1
    asked["access_token"] = client.fetch_access_token()["access_token"]
    assert requests.get(f"{wecom.url}media/get", asked, timeout=5).json()["errcode"] == 40007


def test_uploads_have_their_limits(client: Stranger) -> None:
    def upload(kind: str, name: str, data: bytes) -> int:
        return refused(lambda: client.media.upload(kind, (name, data, "application/octet-stream")))

    assert upload("file", "a.txt", b"12345") == 40006
    assert upload("file", "a.txt", b"") == 44001
    assert upload("file", "a.bin", b"x" * (20 << 20) + b"x") == 45001
    assert upload("voice", "a.amr", b"x" * (2 << 20) + b"x") == 45001
    assert upload("image", "a.png", PNG + b"\0" * (10 << 20)) == 45001
    assert upload("image", "a.gif", b"GIF89a....") == 40004
    assert upload("thumb", "a.png", PNG) == 40005
    assert refused(lambda: client.post("media/upload", params={"type": "file"}, data={})) == 41005


# --- people, the menu, and links


def test_people_are_read_as_far_as_the_app_sees(wecom: FakeWecom, client: Stranger) -> None:
    assert client.user.get("ZHANGSAN") == {
        "errcode": 0,
        "errmsg": "ok",
        "userid": "zhangsan",
        "name": "张三",
        "department": [1],
        "main_department": 1,
        "is_leader_in_dept": [0],
        "direct_leader": [],
        "status": 1,
    }
    assert refused(lambda: client.user.get("nobody")) == 60111
    wecom.add_department(2, "秘书处")
    assert [one["name"] for one in client.get("department/list")["department"]] == ["协会", "秘书处"]
    inside = client.get("user/simplelist", params={"department_id": 1})["userlist"]
    assert [one["userid"] for one in inside] == ["zhangsan", "lisi"]
    assert refused(lambda: client.get("user/simplelist", params={"department_id": 9})) == 60003
    assert refused(lambda: client.get("agent/get", params={"agentid": 7})) == 42009
    assert client.get("agent/get", params={"agentid": AGENT})["allow_partys"] == {"partyid": [1]}


def test_a_link_tells_who_opened_it(wecom: FakeWecom, client: Stranger) -> None:
    wecom.app().trusted_domain = "bot.example.org"
    start = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=" + CORP
    query = "&redirect_uri=https%3A%2F%2Fbot.example.org%2Fform&response_type=code&scope=snsapi_base&state=s"
    back = parse_qs(urlsplit(wecom.authorize(f"{start}{query}#wechat_redirect", "ZhangSan")).query)
    assert back["state"] == ["s"]
    ask = {"code": back["code"][0]}
    assert client.get("auth/getuserinfo", params=ask)["userid"] == "zhangsan"
    assert refused(lambda: client.get("auth/getuserinfo", params=ask)) == 40029
    late = wecom.code("zhangsan")
    wecom.clock += 301
    assert refused(lambda: client.get("auth/getuserinfo", params={"code": late})) == 40029
    assert "openid" in client.get("auth/getuserinfo", params={"code": wecom.code("guest")})
    for slip in (f"{start}{query}", f"{start}{query.replace('snsapi_base', 'all')}#wechat_redirect"):
        with pytest.raises(Refusal, match="40163"):
            wecom.authorize(slip, "zhangsan")
    with pytest.raises(Refusal, match="not trusted"):
        wecom.authorize(f"{start}{query.replace('bot.', 'evil.')}#wechat_redirect", "zhangsan")


def test_a_menu_keeps_its_measures(client: Stranger) -> None:
    def create(*buttons: dict[str, Any]) -> int:
        return refused(lambda: client.menu.create(AGENT, {"button": list(buttons)}))

    entry = {"type": "click", "name": "我的任务", "key": "my tasks"}
    assert refused(lambda: client.menu.get(AGENT)) == 46003
    client.menu.create(AGENT, {"button": [{"name": "会后", "sub_button": [entry] * 5}, entry]})
    assert client.menu.get(AGENT)["button"][0]["name"] == "会后"
    assert create(*[entry] * 4) == 40016
    assert create({"name": "会后", "sub_button": [entry] * 6}) == 40023
    assert create({"name": "会后", "sub_button": [{"name": "x", "sub_button": [entry]}]}) == 40022
    assert create({**entry, "name": "会" * 6}) == 40018
    assert create({**entry, "key": "x" * 129}) == 40019
    assert create({**entry, "type": "press"}) == 40017
    assert create({"type": "view", "name": "看板", "url": "h" * 1025}) == 40020
    assert refused(lambda: client.menu.get(7)) == 40056
    client.menu.delete(AGENT)
    assert refused(lambda: client.menu.get(AGENT)) == 46003
