"""A made-up conference's people, as lists have them: six hundred rows of attendees, and what is wrong with them.

Nobody here exists: names are put together from a surname and a given name, telephones and addresses counted up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import xlsxwriter

SURNAMES = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢".split()
GIVEN = [
    *"建国 丽华 文博 雅静 志强 思远 晓燕 海波 美玲 俊杰 春梅 国栋 佳怡".split(),
    *"永康 秀兰 子轩 玉珍 振宇 红霞 天佑 若溪 明辉 淑芬 启航 诗涵".split(),
]
TRADITIONAL = str.maketrans("国丽华静远燕红启张刘陈杨赵黄吴孙马罗宋郑谢", "國麗華靜遠燕紅啟張劉陳楊趙黃吳孫馬羅宋鄭謝")
PLACES = "广州 深圳 佛山 东莞 珠海 惠州 中山 江门 肇庆 汕头 湛江 茂名".split()
TRADES = "精密机械 智能装备 数控机床 物流科技 自动化 检测技术 新材料 工业软件".split()
POSTS = "总经理 副总经理 总工程师 技术总监 项目经理 市场部经理 研究员 采购经理".split()


@dataclass(frozen=True)
class Guest:
    """``number`` makes telephone and address; ``came`` tells whether the door's list has them."""

    number: int
    name: str
    unit: str
    position: str
    came: bool = True

    @property
    def mobile(self) -> str:
        return f"138{self.number:08d}"

    @property
    def email(self) -> str:
        return f"guest{self.number}@example.com"


NAMES = [f"{surname}{given}" for given, surname in product(GIVEN, SURNAMES)]
UNITS = [f"{place}{trade}有限公司" for trade, place in product(TRADES, PLACES)]
MOST, ASKED, MET_TWICE = 576, 12, 12
GUESTS = [Guest(n, NAMES[n], UNITS[n % len(UNITS)], POSTS[n % len(POSTS)], came=n % 8 != 7) for n in range(MOST)]
"""Of whom one in eight stayed away. The last names of all are left for those who are no attendees."""
OTHERS = NAMES[MOST:]


def attendees() -> list[tuple[str, bytes]]:
    """Three lists of two hundred rows: as UTF-8, as GB18030 and as a workbook."""
    rows = [(row(guest), guest) for guest in GUESTS]
    again = [again_in_other_words(guest) for guest in GUESTS[:MET_TWICE]]
    doubtful = [elsewhere(guest) for guest in GUESTS[100 : 100 + ASKED]]
    cells = [cells for cells, _ in rows] + again + doubtful
    first, second, third = cells[:200], cells[200:400], cells[400:]
    return [
        ("参会名单一.csv", as_csv(first, "utf-8-sig")),
        ("参会名单二.csv", as_csv(second, "gb18030")),
        ("参会名单三.xlsx", as_book([["2026 年年会参会名单"], HEADINGS, *third])),
    ]


HEADINGS = ["姓名", "单位", "职务", "手机", "邮箱"]


def row(guest: Guest) -> list[str]:
    """As people type: every telephone in another way, blanks in names, full-width signs in addresses."""
    n, mobile, email = guest.number, guest.mobile, guest.email
    phones = (
        mobile,
        f"+86 {mobile[:3]} {mobile[3:7]} {mobile[7:]}",
        f"0086-{mobile}",
        "".join(chr(ord(digit) + 0xFEE0) for digit in mobile),
        f"{mobile}.0",
        f"{mobile} / 020-8765{n:04d}",
        f"'{mobile}",
    )
    emails = (email, email.upper(), email.replace("@", "＠"), f"{guest.name} <{email}>", f" {email} ", "")
    name = f"{guest.name[0]} {guest.name[1:]}" if n % 9 == 4 else guest.name
    return [name, guest.unit, guest.position, phones[n % len(phones)], emails[n % len(emails)]]


def again_in_other_words(guest: Guest) -> list[str]:
    """The same person on the same telephone, in traditional characters and without the rest."""
    return [guest.name.translate(TRADITIONAL), "", "", guest.mobile, ""]


def elsewhere(guest: Guest) -> list[str]:
    """Somebody of the same name in the same unit, whom nothing else tells from them: a person must say."""
    return [guest.name, guest.unit, "", f"139{guest.number:08d}", ""]


def door() -> bytes:
    """Who was let in, with the time."""
    rows = [[guest.name, guest.mobile, "2026-06-07 09:00"] for guest in GUESTS if guest.came]
    return as_csv(rows, "gb18030", ["姓名", "手机", "签到时间"])


FROM_ABROAD = Guest(9000, "林海", "Harbour Robotics Ltd", "Engineer")
"""Whose letters are to be in English, whatever characters their name has."""


