"""Whether a file may leave the association, and if not, why: its label, what its speakers allow, and when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from storage.consents import Consent
from storage.files import File
from storage.materials import Material, Scope

WIDTH = {Scope.INTERNAL: 0, Scope.ATTENDEES: 1, Scope.MEMBERS: 2, Scope.PUBLIC: 3}
"""The wider a scope, the more people see what is in it."""
OF_SPEAKERS = frozenset({Material.SLIDES, Material.VIDEO, Material.AUDIO})
"""What is a speaker's own: without their consent it goes nowhere. Of a photo it is so where it shows one of them."""


class Bar(StrEnum):
    """What keeps a file in.

    DROPPED: it no longer counts. PERSONAL: it holds personal data. UNLABELLED: nobody has said who may see it.
    NARROW: its label is narrower. NOBODY: nobody knows whose it is. CONSENT: a speaker has not said what they allow.
    WIDE: it is labelled wider than a speaker allows. EMBARGO: not yet.
    """

    DROPPED = "dropped"
    PERSONAL = "personal"
    UNLABELLED = "unlabelled"
    NARROW = "narrow"
    NOBODY = "nobody"
    CONSENT = "consent"
    WIDE = "wide"
    EMBARGO = "embargo"


@dataclass(frozen=True)
class Blocked:
    """Why a file may not leave: because of which speaker (by id), by which consent, where one is the reason."""

    bar: Bar
    speaker_id: int | None = None
    consent: Consent | None = None


def may_leave(
    file: File, scope: Scope, consents: Iterable[Consent], today: date, *, speakers: Sequence[int] = ()
) -> Blocked | None:
    """None where the file may go out to all of that scope; else what is in the way first.

    ``speakers`` are the ids of those whose it is, ``consents`` what they have said, the oldest first. What stays
    internal does not leave: only what was dropped may not be seen there.
    """
    if file.dropped_at is not None:
        return Blocked(Bar.DROPPED)
    if scope == Scope.INTERNAL:
        return None
    return _by_itself(file, scope) or _by_speakers(file, list(consents), today, speakers)


def _by_itself(file: File, scope: Scope) -> Blocked | None:
    if file.personal:
        return Blocked(Bar.PERSONAL)
    if file.scope is None:
        return Blocked(Bar.UNLABELLED)
    return Blocked(Bar.NARROW) if WIDTH[Scope(file.scope)] < WIDTH[scope] else None


def _by_speakers(file: File, consents: Sequence[Consent], today: date, speakers: Sequence[int]) -> Blocked | None:
    """Every one of them must allow what the label says, be the wish narrower: the label is what people go by."""
    if not speakers:
        return Blocked(Bar.NOBODY) if file.material in OF_SPEAKERS else None
    label = WIDTH[Scope(file.scope or Scope.PUBLIC)]
    for speaker_id in speakers:
        said = standing(consents, speaker_id, file.material)
        if said is None:
            return Blocked(Bar.CONSENT, speaker_id)
        if WIDTH[Scope(said.scope)] < label:
            return Blocked(Bar.WIDE, speaker_id, said)
        if said.embargo is not None and today < said.embargo:
            return Blocked(Bar.EMBARGO, speaker_id, said)
    return None


def standing(consents: Iterable[Consent], speaker_id: int, material: Material | str | None) -> Consent | None:
    """The newest that a speaker has said of a material and not withdrawn; what was said of all of them counts too."""
    found = [
        one
        for one in consents
        if one.speaker_id == speaker_id and one.withdrawn_at is None and one.material in {None, material}
    ]
    return found[-1] if found else None
