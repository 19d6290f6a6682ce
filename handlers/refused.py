"""A refusal: it has a name and facts, and no sentence of its own."""

from typing import Any


class Refused(Exception):  # noqa: N818  it is an answer, not an error
    """Raised by rules and handlers; dispatch rolls everything back and shows messages/<word>/refusals, block <name>.

    ``name`` is "word/block", e.g. "checklist/needs_evidence"; ``facts`` fill the sentence, among them
    ``buttons``: a sequence of ``messages.Offer`` with what to do instead.
    """

    def __init__(self, name: str, /, **facts: Any) -> None:
        super().__init__(name)
        self.name = name
        self.facts = facts
