"""The template that comes with the program, put into a workspace."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from handlers.plan import BUILT_IN
from handlers.templates.reading import read
from storage import templates
from storage.templates import Content

if TYPE_CHECKING:
    from storage.base import Session


@cache
def built_in() -> tuple[str, Content]:
    """Its YAML and its content, read once."""
    text = (files("handlers") / "checklist" / "after_meeting.yaml").read_text(encoding="utf-8")
    return text, read(text)


def seed(db: Session, workspace_id: int, now: datetime) -> None:
    """Give the workspace the built-in template, or this release's newer one; mostly one indexed question and no more.

    An association that has imported its own version goes on with it: theirs is the newest, and no release changes it.
    """
    text, content = built_in()
    standing = templates.standing(db, workspace_id, BUILT_IN)
    if standing is None or (standing[1] and standing[0] < content.version):
        templates.add(db, workspace_id, content, text, at=now)
