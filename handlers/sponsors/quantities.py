"""How many of what: a quantity and its unit in words, read and written. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MOST = Decimal(1_000_000_000)
LONGEST_UNIT = 30
PLACES = 4
"""Digits behind the point: nobody promises less than a ten-thousandth."""

_NUMERALS = {word: Decimal(count) for count, word in enumerate("零一二三四五六七八九十")} | {"两": Decimal(2)}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_MEASURES = "平方米|分钟|小时|人次|[个块次场份篇张席名位期条页版面处套幅天秒家支枚本册桌间台辆封人米轮]"
_TIMES = re.compile(rf"(?<![\d\s])\s*(?:(?<=\s)x|[×*])\s*({_NUMBER})(?:\s*([^\W\d_][^\d,;]*))?$", re.IGNORECASE)
_CHINESE = re.compile(
    rf"(?<![第\d.])\s*(?<![\d.])({_NUMBER}|[{''.join(_NUMERALS)}])\s*({_MEASURES})$",
)
_PART = re.compile(rf"[,;:、]\s*({_NUMBER})\s*([^\W\d_][^\d,;:]*)$")
_CURRENCY = r"(?:人民币|cny|rmb|usd|eur|[¥$€])?"
_AMOUNT = re.compile(rf"{_CURRENCY}\s*(\d[\d,. ]*)\s*([万亿])?\s*(?:元整?|{_CURRENCY})", re.IGNORECASE)
_TENS = {"万": 10_000, "亿": 100_000_000}
_TRIMMED = " \t,，、;；:：.。-—"


@dataclass(frozen=True)
class Promise:
    """What is promised: its words, how many (None: nobody said so) and of what."""

    text: str
    quantity: Decimal | None = None
    unit: str = ""


def promise(words: str) -> Promise:
    """``Logo on the backdrop x2 prints``, ``主背景板标志 2块``, ``Talk, 30 minutes``; else all is text."""
    text = " ".join(words.split())
    folded = unicodedata.normalize("NFKC", text)
    for shape in (_TIMES, _CHINESE, _PART):
        match = shape.search(folded)
        before = folded[: match.start()].strip(_TRIMMED) if match else ""
        if match and before and (count := quantity(match[1])):
            return Promise(before, count, (match[2] or "").strip(_TRIMMED)[:LONGEST_UNIT])
    return Promise(text)


def quantity(text: str) -> Decimal | None:
    """A number as it is kept: not negative, in plain digits; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if plain in _NUMERALS:
        return _NUMERALS[plain]
    if not re.fullmatch(r"\d+(?:\.\d+)?", plain, re.ASCII):
        return None
    try:
        found = Decimal(plain)
        return Decimal(written(round(found, PLACES))) if found <= MOST else None
    except InvalidOperation:
        return None


def amount(text: str) -> Decimal | None:
    """Money as people write it: ``200,000``, ``20万元``, ``¥ 200000.50``; None for anything else."""
    match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    number = quantity(match[1].replace(" ", "")) if match else None
    if match is None or number is None:
        return None
    found = number * _TENS.get(match[2] or "", 1)
    return Decimal(written(round(found, 2))) if found <= MOST else None


def counted(text: str, unit: str = "") -> tuple[Decimal | None, str]:
    """The number with which ``text`` begins, and what follows it and its unit, a measure or "of 3"."""
    match = re.match(rf"\s*[x×*]?\s*({_NUMBER}|[{''.join(_NUMERALS)}](?={_MEASURES}))", text, re.IGNORECASE)
    count = quantity(match[1]) if match else None
    if match is None or count is None:
        return None, text
    rest = text[match.end() :]
    units = "|".join(re.escape(word) for word in (unit, unit.rstrip("s")) if word)
    known = rf"(?:{units}|{_MEASURES})" if units else f"(?:{_MEASURES})"
    return count, re.sub(rf"^\s*(?:{known}(?![a-z㐀-鿿])|of {_NUMBER})", "", rest, count=1, flags=re.IGNORECASE)


def written(number: Decimal | None) -> str:
    """``2``, ``1.5``: no power of ten, no zeros that say nothing; "" for None."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
