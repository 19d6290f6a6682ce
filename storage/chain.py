"""What a link of the journal's chain is made of: pieces with hashes of their own, so that one may go and all fits.

A body holds the line, the room and each change. Its digest is taken over the pieces' digests, and each of those over
the piece and a salt. A piece that is erased leaves its digest and takes its salt with it, so that nobody can find out
by trying what stood there.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

ERASED = "erased"
_HELD = frozenset({"salt", "line", "room", "changes"})
_JSON = json.JSONEncoder(ensure_ascii=False)
_LINKED = ("previous", "seq", "person_id", "meeting_id", "platform", "undoes", "digest")


class Unfit(Exception):  # noqa: N818  a fact about a body, which verifying tells
    """It is no body that was written here."""


def body(line: str, room: str, changes: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """A new body and its digest."""
    held = {"salt": secrets.token_hex(16), "line": line, "room": room, "changes": list(changes)}
    return _json(held), _digest(held)


def opened(text: str) -> dict[str, Any]:
    """Raises ``Unfit``."""
    try:
        held = json.loads(text)
    except ValueError:
        raise Unfit from None
    if not isinstance(held, dict) or held.keys() != _HELD or not isinstance(held["changes"], list):
        raise Unfit
    return held


def digest(text: str) -> str:
    """Raises ``Unfit``."""
    held = opened(text)
    salts = held["salt"]
    if not isinstance(salts, str) and (not isinstance(salts, list) or len(salts) != len(_pieces(held))):
        raise Unfit
    return _digest(held)


def link(entry: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash, the number, the moment, who, from which platform, what it undoes, the digest."""
    linked = [*(entry[name] for name in _LINKED), f"{entry['at'].timestamp():.6f}"]
    return hashlib.sha256(_json(linked).encode()).hexdigest()


def shown(held: Mapping[str, Any]) -> tuple[str, str]:
    """Line and room as they are to stand beside the body: empty where they were erased."""
    line, room = (held[name] if isinstance(held[name], str) else "" for name in ("line", "room"))
    return line, room


def changes(held: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Without those that were erased."""
    return [change for change in held["changes"] if not is_erased(change)]


def is_erased(piece: Any) -> bool:
    return isinstance(piece, dict) and piece.keys() == {ERASED}


def any_erased(held: Mapping[str, Any]) -> bool:
    return any(is_erased(piece) for piece in _pieces(held))


def without(text: str, personal: Callable[[Any], bool]) -> str | None:
    """The body without the pieces of which ``personal`` says so; None where there are none.

    A piece is a text (the line, then the room) or a change. The digest stays what it was.
    """
    held = opened(text)
    pieces = _pieces(held)
    going = [number for number, piece in enumerate(pieces) if not is_erased(piece) and personal(piece)]
    if not going:
        return None
    salts = [_salt(held, number) for number in range(len(pieces))]
    for number in going:
        pieces[number], salts[number] = {ERASED: _piece(pieces[number], salts[number])}, None
    line, room, *left = pieces
    return _json({"salt": salts, "line": line, "room": room, "changes": left})


def _pieces(held: Mapping[str, Any]) -> list[Any]:
    return [held["line"], held["room"], *held["changes"]]


def _digest(held: Mapping[str, Any]) -> str:
    parts = (_piece(piece, _salt(held, number)) for number, piece in enumerate(_pieces(held)))
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _piece(piece: Any, salt: str | None) -> str:
    if is_erased(piece):
        return str(piece[ERASED])
    return hashlib.sha256(f"{salt}{_json(piece)}".encode()).hexdigest()


def _salt(held: Mapping[str, Any], number: int) -> str | None:
    """Of one piece: while nothing is erased, all follow from one."""
    salt = held["salt"]
    if isinstance(salt, str):
        return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()[:32]
    found: str | None = salt[number]
    return found


def _json(value: Any) -> str:
    return _JSON.encode(value)
