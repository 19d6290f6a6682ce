"""One paragraph of a letter is put into other words by a model, where an administrator has set one up."""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any

from handlers.context import Context
from handlers.grammar import MeetingNumber, Numbered, Text
from handlers.permissions import allow, keeps_contacts, may
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks import fidelity
from handlers.thanks.editing import put
from handlers.thanks.naming import LetterNumber
from handlers.thanks.permits import signing
from handlers.thanks.reading import chosen, ref, said
from handlers.thanks.rules import difference, lines
from handlers.thanks.writing import bare, paper_of
from messages import Message, Offer
from messages.papers import Paper
from storage import letters
from storage.letters import GONE, Audience, Letter

router = Router("thanks")

LONGEST_WISH = 60
ParagraphNumber = Annotated[int, Numbered.like(r"(\d{1,2})(?!\w)", r"第\s*(\d{1,2})\s*段")]
_TASK = {
    "zh_CN": (
        "你为一家协会润色感谢信中的一个自然段。只改写措辞，不得增加、删去或改动任何事实：姓名、单位、数字、日期、题目、权益一律照原样保留；"
        "不得添加评价、承诺或链接；形如⟦1⟧的标记原样保留。不用任何标记符号。只输出改写后的一个自然段。改写要求：{wish}。可以依据的事实：\n{facts}"
    ),
    "en": (
        "You put one paragraph of an association's letter of thanks into other words. Change the wording "
        "only: add, drop or change no fact; keep names, organisations, numbers, dates, titles and benefits as "
        "they are; add no praise, promise or link; keep marks such as ⟦1⟧ as they are. No markup. Answer with "
        "the one paragraph only. What is wanted: {wish}. Facts to go by:\n{facts}"
    ),
}
_WISH = {"zh_CN": "更亲切", "en": "warmer"}


@router.command("thanks rephrase", zh="致谢 润色", also=("rephrase letter", "润色致谢", "致谢润色"))
def rephrase(
    ctx: Context, meeting: MeetingNumber = 0, which: LetterNumber = 0, paragraph: ParagraphNumber = 0, wish: Text = ""
) -> Any:
    """Have one paragraph of a letter put into other words by AI: thanks rephrase L12 2 warmer"""
    letter = chosen(ctx, meeting, which)
    ctx.must_run()
    if not may(ctx, signing(Audience(letter.audience)), ctx.meeting):
        allow(ctx, keeps_contacts, ctx.meeting)
    if ctx.reword is None:
        raise Refused("rewording/off", buttons=[_edit(ctx, letter)])
    _text(ctx, letter, paragraph)
    if ctx.promised:
        return _reworded(ctx, letter, paragraph, wish)
    line = f"thanks rephrase {ref(ctx, letter)} {paragraph} {wish[:LONGEST_WISH]}".strip()
    ctx.later(line, key=f"rephrase:{letter.id}:{paragraph}:{letter.version}:{ctx.now:%Y-%m-%dT%H:%M:%S}")
    return ctx.words("rewording/asking", letter=letter, number=paragraph)


def _reworded(ctx: Context, letter: Letter, number: int, wish: str) -> Generator[Message, None, Message]:
    """While the model is waited for nothing is locked: what it says counts only for the letter that it was shown."""
    before, facts, digest = _text(ctx, letter, number), fidelity.told(bare(letter.facts)), letter.digest
    locale, offer, reword, number_of = letter.locale, _edit(ctx, letter), ctx.reword, letter.number
    assert reword is not None  # noqa: S101  its caller has looked
    yield ctx.words("rewording/asking", letter=letter, number=number)
    after = _checked(before, facts, wish=wish or _WISH[locale], task=_TASK[locale], reword=reword, offer=offer)
    ctx.db.expire(letter)  # else the session answers with what it has in memory
    fresh = letters.by_number(ctx.db, ctx.meeting.id, number_of)
    if fresh is None or fresh.digest != digest or fresh.state in GONE:
        raise Refused("rewording/changed", buttons=[offer])
    return _kept(ctx, fresh, number, after)


def _checked(before: str, facts: list[str], *, wish: str, task: str, reword: Any, offer: Offer) -> str:
    """What the model made of the paragraph. Raises ``Refused`` unless it says the same as before."""
    sent, taken = fidelity.masked(before)
    wanted = fidelity.masked(wish[:LONGEST_WISH])[0]
    try:
        answer = reword(task.format(wish=wanted, facts="\n".join(facts)), sent)
    except TimeoutError:
        raise Refused("rewording/late", buttons=[offer]) from None
    except OSError:
        raise Refused("rewording/unanswered", buttons=[offer]) from None
    after = fidelity.unmasked(" ".join(answer.split()), taken)
    if after is None:
        raise Refused("rewording/lost", buttons=[offer])
    if fidelity.too_long(after, before):
        raise Refused("rewording/long", buttons=[offer])
    if found := fidelity.added(_bare(after, taken), [_bare(before, taken), *facts]):
        raise Refused("rewording/added", found=[one[:40] for one in found[:8]], buttons=[offer])
    return after


def _bare(text: str, taken: list[str]) -> str:
    """Without what was put back: it is as it was."""
    for one in taken:
        text = text.replace(one, " ", 1)
    return text


def _kept(ctx: Context, letter: Letter, number: int, after: str) -> Message:
    """It reads so from now on, and is to be approved anew."""
    was, paper = lines(letter.content), paper_of(letter)
    assert paper is not None  # noqa: S101  it has the paragraph
    at = _places(paper)[number - 1]
    texts = list(paper.paragraphs)
    if texts[at] == after:
        return said(ctx, letter, told="unchanged")
    texts[at] = after
    put(letter, paper.model_copy(update={"paragraphs": tuple(texts), "assisted": True}))
    letter.assisted = True
    ctx.db.flush()
    return said(ctx, letter, changes=difference(was, lines(letter.content)), told="edited")


def _text(ctx: Context, letter: Letter, number: int) -> str:
    """The paragraph. Raises ``Refused`` where there is none of that number, or the letter cannot be changed."""
    paper = paper_of(letter)
    if letter.state in GONE or paper is None:
        raise Refused("thanks/not_editable", letter=letter, buttons=[_show(ctx, letter)])
    places = _places(paper)
    if not 1 <= number <= len(places):
        raise Refused("rewording/which", letter=letter, count=len(places), buttons=[_show(ctx, letter)])
    return str(paper.paragraphs[places[number - 1]])


def _places(paper: Paper) -> list[int]:
    """Where paragraphs stand; tables are none."""
    return [at for at, part in enumerate(paper.paragraphs) if isinstance(part, str)]


def _edit(ctx: Context, letter: Letter) -> Offer:
    return Offer("edit", f"thanks edit {ref(ctx, letter)}")


def _show(ctx: Context, letter: Letter) -> Offer:
    return Offer("show_letter", f"thanks show {ref(ctx, letter)}")
