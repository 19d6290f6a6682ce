"""A letter as a mail: text and HTML of the same words, what is enclosed, and the headers that a good sender writes."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from messages.papers import Paper, mail, text
from messages.papers.form import plain


class _Rules(EmailPolicy):
    """As the standard library writes mails, but for addresses of pages: encoded, no mail program would know them."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() != "list-unsubscribe":
            return str(super().fold(name, value))
        between = f",{self.linesep} "
        return f"{name}: {between.join(str(value).split(', '))}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape")


RULES = _Rules(linesep="\r\n", cte_type="7bit")
"""Not every server on the way takes bytes beyond ASCII."""
_LOCAL_AND_DOMAIN = re.compile(r"[^@\s\x00-\x1f\x7f<>]+@[^@\s\x00-\x1f\x7f<>]+")
LANGUAGE = {"zh_CN": "zh-CN", "en": "en"}


class NoAddress(ValueError):  # noqa: N818  a fact about what was given
    """What is no mail address, or none that every mail server takes."""


@dataclass(frozen=True)
class Enclosed:
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Sheet:
    """What goes into a mail. ``unsubscribe`` is the page to get no more, empty where there is none."""

    paper: Paper
    message_id: str
    to: str
    name: str
    bulk: bool = False
    unsubscribe: str = ""
    enclosed: Sequence[Enclosed] = ()


def compose(sheet: Sheet, *, sender: str, sender_name: str, reply_to: str, now: datetime) -> EmailMessage:
    """To one reader and nobody else. Raises ``NoAddress``."""
    message = EmailMessage(policy=RULES)
    message["Subject"] = plain(sheet.paper.subject)
    message["From"] = _address(sender, sender_name or sheet.paper.head.name)
    message["To"] = _address(sheet.to, sheet.name)
    if reply_to:
        message["Reply-To"] = _address(reply_to, "")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = sheet.message_id
    message["Content-Language"] = LANGUAGE[sheet.paper.locale]
    if sheet.bulk:
        _mark_bulk(message, sheet, reply_to or sender)
    message.set_content(text.draw(sheet.paper) + "\n")
    message.add_alternative(mail.draw(sheet.paper), subtype="html")
    for file in sheet.enclosed:
        kind = mimetypes.guess_type(file.name)[0] or file.media_type
        main, _, sub = kind.partition("/")
        message.add_attachment(file.data, maintype=main, subtype=sub or "octet-stream", filename=plain(file.name))
    return message


def _mark_bulk(message: EmailMessage, sheet: Sheet, to: str) -> None:
    """RFC 2369, and RFC 8058 where a page can be asked; nobody's out-of-office note is wanted (RFC 3834)."""
    ways = [f"<{sheet.unsubscribe}>"] if sheet.unsubscribe else []
    message["List-Unsubscribe"] = ", ".join([*ways, f"<mailto:{ascii_address(to)}?subject=unsubscribe>"])
    if sheet.unsubscribe:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"


def _address(spec: str, name: str) -> Address:
    return Address(plain(name), addr_spec=ascii_address(spec))


def ascii_address(spec: str) -> str:
    """With a domain of other letters as it stands in the DNS. Raises ``NoAddress``."""
    if not _LOCAL_AND_DOMAIN.fullmatch(spec):
        raise NoAddress(spec)
    local, _, domain = spec.rpartition("@")
    try:
        found = f"{local}@{domain.encode('idna').decode()}"
        found.encode("ascii")
        Address(addr_spec=found)
    except (UnicodeError, ValueError, IndexError) as error:
        raise NoAddress(spec) from error
    return found
