"""What people say of a meeting, ``venue: Hall A end: 8 June``, and the columns that it fills. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from handlers import dates
from handlers.grammar import Details
from handlers.refused import Refused
from handlers.workdays import Calendar
from storage.meetings import Mode

OPENING = time(9)
NOTHING: Mapping[str, str] = MappingProxyType({})
LONGEST = {"name_zh": 200, "name_en": 200, "edition": 50, "venue": 300, "goals": 4000}
MOST_PEOPLE = 1_000_000
MAY_BE_EMPTY = frozenset({"edition", "venue", "expected", "goals"})

NAMES = {
    "name": ("名称", "会议名称"),
    "name_zh": ("中文名", "中文名称", "中文", "chinese name", "name zh", "chinese", "zh"),
    "name_en": ("英文名", "英文名称", "英文", "english name", "name en", "english", "en"),
    "edition": ("届次", "届"),
    "end": ("结束", "结束时间", "闭幕", "闭幕时间", "ends", "end time"),
    "start": ("开始", "开始时间", "开幕", "开幕时间", "starts", "start time"),
    "zone": ("时区", "time zone", "timezone"),
    "venue": ("地点", "场地", "会场", "会议地点", "place", "location"),
    "mode": ("形式", "会议形式", "方式", "format"),
    "expected": ("预计人数", "参会人数", "人数", "规模", "expected attendance", "attendance"),
    "goals": ("目标", "会议目标", "goal"),
    "currency": ("币种", "货币"),
    "template": ("模板", "清单模板"),
    "seen": (),
}
MeetingDetails = Annotated[Mapping[str, str], Details(NAMES)]

_MODES = {
    Mode.ONSITE: "onsite on-site in-person offline 线下 现场 线下会议",
    Mode.ONLINE: "online virtual remote 线上 在线 线上会议",
    Mode.HYBRID: "hybrid both mixed 混合 线上线下 线下线上 线上+线下 线下+线上 线上和线下 双线",
}
_CURRENCIES = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG "
    "QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD "
    "TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG".split()
)
_MONEY = {
    "CNY": "rmb yuan ¥ 人民币 元 人民币元",
    "USD": "dollar dollars us$ $ 美元 美金",
    "EUR": "euro euros € 欧元",
    "GBP": "pound pounds £ 英镑",
    "HKD": "hk$ 港币 港元",
    "JPY": "yen 日元",
    "SGD": "s$ 新加坡元 新币",
    "MOP": "澳门元 葡币",
    "TWD": "nt$ 新台币 台币",
    "KRW": "won 韩元",
}
_ENDING = (
    re.compile(
        r"(?P<name>.+?)[,;]?\s+(?:(?:that|which)\s+)?end(?:s|ed)?\s+(?:(?:on|at)\s+)?(?P<end>.+)", re.IGNORECASE
    ),
    re.compile(r"(?P<name>.+?)[\s，,；;]*(?:结束|闭幕)(?:时间|日期)?[于在是]?\s*(?P<end>.+)"),
    re.compile(r"(?P<name>.+?)[\s，,；;]+[于在]?(?P<end>[^，,；;]+?)(?:结束|闭幕)了?[。.]?"),
)
"""How people say an end within the name's words."""
_COUNT = re.compile(r"\D{0,8}?(\d[\d,]*(?:\.\d+)?) ?(万|千|k)?\D{0,10}", re.IGNORECASE | re.ASCII)
_TIMES = {None: 1, "万": 10_000, "千": 1000, "k": 1000}
_EMPTY = frozenset({"-", "—", "none", "无", "没有"})


@dataclass(frozen=True)
class Terms:
    """What details are read against.

    ``zone`` is the meeting's, as long as the details do not name another; ``month_first`` reads 6/7 as June 7.
    """

    now: datetime
    zone: str
    calendar: Calendar
    month_first: bool = False


def columns(details: Mapping[str, str], terms: Terms) -> dict[str, Any]:
    """The columns of a meeting that the details set. Raises Refused, "meetings/…", with the ``field`` it is about."""
    found = _names(details)
    zone = _zone(details["zone"]) if "zone" in details else terms.zone
    if "zone" in details:
        found["zone"] = zone
    for name, usual in (("end", None), ("start", OPENING)):
        if name in details:
            found[f"{name}s_at"] = moment(details[name], terms, zone, field=name, usual=usual).at
    for name, read in _READERS.items():
        if name in details:
            found[name] = read(_said(details, name))
    return found


