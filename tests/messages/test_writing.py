"""How a message is put together: labels of buttons, and blanks between sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from messages import Entry, Offer, write

PHASE = SimpleNamespace(title={"zh": "收尾", "en": "Strike"}, window=None, items=[])


def test_a_label_with_facts_of_its_own_is_no_other_buttons_label() -> None:
    phases = [Offer("phase", f"phase {n}", facts={"number": n}) for n in (1, 2)]
    exports = [Offer("export", f"template export after-meeting {n}") for n in (1, 2)]
    told = write(
        "templates/overview",
        "en",
        rows=[Entry({"number": 1, "phase": PHASE}, [*phases, *exports])] * 2,
        buttons=exports,
        template=SimpleNamespace(key="after-meeting", version=1),
        content=SimpleNamespace(title={"zh": "会后", "en": "After"}),
        items=0,
    )
    for row in told.rows:
        assert [button.label for button in row.buttons] == ["Phase 1", "Phase 2", "Export", "Export"]
        assert [button.line for button in row.buttons][2:] == [one.line for one in exports]
    assert [button.label for button in told.buttons] == ["Export", "Export"]


@pytest.mark.parametrize(
    ("locale", "body"),
    [
        ("zh_CN", "6月10日（周三）18:00 截止。已推迟到 6月10日（周三）18:00 再提醒。还没有发过提醒。"),
        ("en", "Due Wed 10 Jun, 18:00. Snoozed until Wed 10 Jun, 18:00. So far nothing was sent."),
    ],
)
def test_no_blank_follows_a_full_width_mark(locale: str, body: str) -> None:
    at = datetime(2026, 6, 10, 10, tzinfo=UTC)
    task = SimpleNamespace(ref="T1", title_zh="撤场", title_en="Strike", state="open", due_at=at, snoozed_until=at)
    facts: dict[str, Any] = {"meeting": SimpleNamespace(state="closing"), "snoozed": True, "planned": 1, "told": 0}
    assert write("nudges/why", locale, task=task, older=0, **facts).body == body
