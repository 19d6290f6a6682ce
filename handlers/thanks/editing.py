"""A letter is put into other words by hand, paragraph by paragraph; it has to be approved as it then reads."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.context import Context
from handlers.grammar import MeetingNumber
from handlers.permissions import allow, keeps_contacts, may
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks.naming import LetterNumber
from handlers.thanks.permits import signing
from handlers.thanks.reading import SEEN, chosen, party_of, ref, said
from handlers.thanks.rules import difference, kept_back, lines
from handlers.thanks.writing import bare, keep_before, paper_of
from messages import Message, Offer, Question, Questions
from messages.papers import Grid, Paper
from storage.letters import GONE, Audience, Letter, LetterState, withdraw_approval

router = Router("thanks")

MOST_PARAGRAPHS, LONGEST, LONGEST_LINE = 12, 3_000, 200
PARAGRAPHS = tuple(f"p{number}" for number in range(1, MOST_PARAGRAPHS + 1))


@router.command("thanks edit", zh="致谢 修改", also=("edit letter", "修改致谢", "致谢修改"))
def edit(ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0) -> Message:
    """Put a letter into other words, paragraph by paragraph: thanks edit L12"""
    letter = chosen(ctx, meeting, which)
    ctx.must_run()
    if not may(ctx, signing(Audience(letter.audience)), ctx.meeting):
        allow(ctx, keeps_contacts, ctx.meeting)
    paper = paper_of(letter)
    if letter.state in GONE or paper is None:
        raise Refused(
            "thanks/not_editable", letter=letter, buttons=[Offer("show_letter", f"thanks show {ref(ctx, letter)}")]
        )
    if "salutation" not in ctx.fields:
        return _form(ctx, letter, paper)
    if ctx.fields.get("read") != letter.digest[:SEEN]:
        raise Refused(
            "thanks/changed_meanwhile", letter=letter, buttons=[Offer("edit", f"thanks edit {ref(ctx, letter)}")]
        )
    return _kept(ctx, letter, _rewritten(paper, ctx.fields))


def _kept(ctx: Context, letter: Letter, paper: Paper) -> Message:
    before = lines(letter.content)
    if paper.digest == letter.digest:
        return said(ctx, letter, told="unchanged")
    put(letter, paper)
    ctx.db.flush()
    return said(ctx, letter, changes=difference(before, lines(letter.content)), told="edited")


def put(letter: Letter, paper: Paper) -> None:
    """The letter in other words: what was approved is not approved any more."""
    keep_before(letter, bare(letter.facts))
    letter.content, letter.digest, letter.edited = paper.model_dump(mode="json"), paper.digest, True
    letter.state = LetterState.BLOCKED if kept_back(letter.blocked) else LetterState.DRAFT
    letter.reason = ""
    withdraw_approval(letter)


def _rewritten(paper: Paper, fields: Mapping[str, str]) -> Paper:
    """With what the form says. A blank line parts a paragraph in two, an empty field takes one out; tables stay."""
    names = iter(PARAGRAPHS)
    paragraphs: list[str | Grid] = []
    for part in paper.paragraphs:
        name = next(names, "") if isinstance(part, str) else ""
        paragraphs += _parted(fields[name]) if name in fields else [part]
    paragraphs += [text for name in names for text in _parted(fields.get(name, ""))]
    return paper.model_copy(
        update={
            "subject": _line(fields.get("subject", paper.subject)),
            "salutation": _line(fields["salutation"]),
            "paragraphs": tuple(paragraphs),
            "closing": tuple(_line(one) for one in fields.get("closing", "").splitlines() if one.strip())
            or paper.closing,
        }
    )


def _parted(text: str) -> list[str]:
    """Its paragraphs. Raises ``Refused`` for one that is too long."""
    if len(text) > LONGEST:
        raise Refused("thanks/long_paragraph", most=LONGEST)
    blocks = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip()]


def _line(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > LONGEST_LINE:
        raise Refused("thanks/line", most=LONGEST_LINE)
    return words


def _form(ctx: Context, letter: Letter, paper: Paper) -> Message:
    texts = [part for part in paper.paragraphs if isinstance(part, str)][:MOST_PARAGRAPHS]
    asks = [
        Question("subject", value=paper.subject, required=True),
        Question("salutation", value=paper.salutation, required=True),
    ]
    asks += [Question(name, "long", text) for name, text in zip(PARAGRAPHS, texts, strict=False)]
    if len(texts) < MOST_PARAGRAPHS:
        asks.append(Question(PARAGRAPHS[len(texts)], "long"))
    asks.append(Question("closing", "long", "\n".join(paper.closing), required=True))
    asks.append(Question("read", "hidden", letter.digest[:SEEN]))
    form = Questions(f"thanks edit {ref(ctx, letter)}", asks)
    return ctx.words("thanks/edit_form", letter=letter, party=party_of(ctx, letter), form=form, private=True)
