"""Letters as PDF on A4, to be printed, signed and sealed. It needs the extra ``pdf``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from messages.papers import Paper
from messages.papers.form import COLON, contacts, enclosed, leads_somewhere, tidy

_HERE = Path(__file__).parent


class NotInstalled(Exception):  # noqa: N818  a fact about the machine, which the caller words
    """The extra ``pdf`` is not installed: ``pip install 'huihou[pdf]'``."""


def draw(papers: Sequence[Paper], templates: Sequence[str] = ()) -> bytes:
    """One PDF, each letter beginning on a page of its own. The same letters give the same bytes.

    ``templates`` name what each was made by; the document keeps them beside the letters' digests.

    Raises ``NotInstalled`` and, for no letters, ``ValueError``.
    """
    if not papers:
        raise ValueError("There is no letter to print.")
    return compiled("letter.typ", inputs(papers, templates))


def compiled(source: str, data: dict[str, str]) -> bytes:
    """The PDF that a file of this folder makes of the data. Raises ``NotInstalled``."""
    try:
        import typst  # noqa: PLC0415  an extra
        from pylopdf_fonts_zh_cn import serif_path  # noqa: PLC0415  an extra
    except ImportError as error:
        raise NotInstalled from error
    return typst.compile(
        _HERE / source,
        root=_HERE,
        format="pdf",
        font_paths=[serif_path().parent],
        ignore_system_fonts=True,
        sys_inputs=data,
        timestamp=0,
    )


def inputs(papers: Sequence[Paper], templates: Sequence[str] = ()) -> dict[str, str]:
    """What ``letter.typ`` reads: data, never source, so that nothing in a name is run."""
    return {
        "letters": json.dumps([_facts(paper) for paper in papers], ensure_ascii=False),
        "templates": json.dumps(sorted(set(templates))),
    }


def _facts(paper: Paper) -> dict[str, object]:
    tidied = tidy(paper)
    links = [
        {"words": words + COLON[tidied.locale], "address": address, "leads": leads_somewhere(address)}
        for words, address in tidied.links
    ]
    own = {"digest": paper.digest, "contacts": contacts(tidied), "links": links, "enclosed": enclosed(tidied)}
    return {**tidied.model_dump(), **own}
