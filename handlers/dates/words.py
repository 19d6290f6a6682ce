"""What was typed, in the words of the grammar: Chinese and English end in the same few tokens."""

from __future__ import annotations

import re
import unicodedata

from handlers.refused import Refused

LONGEST = 80  # characters; no due date is longer, and a bound keeps reading quick

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Traditional characters as far as dates use them; dashes, commas and brackets.
_PLAIN = str.maketrans(
    dict(zip("會後個週禮號點時鐘間內兩當節閉過從這", "会后个周礼号点时钟间内两当节闭过从这", strict=True))
    | dict(zip("開論壇動國慶勞聖誕遲為結", "开论坛动国庆劳圣诞迟为结", strict=True))
    | dict.fromkeys("−–—‐‑", "-")
    | dict.fromkeys(",、。;()[]「」!@", " ")
)

_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAY_OF = dict(zip("一二三四五六日天", (*DAYS, "sun"), strict=True))
_NUMERAL = re.compile(r"[〇零一二两三四五六七八九十]+")
_DIGIT = {sign: str(n) for n, signs in enumerate(["〇零", "一", "二两", *"三四五六七八九"]) for sign in signs}
_TENS = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_FULL_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_FULL_MONTHS = "january february march april may june july august september october november december".split()
A_MONTH = rf"(?:{'|'.join(f'{full[:3]}(?:{full[3:]})?' for full in _FULL_MONTHS)}|sept)(?![a-z])"
"""A month's English name or its short form, folded, and no other word that begins so: ``dec``, but not ``decks``."""

# English words that stand for a token of the grammar, and those that stand for nothing.
_WORDS = {
    **{word: str(n) for n, word in enumerate(_NUMBERS)},
    **{word: f"{n}th" for n, word in enumerate(_ORDINALS, 1)},
    **dict(zip(_FULL_DAYS, DAYS, strict=True)),
    **dict(zip(_FULL_MONTHS, MONTHS, strict=True)),
    "tues": "tue",
    "weds": "wed",
    "thur": "thu",
    "thurs": "thu",
    "sept": "sep",
    "twenty": "20",
    "thirty": "30",
    "sixty": "60",
    "ninety": "90",
    **dict.fromkeys(("the", "of", "on"), ""),
    **dict.fromkeys(("tmrw", "tmr", "tmw", "tomorow", "tommorow", "tommorrow"), "tomorrow"),
    **dict.fromkeys(("weekday", "wd", "bd"), "workday"),
    "wk": "week",
    "wks": "weeks",
    "h": "hour",
    "hr": "hour",
    "hrs": "hour",
    "min": "minute",
    "mins": "minute",
    "tonight": "today night",
    "eow": "end week",
    "eom": "end month",
    "eoy": "end year",
}

# The glossary meets what is left of a phrase after its time of day has been taken out; earlier lines win.
_MEETING = r"(?:本次|这次|本届)?(?:大会|会议|年会|论坛|峰会|研讨会|活动|会)"
_OVER = rf"(?:{_MEETING}(?:正式)?(?:结束|闭幕)|闭幕|闭会|散会)"
_CONFERENCE = r"(?:(?:our|this|annual) )*(?:conference|event|meeting|congress|convention|forum|symposium|summit)"
_END = r"(?:end|close|closing|conclusion)"
_NAMED = rf"(?=(?:周|星期|礼拜|月|workday|week|month|{'|'.join(DAYS)}))"  # what a next or a this may stand before

