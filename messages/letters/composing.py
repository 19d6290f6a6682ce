"""A letter, put together from a template and facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from messages.letters.filters import clause, day
from messages.letters.sandbox import Faulty, render
from messages.letters.texts import PARTS, words
from messages.letters.values import MARK, PARTED, TABLE, wrapped
from messages.papers import Grid, Head, Paper

_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_BLANKS = re.compile(" {2,}")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef]")
_NAMED = re.compile(f"{MARK}([^{MARK}]*){MARK}")
_ENDING = {"zh_CN": "：", "en": ","}
_CLOSING = {"zh_CN": ("此致", "敬礼！"), "en": ("Yours sincerely,",)}
_TIGHT = ",.;:?!)"
_NOTED = {"zh_CN": "（{}）", "en": " ({})"}
_NOBODY = Head()
_ADDRESSES = ("package_link", "survey_link", "photo_link", "recap_link")
_FELL_SHORT = frozenset({"partly", "not_delivered"})


class Unfilled(Exception):  # noqa: N818  a fact about a letter, which the caller words
    """``names`` are the fields that the template prints and for which there is no value; ``label`` words them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(*names)
        self.names = tuple(names)


def compose(
    parts: Mapping[str, str], facts: Mapping[str, Any], *, locale: str, also: Sequence[str] = (), head: Head = _NOBODY
) -> Paper:
    """The letter that the template's parts make of the facts. Values are printed as they are, whatever they look like.

    ``also`` are parts of other audiences' templates; they go in before the last paragraph. Raises ``Unfilled`` with
    every field that is missing, and ``Faulty`` for a template that is not allowed or grows too long.
    """
    known = _known(facts)
    made = {part: _rendered(part, parts.get(part, ""), known, locale) for part in PARTS}
    extra = [_rendered("also", text, known, locale) for text in also]
    _check([made[part] for part in PARTS if part != "also"] + extra, known)
    links = _links(known, locale)
    body = [text for text in _paragraphs(made["body"], locale) if text not in {address for _, address in links}]
    whole = _inserted(body, [text for one in extra for text in _paragraphs(one, locale)])
    return Paper(
        locale=locale,
        subject=joined(made["subject"], locale),
        head=head,
        title=joined(made["title"], locale),
        inside=_inside(known, locale),
        salutation=_addressed(joined(made["salutation"], locale), locale),
        paragraphs=tuple(_table(known["benefits"], locale) if text == TABLE else text for text in whole),
        links=_apart(links, "\n".join(text for text in whole if text != TABLE), known),
        closing=_lines(made["closing"]) or _CLOSING[locale],
        signed=_lines(made["signature"]),
        date=day(known["date"], locale),
        seal=locale == "zh_CN" and bool(_part(known, "addressee", "is_unit")),
        enclosures=tuple(str(file["name"]) for file in known.get("files") or () if "name" in file),
        footer=joined(made["footer"], locale),
    )