def moment(text: str, terms: Terms, zone: str, *, field: str = "end", usual: time | None = None) -> dates.Due:
    """When a meeting begins or ends, in its zone. Raises Refused, "meetings/when"."""
    now = terms.now.astimezone(ZoneInfo(zone))
    try:
        calendar, at = terms.calendar, usual or dates.CLOSE
        return dates.occasion(text, now=now, calendar=calendar, at=at, month_first=terms.month_first)
    except Refused as refused:
        year = refused.name == "dates/which_year"
        raise Refused("meetings/when", field=field, text=text, year=year) from None


def supposed(details: Mapping[str, str], terms: Terms) -> dict[str, str]:
    """The details to begin a form with: the name under its language, and the end where the name's words say one.

    "Spring Forum, ended yesterday 5pm" may be a name as it stands, so this is for somebody to look at, not to act on.
    """
    plain = details.get("name") or details.get("", "")
    if not plain:
        return dict(details)
    found = _ending(plain, terms) if "end" not in details else {}
    plain = found.pop("name", plain)
    return {_language(plain): plain, **found, **details}


def _ending(plain: str, terms: Terms) -> dict[str, str]:
    """The name and the end; nothing where the words do not say one that can be read."""
    for shape in _ENDING:
        match = shape.fullmatch(plain.strip())
        if match:
            with suppress(Refused):
                moment(match["end"], terms, terms.zone)
                return match.groupdict()
    return {}


def opening(ends_at: datetime) -> datetime:
    """When a meeting began that nobody gave a beginning: in the morning of its last day."""
    return min(ends_at, ends_at.replace(hour=OPENING.hour, minute=0))


def _names(details: Mapping[str, str]) -> dict[str, Any]:
    """The names in each language; one that was given without saying which is taken for what its script says."""
    said = {name: _short(details[name], name) for name in ("name_zh", "name_en") if name in details}
    plain = details.get("name") or details.get("", "")
    if plain:
        language = _language(plain)
        said.setdefault(language, _short(plain, language))
    return dict(said)


def _language(name: str) -> str:
    return "name_zh" if _chinese(name) else "name_en"


def _chinese(text: str) -> bool:
    return any(unicodedata.name(character, "").startswith("CJK UNIFIED") for character in text)


def _short(text: str, field: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST[field]:
        raise Refused("meetings/too_long", field=field, most=LONGEST[field])
    return text


def _said(details: Mapping[str, str], name: str) -> str:
    """The detail; empty where somebody says that there is none and there may be none."""
    text = details[name].strip()
    return "" if name in MAY_BE_EMPTY and text.casefold() in _EMPTY else text


def _zone(text: str) -> str:
    try:
        return dates.zone(text)
    except Refused as refused:
        raise Refused("meetings/zone", text=text, close=refused.facts["close"]) from None


def _mode(text: str) -> Mode:
    said = unicodedata.normalize("NFKC", text).casefold().replace(" ", "")
    found = next((mode for mode, words in _MODES.items() if said in words.split()), None)
    if found is None:
        raise Refused("meetings/mode", text=text)
    return found


def _expected(text: str) -> int | None:
    if not text:
        return None
    match = _COUNT.fullmatch(unicodedata.normalize("NFKC", text))
    number = float(match[1].replace(",", "")) * _TIMES[match[2] and match[2].casefold()] if match else 0
    if match is None or number > MOST_PEOPLE or number != int(number):
        raise Refused("meetings/expected", text=text)
    return int(number)


def _goals(text: str) -> list[dict[str, str]]:
    parts = re.split(r"[;；\n]+", _long(text))
    return [{"text": " ".join(part.split())} for part in parts if part.strip()]


def _long(text: str) -> str:
    if len(text) > LONGEST["goals"]:
        raise Refused("meetings/too_long", field="goals", most=LONGEST["goals"])
    return text


def _currency(text: str) -> str:
    said = unicodedata.normalize("NFKC", text).strip()
    found = next((code for code, words in _MONEY.items() if said.casefold() in words.split()), said.upper())
    if found not in _CURRENCIES:
        raise Refused("meetings/currency", text=text)
    return found


_READERS: Mapping[str, Callable[[str], Any]] = {
    "edition": lambda text: _short(text, "edition"),
    "venue": lambda text: _short(text, "venue"),
    "mode": _mode,
    "expected": _expected,
    "goals": _goals,
    "currency": _currency,
}


def goal_texts(goals: Sequence[Mapping[str, Any]]) -> str:
    """The goals as they are typed."""
    texts = [str(goal["text"]) for goal in goals]
    return ("；" if _chinese("".join(texts)) else "; ").join(texts)
