"""A reader at Slack wants no more letters, in their conversation with the bot and in a channel."""

from __future__ import annotations

from tests.bot.platforms.slack.office import BO, CHANNEL, Office
from tests.letters import entry


def test_a_reader_unsubscribes_by_word_and_takes_it_back_by_a_press(begun: Office) -> None:
    ann, bo, own = begun.person(), begun.alone(BO), begun.own(BO)
    begun.does(ann.command("/huihou", "contact add Bo Lin email: bo@example.org"))
    begun.does(bo.says("unsubscribe"))
    assert "I do not know yet who in the address book you are" in begun.texts(own)[-1]
    begun.does(ann.command("/huihou", f"contact account P1 <@{BO}|bo>"))
    for _ in range(2):
        begun.does(bo.says("Please unsubscribe me!"), times=3)
        assert entry(begun.app.database, 1).opted_out_at is not None
    assert "has written you no letters since" in begun.texts(own)[-1]
    begun.does(bo.presses(begun.said(own)[-1], "resubscribe"))
    assert entry(begun.app.database, 1).opted_out_at is None


def test_in_a_channel_the_answer_is_for_the_reader_alone(begun: Office) -> None:
    begun.does(begun.person().command("/huihou", "contact add Bo Lin email: bo@example.org"))
    begun.does(begun.person().command("/huihou", f"contact account P1 <@{BO}|bo>"))
    before = begun.texts(CHANNEL)
    begun.does(begun.person(BO).mentions("unsubscribe"))
    assert entry(begun.app.database, 1).opted_out_at is not None
    assert begun.texts(CHANNEL) == before
