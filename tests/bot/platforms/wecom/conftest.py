"""What the tests of WeCom may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.platforms.wecom.office import LI, Office, office


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as made:
        yield made


@pytest.fixture
def begun(house: Office) -> Office:
    """A meeting that ended yesterday; 李娜 leads it. T59 and T60 need no proof. What was said until then is gone."""
    house.says(LI, "新建会议 2026年会 结束：2026-05-27 17:00")
    for title in ("浇花", "给会长回电"):
        house.says(LI, f"添加 {title} 阶段：5 截止：2026-05-29 12:00")
    house.wecom.inboxes.clear()
    return house
