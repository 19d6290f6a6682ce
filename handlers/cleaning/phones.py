"""Telephone numbers as lists have them → as they are dialled from anywhere. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from handlers.cleaning.cells import blank

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_FRACTION = re.compile(r"(?<=\d{6})\.0+$")
_CUT = re.compile(r"\d(?:\.\d+)?e\+?\d+", re.IGNORECASE)
_CHINA = re.compile(r"(?:(?:\+|00)?(86))?(1[3-9]\d{9})", re.ASCII)
_LINE_OF_CHINA = re.compile(r"0([1-9]\d{8,10})")
_BETWEEN = re.compile(r"[-\s().·]+")
_SEVERAL = re.compile(r"[/;,、|\n]|或|(?<=\d{7})\s+(?=\+|0\d\d|1[3-9]\d)")
_LISTED = re.compile(r"[/;,、|]")
_EXTENSION = re.compile(
    r"(?:转|分机|ext(?:ension)?\.?|x|#)\s*[:.]?\s*\d{1,6}\s*$|(?<=\d{7})\s*[-—]\s*\d{1,5}\s*$", re.IGNORECASE
)
_LIKE_ZERO = re.compile(r"[o〇○]", re.IGNORECASE)
_NO_ZERO = re.compile(r"(?<=\d)[o〇○]+|[o〇○]+(?=\d)", re.IGNORECASE)
_ASIDE = re.compile(r"[^\d+()\-.\s/;,、|]+")
LONGEST_TAIL = 4
"""Digits in 62345678/79, which stand for the last ones of another number."""
LONGEST = 200
COUNTRY = "+86"
TAIL, WITH_TAIL = 3, 10
"""Last digits of which the plan of China says nothing, in numbers so long: all those of an exchange are of one kind."""


class Phone(NamedTuple):
    """``value`` is E.164. ``mobile``: one person's, so far as the number tells; an office's it is not."""

    value: str
    mobile: bool


class Phones(NamedTuple):
    """The numbers of a cell, in their order.

    ``lost``: a spreadsheet has cut one. ``unread``: what is no whole number.
    """

    found: tuple[Phone, ...] = ()
    lost: bool = False
    unread: tuple[str, ...] = ()


NONE = Phones()


def phones(cell: str, region: str = "CN") -> Phones:
    """All telephone numbers in a cell. ``region`` is the country (ISO 3166) of those that name none."""
    if quick := mobile_of_china(cell, region):
        return Phones((Phone(quick, mobile=True),))
    if blank(cell):
        return NONE
    text = whole(unicodedata.normalize("NFKC", cell[:LONGEST]).strip())
    if is_cut(text):
        return Phones(lost=True)
    if not _LISTED.search(text) and (quick := mobile_of_china(_ASIDE.sub("", text), region)):
        return Phones((Phone(quick, mobile=True),))
    found: dict[str, Phone] = {}
    unread: list[str] = []
    for part in _parts(text):
        phone = _phone(part, region)
        if phone is None:
            unread.append(part)
        else:
            found.setdefault(phone.value, phone)
    return Phones(tuple(found.values()), unread=tuple(unread))


def whole(cell: str) -> str:
    """A number that was kept as a fraction or by its power of ten, where nothing of it is lost: 13800000005.0."""
    if _CUT.fullmatch(cell):
        number = Decimal(cell)
        complete = len(number.as_tuple().digits) > number.adjusted()
        return f"{number:.0f}" if complete else cell
    return _FRACTION.sub("", cell) if "." in cell else cell


def is_cut(cell: str) -> bool:
    """Whether a spreadsheet has made 1.38E+10 of it: the rest is lost."""
    text = cell.strip()
    return bool(_CUT.fullmatch(text)) and whole(text) == text


def mobile_of_china(cell: str, region: str) -> str:
    """The number of a cell that has nothing but a mobile one of China, as almost all of our lists do; "" for others.

    It is read without the numbering plans of the world, and is what ``phones`` finds.
    """
    match = _CHINA.fullmatch(cell) or _CHINA.fullmatch(_BETWEEN.sub("", cell))
    return f"+86{match[2]}" if match and (match[1] or region == "CN") else ""


def _parts(text: str) -> Iterator[str]:
    """Each number of a cell by itself: 010-62345678/79 are two."""
    before = ""
    for part in filter(None, (one.strip() for one in _SEVERAL.split(text))):
        tail = part.isdecimal() and len(part) <= LONGEST_TAIL and before
        before = f"{before[: -len(part)]}{part}" if tail else part
        yield before


def _phone(text: str, region: str) -> Phone | None:
    if quick := mobile_of_china(text, region):
        return Phone(quick, mobile=True)
    digits = _NO_ZERO.sub(lambda run: "0" * len(run[0]), text) if _LIKE_ZERO.search(text) else text
    if (told := _ASIDE.sub("", digits)) != text and (quick := mobile_of_china(told, region)):
        return Phone(quick, mobile=True)
    bare = _EXTENSION.sub("", digits)
    phone = _of_any_country(_ASIDE.sub("", bare), region)
    return phone if bare == digits else phone and phone._replace(mobile=False)


def _of_any_country(text: str, region: str) -> Phone | None:
    line = _LINE_OF_CHINA.fullmatch(_BETWEEN.sub("", text)) if region == "CN" else None
    if line is not None:  # taken apart already: parsing would try the shapes of the whole world on it
        digits = str(int(line[1]))
        mobile = _mobile_in_china(f"{digits[:-TAIL]}{'0' * TAIL}" if len(digits) >= WITH_TAIL else digits)
        return None if mobile is None else Phone(f"+86{digits}", mobile)
    # Large, and of no use before a list with such numbers comes.
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse  # noqa: PLC0415

    try:
        number = parse(text, region)
    except NumberParseException:
        return None
    mobile = _mobile(number)
    return None if mobile is None else Phone(format_number(number, PhoneNumberFormat.E164), mobile)


@lru_cache(maxsize=4096)
def _mobile_in_china(digits: str) -> bool | None:
    from phonenumbers import PhoneNumber  # noqa: PLC0415  as above

    return _mobile(PhoneNumber(86, int(digits)))


def _mobile(number: PhoneNumber) -> bool | None:
    """Whether it may be a mobile one; None where no such number can be."""
    from phonenumbers import PhoneNumberType, number_type  # noqa: PLC0415  as above

    kind = number_type(number)
    if kind == PhoneNumberType.UNKNOWN:
        return None
    return kind in {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def dialled(value: str) -> str:
    """A number as people in China write it, without the country and with the 0 of its area; others as they are."""
    if not value.startswith(COUNTRY):
        return value
    bare = value.removeprefix(COUNTRY)
    own = len(bare) == len("13800000000") and bare.startswith("1")
    return bare if own or bare.startswith(("400", "800")) else f"0{bare}"
