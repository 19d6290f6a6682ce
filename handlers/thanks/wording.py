"""The words of letters: the built-in ones, and those that an association writes itself, by audience and language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.context import Context
from handlers.permissions import allow_in_any, keeps_contacts, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.thanks.heads import LOCALES
from handlers.thanks.naming import AudienceWord, LanguageWord
from messages import Columns, Entry, Message, Offer, Question, Questions
from messages import letters as words
from messages.letters import PARTS, Fault
from storage import letters, people
from storage.letters import Audience, LetterTemplate

router = Router("thanks")

LONG = frozenset({"body", "closing", "signature", "also"})
"""Parts of more than one line."""
IN_DOCUMENT = ("title", "salutation", "body", "closing", "signature")
"""Parts that an association's Word document has, where it has one: both say the same."""
LONGEST = 3000
"""Of a part: what every chat takes in a form."""
MOST_FAULTS = 10


@router.command("letter template", zh="信函模板", also=("letter template list", "letter templates", "信函模板 列表"))
def listing(ctx: Context) -> Message:
    """Whose words letters are in, by audience and language: letter template"""
    allow_in_any(ctx, keeps_contacts)
    own = letters.templates(ctx.db, ctx.workspace.id)
    writers = people.some(ctx.db, [row.person_id for row in own.values()])
    rows = []
    for audience in Audience:
        for language, locale in LOCALES.items():
            row = own.get((audience, locale))
            facts = {
                "audience": audience,
                "language": language,
                "own": row,
                "by": writers[row.person_id] if row else None,
            }
            rows.append(Entry(facts, [Offer("show", f"letter template show {audience} {language}")]))
    return ctx.words("wording/list", rows=rows, buttons=[Offer("lint", "letter template lint")])


@router.command("letter template show", zh="信函模板 查看", also=("show letter template", "查看信函模板"))
def show(ctx: Context, audience: AudienceWord = "", language: LanguageWord = "") -> Message:
    """The words of letters to an audience, and the fields they may have: letter template show speakers en"""
    allow_in_any(ctx, keeps_contacts)
    which, language = named(ctx, audience, language, "show")
    row = standing(ctx, which, language)
    fields = words.FIELDS[which].values()
    return ctx.words(
        "wording/show",
        audience=which,
        language=language,
        own=row,
        parts=[(part, text.split("\n")) for part, text in parts_of(row, which, language).items() if text],
        table=Columns(
            ("field", "meaning", "needed"),
            [(one.typed, one.words[ctx.locale], "✓" if one.needed else "") for one in fields if one.said],
        ),
        buttons=_offers(which, language, row),
    )


@router.command("letter template edit", zh="信函模板 修改", also=("edit letter template", "修改信函模板"))
def edit(ctx: Context, audience: AudienceWord = "", language: LanguageWord = "") -> Message:
    """Put letters to an audience into the association's own words: letter template edit speakers en"""
    allow_in_any(ctx, run_meeting)
    which, language = named(ctx, audience, language, "edit")
    row = standing(ctx, which, language)
    before = parts_of(row, which, language)
    told = {name: value for name, value in ctx.fields.items() if name in PARTS}
    form = _form(which, language, before | told, row)
    if not told:
        return ctx.words("wording/form", audience=which, language=language, form=form, private=True)
    if ctx.fields.get("seen", _number(row)) != _number(row):
        raise Refused("wording/changed", buttons=[Offer("edit", f"letter template edit {which} {language}")])
    parts = {part: _clean(told.get(part, before[part])) for part in PARTS}
    check(parts, which, form)
    if parts == before:
        return ctx.words("wording/same", buttons=_offers(which, language, row))
    document = row.file_id if row else None
    fits = all(parts[one] == before[one] for one in IN_DOCUMENT)
    return kept(
        ctx, which, language, parts=parts, file_id=document if fits else None, put_by=bool(document) and not fits
    )