# --- what templates see


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with the table, where there are benefits to fill it."""
    known = dict(wrapped(facts))
    if "benefits" in known:
        known["benefits_table"] = TABLE
    return known


def _part(known: Mapping[str, Any], name: str, part: str) -> Any:
    record = known.get(name)
    return record.get(part) if isinstance(record, Mapping) else None


# --- what became of a part


def _rendered(part: str, text: str, known: Mapping[str, Any], locale: str) -> str:
    """A blank line in the template parts paragraphs; one that only comes about because a condition fails does not."""
    source = _BLANK.sub(PARTED, _INVISIBLE.sub("", text.replace("\r\n", "\n")).strip())
    try:
        return render(source, known, locale)
    except Faulty as error:
        raise Faulty(*(replace(fault, part=part) for fault in error.faults)) from error


def _check(made: Sequence[str], known: Mapping[str, Any]) -> None:
    """Raise ``Unfilled`` with the fields that were printed and are not known, in the order in which they are met."""
    missing = [name for text in made for name in _NAMED.findall(text)]
    missing += [] if "date" in known else ["date"]
    if any(TABLE in text for text in made) and not all("text" in one for one in known["benefits"]):
        missing.append("benefits.text")
    names = dict.fromkeys("benefits" if name == "benefits_table" else name for name in missing)
    if names:
        raise Unfilled(tuple(names))


def _paragraphs(made: str, locale: str) -> list[str]:
    """Those in which anything is said. A table stands alone in its paragraph, or not at all."""
    texts = (joined(one, locale) for one in made.split(PARTED))
    return [one if one == TABLE else one.replace(TABLE, "") for one in texts if one]


def joined(made: str, locale: str) -> str:
    """The lines of a text joined: English ones with a blank, Chinese ones without."""
    text = ""
    for line in _lines(made):
        tight = not text or line[0] in _TIGHT or (locale == "zh_CN" and not _both_latin(text[-1], line[0]))
        text += line if tight else " " + line
    return _BLANKS.sub(" ", text)


def _both_latin(before: str, after: str) -> bool:
    return before.isascii() and after.isascii()


def _lines(made: str) -> tuple[str, ...]:
    return tuple(line for one in made.replace(PARTED, "\n").split("\n") if (line := one.strip()))


def _addressed(line: str, locale: str) -> str:
    """The salutation with the mark that ends it in its language."""
    return line.rstrip("：:，, ") + _ENDING[locale]


def _inserted(body: list[str], more: list[str]) -> list[str]:
    """The last paragraph looks ahead and says goodbye: what else there is to say stands before it."""
    return [*body[:-1], *more, *body[-1:]]


# --- what stands around it


def _inside(known: Mapping[str, Any], locale: str) -> tuple[str, ...]:
    """The addressee's lines of an English letter; Chinese ones have them on the envelope only."""
    lines = [_part(known, "addressee", name) for name in ("salutation", "name", "position", "unit")]
    if not _part(known, "addressee", "is_unit"):
        del lines[1]
    return tuple(dict.fromkeys(str(line) for line in lines if line)) if locale == "en" else ()


def _links(known: Mapping[str, Any], locale: str) -> list[tuple[str, str]]:
    """(words, address) of each that is known, and of each photo, recording and report."""
    names = words(locale)["links"]
    own = [(str(one["words"]), str(one["link"])) for one in known.get("media", ()) if {"words", "link"} <= one.keys()]
    note = known.get("package_note")
    scope = {"package_link": _NOTED[locale].format(note)} if note else {}
    return own + [(names[name] + scope.get(name, ""), str(known[name])) for name in _ADDRESSES if name in known]


def _apart(links: Sequence[tuple[str, str]], text: str, known: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Those that the text does not have; that to the results also where the text does not say for whom it is."""
    note = str(known.get("package_note", ""))
    bare = {known.get("package_link")} if note not in text else set()
    return tuple((name, address) for name, address in links if address not in text or address in bare)


def _table(benefits: Sequence[Mapping[str, Any]], locale: str) -> Grid:
    form = words(locale)["benefits"]
    rows = tuple(_row(one, form, locale) for one in benefits)
    return Grid(caption=form["caption"], columns=tuple(form["columns"]), rows=rows)


def _row(benefit: Mapping[str, Any], form: Mapping[str, str], locale: str) -> tuple[str, str, str]:
    promised = benefit.get("promised")
    bracket = "（{}）" if locale == "zh_CN" else " ({})"
    first = str(benefit.get("text", "")) + (bracket.format(promised) if promised else "")
    return first, _delivered(benefit, form, locale), str(benefit.get("proof", form["none"]))


def _delivered(benefit: Mapping[str, Any], form: Mapping[str, str], locale: str) -> str:
    """What came of it; of what fell short also why, and how it is made good."""
    state = str(benefit.get("state", ""))
    short = state in _FELL_SHORT
    said = [form.get(state, "") if short or "delivered" not in benefit else "", benefit.get("delivered")]
    said += [benefit.get("explanation"), benefit.get("make_good")] if short else []
    between = "；" if locale == "zh_CN" else "; "
    return between.join(clause(one, locale) for one in said if one) or form["none"]
