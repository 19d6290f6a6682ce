"""What every drawing of a letter shares: text on one line each, and the few words that belong to the form."""

from __future__ import annotations

import re
from typing import Any

from messages.markdown import straight
from messages.papers import Paper

_ENCLOSED = {"zh_CN": "附件：", "en": "Encl. "}
COLON = {"zh_CN": "：", "en": ": "}
COMMA = {"zh_CN": "、", "en": ", "}
_ASSISTED = {
    "zh_CN": "本信有文字经人工智能辅助润色，并由本会人员审定。",
    "en": "Parts of this letter were worded with the help of AI and approved by a person.",
}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+")
_ADDRESS = re.compile(r"(https?://|mailto:)[^\s]+", re.IGNORECASE)


def tidy(paper: Paper) -> Paper:
    """The letter without marks that turn the direction of reading, each text on one line.

    That a machine helped with it is said in its footer.
    """
    small = filter(None, (paper.footer, _ASSISTED[paper.locale] if paper.assisted else ""))
    footer = ("" if paper.locale == "zh_CN" else " ").join(small)
    return Paper.model_validate(tidied({**paper.model_dump(), "footer": footer, "assisted": False}))


def plain(text: str) -> str:
    """One line, read in the direction of its letters."""
    return _CONTROL.sub(" ", straight(text)).strip()


def tidied(value: Any) -> Any:
    """All texts of a model that was dumped, made plain."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {name: tidied(one) for name, one in value.items()}
    return tuple(map(tidied, value)) if isinstance(value, tuple) else value


def contacts(paper: Paper) -> tuple[str, ...]:
    """How the association is reached, without what is not known: Chinese puts the postcode first, English last."""
    head = paper.head
    place = (head.postcode, head.address) if paper.locale == "zh_CN" else (head.address, head.postcode)
    address = " ".join(filter(None, place))
    return tuple(filter(None, (address, head.phone, head.email, head.website)))


def enclosed(paper: Paper) -> str:
    """The line of what comes with the letter, empty where nothing does."""
    return _ENCLOSED[paper.locale] + COMMA[paper.locale].join(paper.enclosures) if paper.enclosures else ""


def leads_somewhere(address: str) -> bool:
    """Only web pages and mail addresses are made links: anything else could be a script."""
    return _ADDRESS.fullmatch(address) is not None
