"""Who may see a file: a label, which no speaker's word is stretched by unnoticed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from handlers.context import Context
from handlers.custody import may_settle
from handlers.expected import TALKING
from handlers.files import rules
from handlers.files.picking import needed, picked
from handlers.files.words import ScopeWord
from handlers.grammar import Files, OneOf
from handlers.permissions import may, run_meeting
from handlers.refused import Refused
from handlers.router import Router
from handlers.sharing import OF_SPEAKERS, WIDTH, standing
from messages import Message, Offer, Question, Questions
from storage import consents, programme
from storage.files import File
from storage.materials import Scope

router = Router("files")

Anyway = Annotated[str, OneOf({"anyway": ("仍然", "仍要", "例外", "破例")})]


@router.command("file label", zh="文件 标注", also=("label file", "label", "标注文件", "文件 范围"))
def label(ctx: Context, stored: Files = (), scope: ScopeWord = "", anyway: Anyway = "") -> Message:
    """Say who may see files: everybody, members, attendees or nobody outside: file label F7 F8 public"""
    needed(ctx, stored, "file label F7 F8 public")
    found = picked(ctx, stored)
    may_settle(ctx, found)
    if not scope:
        form = Questions(_line(found), [Question("scope", "choice", required=True, choices=[(s, s) for s in Scope])])
        return ctx.words("files/ask_label", found=found, form=form, private=True)
    ctx.must_run()
    wanted = Scope(scope)
    beyond = None if wanted == Scope.INTERNAL else _beyond(ctx, found, wanted)
    if beyond is not None and not anyway:
        raise beyond
    if beyond is not None and not may(ctx, run_meeting, ctx.meeting):
        raise Refused("files/label_leads", file=found[0])
    for file in found:
        file.scope = wanted
    facts = {"found": found, "scope": wanted, "anyway": beyond is not None}
    return ctx.words("files/labelled", **facts, buttons=[Offer("undo", "undo")], tone="good")


def _line(found: Sequence[File]) -> str:
    return " ".join(["file label", *(file.ref for file in found)])


def _beyond(ctx: Context, found: Sequence[File], wanted: Scope) -> Refused | None:
    """What is in the way where it is more than speakers allow. Raises ``Refused`` for lists of people, in any case."""
    closed = [file for file in found if file.personal]
    if closed:
        raise Refused("files/personal", file=closed[0], buttons=[_narrow(found, Scope.INTERNAL)])
    given = consents.of_meeting(ctx.db, ctx.meeting.id)
    for file in found:
        speakers = _speakers(ctx, file)
        most = rules.allowed(given, file, speakers)
        theirs = speakers or file.material in OF_SPEAKERS
        if theirs and (most is None or WIDTH[most] < WIDTH[wanted]):
            return Refused(
                "files/beyond_consent",
                file=file,
                scope=wanted,
                most=most,
                given=[row for one in speakers if (row := standing(given, one, file.material))],
                speakers=_names(ctx, speakers),
                buttons=_ways(ctx, found, wanted, most or Scope.INTERNAL),
            )
    return None


def _names(ctx: Context, speakers: Sequence[int]) -> dict[int, str]:
    return {one: ctx.db.get_one(programme.Speaker, one).name for one in speakers}


def _speakers(ctx: Context, file: File) -> list[int]:
    """Whose it is: the speaker's, else of everybody who is heard in its session."""
    if file.speaker_id is not None:
        return [file.speaker_id]
    if file.session_id is None or file.material not in OF_SPEAKERS:
        return []
    return [row.speaker_id for row in programme.in_session(ctx.db, file.session_id) if row.part in TALKING]


def _ways(ctx: Context, found: Sequence[File], wanted: Scope, most: Scope) -> list[Offer]:
    anyway = Offer("anyway", f"{_line(found)} {wanted} anyway")
    return [_narrow(found, most), *([anyway] if may(ctx, run_meeting, ctx.meeting) else [])]


def _narrow(found: Sequence[File], most: Scope) -> Offer:
    return Offer("label_as", f"{_line(found)} {most}", primary=True, facts={"scope": most})
