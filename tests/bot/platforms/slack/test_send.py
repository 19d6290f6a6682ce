"""Messages leave for Slack whole, once, at its pace; what keeps them from it is answered by name."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import unreachable
from bot.platforms import NotNow
from bot.platforms.slack.looking import Said
from bot.platforms.slack.sending import MOST_BEGUN
from bot.platforms.slack.tiers import Tiers
from messages import Message
from messages.message import Attachment, Button, Row
from storage import outbox, people, rooms, workspace
from storage.lanes import LEASE_MS
from storage.outbox import Promise
from storage.people import Role, RoleHolder
from storage.rooms import Room
from tests.bot.platforms.slack.office import ANN, BO, CHANNEL, Office

LONG = Message(
    name="x/long",
    locale="en",
    title="Long",
    rows=tuple(
        Row(text=f"**T{number}** {'word ' * 60}", buttons=(Button(label="Look", line=f"show M1-T{number}"),))
        for number in range(1, 60)
    ),
    about=("M1-T1",),
)


def word(text: str, **more: Any) -> Message:
    return Message(name="x", locale="en", body=text, **more)


@dataclass
class Desk:
    """Promises to the channel, in its lane."""

    house: Office

    def room(self, external: str = CHANNEL) -> Room:
        with self.house.app.database.write() as db:
            place = workspace.by_key(db, "main", locale="en")
            return rooms.met(db, place.id, "slack", external, name="general")

    def promises(self, key: str, message: Message, *, room: str = CHANNEL, **more: Any) -> None:
        found = self.room(room)
        with self.house.app.database.write() as db:
            now = int(self.house.slack.clock * 1000)
            place: dict[str, Any] = {
                "lane_key": f"room:{found.id}",
                "platform": "slack",
                "interval_ms": 1000,
                "room_id": found.id,
            }
            outbox.promise(db, key, payload=message.model_dump_json(), now_ms=now, **place, **more)

    def says(self, key: str, message: Message, **more: Any) -> None:
        self.promises(key, message, **more)
        self.house.settle()

    def stores(self, name: str) -> Attachment:
        stored = self.house.app.files.put([b"a,b"], limit=10)
        return Attachment(name=name, digest=stored.digest, media_type="text/csv", size=3)

    def state(self, key: str) -> Promise:
        with self.house.app.database.read() as db:
            found = outbox.promised(db, key)
        assert found is not None
        return found[1]


@pytest.fixture
def desk(house: Office) -> Desk:
    return Desk(house)


# --- pages


def pages_of(house: Office) -> list[int]:
    return [one["metadata"]["event_payload"]["page"] for one in house.said()]


def test_a_long_message_comes_in_pages_at_slacks_pace(house: Office, desk: Desk) -> None:
    house.slack.strict = True
    desk.says("long", LONG)
    desk.says("next", word("next"))
    assert pages_of(house)[:-1] == list(range(1, len(house.said())))
    assert len(house.said()) > 3
    assert house.texts()[-1] == "next"
    assert {one["metadata"]["event_payload"]["key"] for one in house.said()} == {"long", "next"}
    posts = [call.at for call in house.slack.calls if call.method == "chat.postMessage"]
    assert len(posts) == len(house.said())
    assert all(then - at >= 1 for at, then in itertools.pairwise(posts))


def test_who_was_held_up_until_right_before_the_call_leaves_it_to_others(house: Office, desk: Desk) -> None:
    """Which is when the connection stands: an association's line may be slow."""
    moments = itertools.chain([0, 0, LEASE_MS / 1000], itertools.repeat(0))
    house.app.delivery.stopwatch = lambda: next(moments)
    desk.promises("one", word("hello"))
    house.app.delivery.drain()
    assert [call.method for call in house.slack.calls if call.method.startswith("chat.")] == []
    house.settle()
    assert house.texts() == ["hello"]


def test_other_rooms_do_not_wait_for_the_pages_of_one(house: Office, desk: Desk) -> None:
    desk.promises("long", LONG)
    desk.promises("other", word("hello"), room=house.own())
    house.app.delivery.drain()
    assert (len(house.said()), house.texts(house.own())) == (1, ["hello"])


