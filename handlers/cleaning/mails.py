"""Mail addresses as lists have them → as they are compared, and what was probably meant. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email
from rapidfuzz.distance import OSA

from handlers.cleaning.cells import blank

HOSTS = (
    *("qq.com", "163.com", "126.com", "gmail.com", "outlook.com", "hotmail.com", "foxmail.com", "sina.com", "yeah.net"),
    *(
        "vip.qq.com",
        "vip.163.com",
        "139.com",
        "189.cn",
        "aliyun.com",
        "sohu.com",
        "icloud.com",
        "yahoo.com",
        "live.com",
    ),
)
"""Where most private addresses are, the commonest first."""
_NO_COM = frozenset("con cmo ocm comm comn coom vom xom cim c0m".split())
"""Endings that nobody has."""
_NEAR_COM = frozenset({*_NO_COM, "co", "cm", "om", "cn"})
"""Endings that some have, and not these hosts."""
LONG_ENOUGH = 5
"""Letters of a host's name in which one slip is no other host's."""

_REAL = frozenset("sina.cn yahoo.cn 139.cn aliyun.cn sohu.cn 163.cn mail.com email.com ymail.com".split())
"""Hosts that are there too, however like the others they look."""

_PLAIN_NAME = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*")
_PLAIN_HOST = re.compile(r"(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,30})?\.){1,3}(?:com|cn|org|net|edu|gov|hk|tw)")
LONGEST_NAME = 64
_NAMED = re.compile(r"<\s*([^<>]*@[^<>]*)>")
_SEVERAL = re.compile(r"[\s;,、/|<>()\[\]\"]+")
_AT = re.compile(r"\s*(?:@|\((?:at|@)\)|\[at\])\s*", re.IGNORECASE)
LONGEST = 500


class Mails(NamedTuple):
    """The addresses of a cell in their order, folded; ``unread``: what is none.

    ``meant`` says for an address, or for what is none, what it probably should be.
    """

    found: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()


NONE = Mails()


def mails(cell: str) -> Mails:
    """All mail addresses in a cell."""
    text = unicodedata.normalize("NFKC", cell[:LONGEST])
    folded = text.casefold()
    if _plain(folded):
        better = likelier(folded)
        return Mails((folded,), meant=((folded, better),)) if better else Mails((folded,))
    return NONE if blank(cell) else among_words(text)


def among_words(text: str) -> Mails:
    """The same of any text in usual width, as slowly as that takes: there may be several, with names and marks."""
    text = _AT.sub("@", text.replace("。", ".").replace("mailto:", ""))
    parts = [part.strip(" .:'") for part in _NAMED.findall(text) or _SEVERAL.split(text)]
    read = {part: _address(part) for part in parts if part}
    found = tuple(dict.fromkeys(value for value in read.values() if value))
    words = [part for part, value in read.items() if not value and ("@" in part or not found)]
    return Mails(found, tuple(words), _meant([*found, *words]))


def _plain(folded: str) -> bool:
    """By far the most addresses of our lists; whatever else may be one is for the standards to say."""
    name, _, host = folded.partition("@")
    return len(name) <= LONGEST_NAME and _PLAIN_NAME.fullmatch(name) is not None and _plain_host(host)


@lru_cache(maxsize=4096)
def _plain_host(host: str) -> bool:
    return _PLAIN_HOST.fullmatch(host) is not None


def _address(text: str) -> str:
    """Folded; "" for what is none. Whether its host is there nobody asks: lists are read without a network."""
    folded = text.casefold()
    if _plain(folded):
        return folded
    try:
        return validate_email(text, check_deliverability=False, strict=True).normalized.casefold()
    except EmailNotValidError:
        return ""


def _meant(addresses: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found = [(address, better) for address in addresses if (better := likelier(address))]
    return tuple(found)


def likelier(address: str) -> str:
    """The address with the host that was probably meant: gmail.con, gmial.com, qqcom; "" where it may be right."""
    name, _, host = address.casefold().rpartition("@")
    better = _likelier_host(host) if name else ""
    return f"{name}@{better}" if better else ""


@lru_cache(maxsize=4096)
def _likelier_host(host: str) -> str:
    if host in HOSTS or host in _REAL:
        return ""
    stem, _, ending = host.rpartition(".")
    known = next((known for known in HOSTS if _slipped(host, known)), "")
    return known or (f"{stem}.com" if stem and ending in _NO_COM else "")


def _slipped(host: str, known: str) -> bool:
    if host == known.replace(".", ""):
        return True
    stem, _, ending = known.rpartition(".")
    typed, _, typed_ending = host.rpartition(".")
    endings = {ending, *_NEAR_COM} if ending == "com" else {ending}
    if typed_ending not in endings:
        return False
    if typed == stem:
        return True
    return len(stem) >= LONG_ENOUGH and typed_ending != "cn" and OSA.distance(typed, stem) == 1
