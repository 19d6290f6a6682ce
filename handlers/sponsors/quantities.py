"""How many of what: a quantity and its unit in words, read and written. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from handlers.dates.words import A_MONTH

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
_YEAR = r"20[1-4]\d(?!\d)"
_PART = re.compile(rf"[,;:、]\s*(?!{_YEAR})({_NUMBER})\s*([^\W\d_][^\d,;:]*)$")
_LENGTH = "(?:mm|cm|m|km|px|ft|in|毫米|厘米|公分|米|英寸)"
_SIZE = re.compile(rf"\d\s*{_LENGTH}?\s*[x×*]\s*{_NUMBER}\s*{_LENGTH}$", re.IGNORECASE)
"""``3m x 3m``: how large one is, not how many."""
_DATED = re.compile(
    rf"\s*[年月]\s*\d|[-/.:]\d|(?:st|nd|rd|th)(?![a-z])|\s*(?:{A_MONTH}|[ap]\.?m(?![a-z]))", re.IGNORECASE
)
_DAY = re.compile(r"\s*(?:[月日号]|[时点](?![段位]))")
"""Behind a number, these and what is dated make it a day or an hour: no count, but where it is counted in just that."""
_NAMED_YEAR = re.compile(rf"\s*{_YEAR}(?:年|\s+[^\W\d_])")
_AMOUNT = re.compile(
    rf"(?P<before>[^\W\d_]*[¥$€£]?)\s*(?P<number>\d{{1,3}}(?: \d{{3}})+(?:\.\d+)?|{_NUMBER})\s*(?P<tens>[万亿])?\s*"
    r"(?P<after>[^\W\d_]*[¥$€£]?)"
)
_DOLLARS = frozenset("USD HKD SGD TWD AUD CAD NZD MOP".split())
_CURRENCIES: Mapping[str, frozenset[str]] = {
    "": frozenset(),
    **dict.fromkeys(("元", "元整"), frozenset({"CNY", "HKD", "TWD", "MOP"})),
    **dict.fromkeys(("人民币", "元人民币", "rmb", "yuan"), frozenset({"CNY"})),
    **dict.fromkeys(("美元", "美金", "us$"), frozenset({"USD"})),
    **dict.fromkeys(("港元", "港币", "hk$"), frozenset({"HKD"})),
    **dict.fromkeys(("欧元", "€", "euro", "euros"), frozenset({"EUR"})),
    **dict.fromkeys(("英镑", "£"), frozenset({"GBP"})),
    "日元": frozenset({"JPY"}),
    "¥": frozenset({"CNY", "JPY"}),
    "$": _DOLLARS,
}
"""By what people call them: which ones may be meant, none where nobody named any."""
_CENT = Decimal("0.01")
_TENS = {"万": 10_000, "亿": 100_000_000}
_TRIMMED = " \t,，、;；:：.。-—"


@dataclass(frozen=True)
class Promise:
    """What is promised: its words, how many (None: nobody said so) and of what."""

    text: str
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class Money:
    """An amount, and what was said of its currency: for each word, before it or behind, which ones may be meant."""

    number: Decimal
    named: tuple[frozenset[str], ...] = ()

    def may_be(self, currency: str) -> bool:
        return all(currency in some for some in self.named)


def promise(words: str) -> Promise:
    """``Logo on the backdrop x2 prints``, ``主背景板标志 2块``, ``Talk, 30 minutes``; else all is text."""
    text = " ".join(words.split())
    folded = unicodedata.normalize("NFKC", text)
    for shape in () if _SIZE.search(folded) else (_TIMES, _CHINESE, _PART):
        match = shape.search(folded)
        before = folded[: match.start()].strip(_TRIMMED) if match else ""
        dated = match and shape is _PART and _is_date(folded[match.end(1) :])
        if match and before and not dated and (count := quantity(match[1])):
            return Promise(before, count, (match[2] or "").strip(_TRIMMED)[:LONGEST_UNIT])
    return Promise(text)


def quantity(text: str) -> Decimal | None:
    """A number as it is kept: not negative, in plain digits; None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in _NUMERALS:
        return _NUMERALS[plain]
    if not re.fullmatch(_NUMBER, plain, re.ASCII):
        return None
    try:
        found = Decimal(plain.replace(",", ""))
        return Decimal(written(round(found, PLACES))) if found <= MOST else None
    except InvalidOperation:
        return None


def amount(text: str) -> Money | None:
    """Money as people write it: ``200,000``, ``20万元``, ``¥ 200000.50``; None for anything else."""
    match = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip().casefold())
    if match is None or not match["number"].isascii():
        return None
    named = [_currencies(match[side]) for side in ("before", "after")]
    found = Decimal(match["number"].replace(",", "").replace(" ", "")) * _TENS.get(match["tens"] or "", 1)
    if None in named or found > MOST:
        return None
    return Money(Decimal(written(found.quantize(_CENT, ROUND_HALF_UP))), tuple(filter(None, named)))


def _currencies(word: str) -> frozenset[str] | None:
    """Those that may be meant; any three letters are a code. None for any other word."""
    code = frozenset({word.upper()}) if re.fullmatch("[a-z]{3}", word) else None
    return _CURRENCIES.get(word, code)


def counted(text: str, unit: str = "") -> tuple[Decimal | None, str]:
    """The number with which ``text`` begins, and what follows it and its unit, a measure or "of 3"; no date's, no year.

    ``8 March``, ``3月8日`` and ``2026 yearbook`` begin with no count.
    """
    match = re.match(rf"\s*[x×*]?\s*({_NUMBER}|[{''.join(_NUMERALS)}](?={_MEASURES}))", text, re.IGNORECASE)
    count = quantity(match[1]) if match else None
    if match is None or count is None:
        return None, text
    rest = text[match.end() :]
    units = "|".join(re.escape(word) for word in (unit, unit.rstrip("s")) if word)
    known = rf"(?:{units}|{_MEASURES})" if units else f"(?:{_MEASURES})"
    behind = re.compile(rf"\s*(?:{known}(?![a-z㐀-鿿])|of {_NUMBER})", re.IGNORECASE).match(rest)
    if _is_date(rest, unit) or (not behind and _NAMED_YEAR.match(text)):
        return None, text
    return count, rest[behind.end() :] if behind else rest


def _is_date(rest: str, unit: str = "") -> bool:
    """Whether what stands behind a number makes it a part of a date; a day may be the ``unit`` that is counted."""
    return bool(_DATED.match(rest) or (_DAY.match(rest) and not (unit and rest.lstrip().startswith(unit))))


def written(number: Decimal | None) -> str:
    """``2``, ``1.5``: no power of ten, no zeros that say nothing; "" for None."""
    if number is None:
        return ""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