def abroad() -> bytes:
    """The list of who came from abroad, who all came."""
    one = FROM_ABROAD
    rows = [[one.name, "Lin Hai", one.unit, one.position, one.mobile, one.email, "English"]]
    return as_csv(rows, "utf-8", ["姓名", "英文名", "单位", "职务", "手机", "邮箱", "语言"])


def speakers() -> list[Guest]:
    """Forty, the first four of whom are attendees too; the first ten speak as what they are in their units."""
    named = [Guest(3000 + n, name, f"{PLACES[n % 12]}大学", "教授") for n, name in enumerate(OTHERS[:17])]
    more = [Guest(3100 + n, f"欧阳{given}", "华南研究院", "研究员") for n, given in enumerate(GIVEN[:19])]
    return [*GUESTS[:4], *named, *more]


def speaker_list() -> bytes:
    rows = [[one.name, one.unit, one.position, one.mobile, one.email] for one in speakers()]
    return as_book([["讲者姓名", "单位", "职务", "手机", "邮箱"], *rows])


def programme() -> bytes:
    """A session of each speaker, twenty a day."""
    lines = [
        [
            f"S{n}",
            f"2026-06-{7 if n <= 20 else 8:02}",
            f"{9 + (n - 1) % 8}:00-{9 + (n - 1) % 8}:40",
            f"第{n}讲 产业观察",
            one.name,
        ]
        for n, one in enumerate(speakers(), 1)
    ]
    return as_csv(lines, "utf-8-sig", ["场次", "日期", "时间", "题目", "讲者"])


@dataclass(frozen=True)
class Backer:
    """A sponsor with whom it has to do there."""

    unit: str
    tier: str
    contact: Guest


def sponsors() -> list[Backer]:
    """Twelve, the contacts of the first two of whom came as attendees."""
    tiers = ["钻石"] * 2 + ["黄金"] * 4 + ["白银"] * 6
    names = [f"{place}星河集团有限公司" for place in PLACES]
    people = [*GUESTS[8:10], *(Guest(4000 + n, f"上官{given}", "", "市场总监") for n, given in enumerate(GIVEN[:10]))]
    return [
        Backer(name, tier, replace(who, unit=name) if who.number >= MOST else who)
        for name, tier, who in zip(names, tiers, people, strict=True)
    ]


def sponsor_list() -> bytes:
    rows = [
        [one.unit, one.tier, f"HT-{n:03}", one.contact.name, one.contact.mobile, one.contact.email]
        for n, one in enumerate(sponsors(), 1)
    ]
    return as_book([["赞助商", "级别", "合同编号", "联系人", "手机", "邮箱"], *rows])


BENEFITS = (
    ("主背景板标志", "2", "块"),
    ("会刊彩页", "1", "页"),
    ("展位", "1", "个"),
    ("主持人口播", "3", "次"),
    ("参会名额", "5", "个"),
)


def benefit_list() -> bytes:
    rows = [[one.unit, *benefit] for one in sponsors() for benefit in BENEFITS]
    return as_book([["赞助商", "权益", "承诺数量", "单位"], *rows])


def volunteers() -> list[Guest]:
    """Sixty, the last five of whom are attendees too."""
    posts = "签到台 引导 茶歇 会场 后勤 直播".split()
    people = [
        Guest(5000 + n, f"司马{given}" if n < len(GIVEN) else f"诸葛{given}", "广州理工学院", posts[n % 6])
        for n, given in enumerate([*GIVEN, *GIVEN])
    ]
    more = [Guest(5100 + n, f"尉迟{given}", "广州理工学院", posts[n % 6]) for n, given in enumerate(GIVEN[:5])]
    return [*people, *more, *(replace(one, position="引导") for one in GUESTS[20:25])]


def volunteer_list() -> bytes:
    rows = [[one.name, one.mobile, one.email, one.position, "8", f"{one.position}接待来宾"] for one in volunteers()]
    return as_csv(rows, "gb18030", ["志愿者姓名", "手机", "邮箱", "岗位", "服务时长", "贡献"])


def as_csv(rows: Sequence[Sequence[str]], encoding: str, headings: Sequence[str] = HEADINGS) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([headings, *rows])
    return written.getvalue().encode(encoding)


def as_book(rows: Sequence[Sequence[str]]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("名单")
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
    return target.getvalue()


def everybody() -> Iterator[Guest]:
    """Each once, whatever they were."""
    seen = set()
    for one in (*GUESTS, FROM_ABROAD, *speakers(), *(backer.contact for backer in sponsors()), *volunteers()):
        if one.number not in seen:
            seen.add(one.number)
            yield one
