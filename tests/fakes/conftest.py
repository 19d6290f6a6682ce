"""A fake WeCom with two members, and wechatpy's client at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_stranger import Stranger


@pytest.fixture
def wecom() -> Iterator[FakeWecom]:
    with FakeWecom() as found:
        found.add_member("ZhangSan", "张三")
        found.add_member("lisi", "李四")
        yield found


@pytest.fixture
def client(wecom: FakeWecom) -> Stranger:
    return Stranger(wecom, wecom.app())
