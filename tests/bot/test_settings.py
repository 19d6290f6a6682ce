"""The settings, and the tables of them in docs/operating.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, described

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


def table(language: str) -> list[tuple[str, str, str]]:
    """The rows of one language's table: name, default, what for."""
    text = OPERATING.read_text(encoding="utf-8")
    found = re.search(rf"<!-- settings: {language} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    assert found is not None
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in found[1].splitlines()[2:]]
    return [(name.strip("`"), default.strip("`"), words) for name, default, words in rows]


def test_the_english_table_is_what_the_settings_say() -> None:
    assert table("en") == list(described())


def test_the_chinese_table_has_the_same_settings_and_defaults() -> None:
    assert [row[:2] for row in table("zh")] == [row[:2] for row in described()]
    assert all(re.search("[一-鿿]", words) for _, _, words in table("zh"))


def test_every_setting_says_what_it_is_for() -> None:
    assert all(words.endswith(".") for _, _, words in described())


@pytest.mark.parametrize(("name", "value", "given"), [("DATA", "/srv", "data"), ("WEB__PORT", "9", "web.port")])
def test_a_setting_is_read_from_the_name_in_the_table(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, given: str
) -> None:
    monkeypatch.setenv(f"HUIHOU_{name}", value)
    found: object = Settings(_env_file=None)
    for part in given.split("."):
        found = getattr(found, part)
    assert str(found) == value
