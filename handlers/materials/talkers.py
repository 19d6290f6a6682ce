"""Who is named in a cell of an agenda: one or several, organisations, titles, what stands in brackets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from storage.programme import Part

LONGEST_NAME, LONGEST_UNIT = 100, 200
_NOBODY = frozenset("- -- — — / 无 待定 暂定 待确认 未定 tba tbc tbd n/a none".split())
_COMMON_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TITLED = re.compile(
    r"([㐀-鿿·]{2,4})\s*(教授|副教授|院士|博士|研究员|先生|女士|主任|会长|秘书长|董事长|总裁|总经理|总监|工程师|老师)"
)
_BRACKETS = str.maketrans("（）【】［］〔〕", "()()()()")
_BRACKETED = re.compile(r"(.*?)\s*\((.*)\)\s*")  # a firm may have brackets in its name
_LATIN_NAMES = re.compile(r"\s*,\s*")


@dataclass(frozen=True)
class Talker:
    """Somebody in a session, as a list names them."""

    name: str
    unit: str = ""
    position: str = ""
    part: Part = Part.SPEAKER


def talkers(names: str, *, units: str = "", positions: str = "", part: Part = Part.SPEAKER) -> list[Talker]:
    """Everybody named in a cell. Units and positions of as many go one to each, else the whole to all of them."""
    found = [_bracketed(one) for one in _each(names)]
    named = [(name, aside) for name, aside in found if name and name.casefold() not in _NOBODY]
    people: dict[tuple[str, str], Talker] = {}
    for (name, aside), unit, position in zip(
        named, _shared(units, len(named)), _shared(positions, len(named)), strict=True
    ):
        plain, title = _untitled(name)
        one = Talker(plain[:LONGEST_NAME], (unit or aside)[:LONGEST_UNIT], (position or title)[:LONGEST_NAME], part)
        people.setdefault((one.name, one.unit), one)
    return list(people.values())


def _shared(cell: str, count: int) -> list[str]:
    parts = list(_parts(cell, "/、;；|"))
    return parts if len(parts) == count else [cell.strip()] * count


def _each(cell: str) -> Iterator[str]:
    for part in _parts(cell, "/、;；|，"):
        commas = _LATIN_NAMES.split(part)
        if len(commas) > 1 and all(len(one.split()) > 1 for one in commas):
            yield from commas
        else:
            yield from _chinese_names(part)


def _chinese_names(part: str) -> list[str]:
    """``张三 李四`` are two, as they stood in two lines of the cell; ``张 三`` is one whose name was set apart."""
    words = part.split()
    if len(words) > 1 and all(re.fullmatch("[㐀-鿿]", word) for word in words):
        return ["".join(words)]
    apart = all(re.fullmatch("[㐀-鿿]{2,3}", word) and word[0] in _COMMON_SURNAMES for word in words)
    return words if len(words) > 1 and apart else [part]


def _parts(cell: str, marks: str) -> Iterator[str]:
    """Cut at the marks, but not within brackets."""
    part, depth = "", 0
    for character in cell.translate(_BRACKETS):
        depth += (character == "(") - (character == ")")
        if character in marks and depth <= 0:
            yield part.strip()
            part = ""
        else:
            part += character
    yield part.strip()


def _bracketed(name: str) -> tuple[str, str]:
    match = _BRACKETED.fullmatch(name)
    return (match[1], match[2].strip()) if match and match[1] else (name.strip("() "), "")


def _untitled(name: str) -> tuple[str, str]:
    match = _TITLED.fullmatch(name)
    return (match[1], match[2]) if match else (name, "")
