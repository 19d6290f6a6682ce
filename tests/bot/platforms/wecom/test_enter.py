"""Who opens a page: WeCom says who that is, and nobody else's page opens, whatever address they have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.bot.platforms.wecom.office import LI, PUBLIC, WANG, Office, office, own, words

ENDED = "/form/ended"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Office]:
    """The app trusts the domain of the pages."""
    with office(tmp_path, apps={"main": own(trusted_domain=True)}) as made:
        made.agent.trusted_domain = urlsplit(PUBLIC).hostname or ""
        yield made


@pytest.fixture
def address(house: Office) -> str:
    """What a message leads 李娜 to, who wants to begin a meeting."""
    house.does(WANG, lambda: house.agent.enters(WANG))
    house.says(LI, "新建会议")
    return house.page()


def goes(house: Office, address: str) -> str:
    """Where the browser is sent from there; "" where it is not."""
    return str(house.browser().get(address).headers.get("location", ""))


def opened(house: Office, address: str, user: str) -> str:
    """Where somebody ends who follows an address in WeCom's browser."""
    back = house.wecom.authorize(goes(house, address), user)
    return urlsplit(goes(house, back.removeprefix(PUBLIC))).path


def test_the_right_person_comes_to_the_form_and_sends_it(house: Office, address: str) -> None:
    assert address.startswith("/wecom/main/enter/")
    page = opened(house, address, LI)
    assert page.startswith("/form/")
    assert page != ENDED
    assert house.fills(page, name_zh="2026年会", end="2026-05-27 17:00")[0] == 200
    assert "“2026年会”的会后清单已备好" in words(house.wecom.seen(LI))


def test_wecom_is_asked_as_its_documents_say(house: Office, address: str) -> None:
    asked = goes(house, address)
    assert asked.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=")
    assert asked.endswith("#wechat_redirect")
    assert "scope=snsapi_base" in asked


def test_the_way_in_opens_nothing_by_itself(house: Office, address: str) -> None:
    token = address.rpartition("/")[2]
    assert house.browser().get(f"/form/{token}").status_code == 410
    assert house.browser().get(f"{address}?code=").headers["location"].startswith("https://open.weixin.qq.com/")


def test_another_person_comes_to_no_page(house: Office, address: str) -> None:
    assert opened(house, address, WANG) == ENDED
    ended = house.browser().get(ENDED, headers={"accept-language": "zh-CN"})
    assert ended.status_code == 404
    assert "再说一次" in ended.text
    assert "结束时间" not in ended.text


def test_who_is_no_member_comes_to_no_page(house: Office, address: str) -> None:
    assert opened(house, address, "stranger") == ENDED


@pytest.mark.parametrize("code", ["forged", "x" * 2000, "../../etc"])
def test_a_forged_code_comes_to_no_page(house: Office, address: str, code: str) -> None:
    assert goes(house, f"{address}?code={code}").endswith(ENDED)


def test_a_code_is_good_once(house: Office, address: str) -> None:
    back = house.wecom.authorize(goes(house, address), LI).removeprefix(PUBLIC)
    assert not goes(house, back).endswith(ENDED)
    assert goes(house, back).endswith(ENDED)


def test_a_code_of_a_while_ago_comes_to_no_page(house: Office, address: str) -> None:
    back = house.wecom.authorize(goes(house, address), LI).removeprefix(PUBLIC)
    house.wecom.clock += 400
    assert goes(house, back).endswith(ENDED)


def test_the_right_person_may_come_again_until_it_is_sent(house: Office, address: str) -> None:
    pages = {opened(house, address, LI) for _ in range(3)}
    assert ENDED not in pages
    house.fills(pages.pop(), name_zh="2026年会", end="2026-05-27 17:00")
    assert opened(house, address, LI) == ENDED


def test_after_a_day_it_is_over(house: Office, address: str) -> None:
    house.wecom.clock += 25 * 3600
    assert opened(house, address, LI) == ENDED


@pytest.mark.parametrize("path", ["/wecom/main/enter/forged", "/wecom/main/enter/" + "0" * 64])
def test_an_address_of_no_page_comes_to_none(house: Office, path: str) -> None:
    assert opened(house, path, LI) == ENDED


def test_an_association_that_is_not_there_has_no_way_in(house: Office, address: str) -> None:
    assert house.browser().get(address.replace("/main/", "/other/")).status_code == 404


@pytest.mark.parametrize("trouble", [{"errcode": 45009}, {"status": 502}, {"drop": True}])
def test_where_wecom_does_not_answer_nothing_opens(house: Office, address: str, trouble: dict[str, int]) -> None:
    house.wecom.will("auth/getuserinfo", **trouble)
    assert opened(house, address, LI) == ENDED
    assert opened(house, address, LI).startswith("/form/")


def test_a_place_for_files_is_entered_in_the_same_way(house: Office, address: str) -> None:
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00")
    house.says(LI, "完成 T1")
    upload = house.page()
    assert opened(house, upload, WANG) == ENDED
    page = opened(house, upload, LI)
    assert page.startswith("/upload/")
    assert "已发到聊天里" in house.uploads(page, {"现场.jpg": b"\xff\xd8\xff\xe0 a photo"})


def test_without_trust_the_address_is_the_persons_own(tmp_path: Path) -> None:
    with office(tmp_path) as plain:
        plain.says(LI, "新建会议")
        assert plain.page().startswith("/form/")
        assert plain.browser().get("/wecom/main/enter/x").status_code == 404