def test_a_reply_under_any_page_means_its_task(begun: Office) -> None:
    Desk(begun).says("long", LONG.model_copy(update={"about": ("M1-T59",)}))
    begun.does(begun.person().says("done", thread=begun.said()[1]["ts"]))
    assert "T59" in begun.texts()[-1]
    assert begun.said()[-1]["thread_ts"] == begun.said()[1]["ts"]


@pytest.mark.parametrize("trouble", [{"drop": True}, {"drop_after": True}, {"retry_after": 1}])
def test_a_process_that_died_between_pages_goes_on_where_it_was(
    house: Office, desk: Desk, trouble: dict[str, Any]
) -> None:
    house.slack.will("chat.postMessage")
    house.slack.will("chat.postMessage", **trouble)
    desk.promises("long", LONG)
    house.app.delivery.drain()
    house.app.platforms["slack"].begun.clear()  # type: ignore[attr-defined]
    house.slack.clock += 2
    house.settle()
    assert pages_of(house) == list(range(1, len(house.said()) + 1))


def test_two_processes_that_take_turns_at_one_message_say_each_page_once(house: Office, desk: Desk) -> None:
    here: Any = house.app.platforms["slack"]
    there: OrderedDict[str, Said] = OrderedDict()
    desk.promises("long", LONG)
    for _ in range(12):
        house.app.delivery.drain()
        here.begun, there = there, here.begun
        house.slack.clock += 2
    assert pages_of(house) == list(range(1, len(house.said()) + 1))
    assert (len(house.said()) > 3, desk.state("long")) == (True, Promise.SENT)


def test_messages_that_others_ended_are_not_kept_in_mind_for_ever(house: Office, desk: Desk) -> None:
    here: Any = house.app.platforms["slack"]
    here.begun |= {f"of others {number}": Said() for number in range(MOST_BEGUN)}
    desk.promises("long", LONG)
    house.app.delivery.drain()
    assert (len(here.begun), "long" in here.begun) == (MOST_BEGUN, True)


def test_threads_hang_on_the_first_page(house: Office, desk: Desk) -> None:
    desk.says("long", LONG)
    with house.app.database.read() as db:
        assert outbox.provider_id(db, "long") == house.said()[0]["ts"]


# --- once


@pytest.mark.parametrize("trouble", [{"drop": True}, {"drop_after": True}, {"status": 503}, {"error": "fatal_error"}])
def test_whatever_happens_on_the_way_it_stands_there_once(house: Office, desk: Desk, trouble: dict[str, Any]) -> None:
    house.slack.will("chat.postMessage", **trouble)
    desk.says("one", word("hello"))
    assert house.texts() == ["hello"]
    assert desk.state("one") == Promise.SENT


def test_without_the_right_to_look_it_is_said_again(house: Office, desk: Desk) -> None:
    house.slack.teams["T0001"].scopes.discard("channels:history")
    house.slack.will("chat.postMessage", drop_after=True)
    desk.says("one", word("hello"))
    assert house.texts() == ["hello", "hello"]


def test_in_a_thread_it_is_looked_for_there(house: Office, desk: Desk) -> None:
    root = house.person().says("a question").payload["event"]["ts"]
    house.slack.will("chat.postMessage", drop_after=True)
    desk.says("one", word("hello"), thread=root)
    assert [one["thread_ts"] for one in house.said()] == [root]


@pytest.mark.parametrize("trouble", [{}, {"drop_after": True}], ids=["heard", "lost"])
def test_a_thread_whose_beginning_is_gone_is_left(house: Office, desk: Desk, trouble: dict[str, Any]) -> None:
    house.slack.will("chat.postMessage")
    house.slack.will("chat.postMessage", **trouble)
    desk.says("one", word("hello"), thread="1.1")
    assert [one.get("thread_ts") for one in house.said()] == [None]


# --- patience


def test_slack_is_given_the_time_that_it_asks_for(house: Office, desk: Desk) -> None:
    house.slack.will("chat.postMessage", retry_after=30)
    began = house.slack.clock
    desk.says("one", word("hello"))
    tries = [call.at - began for call in house.slack.calls if call.method == "chat.postMessage"]
    assert tries[0] == 0
    assert 30 <= tries[1] < 32
    assert house.texts() == ["hello"]


