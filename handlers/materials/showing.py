"""The matrix: what has come of each session, day and stand, what is missing and who is to see to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.context import Context
from handlers.expected import Cell, Standing
from handlers.grammar import MeetingNumber, PageNumber
from handlers.materials import desk
from handlers.materials.desk import Desk
from handlers.materials.rules import COLUMNS, Owed
from handlers.router import Router
from messages import Columns, Entry, Message, Offer
from storage.programme import ProgrammeSession

router = Router("materials")

PAGE = 20
MOST_ROWS = 12
BRIEF = 24
MARKS = {Standing.HERE: "✓", Standing.EXCUSED: "–", Standing.ASKED: "?", Standing.MISSING: "○", None: ""}


@router.command("materials", zh="资料", also=("materials list", "资料 进度", "资料矩阵", "资料清单"))
def show(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1) -> Message:
    """What has come of each session and what has not: materials"""
    ctx.meeting_number(meeting or None)
    found = desk.load(ctx)
    sessions = found.lineup.sessions
    pages = max(1, -(-len(sessions) // PAGE))
    page = min(page, pages)
    line, none = f"M{ctx.meeting.number}", not sessions and not found.lineup.booths
    missing = len(found.matrix.missing)
    offers = [Offer("missing", f"materials missing {line}", primary=True)] if missing else []
    offers += [Offer("more", f"materials {line} page {page + 1}")] if page < pages else []
    return ctx.words(
        "materials/matrix",
        meeting=ctx.meeting,
        none=none,
        **{str(one): found.matrix.count(one) for one in Standing},
        total=len(found.matrix.cells),
        days=_days(found),
        stands=[one for one in found.matrix.cells if one.booth],
        table=_table(found, sessions[(page - 1) * PAGE : page * PAGE]),
        page=page,
        pages=pages,
        upload=f"programme import {line}" if none else "",
        buttons=[*offers, Offer("programme", f"programme {line}")],
    )


def _table(found: Desk, sessions: Sequence[ProgrammeSession]) -> Columns:
    rows = [
        (_title(one), *(MARKS[found.matrix.mark(one, column)] for column in COLUMNS))
        for one in sessions
        if found.matrix.of(one)
    ]
    return Columns(("session", "slides", "recording", "photo", "consent"), rows)


def _title(session: ProgrammeSession) -> str:
    cut = session.title if len(session.title) <= BRIEF else f"{session.title[: BRIEF - 1]}…"
    return f"{session.code} {cut}"


def _days(found: Desk) -> list[dict[str, Any]]:
    """By day, the photos of each kind."""
    days = sorted({one.day for one in found.matrix.cells if one.day})
    return [{"day": day, "cells": [one for one in found.matrix.cells if one.day == day]} for day in days]


@router.command(
    "materials missing",
    zh="资料 缺口",
    also=("missing materials", "资料缺口", "资料 缺", "资料 缺什么", "缺什么", "还缺什么"),
)
def missing(ctx: Context, meeting: MeetingNumber = 0, page: PageNumber = 1) -> Message:
    """What is still to come, and who is to see to it: materials missing"""
    ctx.meeting_number(meeting or None)
    found = desk.load(ctx)
    every = found.owed
    pages = max(1, -(-len(every) // MOST_ROWS))
    page = min(page, pages)
    line = f"materials missing M{ctx.meeting.number} page {page + 1}"
    asked = [one for one in found.matrix.cells if one.standing == Standing.ASKED]
    return ctx.words(
        "materials/missing",
        meeting=ctx.meeting,
        count=len(found.matrix.missing),
        asked=asked,
        page=page,
        pages=pages,
        rows=[entry(ctx, found, one) for one in every[(page - 1) * MOST_ROWS : page * MOST_ROWS]],
        buttons=[
            *([Offer("more", line, primary=True)] if page < pages else []),
            *(_approving(ctx, found, one) for one in asked[:3]),
            Offer("materials", f"materials M{ctx.meeting.number}"),
        ],
    )


def _approving(ctx: Context, found: Desk, cell: Cell) -> Offer:
    return Offer("excuse", f"materials approve M{ctx.meeting.number} {found.said(ctx, cell)}", facts={"cell": cell})


def entry(ctx: Context, found: Desk, one: Owed) -> Entry:
    """What one session, day or all stands lack, with the two ways on."""
    known = desk.named(ctx.db, found.responsible(one))
    line = f"M{found.meeting.number} {target(one)}"
    facts = {"owed": one, "names": [row.name for row in known.values()], "contact": one.person_id is not None}
    return Entry(facts, [Offer("add", f"materials add {line}"), Offer("skip_cell", f"materials skip {line}")])


def target(one: Owed) -> str:
    """How a button names it: a single cell by its key."""
    if len(one.cells) == 1:
        return one.cells[0].key
    return one.session.code if one.session else one.day.isoformat() if one.day else "booths"
