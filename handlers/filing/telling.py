"""What a file is to a meeting: told by its name, the words it came with, its type and the task it is for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from handlers.expected import Programme
from handlers.filing.programme import day_in, named_in
from handlers.filing.text import longest, plain, stem, without
from handlers.filing.words import KINDS, TASKS, WORDS
from storage.materials import Material, PhotoKind
from storage.programme import Booth, ProgrammeSession, Speaker

_OF_SESSIONS = frozenset({Material.SLIDES, Material.PHOTO, Material.VIDEO})
"""Tasks that decide what a file is, whatever words are in its name: titles of talks have any."""

_SLIDES = ("application/vnd.openxmlformats-officedocument.presentationml", "application/vnd.ms-powerpoint")
_SLIDES_TOO = (*_SLIDES, "application/vnd.oasis.opendocument.presentation", "application/vnd.apple.keynote")
_PRINTED = "application/pdf"
_MEDIA: dict[Material, tuple[str, ...]] = {
    Material.PHOTO: ("image/",),
    Material.VIDEO: ("video/",),
    Material.AUDIO: ("audio/",),
}
"""What can be nothing but a file of these types, whatever its name says."""


EMPTY = Programme()


@dataclass(frozen=True)
class Filing:
    """What a file is; None where nothing tells. ``named``: its kind was said in words, and not only guessed."""

    material: Material | None = None
    session: ProgrammeSession | None = None
    speaker: Speaker | None = None
    booth: Booth | None = None
    photo: PhotoKind | None = None
    day: date | None = None
    named: bool = False


def filed(
    name: str,
    *,
    caption: str = "",
    media_type: str = "",
    task: str = "",
    programme: Programme = EMPTY,
    days: Sequence[date] = (),
) -> Filing:
    """What a file of this name is. ``task`` is the key of the item that it is for, ``days`` are the meeting's."""
    text = plain(f"{stem(name)} {caption}")
    session, speaker, booth = named_in(text, programme)
    rest = without(text, [session.title if session else "", *(one.name for one in (speaker, booth) if one)])
    found = Filing(None, session, speaker, booth, None, day_in(text, days))
    material, named = _material(rest, media_type, task, about=session is not None or speaker is not None)
    if material == Material.PHOTO:
        return replace(_photo(found, rest, days), material=material, named=named)
    day = found.day if material in {Material.VIDEO, Material.AUDIO, None} else None
    return replace(found, material=material, named=named, day=day)


def _photo(found: Filing, text: str, days: Sequence[date]) -> Filing:
    kind = longest(KINDS, text) or (PhotoKind.BOOTH if found.booth else None)
    return replace(found, photo=kind, day=found.day or (days[0] if len(days) == 1 else None))


def _material(text: str, media_type: str, task: str, *, about: bool) -> tuple[Material | None, bool]:
    """The kind, and whether words or the task say it; ``about``: a session or speaker is named."""
    wanted = TASKS.get(task)
    if not _can_be(wanted, media_type):
        wanted = None  # a list that was sent to the task of the photos is no photo
    if wanted in _OF_SESSIONS:
        return _heard(wanted, media_type), True
    if about and media_type.startswith(_SLIDES_TOO):
        return Material.SLIDES, True
    said = longest({kind: words for kind, words in WORDS.items() if _can_be(kind, media_type)}, text)
    if said is None and media_type.startswith("image/") and longest(KINDS, text) is not None:
        said = Material.PHOTO
    if said is None and wanted is None and about and media_type == _PRINTED:
        said = Material.SLIDES  # a talk's own document, and no word that it is anything else
    if said or wanted:
        return _heard(said or wanted, media_type), True
    guess = _by_type(media_type)
    return guess, about and guess in {Material.VIDEO, Material.AUDIO}


def _heard(material: Material | None, media_type: str) -> Material | None:
    """The task of the recordings takes sound and picture."""
    return Material.AUDIO if material == Material.VIDEO and media_type.startswith("audio/") else material


def _can_be(material: Material | None, media_type: str) -> bool:
    """Whether a file of that type can be of that kind; the task of the recordings takes sound too."""
    if material == Material.SLIDES:
        return not media_type.startswith(("image/", "audio/", "video/"))
    allowed = _MEDIA.get(material) if material else None
    return (
        allowed is None or media_type.startswith(allowed) or (material == Material.VIDEO and media_type[:6] == "audio/")
    )


def _by_type(media_type: str) -> Material | None:
    if media_type.startswith(_SLIDES_TOO):
        return Material.SLIDES
    return next((kind for kind, types in _MEDIA.items() if media_type.startswith(types)), None)
