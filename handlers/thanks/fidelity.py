"""Whether a paragraph in other words says anything that was not known before. Pure; in doubt, it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

LONGER = 2
"""So many times as long as before a paragraph may become, and ``ROOM`` characters more."""
ROOM = 120
_PRIVATE = frozenset({"contact", "files", "before", "package_link", "survey_link", "photo_link", "recap_link", "media"})
"""Facts that are never sent: how somebody is reached, and addresses of pages."""
_REACHED = re.compile(
    r"https?://\S+|www\.\S+|[^\s@（(：:，,]+@[^\s@）)，,。;；]+|"
    r"(?<![\d.])\+?\d(?:[\d\s\-()（）]{5,}\d)(?!\d)",
    re.IGNORECASE,
)
"""Addresses of pages and mail, and telephone numbers: seven digits or more."""
_MARK = "⟦{}⟧"
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_CHINESE_NUMBER = re.compile(
    r"[零〇二两三四五六七八九十百千万亿几]+(?=[位人次天个家场年月日号届项件倍分小余多份])|[零〇一二两三四五六七八九十百千万亿]{2,}"
)
_DAY = re.compile(r"[明去今前后]年|[上下]个?月|[上下本]周|[昨明]天|(?:星期|周)[一二三四五六日末]|[上下]届|春节|国庆")
_TITLED = re.compile(
    r"[\u4e00-\u9fff]{2}(?:先生|女士|小姐|教授|博士|老师|主任|院长|院士|会长|理事长|秘书长|主席|总经理|董事长|部长|局长|厅长|经理|同志)"
)
_UNIT = re.compile(
    r"[\u4e00-\u9fff]{2}(?:公司|集团|协会|学会|大学|学院|研究院|研究所|中心|委员会|银行|医院|基金会|实验室|出版社|报社|电视台)"
)
_QUOTED = re.compile(r"[“《「『\"]([^”》」』\"]{1,80})[”》」』\"]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f'’.\-]*[A-Za-z\u00c0-\u024f]|[A-Za-z\u00c0-\u024f]")
_SURNAME = re.compile(
    r"[王李张刘陈杨赵黄周吴徐孙胡朱郭罗郑梁宋唐韩冯邓曹彭袁潘蒋蔡杜苏魏吕丁沈姚卢姜崔谭陆汪贾韦邹"
    r"孟熊秦邱尹薛侯龙陶黎贺郝龚邵钱覃戴莫孔]"
)
_NO_NAMES = frozenset("周到 周全 周密 周年 周详 周边 孔雀 龙头 龙腾 黄金 莫大 莫过 陶冶 贺信 戴着 张开".split())
"""Words that begin like a name and are none."""
_BENEFIT = re.compile(
    r"奖[金品励杯项]|报销|免费|优惠|折扣|补偿|赔偿|酬|费用|会费|退款|合同|承诺|保证|赠送|礼品|证书|名额|优先|终身|荣誉|"
    r"\b(?:free|discount\w*|refund\w*|fees?|pay\w*|paid|compensat\w*|awards?|prizes?|"
    r"guarantee\w*|guaranty|promise\w*|promising|contracts?|"
    r"gifts?|certificates?|vouchers?|bonus\w*|reward\w*|honou?r(?:ary|arium)|priority|lifetime)\b",
    re.IGNORECASE,
)
_ENGLISH_NUMBER = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|"
    r"ninety|dozens?|hundreds?|thousands?|millions?|half|twice|double|third|second|percent|yesterday|tomorrow)\b",
    re.IGNORECASE,
)
_FORM = re.compile(r"[<>{}\[\]`*_#|\\=]|https?:|www\.|\w@\w")
_COMMON = frozenset(
    "a again all allow and as at behind both but by dear each every everyone for from having heartfelt "
    "hearing here how i if in indeed it its let looking many may more most my not on once our please "
    "seeing should sincere so such thank thanks that the their there these they this those through to "
    "together truly warm warmest we what when where while with without would you your".split()
)
"""English words that may well begin a sentence; any other with a capital may be a name."""


def masked(text: str) -> tuple[str, list[str]]:
    """The text with every way to reach somebody taken out, and what was taken out, in order."""
    taken: list[str] = []

    def take(found: re.Match[str]) -> str:
        taken.append(found[0])
        return _MARK.format(len(taken))

    return _REACHED.sub(take, text), taken


def unmasked(text: str, taken: list[str]) -> str | None:
    """With all of it back in its places; None unless each stands there exactly once."""
    if any(text.count(_MARK.format(at)) != 1 for at in range(1, len(taken) + 1)):
        return None
    for at, value in enumerate(taken, 1):
        text = text.replace(_MARK.format(at), value)
    return None if "⟦" in text else text


def told(facts: Mapping[str, Any]) -> list[str]:
    """What a model may know of a letter's facts, one in each line: nothing by which anybody is reached."""
    return [masked(line)[0] for name, value in facts.items() if name not in _PRIVATE for line in _lines(value)]


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield " · ".join(line for one in value.values() for line in _lines(one))
    elif isinstance(value, list):
        for one in value:
            yield from _lines(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def too_long(after: str, before: str) -> bool:
    return len(after) > LONGER * len(before) + ROOM


def added(after: str, known: Iterable[str]) -> list[str]:
    """Numbers, days, names, organisations, benefits, links and markup that stand in nothing that is ``known``."""
    before = "\n".join(known)
    numbers, folded = set(_NUMBER.findall(before)), before.casefold()
    found = [one for one in _NUMBER.findall(after) if one not in numbers]
    for pattern in (_CHINESE_NUMBER, _ENGLISH_NUMBER, _DAY, _TITLED, _UNIT, _BENEFIT, _FORM):
        found += [one[0] for one in pattern.finditer(after) if one[0].casefold() not in folded]
    found += [one for one in _QUOTED.findall(after) if one not in before]
    found += [*_latin(after, before), *_chinese_names(after, before)]
    return list(dict.fromkeys(found))


def _latin(after: str, before: str) -> Iterator[str]:
    """Words with a capital, and in a Chinese paragraph any: they may be names."""
    words = {word.casefold() for word in _LATIN.findall(before)}
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in after)
    for word in _LATIN.findall(after):
        ordinary = word.casefold() in words or (not chinese and word.casefold() in _COMMON)
        if not ordinary and (chinese or word[0].isupper()):
            yield word


def _chinese_names(after: str, before: str) -> Iterator[str]:
    """A surname and what follows it, if these letters did not stand together before."""
    for one in _SURNAME.finditer(after):
        pair = after[one.start() : one.start() + 2]
        if len(pair) > 1 and "\u4e00" <= pair[1] <= "\u9fff" and pair not in before and pair not in _NO_NAMES:
            yield pair