def test_a_look_up_is_patient_too(house: Office, desk: Desk) -> None:
    house.slack.will("chat.postMessage", drop_after=True)
    house.slack.will("conversations.history", retry_after=10)
    desk.says("one", word("hello"))
    assert house.texts() == ["hello"]


@pytest.mark.parametrize("trouble", [{"status": 503}, {"error": "internal_error"}, {"drop": True}])
def test_a_look_up_that_finds_slack_out_of_order_is_no_reason_to_say_it_again(
    house: Office, desk: Desk, trouble: dict[str, Any]
) -> None:
    house.slack.will("chat.postMessage", drop_after=True)
    house.slack.will("conversations.history", **trouble)
    desk.says("one", word("hello"))
    assert house.texts() == ["hello"]


def test_what_slack_would_refuse_as_too_often_is_put_off_before_it_is_tried(house: Office, desk: Desk) -> None:
    assert house.app.door is not None
    house.app.door.slack.tiers.calls["main", "chat.update"].extend([house.slack.clock] * 50)
    began = house.slack.clock
    desk.says("one", word("hello"))
    desk.says("edit", word("goodbye"), edits="one")
    house.settle()
    (call,) = [call for call in house.slack.calls if call.method == "chat.update"]
    assert 60 <= call.at - began < 63
    assert house.texts() == ["goodbye"]


def test_what_one_workspace_uses_up_another_has() -> None:
    at = [datetime(2026, 6, 1, tzinfo=UTC)]
    tiers = Tiers(lambda: at[0])
    for _ in range(50):
        tiers.take("one", "chat.update")
    with pytest.raises(NotNow) as wait:
        tiers.take("one", "chat.update")
    assert wait.value.seconds == 60
    tiers.take("other", "chat.update")
    tiers.take("one", "chat.delete")
    at[0] += timedelta(minutes=1)
    tiers.take("one", "chat.update")


# --- changing


def test_an_edit_takes_the_place_and_posts_nothing(house: Office, desk: Desk) -> None:
    desk.says("one", word("hello"))
    before = house.said()[0]["blocks"][0]["block_id"]
    desk.says("edit", word("goodbye"), edits="one")
    (said,) = house.said()
    assert said["text"] == "goodbye"
    assert said["blocks"][0]["block_id"] != before
    assert said["metadata"]["event_payload"]["key"] == "one"


def test_every_page_is_changed_and_what_is_too_much_goes(house: Office, desk: Desk) -> None:
    desk.says("long", LONG)
    desk.says("shorter", LONG.model_copy(update={"rows": LONG.rows[:25], "title": "Short"}), edits="long")
    assert house.texts()[0].startswith("Short")
    assert [one for one in house.texts() if "T26" in one] == []
    desk.says("longer", LONG.model_copy(update={"title": "Long again"}), edits="long")
    assert "T59" in "".join(house.texts())
    assert house.said()[-1]["thread_ts"] == house.said()[0]["ts"]
    desk.says("one", word("all done"), edits="long")
    assert house.texts() == ["all done"]
    assert house.slack.called("conversations.history") == []


def test_what_grows_to_several_pages_can_be_changed_whole_again(house: Office, desk: Desk) -> None:
    desk.says("one", word("hello"))
    desk.says("longer", LONG, edits="one")
    assert len(house.said()) > 3
    desk.says("short", word("goodbye"), edits="one")
    assert house.texts() == ["goodbye"]


@pytest.mark.parametrize("trouble", [{"drop": True}, {"drop_after": True}, {"retry_after": 1}])
def test_a_page_that_a_change_adds_is_said_once(house: Office, desk: Desk, trouble: dict[str, Any]) -> None:
    """Whoever says it may die before it is written down."""
    desk.says("one", word("hello"))
    house.slack.will("chat.postMessage", **trouble)
    desk.promises("longer", LONG, edits="one")
    house.app.delivery.drain()
    house.slack.clock += 2
    house.settle()
    marks = [one["metadata"]["event_payload"] for one in house.said()]
    assert marks == [{"key": "one", "page": 1}, *({"key": "longer", "page": n} for n in range(2, len(marks) + 1))]


