"""The time zone that somebody means: Asia/Shanghai, Berlin, 北京时间, UTC+8."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from handlers.refused import Refused

_AREAS = frozenset("Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split())
# Places that no zone is called after, and what Chinese calls the zones that are asked for.
_PLACES = {
    "Asia/Shanghai": "beijing china guangzhou shenzhen chengdu utc+8 gmt+8 北京 上海 中国 广州 深圳 成都 东八区",
    "Asia/Hong_Kong": "hongkong 香港",
    "Asia/Macau": "macao 澳门",
    "Asia/Taipei": "taiwan 台北 台湾",
    "Asia/Singapore": "新加坡",
    "Asia/Tokyo": "japan 东京 日本",
    "Asia/Seoul": "korea 首尔 韩国",
    "Asia/Bangkok": "thailand 曼谷 泰国",
    "Asia/Kuala_Lumpur": "malaysia 吉隆坡 马来西亚",
    "Asia/Jakarta": "雅加达",
    "Asia/Kolkata": "india delhi mumbai 印度 新德里 孟买",
    "Asia/Dubai": "迪拜",
    "Europe/Moscow": "莫斯科",
    "Europe/London": "uk england 伦敦 英国",
    "Europe/Paris": "france 巴黎 法国",
    "Europe/Berlin": "germany munich frankfurt hamburg 柏林 德国 慕尼黑 法兰克福",
    "Europe/Zurich": "geneva switzerland 苏黎世 日内瓦 瑞士",
    "Europe/Madrid": "barcelona 马德里 巴塞罗那",
    "Europe/Rome": "italy milan 罗马 意大利 米兰",
    "Europe/Amsterdam": "netherlands 阿姆斯特丹 荷兰",
    "Europe/Vienna": "austria 维也纳",
    "America/New_York": "boston washington 纽约 波士顿 华盛顿 美东",
    "America/Chicago": "芝加哥 美中",
    "America/Los_Angeles": "seattle 洛杉矶 旧金山 西雅图 美西",
    "America/Toronto": "多伦多",
    "America/Vancouver": "温哥华",
    "Australia/Sydney": "悉尼",
    "UTC": "utc gmt utc+0 世界时 协调世界时",
}
_TAIL = re.compile(r"(?:[ _]?(?:standard )?time(?: ?zone)?|[时時][间間區区]|标准时间)$")


def zone(text: str) -> str:
    """The IANA name of the zone.

    Raises Refused, "dates/zone", with up to three names that are ``close``, for what no single zone is called. So it is
    with CST, which is a time in China, in Chicago and on Cuba.
    """
    said = _folded(text)
    found = _known().get(said) or _known().get(_TAIL.sub("", said).strip())
    if found is None:
        close = [_known()[name] for name in get_close_matches(said, _known(), cutoff=0.75)]
        raise Refused("dates/zone", text=text, close=list(dict.fromkeys(close)))
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold().replace("_", " ").replace("−", "-")


@cache
def _known() -> dict[str, str]:
    """Zones by their whole names, by the last part of them, and by what else they are called.

    Zones of the same last part are one zone under several names: Asia/Istanbul and Europe/Istanbul.
    """
    found: dict[str, str] = {}
    for name in sorted(available_timezones(), reverse=True):
        area, _, place = name.partition("/")
        if area in _AREAS and place:
            found[_folded(place.rsplit("/", 1)[-1])] = found[_folded(name)] = name
    for name, words in _PLACES.items():
        found |= dict.fromkeys([*words.split(), _folded(name)], name)
    return {**found, "new delhi": "Asia/Kolkata", "san francisco": "America/Los_Angeles"}
