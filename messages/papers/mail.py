"""A letter as the HTML part of a mail, which reads well on a telephone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup
from mjml import mjml2html

from messages.papers import Grid, Paper
from messages.papers.form import COLON, contacts, enclosed, leads_somewhere, tidy

_FONTS = {
    "zh_CN": "'PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif",
    "en": "Georgia,'Times New Roman','Noto Serif SC',serif",
}
_LANGUAGE = {"zh_CN": "zh-CN", "en": "en"}
_INDENT = {"zh_CN": "text-indent:2em", "en": ""}
_WHOLE = Markup(
    '<mjml lang="{language}"><mj-head><mj-title>{subject}</mj-title><mj-attributes>'
    '<mj-all font-family="{fonts}" /><mj-text font-size="16px" line-height="1.75" color="#222222" />'
    '<mj-table font-size="15px" line-height="1.5" color="#222222" /></mj-attributes></mj-head>'
    '<mj-body background-color="#f4f4f2" width="640px"><mj-section background-color="#ffffff" padding="24px 8px">'
    "<mj-column>{blocks}</mj-column></mj-section></mj-body></mjml>"
)
_TEXT = Markup('<mj-text align="{align}" padding="8px 16px">{lines}</mj-text>')
_SMALL = Markup('<mj-text font-size="13px" color="#666666" padding="8px 16px">{}</mj-text>')
_TITLE = Markup('<mj-text align="center" font-size="22px" padding="8px 16px">{}</mj-text>')
_PARAGRAPH = Markup('<div style="{}">{}</div>')
_LINK = Markup('<a href="{address}" style="color:#0b5cad;word-break:break-all">{words}</a>')
_TABLE = Markup('<mj-text padding="8px 16px 0">{}</mj-text><mj-table padding="4px 16px 8px">{}{}</mj-table>')
_ROW = Markup("<tr>{}</tr>")
_CELL = Markup(
    '<{tag} style="text-align:{align};vertical-align:top;padding:6px 8px;border:1px solid #bbbbbb;'
    'overflow-wrap:anywhere">{text}</{tag}>'
)
_BREAK = Markup("<br />")


def draw(paper: Paper) -> str:
    """A whole HTML document. Everything that the letter says is escaped; nothing is fetched from elsewhere."""
    paper = tidy(paper)
    blocks = _chinese(paper) if paper.locale == "zh_CN" else _english(paper)
    whole = _WHOLE.format(
        language=_LANGUAGE[paper.locale],
        subject=paper.subject,
        fonts=_FONTS[paper.locale],
        blocks=Markup().join(blocks),
    )
    return mjml2html(whole, fonts={})


def _chinese(paper: Paper) -> Iterator[Markup]:
    if paper.title:
        yield _TITLE.format(paper.title)
    yield _lines((paper.salutation,))
    yield from _body(paper)
    yield from _enclosed(paper)
    first, *rest = paper.closing
    yield _lines([_PARAGRAPH.format(_INDENT["zh_CN"], first), _BREAK.join(rest)], between=Markup())
    yield _lines((*paper.signed, paper.date), align="right")
    yield from _below(paper)


def _english(paper: Paper) -> Iterator[Markup]:
    yield _lines((paper.date,))
    yield _lines((paper.salutation,))
    if paper.title:
        yield _lines((Markup("<b>{}</b>").format(paper.title),))
    yield from _body(paper)
    yield _lines((*paper.closing, *paper.signed))
    yield from _enclosed(paper)
    yield from _below(paper)


def _body(paper: Paper) -> Iterator[Markup]:
    for part in paper.paragraphs:
        yield _table(part) if isinstance(part, Grid) else _lines((_PARAGRAPH.format(_INDENT[paper.locale], part),))
    if paper.links:
        links = (_link(words, address, COLON[paper.locale]) for words, address in paper.links)
        yield _lines([_PARAGRAPH.format(_INDENT[paper.locale], link) for link in links], between=Markup())


def _enclosed(paper: Paper) -> Iterator[Markup]:
    if paper.enclosures:
        yield _lines((_PARAGRAPH.format(_INDENT[paper.locale], enclosed(paper)),))


def _below(paper: Paper) -> Iterator[Markup]:
    small = [line for line in (paper.head.name, *contacts(paper), paper.footer) if line]
    if small:
        yield _SMALL.format(_BREAK.join(small))


def _lines(lines: Iterable[str], *, align: str = "left", between: Markup = _BREAK) -> Markup:
    return _TEXT.format(align=align, lines=between.join(lines))


def _link(words: str, address: str, colon: str) -> Markup:
    if not leads_somewhere(address):
        return Markup("{}{}{}").format(words, colon, address)
    return _LINK.format(address=address, words=words)


def _table(grid: Grid) -> Markup:
    rows = Markup().join(_row(row, grid.numbers, "td") for row in grid.rows)
    return _TABLE.format(grid.caption, _row(grid.columns, grid.numbers, "th"), rows)


def _row(cells: Iterable[str], numbers: tuple[int, ...], tag: str) -> Markup:
    aligned = ((text, "right" if at in numbers else "left") for at, text in enumerate(cells))
    return _ROW.format(Markup().join(_CELL.format(tag=tag, align=align, text=text) for text, align in aligned))
