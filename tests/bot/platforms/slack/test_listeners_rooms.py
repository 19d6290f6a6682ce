"""The Home tab, channels and people that come and go, the workflow step; and what the app listens to at all."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest

from bot.platforms.slack import names
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.people import profile
from bot.platforms.slack.tab import Tab
from storage import checklist, meetings, people, rooms
from storage.people import Person
from tests.bot.platforms.slack.office import ANN, BO, CHANNEL, Office


def person(house: Office, user: str) -> Person:
    with house.app.database.read() as db:
        account = people.account(db, 1, "slack", user)
        assert account is not None
        return people.get(db, account.person_id)


# --- what is listened to


def test_the_app_listens_to_what_its_manifest_names(house: Office) -> None:
    assert house.app.door is not None
    ours = Listeners(house.app.door.desk, Tab(house.app.door.desk))
    assert set(ours.events) == {name.partition(".")[0] for name in names.EVENTS}
    assert set(ours.shortcuts) == set(names.SHORTCUTS)


def test_what_nobody_listens_to_is_taken_quietly(house: Office) -> None:
    ann = house.person()
    for sent in (ann.event("emoji_changed"), ann.shortcut("from_an_earlier_time"), ann.command("/other")):
        assert house.does(sent) == {}
    assert house.slack.calls[1:] == []


# --- home


def test_home_shows_what_is_open_and_how_it_stands(begun: Office) -> None:
    begun.does(begun.person().command("/huihou", "assign T59 me"))
    begun.does(begun.alone().opens_home())
    tab = json.dumps(begun.slack.homes[ANN].body)
    assert "T59" in tab
    assert "Annual Conference" in tab


def test_without_a_meeting_home_says_how_to_begin(house: Office) -> None:
    house.does(house.alone().opens_home())
    assert "meeting new" in json.dumps(house.slack.homes[ANN].body)


def test_the_other_tab_publishes_nothing(begun: Office) -> None:
    begun.does(begun.alone().opens_home("messages"))
    assert begun.slack.homes == {}


def test_home_follows_what_its_reader_changes_and_nobody_else(begun: Office) -> None:
    begun.does(begun.person().command("/huihou", "assign T59 me"))
    begun.does(begun.alone().opens_home())
    begun.does(begun.person(BO).command("/huihou", "assign T60 me"))
    published = len(begun.slack.called("views.publish"))
    tab = begun.slack.homes[ANN].drawn("B")
    begun.does(begun.alone().presses_in(tab, "done M1-T59"))
    assert begun.app.door is not None
    begun.app.door.desk.pool.shutdown(wait=True)
    assert len(begun.slack.called("views.publish")) == published + 1
    assert set(begun.slack.homes) == {ANN}
    assert "done M1-T59" not in json.dumps(begun.slack.homes[ANN].body)
    assert "T59" in begun.texts(begun.own())[-1]


def test_home_that_cannot_be_published_is_no_harm(begun: Office) -> None:
    begun.slack.will("views.publish", error="internal_error")
    begun.does(begun.alone().opens_home())
    begun.does(begun.alone().opens_home())
    assert ANN in begun.slack.homes


def test_home_leaves_no_trace_in_the_journal(begun: Office) -> None:
    before = begun.told(begun.person().command("/huihou", "log"))["text"]
    begun.does(begun.alone().opens_home())
    assert begun.told(begun.person().command("/huihou", "log"))["text"] == before


# --- channels


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_the_bot_greets_where_it_is_invited_once(house: Office, times: int) -> None:
    house.does(house.person().joins(), times=times)
    house.does(house.person().joins())
    (hello,) = house.texts()
    assert "/huihou list" in hello
    assert "meeting new" in json.dumps(house.said()[0]["blocks"])


def test_it_greets_nobody_else(house: Office) -> None:
    house.does(house.person().joins(BO))
    assert house.said() == []


def test_where_a_meeting_runs_the_greeting_offers_it(begun: Office) -> None:
    begun.slack.add_channel("C0002", "press")
    begun.does(begun.person(channel="C0002").joins())
    assert "meeting list" in json.dumps(begun.said("C0002")[0]["blocks"])
    begun.does(begun.person().joins())
    assert "Annual Conference" in begun.texts()[-1]


# --- people


def test_people_are_known_by_name_zone_and_language(house: Office) -> None:
    house.slack.add_user("U0007", "李娜", locale="zh-CN", tz="Europe/Berlin")
    house.does(house.person("U0007").command("/huihou", "help"))
    row = person(house, "U0007")
    assert (row.name, row.locale, row.zone) == ("李娜", "zh_CN", "Europe/Berlin")


def test_slack_is_asked_once(house: Office) -> None:
    for _ in range(3):
        house.does(house.person().command("/huihou", "help"))
    assert len(house.slack.called("users.info")) == len(house.slack.called("conversations.open")) == 1
    assert house.app.door is not None
    house.app.door.desk.faces.seen.clear()
    house.does(house.person().command("/huihou", "help"))
    assert len(house.slack.called("users.info")) == 1


def test_while_slack_does_not_tell_people_are_called_as_they_are(house: Office) -> None:
    house.slack.will("users.info", status=503)
    assert house.told(house.person().command("/huihou", "people"))["text"]
    assert person(house, ANN).name == "Ann"


def test_who_waits_for_a_window_does_not_wait_for_a_slow_slack(house: Office) -> None:
    house.slack.will("users.info", slow=30)
    began = time.monotonic()
    house.does(house.person().shortcut("new_meeting"))
    assert time.monotonic() - began < 3
    assert house.window()["callback_id"] == "form"
    house.slack.released.set()


def test_who_was_met_while_slack_did_not_tell_is_asked_for_next_time(house: Office) -> None:
    house.slack.add_user("U0007", "李娜", locale="zh-CN", tz="Europe/Berlin", is_restricted=True)
    house.slack.will("users.info", status=503)
    house.does(house.person("U0007").shortcut("new_meeting"))
    assert (person(house, "U0007").name, person(house, "U0007").admin) == ("李娜", True)
    for _ in range(2):
        house.does(house.person("U0007").command("/huihou", "help"))
    row = person(house, "U0007")
    assert (row.locale, row.zone, row.admin) == ("zh_CN", "Europe/Berlin", False)
    assert len(house.slack.called("users.info")) == 2


def test_a_guest_is_never_the_first_admin(house: Office) -> None:
    house.slack.add_user("U0008", "Guest", is_restricted=True)
    house.does(house.person("U0008").command("/huihou", "help"))
    assert not person(house, "U0008").admin
    house.does(house.person(BO).command("/huihou", "help"))
    house.does(house.person().command("/huihou", "help"))
    assert (person(house, BO).admin, person(house, ANN).admin) == (True, False)


def test_bots_are_not_heard(house: Office) -> None:
    house.slack.add_user("U0009", "Robot", is_bot=True)
    house.does(house.person("U0009").mentions("help"))
    assert house.said() == []


def test_what_slack_tells_may_be_anything() -> None:
    assert profile({"id": "U1"}).name == "U1"
    told = profile({"id": "U1", "tz": "Mars/Olympus", "locale": "eo", "profile": {"display_name": "x" * 300}})
    assert (told.zone, told.locale, len(told.name)) == ("", "", 100)
    assert profile({"id": "USLACKBOT"}).bot


def gone(house: Office, user: str) -> Any:
    house.slack.users[user].deleted = True
    return house.person().event("user_change", user=house.slack.users[user].drawn())


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_what_somebody_had_who_has_left_goes_to_the_lead(begun: Office, times: int) -> None:
    begun.does(begun.person(BO).command("/huihou", "help"))
    begun.does(begun.person().command("/huihou", f"assign T59 <@{BO}>"))
    begun.does(gone(begun, BO), times=times)
    with begun.app.database.read() as db:
        task = checklist.get(db, 1, 59)
        assert task is not None
        assert checklist.assignees(db, [task.id])[task.id] == [person(begun, ANN).id]
    (told,) = begun.texts(begun.own())
    assert "Bo has left" in told
    assert "T59" in told


@pytest.mark.parametrize("times", [1, 2])
def test_when_the_only_admin_has_left_the_lead_takes_over(begun: Office, times: int) -> None:
    begun.does(begun.person(BO).command("/huihou", "help"))
    begun.does(begun.person().command("/huihou", f"role set lead <@{BO}>"))
    begun.does(begun.person().command("/huihou", "assign T59 me"))
    begun.does(gone(begun, ANN), times=times)
    assert (person(begun, ANN).admin, person(begun, BO).admin) == (False, True)
    with begun.app.database.read() as db:
        task = checklist.get(db, 1, 59)
        assert task is not None
        assert checklist.assignees(db, [task.id])[task.id] == [person(begun, BO).id]
    told = begun.texts(begun.own(BO))
    assert sum("You are now an administrator here" in text for text in told) == 1
    assert sum("Ann has left" in text for text in told) == 1


def test_a_change_that_is_no_leaving_changes_nothing(begun: Office) -> None:
    begun.does(begun.person(BO).command("/huihou", "help"))
    begun.does(begun.person().event("user_change", user=begun.slack.users[BO].drawn()))
    begun.does(gone(begun, begun.slack.add_user("U0010", "Nobody we know").id))
    assert begun.texts(begun.own()) == []


# --- conversations of two


def test_what_is_asked_among_others_is_told_to_who_asks(begun: Office) -> None:
    """A slash command works in a conversation of which the bot is no part."""
    begun.slack.add_channel("D0009", is_im=True, user=BO)
    answer = begun.does(begun.person(channel="D0009").command("/huihou", "status"))
    assert (answer["response_type"], "Annual Conference" in answer["text"]) == ("ephemeral", True)


def test_a_conversation_that_could_not_be_opened_is_one_room_all_the_same(house: Office) -> None:
    house.slack.will("conversations.open", status=503, times=2)
    house.does(house.alone().opens_home())
    house.does(house.alone().says("help"))
    house.does(house.alone().says("people"))
    with house.app.database.read() as db:
        own = rooms.direct(db, [person(house, ANN).id])
    assert [room.external for room in own] == [house.own()]


def test_a_channel_is_called_as_slack_calls_it(house: Office) -> None:
    house.slack.add_channel("C0005", "press", members=["UBOTT0001"])
    house.does(house.person().command("/huihou", "help"))
    house.does(house.person(channel="C0005").mentions("help"))
    with house.app.database.read() as db:
        assert {room.name for room in rooms.of_workspace(db, 1)} == {"Ann", "general", "press"}


# --- the step


def steps(house: Office, **more: str) -> Any:
    inputs = {"title": "Winter School", "end": "27 May 2026 17:00", "channel": CHANNEL, "lead": BO, **more}
    return house.person().runs_step(names.FUNCTION, **inputs)


@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_workflow_begins_a_checklist(house: Office, times: int) -> None:
    house.does(steps(house), times=times)
    with house.app.database.read() as db:
        (meeting,) = meetings.all_of(db, 1)
        assert meeting.name_en == "Winter School"
        assert people.roles_of(db, meeting.id, person(house, BO).id)
        count = len(checklist.tasks(db, meeting.id))
    done = house.slack.called("functions.completeSuccess")[-1]
    assert done["outputs"] == {"meeting": "M1", "task_count": count}
    assert len(house.said()) == 1


@pytest.mark.parametrize("more", [{"end": "whenever"}, {"title": ""}])
def test_a_workflow_hears_what_is_wrong(house: Office, more: dict[str, str]) -> None:
    house.does(steps(house, **more))
    (failed,) = house.slack.called("functions.completeError")
    assert failed["error"]
    assert house.slack.called("functions.completeSuccess") == []


# --- tokens


def test_a_revoked_token_is_forgotten(house: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[str] = []
    tokens = house.app.door.slack.tokens  # type: ignore[union-attr]
    monkeypatch.setattr(tokens, "forget", lambda team, **_: forgotten.append(team))
    house.does(house.person().command("/huihou", "help"))
    sent = house.person().revokes()
    house.does(sent)
    only_people = {**sent.payload["event"], "tokens": {"oauth": ["U1"], "bot": []}}
    house.does(replace(sent, payload={**sent.payload, "event": only_people}))
    house.does(house.person().uninstalls())
    assert forgotten == ["T0001", "T0001"]
