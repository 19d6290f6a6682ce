"""Letters to sponsors as PDF, one file each, beside typst's bare compilation of the same letters."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import serif_path

from benchmarks.process import resident
from handlers.thanks.going import Reached
from handlers.thanks.printing import Sheet, singles
from handlers.thanks.reaching import Reader
from messages.papers import Grid, Head, Paper, glyphs, pdf
from storage.letters import Letter
from storage.parties import Party

LETTERS, WARM, ROUNDS = 500, 50, 5
SOURCE = Path(pdf.__file__).with_name("letter.typ")


@dataclass(frozen=True)
class Letters:
    """Letters a second, printed as the bot does it and bare; ``growth`` in megabytes from the 50th to the last."""

    printed: float
    bare: float
    growth: float

    @property
    def share(self) -> float:
        return self.printed / self.bare


def measure() -> Letters:
    """In turns of a hundred letters, so that whatever else the machine does meets both."""
    contents = [letter(number) for number in range(LETTERS)]
    printed(contents[:WARM])
    bare(contents[:WARM])
    before, spent = resident(os.getpid()), {"printed": 0.0, "bare": 0.0}
    for turn in range(ROUNDS):
        some = contents[turn * LETTERS // ROUNDS : (turn + 1) * LETTERS // ROUNDS]
        spent["bare"] += bare(some)
        spent["printed"] += printed(some)
    return Letters(LETTERS / spent["printed"], LETTERS / spent["bare"], resident(os.getpid()) - before)


def letter(number: int) -> dict[str, Any]:
    """A letter as it is kept: a page with a table of eight benefits."""
    rows = tuple((f"主会场背景板标识（第 {row} 处）", "3 处", "3 处", f"照片 F{row}") for row in range(1, 9))
    grid = Grid(caption="权益落实情况", columns=("权益", "约定", "落实", "凭证"), rows=rows)
    thanks = "2026年6月6日至8日，2026年度年会在广州举行，承蒙贵公司鼎力支持，会议圆满成功，谨致谢忱。"
    return Paper(
        locale="zh_CN",
        subject=f"致示例科技（{number}）有限公司的感谢函",
        head=Head(name="示例行业协会", address="广州市示例路 1 号", postcode="510000", phone="020-8888"),
        title="感谢函",
        salutation=f"尊敬的示例科技（{number}）有限公司：",
        paragraphs=(thanks * 3, grid, "期待与贵公司再度携手。"),
        closing=("顺颂商祺",),
        signed=("示例行业协会",),
        date="2026年6月18日",
        seal=True,
    ).model_dump(mode="json")


def printed(contents: Sequence[dict[str, Any]]) -> float:
    """Seconds: read as they are kept, every character looked for, drawn, and put into one zip."""
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as target:
        for _ in singles(target, [sheet(number, content) for number, content in enumerate(contents, 1)]):
            pass
    return time.perf_counter() - begun


def sheet(number: int, content: dict[str, Any]) -> Sheet:
    paper = Paper.model_validate(content)
    party = Party(name=paper.subject)
    kept = Letter(number=number, template="built-in/1")
    return Sheet(kept, Reader(party, None, Reached(), None), paper, tuple(glyphs.missing(paper)))


def bare(contents: Sequence[dict[str, Any]]) -> float:
    """Seconds of the compilations alone: what they read is made ready before."""
    ready = [pdf.inputs([Paper.model_validate(content)], ["built-in/1"]) for content in contents]
    fonts = [serif_path().parent]
    begun = time.perf_counter()
    for data in ready:
        typst.compile(
            SOURCE, root=SOURCE.parent, format="pdf", font_paths=fonts, ignore_system_fonts=True, sys_inputs=data
        )
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(json.dumps(vars(measure())))
