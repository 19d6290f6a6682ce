"""The built-in letters and the few fixed words around them, read from their files once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

VERSION = "built-in/3"
"""Of the letters in the files beside this module: another text, another number."""
PARTS = ("subject", "title", "salutation", "body", "closing", "signature", "also", "footer")


@cache
def read(name: str) -> dict[str, Any]:
    """A file beside this module, without its ending."""
    found: dict[str, Any] = yaml.safe_load((files("messages") / "letters" / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def built_in(audience: str, locale: str) -> dict[str, str]:
    """The parts of a letter, each a template; all of ``PARTS``, empty where a letter has no such part."""
    own = read(locale)[audience]
    return {part: own.get(part, "").strip() for part in PARTS}


def words(locale: str) -> dict[str, Any]:
    """What stands in a letter without being anybody's template: the names of links, the heads of the table."""
    found: dict[str, Any] = read(locale)["words"]
    return found
