"""What stands at the head and the foot of the association's letters, in each language."""

from __future__ import annotations

from handlers.context import Context
from handlers.permissions import allow_in_any, keeps_contacts, run_meeting
from handlers.router import Router
from handlers.thanks.naming import LanguageWord
from messages import Entry, Message, Offer, Question, Questions
from storage import letters
from storage.letters import Letterhead

router = Router("thanks")

LENGTHS = {
    "name": 200,
    "address": 300,
    "postcode": 12,
    "phone": 50,
    "email": 200,
    "website": 200,
    "signatory": 100,
    "signatory_title": 100,
}
LOCALES = {"zh": "zh_CN", "en": "en"}


def association(ctx: Context, locale: str) -> str:
    """What it is called in letters of that language, if need be by its name in the other; empty while it has none."""
    heads = letters.letterheads(ctx.db, ctx.workspace.id)
    own = heads[locale].name if locale in heads else ""
    return own or ctx.workspace.association or next((row.name for row in heads.values() if row.name), "")


@router.command("letterhead", zh="信头", also=("letterhead show", "信头 查看", "落款"))
def show(ctx: Context) -> Message:
    """The head and the signature of letters, in both languages: letterhead"""
    allow_in_any(ctx, keeps_contacts)
    heads = letters.letterheads(ctx.db, ctx.workspace.id)
    rows = [
        Entry({"language": word, "head": heads.get(locale)}, [Offer("edit", f"letterhead edit {word}")])
        for word, locale in LOCALES.items()
    ]
    return ctx.words("thanks/heads", rows=rows)


@router.command("letterhead edit", zh="信头 修改", also=("edit letterhead", "修改信头", "信头修改"))
def edit(ctx: Context, language: LanguageWord = "") -> Message:
    """Say what stands at the head of letters, and who signs them: letterhead edit en"""
    allow_in_any(ctx, run_meeting)
    word = language or ("en" if ctx.locale == "en" else "zh")
    row = letters.letterheads(ctx.db, ctx.workspace.id).get(LOCALES[word])
    given = {name: value for name, value in ctx.fields.items() if name in LENGTHS}
    if not given:
        return _form(ctx, word, row)
    row = row or Letterhead(workspace_id=ctx.workspace.id, locale=LOCALES[word])
    for name, value in given.items():
        setattr(row, name, " ".join(value.split())[: LENGTHS[name]])
    ctx.db.add(row)
    ctx.db.flush()
    buttons = [*_drafting(ctx), Offer("undo", "undo")]
    return ctx.words("thanks/headed", language=word, head=row, buttons=buttons, tone="good")


def _drafting(ctx: Context) -> list[Offer]:
    """To draft again, where there are letters that do not bear it yet."""
    meeting = ctx.meeting_if_clear()
    drafted = meeting is not None and bool(letters.heads(ctx.db, meeting.id))
    return [Offer("draft", f"thanks draft M{meeting.number} all", primary=True)] if meeting and drafted else []


def _form(ctx: Context, word: str, row: Letterhead | None) -> Message:
    def was(name: str) -> str:
        return getattr(row, name) if row else ""

    asks = [
        Question("name", value=was("name") or ctx.workspace.association),
        Question("signatory", value=was("signatory")),
        Question("signatory_title", value=was("signatory_title")),
        Question("address", value=was("address")),
        Question("postcode", value=was("postcode")),
        Question("phone", value=was("phone")),
        Question("email", value=was("email")),
        Question("website", value=was("website")),
    ]
    return ctx.words("thanks/head_form", language=word, form=Questions(f"letterhead edit {word}", asks), private=True)