def test_what_can_no_longer_be_changed_is_let_be(house: Office, desk: Desk) -> None:
    desk.says("one", word("hello"))
    house.slack.channels[CHANNEL].messages.clear()
    desk.says("edit", word("goodbye"), edits="one")
    assert (house.said(), desk.state("edit")) == ([], Promise.DEAD)


# --- for one person


def test_only_the_reader_sees_it(house: Office, desk: Desk) -> None:
    desk.says("one", word("psst", private=True), reader=ANN, thread="")
    assert house.said() == []
    assert [(one["user"], one["text"]) for one in house.slack.ephemeral] == [(ANN, "psst")]


@pytest.mark.parametrize("reason", ["not_in_channel", "user_not_in_channel", "is_archived", "channel_not_found"])
def test_where_it_cannot_be_shown_to_one_person_it_is_said_to_them_alone(
    house: Office, desk: Desk, reason: str
) -> None:
    house.slack.will("chat.postEphemeral", error=reason)
    desk.says("one", word("psst", private=True), reader=ANN)
    assert house.texts(house.own()) == ["psst"]


def test_somebody_without_a_conversation_gets_one(house: Office, desk: Desk) -> None:
    desk.says("one", word("hello"), room=BO)
    desk.says("two", word("again"), room=BO)
    assert house.texts(house.own(BO)) == ["hello", "again"]
    assert len(house.slack.called("conversations.open")) == 1


# --- files


def test_files_hang_on_the_message(house: Office, desk: Desk) -> None:
    file = desk.stores("名单.csv")
    house.slack.will("files.completeUploadExternal", status=500)
    desk.says("one", word("here", files=(file,)))
    said, shared = house.said()
    assert shared["thread_ts"] == said["ts"]
    assert [one["name"] for one in shared["files"]] == ["名单.csv"]
    assert [one.data for one in house.slack.files.values() if one.complete] == [b"a,b"]


@pytest.mark.parametrize("reader", ["", ANN], ids=["all", "one"])
@pytest.mark.parametrize("trouble", [{"retry_after": 5}, {"error": "missing_scope"}], ids=["busy", "no right"])
def test_words_are_said_once_however_long_their_file_waits(
    house: Office, desk: Desk, trouble: dict[str, Any], reader: str
) -> None:
    house.slack.will("files.getUploadURLExternal", times=3, **trouble)
    desk.promises("one", word("here", files=(desk.stores("a.csv"),), private=bool(reader)), reader=reader)
    for _ in range(6):
        house.app.delivery.drain()
        house.app.platforms["slack"].begun.clear()  # type: ignore[attr-defined]
        house.slack.clock += 60
        unreachable.resume(house.app.database, "slack", now=house.app.clock.now())
    assert desk.state("one") == Promise.SENT
    said = [*house.texts(), *(str(one["text"]) for one in house.slack.ephemeral)]
    assert [text for text in said if text] == ["here\n\n📎 a.csv"]


def test_words_that_were_found_there_are_not_looked_for_again(house: Office, desk: Desk) -> None:
    house.slack.will("chat.postMessage", drop_after=True)
    house.slack.will("conversations.history")
    house.slack.will("conversations.history", error="missing_scope")
    house.slack.will("files.getUploadURLExternal", retry_after=5)
    desk.promises("one", word("here", files=(desk.stores("a.csv"),)))
    for _ in range(4):
        house.app.delivery.drain()
        house.app.platforms["slack"].begun.clear()  # type: ignore[attr-defined]
        house.slack.clock += 60
    assert (desk.state("one"), house.texts()) == (Promise.SENT, ["here\n\n📎 a.csv", ""])


def test_a_file_that_is_gone_is_named_and_the_words_are_said(house: Office, desk: Desk) -> None:
    file = Attachment(name="a.csv", digest="0" * 64, media_type="text/csv", size=3)
    desk.says("one", word("here", files=(file,)))
    assert house.texts() == ["here\n\n📎 a.csv"]


