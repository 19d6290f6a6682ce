"""What people type for a language, a time of day, a time zone or a country, in either language."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from handlers.dates import clock
from handlers.dates.words import fold
from handlers.refused import Refused
from handlers.workdays import Calendar
from messages import Offer

OFF = frozenset("off no none never stop 关 关闭 关掉 无 没有 不要 停 停止 取消".split())
ON = frozenset("on yes start resume 开 开启 打开 恢复 启用".split())
DEFAULT = frozenset("default reset auto follow 默认 恢复 恢复默认 自动 跟随 清除".split())
NO_QUIET = time(0), time(0)

_LANGUAGES = {
    "zh_CN": "zh zh_cn zh-cn cn chinese mandarin 中文 汉语 简体 简体中文 普通话".split(),
    "en": "en en_gb en_us en-gb en-us english 英文 英语".split(),
}
_TO = re.compile(r"\s*(?:[-~–—−]|到|至|\b(?:to|until|till)\b)\s*", re.IGNORECASE)
_FROM = re.compile(r"\s*(?:from\b|从|自)\s*", re.IGNORECASE)
_BARE = re.compile(r"^\s*(\d{1,2})\s*$", re.ASCII)
_FIRST_HOUR = re.compile(r"(?<![\d:.])12(?=(?:[:.]\d{2})?\s*am\b)", re.ASCII)
_NOON = 12


def said(text: str) -> str:
    """As single words are compared."""
    return unicodedata.normalize("NFKC", text).strip(' "“”。.').casefold()


def language(text: str, line: str) -> str:
    """A locale; "" for the default. Raises ``Refused`` with both for ``line`` to press."""
    word = said(text)
    if word in DEFAULT:
        return ""
    for locale, names in _LANGUAGES.items():
        if word in names:
            return locale
    raise Refused("settings/language", text=text, buttons=_both(line))


def _both(line: str) -> list[Offer]:
    return [Offer("chinese", f"{line} 中文"), Offer("english", f"{line} English")]


def switch(text: str, line: str) -> bool:
    """On or off. Raises ``Refused``."""
    word = said(text)
    if word in ON | OFF:
        return word in ON
    raise Refused("settings/on_or_off", text=text, buttons=[Offer("on", f"{line} on"), Offer("off", f"{line} off")])


def time_of(text: str, *, afternoon: bool = False) -> time:
    """A time of day, be it the hour alone; 3:40 is in the ``afternoon`` only where that is so. Raises ``Refused``.

    12am begins the day: no day is named here, of which it could as well be the end.
    """
    try:
        found, rest = clock.take(_BARE.sub(r"\1:00", _FIRST_HOUR.sub("0", fold(text))))
    except Refused:
        found, rest = None, ""
    if found is None or rest or found.guessed == "time":
        raise Refused("settings/time", text=text)
    early = found.guessed == "afternoon" and not afternoon
    return found.at.replace(hour=found.at.hour - _NOON) if early else found.at


def quiet_hours(text: str) -> tuple[time, time]:
    """From when to when; equal for none. Raises ``Refused``."""
    if said(text) in OFF:
        return NO_QUIET
    ends = _TO.split(_FROM.sub("", text, count=1))
    try:
        begin, end = map(time_of, ends)
    except (ValueError, Refused):
        raise Refused("settings/hours", text=text) from None
    if begin == end:
        raise Refused("settings/hours", text=text)
    return begin, end


_CITIES = {
    "Asia/Shanghai": "北京 beijing 上海 中国 china 北京时间 东八区 utc+8 gmt+8 广州 深圳 成都 杭州".split(),
    "Asia/Hong_Kong": "香港 hongkong".split(),
    "Asia/Macau": "澳门 macao".split(),
    "Asia/Taipei": "台北 台湾 taiwan".split(),
    "Asia/Tokyo": "东京 日本 japan".split(),
    "Asia/Seoul": "首尔 韩国 korea".split(),
    "Asia/Singapore": ["新加坡"],
    "Asia/Kuala_Lumpur": "吉隆坡 马来西亚 malaysia".split(),
    "Asia/Bangkok": "曼谷 泰国 thailand".split(),
    "Asia/Dubai": ["迪拜"],
    "Asia/Kolkata": "印度 新德里 india delhi mumbai".split(),
    "Europe/London": "伦敦 英国 uk britain england".split(),
    "Europe/Paris": "巴黎 法国 france".split(),
    "Europe/Berlin": "柏林 德国 germany frankfurt 法兰克福".split(),
    "Europe/Zurich": "苏黎世 瑞士 switzerland geneva 日内瓦".split(),
    "Europe/Moscow": ["莫斯科"],
    "America/New_York": "纽约 美东 华盛顿 washington boston 波士顿".split(),
    "America/Chicago": ["芝加哥"],
    "America/Los_Angeles": "洛杉矶 旧金山 美西 sanfrancisco seattle 西雅图".split(),
    "America/Toronto": ["多伦多"],
    "America/Vancouver": ["温哥华"],
    "Australia/Sydney": ["悉尼"],
    "UTC": "utc gmt z".split(),
}


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    """IANA zones by what people call them, compared without blanks and capitals."""
    found: dict[str, tuple[str, ...]] = {}
    real = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    for zone in real:
        city = _squeezed(zone.rpartition("/")[2])
        found[city] = (*found.get(city, ()), zone)
    found.update({_squeezed(name): (zone,) for zone, names in _CITIES.items() for name in (zone, *names)})
    found.update({_squeezed(zone): (zone,) for zone in real})
    return found


def _squeezed(name: str) -> str:
    return re.sub(r"[\s_]", "", said(name))


def zone(text: str, line: str) -> str:
    """An IANA zone by its name, a city or a country; "" for the default. Raises ``Refused`` with near ones to press."""
    word = _squeezed(text)
    if word in DEFAULT:
        return ""
    known = _zones()
    found = known.get(word, ())
    if len(found) == 1:
        return found[0]
    near = found or tuple(known[name][0] for name in get_close_matches(word, known, n=4, cutoff=0.7))
    offers = [Offer("zone", f"{line} {one}", facts={"zone": one}) for one in dict.fromkeys(near)]
    raise Refused("settings/zone", text=text, near=bool(offers), buttons=offers)


_COUNTRIES = {
    "CN": "中国 中国大陆 大陆 china mainland".split(),
    "HK": "香港 中国香港 hongkong".split(),
    "MO": "澳门 中国澳门 macau macao".split(),
    "TW": "台湾 中国台湾 taiwan".split(),
    "JP": "日本 japan".split(),
    "KR": "韩国 korea southkorea".split(),
    "SG": "新加坡 singapore".split(),
    "MY": "马来西亚 malaysia".split(),
    "TH": "泰国 thailand".split(),
    "IN": "印度 india".split(),
    "AE": "阿联酋 uae".split(),
    "GB": "英国 uk britain unitedkingdom".split(),
    "IE": "爱尔兰 ireland".split(),
    "FR": "法国 france".split(),
    "DE": "德国 germany".split(),
    "CH": "瑞士 switzerland".split(),
    "US": "美国 usa america unitedstates".split(),
    "CA": "加拿大 canada".split(),
    "AU": "澳大利亚 澳洲 australia".split(),
    "NZ": "新西兰 newzealand".split(),
}
_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,6})?")


def country(text: str, today: date) -> str:
    """An ISO 3166 code whose calendar is known, "" for weekends only. Raises ``Refused``."""
    word = _squeezed(text)
    if word in OFF:
        return ""
    code = next((code for code, names in _COUNTRIES.items() if word in names), word.upper())
    if _CODE.fullmatch(code):
        try:
            Calendar(code).worked(today)
        except NotImplementedError:
            pass
        else:
            return code
    raise Refused("settings/country", text=text)
