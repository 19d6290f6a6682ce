"""What the documents say can be typed can be typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import router
from handlers.command import arguments
from handlers.context import Context
from handlers.help import reference
from storage import people, rooms, workspace
from tests.chat import Chat

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]
_CHAT = re.compile(r"^```chat\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def lines() -> Iterator[tuple[str, str]]:
    """Page and command line, of every block that is marked as chat."""
    for page in PAGES:
        for block in _CHAT.findall(page.read_text(encoding="utf-8")):
            yield from ((page.name, line) for line in block.splitlines() if line.strip())


LINES = list(lines())


def test_the_commands_page_is_what_the_program_writes() -> None:
    """If not: ``python -m bot docs-commands > docs/commands.md``."""
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == reference.write()


def test_there_are_lines_to_check() -> None:
    assert {page for page, _ in LINES} >= {"README.md", "README.zh.md"}


@pytest.mark.parametrize(("page", "line"), LINES)
def test_a_line_in_the_documents_can_be_typed(chat: Chat, page: str, line: str) -> None:
    ann = chat.person("Ann")
    for name in ("Li", "Wang", "李娜", "王小明"):
        chat.person(name)
    ann.says("meeting new Forum end: 8 June 17:00")
    match = router.find(line)
    assert match is not None, f"{page}: {line}"
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main")
        room = rooms.met(db, place.id, "console", "team")
        ctx = Context(db, place, people.get(db, ann.id), room, chat.clock.now())
        arguments(match.command, ctx, line[match.end :])
