"""Bringing in a list of twenty thousand people, beside bare python-calamine on the same workbook."""

from __future__ import annotations

import io
import random
import resource
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks import world
from bot.app import App
from bot.ask import Ask, Upload
from messages import Message
from storage import intakes

ROWS, ROUNDS = 20_000, 5
TWICE = 50
"""One row in so many is somebody who stands in the list before."""
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢"
FIRST, SECOND = "建丽文雅志思晓海美俊春国佳永秀子玉振红天", "华博静强远燕波玲杰梅栋怡康兰轩珍宇霞佑溪"
HEADINGS = ["姓名", "单位", "职务", "手机", "邮箱", "会员号", "备注"]
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Lists:
    """Seconds of the processor in the program itself, medians over the rounds.

    From the confirmation to the commit, with the process in which the workbook is read; and bare reading of the same
    bytes. How long a shared machine makes both wait says nothing of either.
    """

    brought: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.brought / self.bare


def measure() -> Lists:
    """In every round both, one after the other, into an empty address book; the first round only warms up."""
    content = workbook()
    found: dict[str, list[float]] = {"brought": [], "bare": []}
    for _ in range(ROUNDS + 1):
        found["bare"].append(bare(content))
        found["brought"].append(brought(content))
    return Lists(*(statistics.median(times[1:]) for times in found.values()))


def workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("名单")
        for number, row in enumerate([HEADINGS, *rows()]):
            sheet.write_row(number, 0, row)
    return target.getvalue()


def rows() -> list[list[str]]:
    """Made-up people, with what is wrong in lists: telephones and addresses typed in every way, some people twice."""
    chance, found = random.Random(1), list[list[str]]()  # noqa: S311  the same list every time
    for n in range(ROWS):
        name = SURNAMES[n % 24] + FIRST[n // 24 % 20] + SECOND[n // 480 % 20]
        mobile, email = f"138{n:08d}", f"guest{n}@example.com"
        spaced = f"+86 {mobile[:3]} {mobile[3:7]} {mobile[7:]}"
        phones = [mobile, mobile, mobile, mobile, spaced, f"0086-{mobile}", f"{mobile}/010-8{n:07d}"]
        emails = [email, email, email, email.upper(), email.replace("@", "＠"), f"{name} <{email}>", ""]
        unit, member = f"第{n % 500}机械有限公司", f"M{n:06d}" if n % 3 == 0 else ""
        found.append([name, unit, "总工程师", chance.choice(phones), chance.choice(emails), member, ""])
        if n % TWICE == TWICE - 1:
            found[-1] = [*found[n - 40][:2], "", found[n - 40][3], "", "", ""]
    return found


def spent() -> float:
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def bare(content: bytes) -> float:
    begun = spent()
    read = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    taken = spent() - begun
    if len(read) != ROWS + 1:
        raise SystemExit(f"not read: {len(read)}")
    return taken


def brought(content: bytes) -> float:
    """The file is stored and was shown; what is measured reads, cleans and compares it again, and keeps it."""
    with tempfile.TemporaryDirectory() as place:
        app = world.create(Path(place) / "data")
        with app.database.write() as db:
            world.meeting(db)
        kept = app.files.put([content], limit=10 * len(content))
        shown = said(app, "people import as attendees", Upload("名单.xlsx", kept.digest, kept.size, SHEET))
        line = next(button.line for button in shown.buttons if button.primary)
        begun = spent()
        said(app, line)
        taken = spent() - begun
        with app.database.read() as db:
            done = intakes.all_of(db, 1)
        app.database.close()
    if [one.added for one in done] != [ROWS - ROWS // TWICE]:
        raise SystemExit(f"not brought in: {done}")
    return taken


def said(app: App, line: str, *files: Upload) -> Message:
    return app.dispatch.answer(Ask("console", "ann", "team", line, event_id=line, name="Ann", files=files))


if __name__ == "__main__":
    print(measure())
