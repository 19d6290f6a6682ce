"""The one shape of "out": what the bot says, before any platform has drawn it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Tone = Literal["plain", "good", "ask", "warn"]
FieldKind = Literal["text", "long", "number", "choice", "hidden"]


class Part(BaseModel):
    """Frozen, so that a message that was stored is the message that is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Button(Part):
    """A command that somebody typed for you: pressing it is saying ``line``."""

    label: str
    line: str
    primary: bool = False


class Row(Part):
    """One entry of a list, with the buttons that belong to it. ``text`` is markdown."""

    text: str
    buttons: tuple[Button, ...] = ()


class Table(Part):
    """Plain cells, no markup. ``numbers`` are the columns (from 0) to set flush right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


class Choice(Part):
    value: str
    label: str


class Field(Part):
    name: str
    label: str
    kind: FieldKind = "text"
    value: str = ""
    hint: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()


class Form(Part):
    """Fields to fill in; sending it says ``line`` with the fields beside it."""

    line: str
    submit: str
    fields: tuple[Field, ...]


class Upload(Part):
    """Files are wanted: those that come with ``line``.

    Where people can send files, ``here`` (markdown) tells them how; elsewhere ``label`` leads to a page, which says
    what the files are ``about``.
    """

    line: str
    label: str
    here: str
    about: str = ""


class Attachment(Part):
    """A stored file to hand out; ``digest`` is its SHA-256 in ``storage.files``."""

    name: str
    digest: str
    media_type: str
    size: int


class Message(Part):
    """``title`` and ``body`` are markdown; a platform draws what it can and prints the rest as words."""

    name: str
    locale: str
    title: str = ""
    body: str = ""
    rows: tuple[Row, ...] = ()
    table: Table | None = None
    form: Form | None = None
    upload: Upload | None = None
    buttons: tuple[Button, ...] = ()
    files: tuple[Attachment, ...] = ()
    footer: str = ""
    tone: Tone = "plain"
    private: bool = False
    withdrawn: bool = False
    """It takes the place of what no longer holds: where that can be taken back it is, and this is not said."""
    about: tuple[str, ...] = ()
    """The tasks (``M1-T12``) it speaks of: a bare "done" in its thread means these."""

    def kept(self) -> str:
        """As it is stored: what stands at its default is left out.

        Another release, which may not know all that there is to say, so reads whatever makes no use of it.
        """
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def known(cls, kept: str) -> Message:
        """What was said before, as far as this release knows what there is to say."""
        return cls.model_validate_json(kept, extra="ignore")

    @property
    def asks(self) -> bool:
        """Whether there is anything to press, to fill in or to send."""
        return bool(self.buttons or self.form or self.upload or any(row.buttons for row in self.rows))

    @property
    def refused(self) -> bool:
        """True for the answer to a request that changed nothing because it was not accepted."""
        return "/refusals/" in self.name
