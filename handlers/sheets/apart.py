"""A workbook is read in a process of its own, with a bound on its memory: a sheet of two cells may span a billion.

Run as a program: the workbook comes in, and its sheets go out as text, or why there are none. It knows nothing of the
rest of Huihou, so that it starts quickly.
"""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

TYPE_CHECKING = False
"""As type checkers know it: to load ``typing`` takes half as long as to start."""
if TYPE_CHECKING:
    from typing import BinaryIO

MOST_ROWS, MOST_COLUMNS = 100_000, 200
MEMORY = 2 * 1024**3
"""Bytes of address space: the largest list that is taken needs less than half of it."""
PATIENCE = 60.0
SHEET, ROW, CELL = "\x1c\x1e\x1f"
"""What stands between two of them: the separators that ASCII has for that. They are blanks, so that no cell has any."""

Sheets = list[tuple[str, list[list[str]]]]


def read(stream: BinaryIO) -> tuple[Sheets, str]:
    """The sheets, or why there are none: "locked", "broken", "large"."""
    import subprocess  # noqa: PLC0415  the process that reads starts quicker without

    # The stream is copied through a pipe: it may be no file of this machine.
    command = [sys.executable, "-I", __file__]
    try:
        done = subprocess.run(command, input=stream.read(), capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return [], "large"
    if done.returncode:
        return [], "large"  # it was ended for what it asked for
    return _unpacked(done.stdout.decode())


def _packed(sheets: Sheets, reason: str) -> str:
    return SHEET.join([reason, *(ROW.join([name, *map(CELL.join, rows)]) for name, rows in sheets)])


def _unpacked(text: str) -> tuple[Sheets, str]:
    reason, *sheets = text.split(SHEET)
    named = [sheet.split(ROW) for sheet in sheets]
    return [(name, [row.split(CELL) for row in rows]) for name, *rows in named], reason


def rows(given: Iterable[Iterable[object]]) -> list[list[str]]:
    """Rows of plain text. Raises ``OverflowError`` beyond the largest list."""
    kept: list[list[str]] = []
    for row in given:
        # Most cells are empty, or letters and digits alone, and need no look.
        kept.append([one if one == "" or (isinstance(one, str) and one.isalnum()) else cell(one) for one in row])
        if len(kept) > MOST_ROWS or len(kept[-1]) > MOST_COLUMNS:
            raise OverflowError
    return kept


def cell(value: object) -> str:
    """As a person would read it: 13800000005.0 is a telephone number, not a fraction."""
    return _tidy(value if isinstance(value, str) else _said(value))


def _said(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds()) // 3600}:{int(value.total_seconds()) // 60 % 60:02}"
    return str(value)


def _tidy(text: str) -> str:
    """Without marks that nobody sees, the apostrophe that keeps text from being a formula, and blanks around it."""
    if " " not in text and text.isprintable() and not text.startswith("'"):
        return text  # whatever else goes is not printable
    return " ".join(text.replace("\u200b", "").replace("\ufeff", "").lstrip("'").split())


def _sheets(stream: BinaryIO) -> tuple[Sheets, str]:
    # Only in the process of its own: the bot's need not hold it.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        book = CalamineWorkbook.from_filelike(stream)
        return [(_tidy(name), rows(book.get_sheet_by_name(name).iter_rows())) for name in book.sheet_names], ""
    except PasswordError:
        return [], "locked"
    except (MemoryError, OverflowError):
        return [], "large"
    except (CalamineError, ValueError, OSError):
        return [], "broken"


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gc.disable()  # nothing here goes in a circle
    sys.stdout.buffer.write(_packed(*_sheets(sys.stdin.buffer)).encode())


if __name__ == "__main__":
    _main()