_GLOSSARY = [
    (re.compile(pattern, re.ASCII), words)
    for pattern, words in (
        (rf"(?:{_OVER}(?:当[天日]|日)|会后当[天日])", " endday "),
        (rf"(?:{_OVER}|开完会|{_MEETING})[之以]?后", " afterend "),
        (rf"{_OVER}[之以]?前", " beforeend "),
        (rf"\b(?:after|following|from|post)[ -]{_END} {_CONFERENCE}\b|\bafter {_END}\b", " afterend "),
        (rf"\b(?:after|following|from|post)[ -]{_CONFERENCE}(?: (?:ends?|closes?|is over))?\b", " afterend "),
        (rf"\bbefore {_END} {_CONFERENCE}\b", " beforeend "),
        (rf"\b(?:{_END} {_CONFERENCE}|(?:last|final|closing) day {_CONFERENCE})\b", " endday "),
        (rf"(?<=within )([0-9]+ [a-z ]+) {_CONFERENCE}\b", r"\1 endday "),
        (r"(?<=afterend )\s*(?:次日|翌日|第2天)", " 1 day "),
        (r"(?<=end )\s*([0-9]+)日", r" \1 day "),
        (r"个?工作[日天]|\b(?:working|business|work|office)[ -]?day\b", " workday "),
        (r"([0-9] ?)(?:working|business|work|office|week)[ -]?days\b", r"\1 workday "),
        (r"([0-9] ?)(day|week|month|hour|minute)s\b", r"\1\2"),
        (r"第([0-9]+) *(?=workday)", r" \1th "),
        (r"首 *(?=workday)", " 1th "),
        (r"最后1? *(?=workday)", " last "),
        (r"最后1天|\blast day\b", " end "),
        (r"\b([0-9]+)(?:st|nd|rd)\b", r"\1th"),
        (r"今[天日儿]", " today "),
        (r"大后[天日儿]", " 3 day later "),
        (r"后[天日儿]|\bday after tomorrow\b", " overmorrow "),
        (r"明[天日儿]", " tomorrow "),
        (r"昨[天日]", " yesterday "),
        (rf"下下个? *{_NAMED}", " nextnext "),
        (rf"下1?个? *{_NAMED}", " next "),
        (rf"[本这]个? *{_NAMED}", " this "),
        (r"个?(?:周|星期|礼拜)(?!末)", " week "),
        (r"(?:1 )?fortnight", "2 week"),
        (r"([0-9]{4})年", r" \1 "),
        (r"(?<![0-9])([0-9]{2})年", r" 20\1 "),
        (r"今年", " this year "),
        (r"明年", " next year "),
        (r"年[底末]", " dec 31th "),
        (r"\bend next year\b", " next year dec 31th "),
        (r"\bend (?:this )?year\b", " dec 31th "),
        (r"(?:(?<=end )\s*|(?<![0-9]))1年(?=$|[之以]?[后内])|\b1 year\b", " 12 month "),
        (r"半年", " 6 month "),
        (r"半个月", " 15 day "),
        (r"([0-9])个月", r"\1 month "),
        (r"月[底末]", "月 end "),
        (r"月中(?![上中下旬])", "月 15th "),
        *((rf"(?<![0-9])0?{n}月份?", f" {month} ") for n, month in enumerate(MONTHS, 1)),
        (r"(?<![0-9])月", " month "),
        (r"([0-9])日(?=[之以]?内)", r"\1 day "),
        (r"([0-9])[日号]", r"\1th "),
        (r"([0-9])天", r"\1 day "),
        (r"半个?(?:小时|钟头)|\bhalf 1 hour\b", " 30 minute "),
        (r"个?(?:小时|钟头)", " hour "),
        (r"分钟", " minute "),
        (r"\b(day|week|month|hour)s?'? time\b", r"\1"),
        (r"\bfrom (?:now|today)\b|[之以]?后", " later "),
        (r"[之以]?内", " within "),
        (r"再过(?=[0-9])|过(?=[0-9])(?!2 day)", " in "),
    )
]

# Words that add nothing: a due date is the last moment, however politely it is put.
_LEAD = re.compile(
    r"(?:(?:by|before|until|till?|at|due|for|deadline|latest|no later than|not later than)\b"
    r"|截止到?|截至|直到|最[迟晚]|不[迟晚]于|请|务必|[在于到])\s*",
    re.ASCII,
)
_TRAIL = re.compile(r"\s*(?:\b(?:by|before|until|at)|[之以]?前|截止|为止|的|完成|提交|交)$", re.ASCII)
_AGO = re.compile(r"[0-9] (?:day|week|month|hour|minute|workday) *[之以]?前", re.ASCII)


def fold(text: str) -> str:
    """One width, case and script; numbers as digits, days and months by their short English names."""
    if len(text) > LONGEST:
        raise Refused("dates/unclear")
    folded = unicodedata.normalize("NFKC", text).lower().translate(_PLAIN)
    folded = re.sub(r"(?<=[0-9])t(?=[0-9]{1,2}:)", " ", folded)
    folded = re.sub(r"\.{2,}", "~", folded)
    folded = re.sub(r":(?![0-9])|(?<![0-9]):", " ", re.sub(r"\.(?![0-9])", "", folded))
    folded = re.sub(r"[a-z]+", lambda found: _WORDS.get(found[0], found[0]), folded)
    folded = re.sub(r"\ban? (?=day|week|month|year|hour|minute|fortnight|quarter|working|business)", "1 ", folded)
    folded = re.sub(r"今(?=[早晚])", "今天", re.sub(r"明(?=[早晚])", "明天", folded))
    folded = re.sub(r"\bthis (?=morning|afternoon|evening)", "today ", folded)
    folded = _WEEKDAY.sub(lambda found: f" {_WEEKDAY_OF[found[1]]} ", folded)
    return tidy(_NUMERAL.sub(lambda found: _number(found[0]), folded))


def tokens(folded: str) -> str:
    """The grammar's words for a folded phrase without its time of day; what has none stays and is not understood."""
    for pattern, words in _GLOSSARY:
        folded = pattern.sub(words, folded)
    folded = tidy(folded)
    return folded if _AGO.search(folded) else strip(folded)


def strip(phrase: str) -> str:
    """Without the words at its ends that add nothing."""
    before = None
    while phrase != before:
        before = phrase
        phrase = _TRAIL.sub("", phrase[lead.end() :] if (lead := _LEAD.match(phrase)) else phrase).strip()
    return phrase


def tidy(phrase: str) -> str:
    return " ".join(phrase.split())


def _number(signs: str) -> str:
    """十五 → 15, 二〇二六 → 2026; 三五 is "three to five" and stays as it is."""
    if tens := _TENS.fullmatch(signs):
        return str(10 * int(_DIGIT.get(tens[1], "1")) + int(_DIGIT.get(tens[2], "0")))
    year = len(signs) == len("二〇二六") and "十" not in signs
    return "".join(_DIGIT[sign] for sign in signs) if year or signs in _DIGIT else signs
