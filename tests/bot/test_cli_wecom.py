"""WeCom from a terminal: which meeting its rooms follow."""

from __future__ import annotations

import pytest

from tests.bot.terminal import Shell

CORP = {"CORP_ID": "ww5823bf96d3bd56c7", "AGENT_ID": "1000002", "SECRET": "s3cret-of-the-app"}


@pytest.fixture
def club(huihou: Shell) -> Shell:
    """An association with two webhooks; two meetings run."""
    huihou.env |= {f"HUIHOU_WECOM__APPS__MAIN__HOOKS__{name}": f"key-of-{name}" for name in ("team", "board")}
    for name in ("Forum", "Gala"):
        huihou("say", f"meeting new {name} end: yesterday 17:00", "--as", "Ann", "--direct")
    return huihou


def test_webhooks_are_listed_with_what_they_follow(club: Shell) -> None:
    listed = club("wecom", "room", "list").stdout
    assert "2 rooms" in listed
    assert listed.count("follows no meeting") == 2
    assert listed.count("only to read") == 2
    assert "Follow M1" not in listed
    assert "未关联会议" in club("wecom", "room", "list", "--lang", "zh").stdout


@pytest.mark.parametrize(("room", "meeting"), [("team", "M1"), ("team", "1"), ("2", "M1"), ("#2", "m1")])
def test_a_room_follows_a_meeting_and_none_again(club: Shell, room: str, meeting: str) -> None:
    assert "team follows Forum now" in club("wecom", "room", "use", room, meeting, "--app", "main").stdout
    assert "follows M1 Forum" in club("wecom", "room", "list").stdout
    assert "team follows no meeting now" in club("wecom", "room", "use", room, "none").stdout
    assert "team · meeting: Forum → nothing" in club("say", "log", "--as", "Ann", "--direct").stdout
    assert "every one fits" in club("journal", "verify").stdout


def test_a_room_leaves_a_meeting_once_that_was_confirmed(club: Shell) -> None:
    club("wecom", "room", "use", "team", "M1")
    asked = club("wecom", "room", "use", "team", "M2", given="n\n", code=1).stdout
    assert "No other room follows Forum" in asked
    assert "follows M1 Forum" in club("wecom", "room", "list").stdout
    club("wecom", "room", "use", "team", "M2", given="y\n")
    assert "follows M2 Gala" in club("wecom", "room", "list").stdout
    club("wecom", "room", "use", "team", "M1", "--yes")
    assert "follows M1 Forum" in club("wecom", "room", "list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("cellar", "M1"), "I know no room “cellar”"),
        (("team", "M9"), "There is no meeting M9 here"),
        (("team", "tomorrow"), "room use"),
    ],
)
def test_what_is_not_there_is_named(club: Shell, words: tuple[str, str], told: str) -> None:
    assert told in club("wecom", "room", "use", *words, code=1).stdout
    assert club("wecom", "room", "list").stdout.count("follows no meeting") == 2


def test_of_several_associations_one_is_named(club: Shell) -> None:
    club.env |= {f"HUIHOU_WECOM__APPS__NORTH__{name}": value for name, value in CORP.items()}
    assert "--app and one of main and north" in club("wecom", "room", "use", "team", "M1", code=2).stderr
    assert "There are: main and north" in club("wecom", "room", "list", "--app", "south", code=1).stderr
    assert "No rooms yet" in club("wecom", "room", "list").stdout
    assert "No rooms yet" not in club("wecom", "room", "list", "--app", "main").stdout
    assert "team follows Forum now" in club("wecom", "room", "use", "team", "M1", "--app", "main").stdout


def test_without_any_association_it_says_where_to_begin(huihou: Shell) -> None:
    assert "docs/wecom.md" in huihou("wecom", "room", "list", code=1).stderr


# --- an association that has left

CLUB = "wecom:club"


@pytest.fixture
def left(huihou: Shell) -> Shell:
    """Ann has begun a meeting at an association that the settings do not name any more."""
    for where in (CLUB, "main"):
        huihou("say", "meeting new Forum end: yesterday 17:00", "--as", "Ann", "--direct", "--workspace", where)
    return huihou


def kept(huihou: Shell, where: str = CLUB) -> bool:
    listed = huihou("say", "meeting list", "--as", "Ann", "--direct", "--workspace", where, code=None)
    return "Forum" in listed.stdout


def test_what_an_association_leaves_behind_is_deleted_when_an_admin_says_so(left: Shell) -> None:
    asked = left("wecom", "delete", "club", given="n\n", code=1)
    assert "will be deleted: 1 meeting, 0 files." in asked.stdout
    assert kept(left)
    assert "is kept any more" in left("wecom", "delete", "club", given="y\n").stdout
    assert "Nothing is kept of an association club" in left("wecom", "delete", "club", code=1).stderr
    assert not kept(left)
    assert kept(left, "main")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_not_deleted_while_the_settings_name_it(left: Shell, lang: str) -> None:
    left.env |= {f"HUIHOU_WECOM__APPS__CLUB__{name}": value for name, value in CORP.items()}
    assert "HUIHOU_WECOM__APPS__CLUB__" in left("wecom", "delete", "club", "--yes", "--lang", lang, code=1).stderr
    assert kept(left)


def test_what_the_browser_chat_has_as_well_is_not_deleted(left: Shell) -> None:
    assert "browser chat" in left("wecom", "delete", "main", "--yes", code=1).stderr
    assert kept(left, "main")
