"""What the bot says; the only package that speaks Jinja.

What writes messages is loaded when it is first asked for: the help of the command line has words, but no message, and
would take half as long again.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from messages.catalog import LOCALES, phrase, settle

if TYPE_CHECKING:
    from messages.message import Attachment, Message, Upload
    from messages.writing import Columns, Entry, Offer, Question, Questions, page, refuse, write

__all__ = [
    "LOCALES",
    "Attachment",
    "Columns",
    "Entry",
    "Message",
    "Offer",
    "Question",
    "Questions",
    "Upload",
    "page",
    "phrase",
    "refuse",
    "settle",
    "write",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """What is not there yet; from then on it is. Raises ``AttributeError`` for what there never is."""
        if name not in __all__:
            raise AttributeError(name)
        found = globals()[name] = getattr(import_module("messages.writing"), name)
        return found
