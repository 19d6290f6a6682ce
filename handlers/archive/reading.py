"""Every file is read once, two at a time: whether it is still what came, and its second sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from storage import bags
from storage.bags import Sums
from storage.files import FileStore

AT_ONCE = 2


class Lost(StrEnum):
    """Why bytes cannot be had. GONE: not in the store. UNREAD: the store cannot read them. CHANGED: they are others."""

    GONE = "gone"
    UNREAD = "unread"
    CHANGED = "changed"


def read(store: FileStore, wanted: Mapping[str, int]) -> Iterator[tuple[str, Sums | Lost]]:
    """The sums of each digest, in that order, or why there are none; ``wanted`` says how long each is to be."""

    def one(item: tuple[str, int]) -> tuple[str, Sums | Lost]:
        digest, size = item
        return digest, _proved(store, digest, size)

    with ThreadPoolExecutor(AT_ONCE) as hands:
        yield from hands.map(one, wanted.items())


def _proved(store: FileStore, digest: str, size: int) -> Sums | Lost:
    try:
        found = bags.sums(store.pieces(digest))
    except FileNotFoundError:
        return Lost.GONE
    except OSError:
        return Lost.UNREAD
    return found if (found.sha256, found.size) == (digest, size) else Lost.CHANGED
