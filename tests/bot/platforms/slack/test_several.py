"""Two associations on one bot: each has its own, none sees anything of the other; one comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.slack import install as pages
from bot.platforms.slack.tokens import Tokens
from storage import checklist, meetings, people, workspace
from tests.bot.platforms.slack.office import CHANNEL, TEAM, Office, office
from tests.bot.platforms.slack.several import OLD, PUBLIC, install
from tests.chat import at
from tests.fakes.slack_requests import Sender
from tests.fakes.slack_state import CLIENT, CLIENT_SECRET

OTHER, THERE, EVE = "T0002", "C0002", "U0009"
OWN = {
    "bot_token": "",
    "client_id": CLIENT,
    "client_secret": CLIENT_SECRET,
    "token_key": OLD,
    "public_url": PUBLIC,
}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Office]:
    """The app is in both; in each a meeting has begun."""
    with office(tmp_path, slack=OWN) as made:
        made.slack.rotating = True
        made.slack.add_team(OTHER, "Society")
        made.slack.add_user(EVE, "Eve", team=OTHER, locale="en-GB")
        made.slack.add_channel(THERE, "general", team=OTHER, members=[made.slack.teams[OTHER].bot_user, EVE])
        for team in (TEAM, OTHER):
            install(made.slack, tokens(made), team)
        made.does(made.person().command("/huihou", "meeting new Aqueduct Forum end: 27 May 2026 17:00"))
        made.does(eve(made).command("/huihou", "meeting new Lantern Congress end: 27 May 2026 17:00"))
        yield made


def tokens(house: Office) -> Tokens:
    slack: Any = house.app.platforms["slack"]
    found: Tokens = slack.tokens
    return found


def eve(house: Office) -> Sender:
    return Sender(house.slack, EVE, THERE, OTHER)


def answered(house: Office, who: Sender, line: str) -> str:
    return str(house.told(who.command("/huihou", line)))


def test_each_sees_its_own(two: Office) -> None:
    for line in ("meeting list", "list", "people", "status", "history", "today", "M1", "settings"):
        ours, theirs = answered(two, two.person(), line), answered(two, eve(two), line)
        assert "Lantern" not in ours, line
        assert "Eve" not in ours, line
        assert "Aqueduct" not in theirs, line
        assert "Ann" not in theirs, line
    assert "Aqueduct Forum" in answered(two, two.person(), "meeting list")
    assert "Lantern Congress" in answered(two, eve(two), "meeting list")


def test_each_changes_its_own(two: Office) -> None:
    for house in (two.person(), eve(two)):
        two.does(house.command("/huihou", "add Water the plants phase: 5 due: 29 May 2026 12:00"))
    answered(two, two.person(), "done M1-T59")
    assert [state_of(two, team, 59) for team in (TEAM, OTHER)] == ["done", "open"]


def state_of(house: Office, team: str, number: int) -> str:
    with house.app.database.read() as db:
        place = workspace.find(db, f"slack:{team}")
        assert place is not None
        [meeting] = meetings.all_of(db, place.id)
        return next(str(task.state) for task in checklist.tasks(db, meeting.id) if task.number == number)


def test_what_is_said_goes_out_with_the_token_of_the_place(two: Office) -> None:
    two.app.move_clock(at("2026-05-29 09:30"))
    two.settle()
    assert two.said(CHANNEL)
    assert two.said(THERE)
    for call in two.slack.calls:
        channel = two.slack.channels.get(str(call.args.get("channel")))
        if call.method.startswith("chat.") and channel is not None:
            assert call.token in two.slack.teams[channel.team].tokens
    assert not [text for text in two.texts(CHANNEL) if "Lantern" in text]
    assert not [text for text in two.texts(THERE) if "Aqueduct" in text]


def test_reminders_go_on_for_days_with_nobody_speaking(two: Office) -> None:
    """Tokens live for twelve hours; the scheduler alone renews them."""
    for day in ("2026-05-29", "2026-06-01", "2026-06-02"):
        before = len(two.said(CHANNEL))
        two.app.move_clock(at(f"{day} 09:30"))
        two.settle()
        assert len(two.said(CHANNEL)) > before, day


def test_when_the_app_is_removed_its_tokens_go_and_the_data_stays(two: Office) -> None:
    two.slack.clock += 1
    assert two.post(two.person().uninstalls()).status_code == 200
    assert tokens(two).authorize(TEAM) is None
    assert "Aqueduct" not in str(two.post(two.person().command("/huihou", "meeting list")).text)
    assert "Lantern Congress" in answered(two, eve(two), "meeting list")
    with two.app.database.read() as db:
        place = workspace.find(db, f"slack:{TEAM}")
        assert place is not None
        assert [person.name for person in people.everyone(db, place.id)] == ["Ann"]
    two.slack.clock += 60
    install(two.slack, tokens(two), TEAM)
    assert "Aqueduct Forum" in answered(two, two.person(), "meeting list")


def test_a_revoked_token_is_forgotten(two: Office) -> None:
    two.slack.clock += 1
    two.post(eve(two).revokes())
    assert tokens(two).authorize(OTHER) is None
    assert tokens(two).authorize(TEAM) is not None


def test_the_pages_stand_in_the_web_server(two: Office) -> None:
    two.slack.add_team("T0003", "Guild")
    page = two.http.get(pages.BEGIN)
    assert page.status_code == 200
    state = tokens(two).vault.seals.seal("nonce", pages.PURPOSE, at=tokens(two).now())
    two.http.cookies.set(pages.COOKIE, state, path="/slack")
    back = two.http.get(pages.BACK, params={"code": two.slack.code("T0003"), "state": state})
    assert "Guild" in back.text
    assert "style-src 'nonce-" in back.headers["content-security-policy"]
    assert tokens(two).authorize("T0003") is not None
