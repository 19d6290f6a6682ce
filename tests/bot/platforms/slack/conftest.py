"""What the tests of Slack may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.platforms.slack.office import CHANNEL, Office, office


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as made:
        yield made


@pytest.fixture
def begun(house: Office) -> Office:
    """A meeting that ended on 27 May is worked on in the channel; Ann leads it. T59 and T60 need no proof.

    What the bot said until then is out of sight.
    """
    house.does(house.person().command("/huihou", "meeting new Annual Conference end: 27 May 2026 17:00"))
    for title in ("Water the plants", "Call the mayor"):
        house.does(house.person().command("/huihou", f"add {title} phase: 5 due: 29 May 2026 12:00"))
    house.slack.channels[CHANNEL].messages.clear()
    return house
