"""What a mail server says of a mail that it could not deliver: RFC 3464, and what some services send instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32

LARGEST = 2 * 1024 * 1024
"""Bytes of a returned mail that are read; what is enclosed behind them says nothing new."""
MOST_PARTS, LONGEST_TEXT, LONGEST_REASON = 50, 200_000, 200
_OURS = re.compile(r"<letter\.(\d{1,18})\.(\d{1,9})\.([0-9a-f]{12})@[^<>\s]{1,255}>")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[\s:-])")
_FIELD = re.compile(
    r"^(Action|Status|Diagnostic-Code|Final-Recipient|Original-Recipient)\s*:(.*(?:\n[ \t].*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_SERVER = re.compile(r"\b(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_SAYS_NO = (
    "user unknown",
    "no such user",
    "not exist",
    "不存在",
    "退信",
    "undeliver",
    "failure",
    "returned mail",
    "无法投递",
)


@dataclass(frozen=True)
class Returned:
    """``key`` is the promise's that had sent the letter, ``digest`` how that of the letter's text begins.

    ``words`` are the server's own on one line, its code first.

    ``final``: it will not be tried again. ``permanent``: the address itself is wrong or gone.
    """

    key: str
    digest: str
    words: str
    final: bool
    permanent: bool


@dataclass(frozen=True)
class Stray:
    """A returned mail of which no letter is known: whom it could not reach ("" if it does not say), and the rest."""

    address: str
    words: str
    final: bool
    permanent: bool


def read(data: bytes) -> Returned | None:
    """None for a mail that returns none of our letters, and for what is no mail."""
    parts, texts = _opened(data)
    ours = next((match for text in texts if (match := _OURS.search(text))), None)
    report, told = _report(parts, texts), " ".join(texts)
    if ours is None or not (report or _declines(told)):
        return None
    words, final, gone = _judged(report, told)
    return Returned(f"letter:{ours[1]}:{ours[2]}", ours[3], words, final, gone)


def stray(data: bytes) -> Stray | None:
    """What a returned mail says that need not be one of ours; None for what is no returned mail.

    That is one by its report, else by the mail server that wrote it: what people write has such words, too.
    """
    parts, texts = _opened(data)
    report, told = _report(parts, texts), " ".join(texts)
    if report:
        named = report.get("original-recipient") or report.get("final-recipient", "")
    elif parts and _SERVER.search(_header(str(parts[0]["From"]))) and _declines(told):
        named = str(parts[0]["X-Failed-Recipients"] or "")
    else:
        return None
    return Stray(named.rpartition(";")[2].strip(" <>").casefold(), *_judged(report, told))


def _opened(data: bytes) -> tuple[list[Message], list[str]]:
    """The parts of a mail and the words of each; none of what is no mail."""
    try:
        parts = list(_parts(message_from_bytes(data[:LARGEST], policy=compat32)))
    except (MessageError, RecursionError, ValueError, LookupError):
        return [], []
    return parts, [_text(part) for part in parts]


def _report(parts: Sequence[Message], texts: Sequence[str]) -> dict[str, str]:
    return next((_fields(text) for part, text in zip(parts, texts, strict=True) if _is_report(part)), {})


def _parts(message: Message) -> Iterator[Message]:
    """The mail itself and all within it, as far as anybody looks."""
    waiting = [message]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        yield part
        inner = part.get_payload() if part.is_multipart() else ()
        waiting += [one for one in inner if isinstance(one, Message)]


def _text(part: Message) -> str:
    """Its headers and, of text, its words."""
    head = "\n".join(f"{name}: {_header(str(value))}" for name, value in part.items())
    if part.is_multipart():
        return head[:LONGEST_TEXT]
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) and part.get_content_maintype() in {"text", "message"} else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        words = raw[:LONGEST_TEXT].decode(charset, "replace")
    except (LookupError, ValueError):  # a name that no encoding has, or can have
        words = raw[:LONGEST_TEXT].decode("utf-8", "replace")
    return f"{head}\n\n{words}".replace("\r\n", "\n")[:LONGEST_TEXT]


def _header(value: str) -> str:
    try:
        return str(make_header(decode_header(value[:2000])))
    except (MessageError, ValueError, LookupError):
        return value[:2000]


def _is_report(part: Message) -> bool:
    """Within message/delivery-status each recipient's fields are the headers of a part of its own."""
    return any(name.casefold() in {"final-recipient", "original-recipient"} for name in part)


def _fields(text: str) -> dict[str, str]:
    return {match[1].casefold(): " ".join(match[2].split()) for match in _FIELD.finditer(text)}


def _declines(text: str) -> bool:
    """Whether a mail without a report says that another could not be delivered."""
    said = text.casefold()
    return any(words in said for words in _SAYS_NO)


def _judged(report: dict[str, str], told: str) -> tuple[str, bool, bool]:
    """The server's words, whether it has given up, and whether the address is to blame."""
    diagnosis = report.get("diagnostic-code", "")
    diagnosis = diagnosis.partition(";")[2].strip() or diagnosis
    source = f"{report.get('status', '')} {diagnosis}" if report else told
    status = next(iter(_ENHANCED.findall(source)), "")
    code = next(iter(_CODE.findall(f"{source} ")), "")
    words = diagnosis or status
    if not _CODE.match(f"{words} "):
        words = " ".join(filter(None, (code or f"{status[:1] or '5'}50", words)))
    words = " ".join(words.split())[:LONGEST_REASON]
    action = report.get("action", "").casefold()
    final = action == "failed" or (not action and words.startswith("5"))
    return words, final, final and is_gone(f"{status} {words}")


def is_gone(words: str) -> bool:
    """Whether a server's refusal means that the address is wrong or gone: 5.1.x and 5.2.1, or 550 without more."""
    status = _ENHANCED.search(words)
    if status:
        return status[1].startswith("5.1.") or status[1] == "5.2.1"
    code = _CODE.search(f"{words} ")
    return code is not None and code[1] in {"550", "551", "553"}
