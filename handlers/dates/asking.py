"""A date that was not sure is asked back with a button for each that may be meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from handlers.refused import Refused
from messages import Offer


@contextmanager
def offering(line: str, behind: str = "") -> Iterator[None]:
    """A refusal of two possible days, or of a span that runs backwards, offers ``line`` with what may be meant.

    ``behind`` is what of the command follows the date.
    """
    try:
        yield
    except Refused as refused:
        facts = refused.facts
        if refused.name == "dates/either":
            lines = [(day, f"{line} {phrase}{behind}") for day, phrase in facts["readings"]]
            raise Refused(
                "dates/either", **facts, buttons=[Offer("day", one, facts={"day": day}) for day, one in lines]
            ) from None
        if refused.name == "dates/reversed":
            turned = f"{line} {facts['first']}..{facts['last']}{behind}"
            raise Refused("dates/reversed", **facts, buttons=[Offer("turned", turned, primary=True)]) from None
        raise
