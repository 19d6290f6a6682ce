"""An admin sees what could not be said and where the bot has fallen silent, and has it tried again or dropped."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import insert, select, update

from messages import Message
from storage import outbox, rooms
from storage.outbox import Promise
from storage.rooms import Room
from storage.workspace import Workspace
from tests.chat import Chat, Place, Somebody, buttons, text


@dataclass
class Post:
    """``ann`` is the admin, ``li`` is not; both talk in the team's room, which is room 1."""

    chat: Chat
    ann: Somebody
    li: Somebody

    def lose(self, key: str, words: str = "Due today: **T12**", *, room: int = 1, error: str = "is_archived") -> int:
        """A message that was given up; its number."""
        self.promise(key, words, room=room)
        with self.chat.app.database.write() as db:
            row = outbox.outbox
            db.execute(update(row).where(row.c.dedupe_key == key).values(state=Promise.DEAD, error=error))
            return int(db.scalar(select(row.c.id).where(row.c.dedupe_key == key)) or 0)

    def promise(self, key: str, words: str, *, room: int = 1) -> None:
        with self.chat.app.database.write() as db:
            said = Message(name="nudges/due", locale="en", body=words)
            outbox.promise(
                db,
                key,
                lane_key=f"room:{room}",
                platform="console",
                interval_ms=0,
                payload=said.model_dump_json(),
                now_ms=0,
                room_id=room,
            )

    def silence(self, room: int = 1) -> None:
        with self.chat.app.database.write() as db:
            row = outbox.lane
            db.execute(update(row).where(row.c.key == f"room:{room}").values(paused="not_in_channel"))

    def state(self, key: str) -> Promise:
        with self.chat.read() as db:
            return Promise(db.scalar(select(outbox.outbox.c.state).where(outbox.outbox.c.dedupe_key == key)) or 0)


@pytest.fixture
def post(chat: Chat) -> Post:
    made = Post(chat, chat.person("Ann"), chat.person("Li Na"))
    made.ann.says("help")
    made.li.says("help")
    chat.settle()
    return made


def test_nothing_to_do(post: Post) -> None:
    assert "There is nothing to do here" in text(post.ann.says("outbox"))
    assert "nothing to try again" in text(post.ann.says("outbox retry all"))


def test_what_was_given_up_is_shown_tried_again_and_heard(post: Post) -> None:
    number = post.lose("one")
    shown = post.ann.says("outbox")
    assert f"#{number}" in text(shown)
    assert "Due today: T12" in text(shown).replace("\\", "").replace("*", "")
    assert "is_archived" in text(shown)
    assert "1 message is tried again" in text(post.ann.presses("Try again", shown))
    post.chat.settle()
    assert post.state("one") == Promise.SENT
    assert "Due today" in text(Place(post.chat, "team").heard()[-1])


def test_dropped_it_is_not_said(post: Post) -> None:
    one, two = post.lose("one"), post.lose("two")
    shown = post.ann.says("outbox")
    assert [button.line for button in buttons(shown) if button.label == "Drop these 2"] == [
        f"outbox drop #{two} #{one}"
    ]
    assert "2 messages are dropped" in text(post.ann.presses("Drop these 2", shown))
    assert post.state("one") == post.state("two") == Promise.DROPPED
    assert f"#{one}" in text(post.ann.says(f"outbox drop #{one}"))
    assert post.ann.says(f"outbox drop {one}").refused


def test_a_room_that_stands_still_goes_on(post: Post) -> None:
    post.promise("wait", "Later")
    post.silence()
    shown = post.ann.says("发件箱")
    assert "not_in_channel" in text(shown)
    said = post.ann.presses("Go on", shown)
    assert "1 message is on its way" in text(said)
    post.chat.settle()
    assert post.state("wait") == Promise.SENT
    assert "I have not fallen silent in any room" in text(post.ann.says("outbox resume #1"))


def test_everything_at_once(post: Post) -> None:
    post.lose("one")
    post.promise("wait", "Later")
    post.silence()
    said = text(post.ann.says("outbox retry all"))
    assert "1 message is tried again" in said
    assert "I go on in 1 room" in said
    post.chat.settle()
    assert post.state("one") == post.state("wait") == Promise.SENT


def test_only_an_admin_may(post: Post) -> None:
    number = post.lose("one")
    for line in ("outbox", f"outbox retry #{number}", f"outbox drop #{number}", "outbox resume #1"):
        assert post.li.says(line).refused
    assert post.state("one") == Promise.DEAD


def test_what_was_said_to_one_person_is_not_shown(post: Post) -> None:
    post.li.says("help", direct=True)
    with post.chat.read() as db:
        own = rooms.direct(db, [2])[0].id
    number = post.lose("secret", "Your number is 4711", room=own)
    shown = text(post.ann.says("outbox"))
    assert f"#{number}" in shown
    assert "4711" not in shown


def test_another_workspace_is_not_touched(post: Post) -> None:
    with post.chat.app.database.write() as db:
        db.add(Workspace(key="other", name="Other", locale="en", zone="UTC", country="CN"))
        db.flush()
        db.execute(insert(Room).values(workspace_id=2, platform="console", external="theirs", name="Theirs"))
        room = next(room.id for room in rooms.of_workspace(db, 2))
    number = post.lose("theirs", room=room)
    assert f"#{number}" not in text(post.ann.says("outbox"))
    assert post.ann.says(f"outbox retry #{number}").refused
    assert post.ann.says(f"outbox drop #{number}").refused
    assert post.state("theirs") == Promise.DEAD


def test_what_is_no_number_is_explained(post: Post) -> None:
    for line in ("outbox retry", "outbox drop", "outbox retry #99", "outbox resume"):
        said = post.ann.says(line)
        assert said.refused
        assert "outbox" in text(said)
