"""Buttons that are alike are worded once; those with facts of their own each by themselves."""

from __future__ import annotations

from types import SimpleNamespace

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