@router.command("letter template retire", zh="信函模板 停用", also=("retire letter template", "停用信函模板"))
def retire(ctx: Context, audience: AudienceWord = "", language: LanguageWord = "") -> Message:
    """Go back to the words that come with the program: letter template retire speakers en"""
    allow_in_any(ctx, run_meeting)
    which, language = named(ctx, audience, language, "retire")
    rows = letters.template_versions(ctx.db, ctx.workspace.id, which, LOCALES[language])
    standing_rows = [row for row in rows if row.retired_at is None]
    if not standing_rows:
        offer = Offer("show", f"letter template show {which} {language}")
        raise Refused("wording/built_in", audience=which, language=language, buttons=[offer])
    for row in standing_rows:
        row.retired_at = ctx.now
    ctx.db.flush()
    return ctx.words("wording/retired", audience=which, language=language, buttons=[Offer("undo", "undo")], tone="good")


# --- which, and what stands there


def named(ctx: Context, audience: str, language: str, verb: str) -> tuple[Audience, str]:
    """Whose letters, in which language: the asker's where none is named. Raises ``Refused`` without an audience."""
    language = language or ("en" if ctx.locale == "en" else "zh")
    if not audience:
        offers = [
            Offer("audience", f"letter template {verb} {one} {language}", facts={"audience": one}) for one in Audience
        ]
        raise Refused("wording/which", buttons=offers)
    return Audience(audience), language


def standing(ctx: Context, audience: Audience, language: str) -> LetterTemplate | None:
    """The association's own; None for the built-in one."""
    return letters.templates(ctx.db, ctx.workspace.id).get((audience, LOCALES[language]))


def parts_of(row: LetterTemplate | None, audience: Audience, language: str) -> dict[str, str]:
    built_in = words.built_in(audience, LOCALES[language])
    return {**built_in, **row.parts} if row else built_in


def check(parts: Mapping[str, str], audience: Audience, form: Questions) -> None:
    """Raises ``Refused`` with each fault, and the form as it was filled in, so that nothing typed is lost."""
    found = words.faults(parts, audience)
    found += [Fault(words.Why.LONG, 1, str(LONGEST), part) for part, text in parts.items() if len(text) > LONGEST]
    if found:
        raise Refused("wording/faulty", **faults_of(found), form=form)


def faults_of(found: Sequence[Fault]) -> dict[str, object]:
    """The facts of a list of faults: the first of them, and how many are left out."""
    return {"faults": list(found[:MOST_FAULTS]), "left_out": max(0, len(found) - MOST_FAULTS)}


def kept(
    ctx: Context,
    audience: Audience,
    language: str,
    *,
    parts: Mapping[str, str],
    file_id: int | None,
    put_by: bool = False,
) -> Message:
    """A new version beside the old ones. ``put_by``: the Word document says other words now, and is no longer used."""
    rows = letters.template_versions(ctx.db, ctx.workspace.id, audience, LOCALES[language])
    row = LetterTemplate(
        workspace_id=ctx.workspace.id,
        audience=audience,
        locale=LOCALES[language],
        number=rows[-1].number + 1 if rows else 1,
        parts=dict(parts),
        file_id=file_id,
        person_id=ctx.person.id,
        at=ctx.now,
    )
    ctx.db.add(row)
    ctx.db.flush()
    offers = [
        Offer("preview", f"letter template preview {audience} {language}", primary=True),
        Offer("edit", f"letter template edit {audience} {language}"),
        Offer("undo", "undo"),
    ]
    about = {"audience": audience, "language": language, "own": row, "put_by": put_by}
    return ctx.words("wording/kept", **about, buttons=offers, tone="good")


def _clean(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def _number(row: LetterTemplate | None) -> str:
    return str(row.number if row else 0)


def _form(audience: Audience, language: str, parts: Mapping[str, str], row: LetterTemplate | None) -> Questions:
    asks = [
        Question(part, "long" if part in LONG else "text", parts[part], required=part in words.NEEDED) for part in PARTS
    ]
    asks.append(Question("seen", "hidden", _number(row)))
    return Questions(f"letter template edit {audience} {language}", asks)


def _offers(audience: Audience, language: str, row: LetterTemplate | None) -> list[Offer]:
    which = f"{audience} {language}"
    found = [
        Offer("edit", f"letter template edit {which}", primary=True),
        Offer("preview", f"letter template preview {which}"),
        Offer("download", f"letter template download {which}"),
    ]
    return [*found, Offer("retire", f"letter template retire {which}")] if row else found
