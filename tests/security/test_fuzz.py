"""Junk at every way in: no traceback, no 5xx, no secret told. ``make fuzz`` throws ten thousand each."""

from __future__ import annotations

import os
import secrets as lottery
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.bot.platforms.slack.several import OLD
from tests.fakes.slack_state import SECRET as SIGNING
from tests.fakes.wecom_state import AES_KEY, TOKEN
from tests.security import described, ways_chat, ways_files, ways_typed, ways_web
from tests.security.watching import HEAD, Tally, Throw, fuzz
from tests.security.whole import SECRET

WAYS: dict[str, Callable[[Path], AbstractContextManager[Throw]]] = {
    "Slack over HTTP, signed": ways_chat.slack_signed,
    "Slack over HTTP, not signed": ways_chat.slack_unsigned,
    "Slack's connection": ways_chat.slack_socket,
    "WeCom's callback": ways_chat.wecom_callback,
    "WeCom's AI bot": ways_chat.wecom_frames,
    "Web chat, forms": ways_web.chat_forms,
    "Web chat, pages": ways_web.chat_pages,
    "One-time pages": ways_web.one_time_pages,
    "Returned mails": ways_files.returned_mails,
    "Spreadsheets": ways_files.spreadsheets,
    "Uploaded files": ways_files.uploads,
    "Templates in YAML": ways_files.checklist_templates,
    "Letters in Word": ways_files.letter_documents,
    "Commands": ways_typed.commands,
    "Terminal": ways_typed.terminal,
}
SAMPLE = 40
MOST_GROWN = 200
"""Megabytes; what Python's allocator keeps is among it."""
SECRETS = (SECRET, SIGNING, AES_KEY, TOKEN, OLD)


USUAL = 174482
"""The sample's seed, which once broke Word's letters; `make fuzz` draws another one each time."""


@pytest.fixture(scope="module")
def table() -> Iterator[list[Tally]]:
    """Printed at the end, whatever failed."""
    rows: list[Tally] = []
    yield rows
    if rows:
        print("\n" + "\n".join([HEAD, *(row.row() for row in rows)]))


@pytest.mark.parametrize("name", WAYS)
def test_junk_is_refused_in_words(name: str, tmp_path: Path, table: list[Tally]) -> None:
    def thrown(inputs: int, seed: int) -> Tally:
        with WAYS[name](tmp_path) as throw:
            return fuzz(name, throw, inputs=inputs, seed=seed, secrets=SECRETS)

    judged(thrown, table)


def test_what_the_pages_are_described_to_take_and_what_not_is_answered_in_words(
    tmp_path: Path, table: list[Tally]
) -> None:
    def asked(inputs: int, seed: int) -> Tally:
        return described.fuzz("Every address, as described", tmp_path, inputs=inputs, number=seed, secrets=SECRETS)

    judged(asked, table)


def judged(run: Callable[[int, int], Tally], table: list[Tally]) -> None:
    inputs = int(os.environ.get("HUIHOU_FUZZ", SAMPLE))
    chosen = lottery.randbelow(10**6) if "HUIHOU_FUZZ" in os.environ else USUAL
    seed = int(os.environ.get("HUIHOU_FUZZ_SEED", chosen))
    begun = time.process_time()
    tally = run(inputs, seed)
    table.append(tally)
    print(f"\n{tally.row()} seed {seed}, {time.process_time() - begun:.0f} s of the processor")
    assert tally.good, "\n\n".join(
        f"HUIHOU_FUZZ_SEED={seed} #{number}: {why}" for number, why in list(tally.why.items())[:20]
    )
    assert tally.grown < MOST_GROWN
