"""A letter as every medium draws it: mail, PDF, DOCX, chat. Plain text everywhere, no markup."""

from __future__ import annotations

from hashlib import sha256

from pydantic import Field

from messages.message import Part


class Grid(Part):
    """A table in a letter. ``numbers`` are the columns (from 0) to set flush right."""

    caption: str = ""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


class Head(Part):
    """The association's own lines, above a letter and on its envelope."""

    name: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


class Paper(Part):
    """One letter. ``locale`` is ``zh_CN`` or ``en`` and decides how it is set.

    ``title`` is 感谢信 or empty. ``inside`` are the addressee's lines, as on an envelope. ``salutation`` ends in its
    colon or comma. ``closing`` is one line (Yours sincerely,) or the pair 此致 / 敬礼！. ``signed`` are the lines of
    the signature block, the unit last; ``seal`` keeps room for a seal over it. ``links`` are (words, address).
    ``footer`` is small print: how to get no more mail. ``assisted``: a machine helped with a paragraph.
    """

    locale: str
    subject: str
    head: Head = Head()
    title: str = ""
    inside: tuple[str, ...] = ()
    salutation: str
    paragraphs: tuple[str | Grid, ...]
    links: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = Field(min_length=1)
    signed: tuple[str, ...]
    date: str
    seal: bool = False
    enclosures: tuple[str, ...] = ()
    footer: str = ""
    assisted: bool = False

    @property
    def digest(self) -> str:
        """SHA-256 of all that stands in it: another letter, another digest."""
        return sha256(self.model_dump_json().encode()).hexdigest()
