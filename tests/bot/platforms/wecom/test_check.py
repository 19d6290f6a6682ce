"""WeCom from a terminal: what the doctor says of each association, and the menu at the foot of the app's chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.wecom.menu import menu
from handlers import router
from handlers.command import Menu
from tests.bot.terminal import Shell, shell
from tests.fakes.wecom import FakeWecom
from tests.fakes.wecom_state import AES_KEY, AGENT, CORP, SECRET, TOKEN

APP = {"corp_id": CORP, "agent_id": str(AGENT), "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY}
PUBLIC = "https://huihou.example.org"


@pytest.fixture
def wecom() -> Iterator[FakeWecom]:
    with FakeWecom() as found:
        yield found


@pytest.fixture
def huihou(tmp_path: Path, wecom: FakeWecom, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """One association with an app; its database is there."""
    monkeypatch.chdir(tmp_path)
    with shell(tmp_path / "data") as made:
        made.env |= {"HUIHOU_WECOM__API_URL": wecom.url, "HUIHOU_PUBLIC_URL": PUBLIC, **setting(**APP)}
        made("db", "upgrade")
        yield made


def setting(name: str = "main", **given: str) -> dict[str, str]:
    return {f"HUIHOU_WECOM__APPS__{name.upper()}__{one.upper()}": value for one, value in given.items()}


def found(huihou: Shell, *, code: int | None = None, lang: str = "en") -> dict[str, tuple[str, str]]:
    """What the doctor says of WeCom: level and sentence, by finding."""
    said = huihou.json("doctor", "--lang", lang, code=code)
    return {one["check"]: (one["level"], one["text"]) for one in said if one["check"].startswith("wecom")}


# --- the doctor


def test_an_app_that_is_well(huihou: Shell) -> None:
    assert found(huihou) == {
        "wecom": ("ok", "WeCom, main: the app “会后” answers."),
        "wecom_callback": ("ok", "WeCom, main: calls back at https://huihou.example.org/wecom/main."),
    }


def test_nothing_is_asked_where_wecom_is_off(huihou: Shell, wecom: FakeWecom) -> None:
    for name in setting(**APP):
        del huihou.env[name]
    assert list(found(huihou)) == ["wecom_off"]
    assert wecom.calls == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_address_that_is_not_trusted_is_named(huihou: Shell, wecom: FakeWecom, lang: str) -> None:
    wecom.app().ip_listed = False
    level, words = found(huihou, code=1, lang=lang)["wecom_address"]
    assert level == "fail"
    assert "203.0.113.7" in words
    assert "企业可信IP" in words
    assert "hint" not in words


@pytest.mark.parametrize("wrong", [{"secret": "of-nobody"}, {"corp_id": "ww0000000000000000"}])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_wrong_secret_is_named_and_not_shown(huihou: Shell, lang: str, wrong: dict[str, str]) -> None:
    huihou.env |= setting(**wrong)
    level, words = found(huihou, code=1, lang=lang)["wecom_secret"]
    assert level == "fail"
    assert "of-nobody" not in words
    assert "Secret" in words


def test_another_apps_number_is_named(huihou: Shell) -> None:
    huihou.env |= setting(agent_id="1000099")
    level, words = found(huihou, code=1)["wecom_refused"]
    assert level == "fail"
    assert "42009" in words
    assert "hint" not in words


@pytest.mark.parametrize("trouble", [{"status": 503}, {"drop": True}, {"html": True}])
def test_without_a_network_the_doctor_says_so_and_goes_on(
    huihou: Shell, wecom: FakeWecom, trouble: dict[str, Any]
) -> None:
    wecom.will("*", times=4, **trouble)
    said = found(huihou, code=0)
    assert said["wecom_away"][0] == "warn"
    assert "wecom_callback" in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_before_the_first_start_the_doctor_says_that_it_did_not_look(
    huihou: Shell, wecom: FakeWecom, tmp_path: Path, lang: str
) -> None:
    huihou.env["HUIHOU_DATABASE_URL"] = f"sqlite:///{tmp_path / 'empty.db'}"
    level, words = found(huihou, code=0, lang=lang)["wecom_unasked"]
    assert level == "warn"
    assert "huihou doctor" in words
    assert wecom.calls == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_app_that_hears_nothing_is_told_what_to_enter(huihou: Shell, lang: str) -> None:
    for name in setting(token="", aes_key=""):
        del huihou.env[name]
    level, words = found(huihou, lang=lang)["wecom_deaf"]
    assert level == "warn"
    assert "https://huihou.example.org/wecom/main" in words
    assert "EncodingAESKey" in words


def test_without_an_address_of_its_own_it_has_no_pages(huihou: Shell) -> None:
    del huihou.env["HUIHOU_PUBLIC_URL"]
    said = found(huihou)
    assert said["wecom_pages"][0] == "warn"
    assert "https://…/wecom/main" in said["wecom_callback"][1]


def test_webhooks_are_listed_without_their_keys(huihou: Shell) -> None:
    huihou.env |= {"HUIHOU_WECOM__APPS__CLUB__HOOKS__team": "secret-key-1", **setting("club", corp_id="")}
    del huihou.env["HUIHOU_WECOM__APPS__CLUB__CORP_ID"]
    assert found(huihou)["wecom_hooks"] == ("ok", "WeCom, club: posts to team.")
    assert "secret-key-1" not in huihou("doctor", code=None).stdout


def test_every_association_is_looked_at(huihou: Shell, wecom: FakeWecom) -> None:
    wecom.add_corp("ww2")
    wecom.add_app(7, "s2", corp="ww2", name="学会")
    huihou.env |= setting("society", corp_id="ww2", agent_id="7", secret="s2")
    said = huihou("doctor", code=None).stdout
    assert "WeCom, main: the app “会后” answers." in said
    assert "WeCom, society: the app “学会” answers." in said


# --- the menu


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_menu_is_put_below_the_app(huihou: Shell, wecom: FakeWecom, locale: str) -> None:
    assert "The menu of main is there" in huihou("wecom", "menu", "--locale", locale).stdout
    shown = wecom.app().menu
    assert shown == menu("zh_CN" if locale == "zh" else "en")["button"]
    assert ("任务" in str(shown)) == (locale == "zh")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_menu_is_made_of_the_commands_that_are_marked_for_it(locale: str) -> None:
    commands = [one for one in router.commands if one.menu]
    groups = menu(locale)["button"]
    entries = [entry for group in groups for entry in group["sub_button"]]
    assert len(groups) == len(Menu)
    assert {entry["key"] for entry in entries} == {one.name for one in commands}
    assert {entry["name"].lower() for entry in entries} == {one.verb(locale) for one in commands}


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_menu_is_within_what_wecom_takes(locale: str) -> None:
    groups = menu(locale)["button"]
    assert 1 <= len(groups) <= 3
    for group in groups:
        assert 1 <= len(group["sub_button"]) <= 5
        assert len(group["name"].encode()) <= 16
        for entry in group["sub_button"]:
            assert len(entry["name"].encode()) <= 40
            assert len(entry["key"].encode()) <= 128


def test_every_command_of_the_menu_can_be_said_without_a_word_more() -> None:
    assert [one.name for one in router.commands if one.menu and any(part.needed for part in one.parameters)] == []


def test_a_command_that_is_renamed_is_renamed_in_the_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    today = next(one for one in router.commands if one.name == "today")
    others = [one for one in router.commands if one is not today]
    monkeypatch.setattr(router, "commands", [*others, replace(today, names=("this day", "本日"))])
    keys = [entry["key"] for group in menu("en")["button"] for entry in group["sub_button"]]
    assert "this day" in keys
    assert "today" not in keys


def test_a_menu_of_an_earlier_release_is_told_of(huihou: Shell, wecom: FakeWecom) -> None:
    huihou("wecom", "menu")
    assert "wecom_menu" not in found(huihou)
    old = {"type": "click", "name": "打卡", "key": "clock in"}
    link = {"type": "view", "name": "官网", "url": "https://example.org"}
    wecom.app().menu = [{"name": "任务", "sub_button": [old, link]}, {"type": "click", "name": "今天", "key": "today"}]
    level, words = found(huihou, code=0, lang="zh")["wecom_menu"]
    assert level == "warn"
    assert "打卡" in words
    assert "今天" not in words
    assert "huihou wecom menu" in words


def test_the_menu_of_one_association_is_put_there_alone(huihou: Shell, wecom: FakeWecom) -> None:
    wecom.add_corp("ww2")
    wecom.add_app(7, "s2", corp="ww2")
    huihou.env |= setting("society", corp_id="ww2", agent_id="7", secret="s2")
    huihou("wecom", "menu", "society")
    assert wecom.app().menu is None
    assert wecom.app(7, "ww2").menu is not None
    huihou("wecom", "menu")
    assert wecom.app().menu is not None


@pytest.mark.parametrize("trouble", [{"errcode": 60020}, {"errcode": 40058}, {"status": 502}])
def test_a_menu_that_is_not_taken_says_what_to_do(huihou: Shell, wecom: FakeWecom, trouble: dict[str, Any]) -> None:
    wecom.will("menu/create", **trouble)
    told = huihou("wecom", "menu", code=1).stderr
    assert "huihou doctor" in told
    assert wecom.app().menu is None


def test_there_may_be_no_such_app(huihou: Shell) -> None:
    assert "HUIHOU_WECOM__APPS__CLUB__SECRET" in huihou("wecom", "menu", "club", code=1).stderr
