"""Where each file of a meeting goes in its archive, and under which name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from handlers.expected import Programme, talks
from storage.bags import PAYLOAD
from storage.files import File
from storage.materials import Material, PhotoKind
from storage.meetings import Meeting

LONGEST = 200
"""Bytes of a name; a Chinese character takes three."""
LONGEST_ENDING = 12
A_TITLE, A_SPEAKER = 120, 40
"""Bytes of what a name has of a title and of speakers, so that its version stays."""

_FORBIDDEN = re.compile(r'[\\/:*?"<>|%]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_DATED = re.compile(r"^(19|20)\d{6}[ _-]+")
_VERSION = re.compile(r"[ _-]+v\d{1,3}$", re.IGNORECASE)

Words = Mapping[str, Any]


@cache
def tree() -> Mapping[str, Mapping[str, Words]]:
    """What stands in tree.yaml."""
    found: Mapping[str, Mapping[str, Words]] = yaml.safe_load(
        files("handlers.archive").joinpath("tree.yaml").read_text(encoding="utf-8")
    )
    return found


def of_material(material: Material | None) -> Words:
    return tree()["materials"][material or Material.OTHER]


def years(material: Material | None) -> int:
    """How long it is kept; 0 is for good."""
    return int(of_material(material)["years"])


@dataclass(frozen=True)
class Naming:
    """The association's language, and what the names of a meeting's files are made of."""

    meeting: Meeting
    chinese: bool
    programme: Programme

    def word(self, words: Words) -> str:
        return str(words["zh" if self.chinese else "en"])

    @property
    def ended(self) -> date:
        return self.meeting.ends_at.astimezone(ZoneInfo(self.meeting.zone)).date()

    @property
    def title(self) -> str:
        """The meeting's name in the association's language, else in the other."""
        chinese, english = self.meeting.name_zh, self.meeting.name_en
        return (chinese or english) if self.chinese else (english or chinese)

    @property
    def root(self) -> str:
        """``data/2026/M1_年会_20260608``: the year, then code, name and date of the conference."""
        name = clean("_".join((f"M{self.meeting.number}", cut(clean(self.title), 60), f"{self.ended:%Y%m%d}")))
        return f"{PAYLOAD}{self.ended.year}/{name}"

    def bag(self, number: int) -> str:
        """The folder that the bag is in, in letters that every system takes."""
        return f"M{self.meeting.number}_{self.ended:%Y%m%d}_v{number}"

    def folder(self, key: str) -> str:
        return f"{self.root}/{self.word(tree()['folders'][key])}"

    def document(self, key: str, ending: str) -> str:
        """The path of what is written for the archive itself."""
        return f"{self.folder('index')}/{self.word(tree()['documents'][key])}{ending}"

    def path(self, file: File) -> str:
        """Where a file goes, unless another has the same name there."""
        place = self.folder(of_material(file.material)["folder"])
        return "/".join((place, *self._below(file), self._name(file)))

    def _below(self, file: File) -> list[str]:
        """The folders in a material's own."""
        if file.material == Material.PHOTO:
            return [f"{self.day(file):%Y%m%d}", self._kind(file)]
        session = next((row for row in self.programme.sessions if row.id == file.session_id), None)
        if file.material in {Material.VIDEO, Material.AUDIO} and session is not None:
            return [clean(session.code)]
        return []

    def _kind(self, file: File) -> str:
        if file.photo is None and file.booth_id is not None:
            return self.word(tree()["kinds"][PhotoKind.BOOTH])
        return self.word(tree()["kinds"][file.photo] if file.photo else tree()["materials"][Material.OTHER])

    def day(self, file: File) -> date:
        return file.day or file.at.astimezone(ZoneInfo(self.meeting.zone)).date()

    def _name(self, file: File) -> str:
        stem, ending = _split(file.name)
        version = f"v{file.version}"
        session = next((row for row in self.programme.sessions if row.id == file.session_id), None)
        if file.material == Material.SLIDES and session is not None:
            names = "、".join(speaker.name for row, speaker in talks(self.programme) if row.id == session.id)
            return joined(
                (session.code, cut(clean(names), A_SPEAKER), cut(clean(session.title), A_TITLE), version), ending
            )
        label = self._kind(file) if file.material == Material.PHOTO else self.word(of_material(file.material))
        title = cut(clean(_bare(stem, label)), A_TITLE)
        return joined((f"{self.day(file):%Y%m%d}", label, title, version), ending)


def _bare(stem: str, label: str) -> str:
    """A title without what stands before and behind it anyway."""
    bare = _VERSION.sub("", _DATED.sub("", stem))
    return bare[len(label) :].lstrip(" _-") if bare.startswith(label) else bare


def _split(name: str) -> tuple[str, str]:
    """Stem and ending of a file's name; what is too long for an ending is none."""
    path = PurePosixPath(unicodedata.normalize("NFC", name.replace("\\", "/"))).name
    stem, dot, ending = path.rpartition(".")
    ending = clean(ending).lower() if dot else ""
    short = stem and ending and len(ending.encode()) <= LONGEST_ENDING and ending.isalnum()
    return (stem, f".{ending}") if short else (path, "")


def named(ref: str, name: str) -> str:
    """A file's own name behind its number."""
    stem, ending = _split(name)
    return joined((ref, cut(clean(stem), A_TITLE)), ending)


def joined(parts: Iterable[str], ending: str) -> str:
    """A file's name of its parts, within ``LONGEST``."""
    stem = "_".join(filter(None, map(clean, parts)))
    return f"{cut(stem, LONGEST - len(ending.encode()))}{ending}"


def clean(text: str) -> str:
    """As any system takes it in a name: NFC, no marks of its own, nothing unseen, no blank or dot at an end."""
    text = unicodedata.normalize("NFC", text)
    seen = "".join(" " if unicodedata.category(mark)[0] in "CZ" else mark for mark in text)
    tidy = " ".join(_FORBIDDEN.sub("-", seen).split()).rstrip(" .").lstrip(" .~")
    return f"{tidy}_" if _RESERVED.fullmatch(tidy) else tidy


def cut(text: str, most: int) -> str:
    """At most so many bytes, with no character broken; a mark that belongs to the one before goes with it."""
    if len(text.encode()) <= most:
        return text
    short = text.encode()[:most].decode("utf-8", "ignore")
    if unicodedata.combining(text[len(short)]):
        short = short[: max((at for at, mark in enumerate(short) if not unicodedata.combining(mark)), default=0)]
    return short.rstrip(" ._")


def placed(naming: Naming, found: Sequence[File]) -> dict[int, str]:
    """The path of each file by its id. Where two would have the same, the later one has its number in its name.

    What is the same but for capitals is the same to Windows and macOS.
    """
    paths: dict[int, str] = {}
    taken: set[str] = set()
    for file in sorted(found, key=lambda one: one.number):
        path = naming.path(file)
        if path.casefold() in taken:
            stem, ending = _split(path)
            mark = f"_{file.ref}"
            name = f"{cut(stem, LONGEST - len((mark + ending).encode()))}{mark}{ending}"
            path = f"{path.rpartition('/')[0]}/{name}"
        taken.add(path.casefold())
        paths[file.id] = path
    return paths