def test_a_file_for_one_person_comes_to_them_alone(house: Office, desk: Desk) -> None:
    file = desk.stores("a.csv")
    desk.says("one", word("here", files=(file,), private=True), reader=ANN)
    assert house.said() == []
    assert house.said(house.own())[0]["files"][0]["name"] == "a.csv"


# --- rooms that cannot be reached


@pytest.fixture
def led(house: Office, desk: Desk) -> Office:
    """Ann is the admin; Bo leads what is worked on in the channel."""
    for user in (ANN, BO):
        house.does(house.alone(user).says("help"))
    house.does(house.person().mentions("meeting new Annual Conference end: 27 May 2026 17:00"))
    with house.app.database.write() as db:
        bo = people.account(db, 1, "slack", BO)
        assert bo is not None
        for held in people.holders_of(db, 1, Role.LEAD):
            db.delete(held)
        db.add(RoleHolder(meeting_id=1, role=Role.LEAD, person_id=bo.person_id))
    return house


CLOSED = {
    "is_archived": "archived",
    "not_in_channel": "Invite me",
    "channel_not_found": "Invite me",
    "restricted_action": "posting permissions",
}


@pytest.mark.parametrize("reason", CLOSED)
def test_the_lead_is_told_once_and_nothing_is_lost(led: Office, desk: Desk, reason: str) -> None:
    before, heard = len(led.said()), len(led.said(led.own(BO)))
    led.slack.will("chat.postMessage", error=reason)
    desk.promises("one", word("hello"))
    led.app.settle()
    led.settle()
    assert desk.state("one") == Promise.READY
    told = led.texts(led.own(BO))[heard:]
    assert len(told) == 1
    assert CLOSED[reason] in told[0]
    assert "#general" in told[0]
    led.does(led.person().joins())
    assert len(led.texts(led.own(BO))) == heard + 1
    assert "hello" in led.texts()[before:]


def test_nobody_is_told_at_slack_that_slack_cannot_be_reached(led: Office, desk: Desk) -> None:
    with led.app.database.write() as db:
        bo = people.account(db, 1, "slack", BO)
        assert bo is not None
        rooms.met(db, 1, "console", "dm:bo", person_id=bo.person_id)
    led.slack.will("*", error="token_revoked", times=3)
    desk.promises("one", word("hello"))
    led.settle()
    with led.app.database.read() as db:
        found = {row.dedupe_key: row for row in db.execute(outbox.outbox.select()) if "unreachable" in row.dedupe_key}
    console = [row for row in found.values() if "install the app again" in row.payload]
    assert len(found) == len(console) == 1


def test_a_start_tries_again_where_it_could_not_be_said(house: Office, desk: Desk) -> None:
    house.slack.will("chat.postMessage", error="invalid_auth")
    desk.promises("one", word("hello"))
    house.app.delivery.drain()
    assert desk.state("one") == Promise.READY
    assert house.app.door is not None
    house.app.door.start()
    house.slack.clock += 2
    house.settle()
    assert house.texts() == ["hello"]


def test_what_has_waited_too_long_is_given_up_with_a_note(led: Office, desk: Desk) -> None:
    led.slack.will("chat.postMessage", error="is_archived")
    desk.promises("one", word("hello"))
    led.app.settle()
    heard = len(led.said(led.own(BO)))
    for day in range(1, 16):
        led.slack.clock += 86_400
        desk.promises(f"later {day}", word("later"))
        led.app.ticks.tick()
        led.app.delivery.drain()
    told = [text for text in led.texts(led.own(BO))[heard:] if "given up" in text]
    assert [text.split("\n")[0] for text in told] == ["I have given up 1 message for general"]
    assert [desk.state(key) for key in ("one", "later 1")] == [Promise.DEAD, Promise.READY]


@pytest.mark.parametrize("reason", ["invalid_blocks", "msg_too_long", "something_new"])
def test_what_slack_will_never_take_makes_way(house: Office, desk: Desk, reason: str) -> None:
    house.slack.will("chat.postMessage", error=reason)
    desk.says("one", word("hello"))
    desk.says("two", word("world"))
    assert (desk.state("one"), house.texts()) == (Promise.DEAD, ["world"])
