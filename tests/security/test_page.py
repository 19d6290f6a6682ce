"""What docs/security.md names is there: its modules, its tests, its settings, and a row for every way in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.security.test_fuzz import WAYS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`((?:bot|handlers|storage|messages|tests)/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_what_proves_it_is_there(path: str, test: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {test}\(", source, re.MULTILINE) or not test


def test_every_answer_has_a_proof() -> None:
    answers = [row for row in PAGE.splitlines() if re.match(r"\| [STRIDE] \|", row)]
    assert len(answers) > 25
    assert all("`tests/" in row.rsplit("|", 2)[1] for row in answers)
    assert {row[2] for row in answers} == set("STRIDE")


def test_settings_and_targets_are_there() -> None:
    settings = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(name in settings or name == "HUIHOU_FUZZ_SEED" for name in re.findall(r"`(HUIHOU_\w+)`", PAGE))
    assert all(f"\n{name}:" in targets for name in re.findall(r"`make (\w+)`", PAGE))


def test_every_way_in_has_its_row() -> None:
    assert [way for way in WAYS if f"| {way} |" not in PAGE] == []
