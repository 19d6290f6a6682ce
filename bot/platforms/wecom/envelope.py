"""What WeCom calls back with: checked, decrypted and read, without trusting any of it. No network, no database.

Nothing is parsed before its signature holds: the encrypted part is found by its shape, and the XML inside is looked at
only once it is known to be WeCom's.
"""

from __future__ import annotations

import binascii
import hmac
import re
import struct
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from wechatpy.enterprise.crypto import PrpCrypto
from wechatpy.enterprise.exceptions import InvalidCorpIdException

LARGEST = 65_536
"""Bytes of a callback: the text in it has 2,048 at most, and nothing else in it is long."""
WINDOW = 600
"""Seconds by which the time in the address may differ from ours; WeCom comes again within half a minute."""
LONGEST_PART = 200
_SEALED = re.compile(
    rb"<Encrypt>\s{0,9}(?:<!\[CDATA\[)?\s{0,9}([A-Za-z0-9+/]+={0,2})\s{0,9}(?:\]\]>)?\s{0,9}</Encrypt>"
)
"""Every part is bounded, so that no input takes long."""
_NOT_READABLE = (
    binascii.Error,
    ExpatError,
    IndexError,
    InvalidCorpIdException,
    OverflowError,
    RecursionError,
    struct.error,
    UnicodeDecodeError,
    ValueError,
)
"""Whatever wechatpy and the XML reader raise at what is not as it should be."""

Told = Mapping[str, Any]


class Rejected(Exception):  # noqa: N818  a fact about a request, which the door answers
    """Not from WeCom, or not for us. ``why`` is for the log: nothing of what was sent is in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Signed:
    """What stands in the address of a callback."""

    signature: str
    timestamp: str
    nonce: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Signed:
        """Raises ``Rejected`` where something is missing or far too long."""
        parts = [query.get(name, "") for name in ("msg_signature", "timestamp", "nonce")]
        if not all(0 < len(part) <= LONGEST_PART for part in parts):
            raise Rejected("unsigned")
        return cls(*parts)


class Envelopes:
    """Of one app: its callback's token and key, and the corp that they are for."""

    def __init__(self, token: str, aes_key: str, corp_id: str) -> None:
        self.token = token
        self.crypto = PrpCrypto(b64decode(aes_key + "="))
        self.receiver = corp_id

    def open(self, sealed: str, signed: Signed, *, now: float) -> str:
        """What was encrypted. ``now`` is in seconds since 1970. Raises ``Rejected``."""
        if not hmac.compare_digest(self._signature(sealed, signed).encode(), signed.signature.encode()):
            raise Rejected("signature")
        told = signed.timestamp
        if not (told.isdecimal() and len(told) <= len(str(WINDOW)) + 12) or abs(now - int(told)) > WINDOW:
            raise Rejected("time")
        try:
            return str(self.crypto.decrypt(sealed, self.receiver))
        except _NOT_READABLE:
            raise Rejected("encryption") from None

    def read(self, body: bytes, signed: Signed, *, now: float) -> tuple[str, Told]:
        """The message in a callback, as it was encrypted and by its fields. Raises ``Rejected``."""
        text = self.open(sealed_in(body), signed, now=now)
        return text, fields_of(text)

    def _signature(self, sealed: str, signed: Signed) -> str:
        parts = sorted((self.token, signed.timestamp, signed.nonce, sealed))
        return sha1("".join(parts).encode()).hexdigest()  # noqa: S324  as WeCom signs  # nosec B324


def sealed_in(body: bytes) -> str:
    """The encrypted part of a callback. Raises ``Rejected``."""
    found = _SEALED.search(body) if len(body) <= LARGEST and body.lstrip().startswith(b"<xml") else None
    if found is None:
        raise Rejected("no envelope")
    return found[1].decode()


def fields_of(text: str) -> Told:
    """The fields of a message; ``Any`` for nested ones. Raises ``Rejected`` for what is no message."""
    try:
        told = xmltodict.parse(text)["xml"]
    except (*_NOT_READABLE, KeyError):
        raise Rejected("not readable") from None
    if not isinstance(told, dict):
        raise Rejected("not readable")
    return told


def several(found: object) -> Iterator[Any]:
    """The entries of a repeated field: XML has one, several or none of them alike."""
    if isinstance(found, list):
        yield from found
    elif found is not None:
        yield found
