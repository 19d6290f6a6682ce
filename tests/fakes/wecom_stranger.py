"""wechatpy's own client, pointed at the fake: neither knows the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from wechatpy.enterprise import WeChatClient
from wechatpy.exceptions import WeChatClientException

from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AGENT, App

TEXT = {"msgtype": "text", "text": {"content": "你好"}}


class Stranger(WeChatClient):  # type: ignore[misc]
    """``auto_retry`` is wechatpy's: another token when one is refused."""

    def __init__(self, wecom: FakeWecom, app: App, *, auto_retry: bool = False) -> None:
        self.API_BASE_URL = wecom.url
        super().__init__(app.corp, app.secret, timeout=5, auto_retry=auto_retry)

    def fetch_access_token(self) -> Any:
        given = {"corpid": self.corp_id, "corpsecret": self.secret}
        return self._fetch_access_token(url=f"{self.API_BASE_URL}gettoken", params=given)

    def sends(self, message: dict[str, Any], to: str = "zhangsan") -> dict[str, Any]:
        return dict(self.message.send(AGENT, to, msg=message))

    def shows(self, card: dict[str, Any], to: str = "zhangsan") -> dict[str, Any]:
        return self.sends({"msgtype": "template_card", "template_card": card}, to)


def refused(call: Callable[[], object]) -> int:
    """The errcode of what WeCom does not do."""
    with pytest.raises(WeChatClientException) as caught:
        call()
    return int(caught.value.errcode)
