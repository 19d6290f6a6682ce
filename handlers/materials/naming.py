"""Which of the things that are expected somebody means: ``slides/S3``, ``S3 课件``, ``合影 6月8日``. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.expected import Cell
from handlers.grammar import fold, lower, stands
from handlers.materials.rules import Matrix
from storage.materials import PhotoKind
from storage.programme import ProgrammeSession

KINDS = {
    "slides": ("slides", "slide", "ppt", "课件", "幻灯片", "讲稿", "演示文稿"),
    "recording": ("recording", "recordings", "video", "audio", "录像", "录音", "音像", "视频", "录制"),
    "consent": ("consent", "consents", "授权", "授权书"),
    "photo": ("photo", "photos", "picture", "照片", "相片", "图片"),
}
PHOTOS = {
    PhotoKind.HALL: ("hall", "main hall", "主会场"),
    PhotoKind.BREAKOUT: ("breakout", "breakout room", "分会场"),
    PhotoKind.INTERACTION: ("interaction", "discussion", "互动", "交流"),
    PhotoKind.SOCIAL: ("social", "social event", "社交", "晚宴"),
    PhotoKind.BOOTH: ("booth", "booths", "stands", "展位"),
    PhotoKind.GROUP: ("group", "group photo", "合影", "大合影"),
}
ALL = frozenset({"all", "全部", "所有"})
_BETWEEN = " /·的,、:"


@dataclass(frozen=True)
class Meant:
    """The cells that the words may mean, none where they name none; ``every`` of them was said; the words behind."""

    cells: Sequence[Cell]
    rest: str
    every: bool = False


def read(text: str, matrix: Matrix, sessions: Sequence[ProgrammeSession]) -> Meant:
    """A cell's key as buttons write it, else every word that narrows down what is meant."""
    plain = lower(fold(text))
    for cell in sorted(matrix.cells, key=lambda one: -len(one.key)):
        if stands(cell.key.casefold(), plain, 0):
            return Meant([cell], text[len(cell.key) :].strip(" :：,，"))
    words = sorted(_words(matrix, sessions).items(), key=lambda pair: -len(pair[0]))
    found, at, every = {one.key for one in matrix.cells}, 0, False
    named = False
    while at < len(plain):
        at += len(plain[at:]) - len(plain[at:].lstrip(_BETWEEN))
        hit = next(((word, keys) for word, keys in words if stands(word, plain, at) and found & keys), None)
        said_all = next((word for word in ALL if stands(word, plain, at)), "")
        if hit is None and not said_all:
            break
        found, named = (found & hit[1], True) if hit else (found, named)
        every = every or hit is None
        at += len(hit[0] if hit else said_all)
    return Meant([one for one in matrix.cells if named and one.key in found], text[at:].strip(" :：,，"), every)


def said(cell: Cell, matrix: Matrix, sessions: Sequence[ProgrammeSession], *, chinese: bool) -> str:
    """A cell as a button's line says it: a photo in words, where these can mean no other; else by its key."""
    words = " ".join(_in_words(cell, chinese=chinese))
    meant = read(words, matrix, sessions)
    return words if [one.key for one in meant.cells] == [cell.key] and not meant.rest else cell.key


def _in_words(cell: Cell, *, chinese: bool) -> Iterator[str]:
    if cell.kind != "photo":
        return
    yield "照片" if chinese else "photo"
    if cell.speaker:
        yield cell.speaker.name
    if cell.booth:
        yield cell.booth.name
    if cell.photo and cell.day:
        yield next(word for word in PHOTOS[cell.photo] if word.isascii() != chinese)
        yield f"{cell.day.month}月{cell.day.day}日" if chinese else cell.day.isoformat()


def _words(matrix: Matrix, sessions: Sequence[ProgrammeSession]) -> dict[str, set[str]]:
    """Each word with the keys of the cells that it can be about."""
    found: dict[str, set[str]] = {}
    for cell in matrix.cells:
        for word in _of_cell(cell):
            found.setdefault(lower(fold(word)), set()).add(cell.key)
    for session in sessions:
        found.setdefault(lower(session.code), set()).update(one.key for one in matrix.of(session))
    return found


def _of_cell(cell: Cell) -> Iterator[str]:
    yield from KINDS.get(cell.kind, ())
    yield from PHOTOS[cell.photo] if cell.photo else ()
    if cell.speaker:
        yield from (cell.speaker.name, f"#{cell.speaker.id}")
    if cell.booth:
        yield from (cell.booth.name, *PHOTOS[PhotoKind.BOOTH])
    if cell.day:
        yield from (f"{cell.day.month}月{cell.day.day}日", f"{cell.day:%m-%d}", cell.day.isoformat())
