"""What a file is: the kind, the session, who spoke, which stand; put right by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers import expected
from handlers.context import Context
from handlers.custody import may_file
from handlers.files import rules
from handlers.files.looking import about
from handlers.files.picking import needed, picked
from handlers.files.words import MaterialWord
from handlers.filing import PERSONAL
from handlers.grammar import Files, Text
from handlers.permissions import keeps_lists, may
from handlers.refused import Refused
from handlers.router import Router
from messages import Message, Offer, Question, Questions
from storage.files import File
from storage.materials import Material

router = Router("files")


@router.command("file kind", zh="文件 归类", also=("file as", "归类文件", "文件 类别"))
def kind(ctx: Context, stored: Files = (), material: MaterialWord = "", detail: Text = "") -> Message:
    """Say what a file is, and of which session, speaker, stand or day: file kind F7 slides S3"""
    needed(ctx, stored, "file kind F7 slides S3")
    found = picked(ctx, stored)
    ctx.must_run()
    may_file(ctx, found)
    if not material and not detail:
        return _form(ctx, found)
    said = rules.said(detail, programme=ctx.programme, days=expected.days(ctx.meeting))
    if detail and not said.changes:
        raise Refused("files/unclear", text=detail, ref=found[0].ref)
    for file in found:
        _fill(ctx, file, Material(material) if material else None, said.changes)
    ctx.db.flush()
    offers = [Offer("details", f"file show {found[0].ref}"), Offer("undo", "undo")]
    return ctx.words("files/kind", found=found, file=found[0], **about(ctx, found[0]), buttons=offers, tone="good")


def _fill(ctx: Context, file: File, material: Material | None, changes: dict[str, Any]) -> None:
    """Whatever has a kind of photo is one. A list of people is none only if somebody says so who keeps them."""
    file.meeting_id = ctx.meeting.id
    material = material or (Material.PHOTO if "photo" in changes else None)
    if material is not None:
        file.material = material
        keeps = may(ctx, keeps_lists, ctx.meeting)
        file.personal = material in PERSONAL or (file.personal and not keeps)
    for name, value in changes.items():
        setattr(file, name, value)
    if file.material != Material.PHOTO:
        file.photo = None


def _form(ctx: Context, found: Sequence[File]) -> Message:
    numbers = " ".join(file.ref for file in found)
    choices = [("", ""), *((str(one), one) for one in Material)]
    asks = [
        Question("material", "choice", str(found[0].material or ""), choices=choices),
        Question("detail"),
    ]
    form = Questions(f"file kind {numbers}", asks)
    return ctx.words("files/ask_kind", found=found, numbers=numbers, form=form, private=True)
