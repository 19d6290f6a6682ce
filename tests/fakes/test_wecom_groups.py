"""Groups and robots of the fake WeCom, and calls that fail on purpose."""

from __future__ import annotations

import base64
import hashlib
import threading
from typing import Any

import pytest
import requests

from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_stranger import TEXT, Stranger, refused

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def test_an_app_makes_a_group_and_speaks_in_it(wecom: FakeWecom, client: Stranger) -> None:
    wecom.add_member("wangwu", "王五")
    made = client.post("appchat/create", data={"name": "年会", "userlist": ["ZhangSan", "lisi"], "chatid": "meeting1"})
    assert made["chatid"] == "meeting1"
    client.post("appchat/update", data={"chatid": "meeting1", "add_user_list": ["wangwu"], "del_user_list": ["lisi"]})
    info = client.get("appchat/get", params={"chatid": "meeting1"})["chat_info"]
    assert (info["userlist"], info["owner"]) == (["zhangsan", "wangwu"], "zhangsan")
    said = {"content": "请看 <@WangWu>", "mentioned_list": ["@all"]}
    client.post("appchat/send", data={"chatid": "meeting1", "msgtype": "text", "text": said, "safe": 0})
    (shown,) = wecom.room("meeting1")
    assert (shown.words, shown.mentioned) == ("请看 <@WangWu>", ["@all", "wangwu"])


def test_groups_have_their_limits(wecom: FakeWecom, client: Stranger) -> None:
    def create(**fields: Any) -> int:
        given = {"name": "年会", "userlist": ["zhangsan", "lisi"], **fields}
        return refused(lambda: client.post("appchat/create", data=given))

    other = Stranger(wecom, wecom.add_app(7, "secret-7"))
    other.post("appchat/create", data={"userlist": ["zhangsan", "lisi"], "chatid": "theirs"})
    assert create(userlist=["zhangsan"]) == 86006
    assert create(userlist=["zhangsan", "nobody"]) == 86216
    assert create(owner="nobody") == 86207
    assert create(chatid="with-dash") == 86001
    assert create(chatid="x" * 33) == 86001
    assert create(chatid="theirs") == 86215
    client.post("appchat/create", data={"userlist": ["zhangsan", "lisi"], "chatid": "ours"})
    change = {"chatid": "ours", "del_user_list": ["lisi"]}
    assert refused(lambda: client.post("appchat/update", data=change)) == 86006
    assert refused(lambda: client.post("appchat/update", data={"chatid": "ours", "owner": "nobody"})) == 86207
    assert refused(lambda: client.post("appchat/update", data={**change, "del_user_list": "lisi"})) == 40058
    hello = {"msgtype": "text", "text": {"content": "x"}}
    assert refused(lambda: client.post("appchat/send", data={"chatid": "theirs", **hello})) == 86008
    assert refused(lambda: client.post("appchat/send", data={"chatid": "none", **hello})) == 86003
    card = {"msgtype": "template_card", "template_card": {"card_type": "text_notice"}}
    assert refused(lambda: other.post("appchat/send", data={"chatid": "theirs", **card})) == 40008
    wecom.app().departments = set()
    wecom.app().users = {"zhangsan", "lisi"}
    assert create() == 60011


def _picture(data: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode(), "md5": hashlib.md5(data, usedforsecurity=False).hexdigest()}


def test_a_robot_posts_what_it_may_twenty_times_a_minute(wecom: FakeWecom) -> None:
    wecom.add_webhook("key-1")

    def post(kind: str, key: str = "key-1", **body: object) -> int:
        answer = requests.post(f"{wecom.url}webhook/send?key={key}", json={"msgtype": kind, kind: body}, timeout=5)
        return int(answer.json()["errcode"])

    media = {"media": ("名单.xlsx", b"123456")}
    uploaded = requests.post(f"{wecom.url}webhook/upload_media?key=key-1&type=file", files=media, timeout=5).json()
    picture = _picture(PNG)
    notice: dict[str, Any] = {"main_title": {"title": "x"}, "card_action": {"type": 1, "url": "https://example.org"}}
    assert post("text", content="大家好", mentioned_list=["lisi"]) == 0
    assert post("markdown_v2", content="- 一\n- 二") == 0
    assert post("image", **picture) == 0
    assert post("file", media_id=uploaded["media_id"]) == 0
    assert post("template_card", card_type="text_notice", **notice) == 0
    assert [one.kind for one in wecom.posted("key-1")] == "text markdown_v2 image file template_card".split()
    assert post("text", content="会" * 683) == 40058
    assert post("markdown", content="会" * 1366) == 40058
    assert post("image", base64=picture["base64"], md5="0") == 301019
    assert post("image", base64="会", md5="0") == 40058
    assert post("image", **_picture(b"GIF89a")) == 40004
    assert post("image", **_picture(PNG + b"\0" * (2 << 20))) == 40009
    assert post("news", articles=[]) == 40058
    assert post("template_card", card_type="vote_interaction") == 40058
    assert post("textcard", title="x") == 40008
    assert post("text", key="key-2", content="x") == 93000
    wecom.clock += 60
    assert [post("text", content="x") for _ in range(21)] == [0] * 20 + [45009]


# --- what goes wrong on purpose


def test_the_next_calls_fail_as_told(wecom: FakeWecom, client: Stranger) -> None:
    token = client.access_token
    wecom.will("message/send", errcode=45009, times=2)
    wecom.will("message/send", errcode=-1)
    assert [refused(lambda: client.sends(TEXT)) for _ in range(3)] == [45009, 45009, -1]
    wecom.will("*", status=502)
    assert requests.get(f"{wecom.url}user/get", {"access_token": token, "userid": "lisi"}, timeout=5).status_code == 502
    wecom.will("user/get", html=True)
    page = requests.get(f"{wecom.url}user/get", {"access_token": token, "userid": "lisi"}, timeout=5)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")
    assert wecom.seen("zhangsan") == []
    assert client.sends(TEXT)["errcode"] == 0


def test_a_call_hangs_is_dropped_or_slow(wecom: FakeWecom, client: Stranger) -> None:
    assert client.access_token
    wecom.will("message/send", hang=30)
    client.timeout = 0.1
    with pytest.raises(requests.ReadTimeout):
        client.sends(TEXT)
    client.timeout = 5
    wecom.will("message/send", drop=True)
    with pytest.raises(requests.ConnectionError):
        client.sends(TEXT)
    assert wecom.seen("zhangsan") == []
    wecom.will("message/send", drop_after=True)
    with pytest.raises(requests.ConnectionError):
        client.sends(TEXT)
    assert len(wecom.seen("zhangsan")) == 1
    wecom.will("message/send", slow=0.05)
    assert client.sends(TEXT)["errcode"] == 0


def test_a_test_can_wait_for_what_comes(wecom: FakeWecom, client: Stranger) -> None:
    sender = threading.Thread(target=client.sends, args=(TEXT,))
    sender.start()
    assert wecom.wait(lambda: wecom.seen("zhangsan"))
    sender.join()
    assert not wecom.wait(lambda: wecom.seen("lisi"), seconds=0.01)
    assert wecom.called("message/send")[0]["touser"] == "zhangsan"
