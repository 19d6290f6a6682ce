"""What a cell says: whether somebody came, and the keys by which people are known. Pure."""

from __future__ import annotations

import re
import unicodedata

from handlers.cleaning.mails import mails
from handlers.cleaning.phones import is_cut, phones, whole

_CAME = frozenset(
    "checkedin checked-in attended present yes y true 1 √ ✓ ✔ 是 有 已签到 签到 已到 到 到会 已到会 出席 已出席 已参会 "
    "已入场 参加 已参加 已观看 已进入 现场签到 现场报名".split()
)
_NOT = frozenset(
    "no n false 0 × ✗ x - -- / 否 无 未签到 未到 未到会 缺席 未出席 未参会 未入场 未参加 未观看 待签到 请假 "
    "absent noshow no-show notcheckedin didnotattend attending".split()
)
_CANCELLED = frozenset(
    "cancelled canceled notattending refunded deleted void expired rejected declined withdrawn 取消 已取消 取消报名 "
    "退款 已退款 作废 已作废 审核不通过 未通过 已拒绝 拒绝 已删除".split()
)
_WALK_IN = re.compile(r"现场|临时|walk-?\s?in|on-?site", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)|[\s·•.\-_'’]+")
_MARKS = re.compile(r"[\W_]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}")
_CHINA = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$)")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d\d)\d{7,8}")
SHORTEST_PHONE, LONGEST_PHONE, SHORTEST_ID, SHORTEST_NUMBER = 8, 15, 3, 5


def _word(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def has_come(status: str) -> bool:
    return _word(status) in _CAME


def has_not_come(status: str) -> bool:
    return _word(status) in _NOT


def cancelled(status: str) -> bool:
    return _word(status) in _CANCELLED


def walks_in(text: str) -> bool:
    """Whether a ticket or a status says that somebody registered at the door."""
    return bool(_WALK_IN.search(text))


def name_key(name: str) -> str:
    """As it is compared: without case, width, blanks, dots and what stands in brackets."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _ASIDE.sub("", folded) or re.sub(r"\s+", "", folded)


def unit_key(unit: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", unit).casefold())


def email_key(email: str) -> str:
    """The first address in the cell, folded; "" where there is none."""
    if read := mails(email).found:
        return read[0]
    folded = unicodedata.normalize("NFKC", email).strip().casefold()
    return folded if _EMAIL.fullmatch(folded) else ""


def phone_key(phone: str) -> str:
    """Digits alone, a mobile phone of China without its country; "" for what is none, or an office's landline.

    Of several numbers in a cell it is the first that is one person's.
    """
    own = next((one.value for one in phones(phone).found if one.mobile), "")
    if own:
        return own.removeprefix("+86").removeprefix("+")
    folded = unicodedata.normalize("NFKC", phone).strip()
    if is_cut(folded):
        return ""
    kept = re.sub(r"[^\d+]", "", whole(folded))
    digits = re.sub(r"\D", "", _CHINA.sub("", kept)).removeprefix("00")
    fits = SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE and not _LANDLINE.fullmatch(digits)
    return digits if fits else ""


def as_read(field: str, value: str) -> str:
    """A cell as it is understood, where it is; else as it stands."""
    key = {"phone": phone_key, "email": email_key}.get(field)
    return (key(value) if key else "") or value


def external_key(external: str) -> str:
    """A number that may be somebody's everywhere; 1, 2, 3 are another's in the next list."""
    folded = _word(external)
    least = SHORTEST_NUMBER if folded.isdecimal() else SHORTEST_ID
    return folded if len(folded) >= least else ""
