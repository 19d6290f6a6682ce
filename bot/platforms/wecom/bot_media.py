"""Files on the AI bot's line: they come encrypted, each with a key of its own, and go up in pieces."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import PurePosixPath
from typing import Any

import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from bot.ask import Upload
from bot.keeping import Intake
from bot.platforms.wecom.client import A_PIECE, TIMES, name_of
from bot.platforms.wecom.entries import Entry
from bot.platforms.wecom.receive import Sent

PIECE = 384 * 1024
"""Bytes of a file in one frame: 512 KB once they are base64, which WeCom takes; it takes a hundred of them."""
PADDED = 256
"""Bits to which what is encrypted is filled up."""
_ENDINGS = {b"\x89PNG": ".png", b"GIF8": ".gif", b"RIFF": ".webp", b"\xff\xd8\xff": ".jpg"}

Frames = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Sends a command with its body, and gives the body of the answer."""


# --- in


@dataclass
class Fetch:
    """Brings what somebody sent into the file store."""

    intake: Intake
    http: requests.Session = field(default_factory=requests.Session)

    def __call__(self, _entry: Entry, sent: Sent) -> Upload:
        """Raises ``kinds.Unwanted``, ``storage.files.TooLarge``; ``OSError`` for what does not come, or not whole.

        An address is good for five minutes. It is a secret, as is the key: neither stands in an error.
        """
        try:
            with self.http.get(sent.address, stream=True, timeout=TIMES) as answer:
                answer.raise_for_status()
                pieces = opened(sent.key, answer.iter_content(A_PIECE))
                first = next(pieces, b"")
                name = name_of(answer) or named(sent.name, first)
                return self.intake.keep(name, _after(first, pieces))
        except requests.RequestException as error:
            raise ConnectionError(type(error).__name__) from None


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def opened(key: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The file, piece by piece, none of them empty. Raises ``OSError`` for what the key does not open."""
    try:
        secret = b64decode(key + "=" * (-len(key) % 4), validate=True)
        cipher = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).decryptor()
        plain = PKCS7(PADDED).unpadder()
        for piece in pieces:
            if part := plain.update(cipher.update(piece)):
                yield part
        if part := plain.update(cipher.finalize()) + plain.finalize():
            yield part
    except ValueError:
        raise OSError("not readable with its key") from None


def named(name: str, first: bytes) -> str:
    """What a picture without a name is called: by its first bytes, as its ending must fit."""
    ending = next((ending for head, ending in _ENDINGS.items() if first.startswith(head)), "")
    return str(PurePosixPath(name).with_suffix(ending)) if ending else name


# --- out


async def upload(ask: Frames, name: str, content: bytes, *, kind: str) -> str:
    """The media id, good for three days. ``kind``: image, voice, video, file."""
    pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
    about = {
        "type": kind,
        "filename": name,
        "total_size": len(content),
        "total_chunks": len(pieces),
        "md5": md5(content, usedforsecurity=False).hexdigest(),
    }
    begun = _of(await ask("aibot_upload_media_init", about), "upload_id")
    for index, piece in enumerate(pieces):
        given = {"upload_id": begun, "chunk_index": index, "base64_data": b64encode(piece).decode()}
        await ask("aibot_upload_media_chunk", given)
    return _of(await ask("aibot_upload_media_finish", {"upload_id": begun}), "media_id")


def _of(answer: Mapping[str, Any], name: str) -> str:
    if not answer.get(name):
        raise ConnectionError("no answer")
    return str(answer[name])
