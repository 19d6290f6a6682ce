"""Letters, parties and meetings put straight into the tables, for tests of how letters leave."""

from __future__ import annotations

from typing import Any

from handlers.templates.seeding import seed
from messages.papers import Paper
from storage import letters, meetings, parties, templates, workspace
from storage.base import Database, Session
from storage.letters import Audience, Letter, LetterState, Way
from storage.meetings import Meeting
from storage.parties import Party, PartyKind, Reach, ReachKind
from tests.chat import Chat, at

ENDS = at("2026-06-08 17:00")


def paper(text: str = "Thank you for your talk.", **fields: Any) -> Paper:
    given: dict[str, Any] = {
        "locale": "en",
        "subject": "Thank you",
        "salutation": "Dear Li Na,",
        "paragraphs": (text,),
        "closing": ("Yours sincerely,",),
        "signed": ("Chen Jing",),
        "date": "10 June 2026",
    }
    return Paper(**{**given, **fields})


def add_party(db: Session, workspace_id: int, name: str = "Li Na", email: str = "", **fields: Any) -> Party:
    party = parties.add(db, workspace_id, fields.pop("kind", PartyKind.PERSON), name, **fields)
    if email:
        db.add(Reach(party_id=party.id, kind=ReachKind.EMAIL, value=email.casefold(), typed=email))
    db.flush()
    return party


def entry(database: Database, number: int) -> Party:
    """P``number`` of the first workspace, as it stands now."""
    with database.read() as db:
        found = parties.by_number(db, 1, number)
    assert found is not None
    return found


def add_letter(
    db: Session, meeting: Meeting, party: Party, *, content: Paper | None = None, approved: bool = True, **fields: Any
) -> Letter:
    """Approved by nobody in particular, unless it is not ``approved``."""
    content = content or paper()
    letter = Letter(
        meeting_id=meeting.id,
        number=letters.next_number(db, meeting.id),
        audience=fields.pop("audience", Audience.SPEAKERS),
        party_id=party.id,
        locale=content.locale,
        template="built-in/1",
        content=content.model_dump(mode="json"),
        digest=content.digest,
        state=fields.pop("state", LetterState.APPROVED if approved else LetterState.DRAFT),
        approved_digest=content.digest if approved else "",
        at=fields.pop("at", meeting.ends_at),
        **fields,
    )
    db.add(letter)
    db.flush()
    return letter


def add_meeting(db: Session, workspace_id: int) -> Meeting:
    """One that ended on 8 June 2026, with a checklist that nobody looks at."""
    seed(db, workspace_id, ENDS)
    pinned = templates.newest(db, workspace_id, "after-meeting")
    assert pinned is not None
    number = meetings.next_number(db, workspace_id)
    meeting = Meeting(
        workspace_id=workspace_id,
        number=number,
        name_zh="年会",
        name_en="Annual Meeting",
        starts_at=ENDS,
        ends_at=ENDS,
        zone="Asia/Shanghai",
        template_id=pinned.id,
    )
    db.add(meeting)
    db.flush()
    return meeting


def letter_to(chat: Chat, email: str, *, content: Paper | None = None, name: str = "Li Na", **fields: Any) -> int:
    """The id of an approved letter under way to that address, with a meeting and a party of its own."""
    with chat.app.database.write() as db:
        place = workspace.by_key(db, "main", locale=chat.app.settings.locale)
        meeting = next(iter(meetings.all_of(db, place.id)), None) or add_meeting(db, place.id)
        party = add_party(db, place.id, name, email)
        given = {"state": LetterState.SENT, "way": Way.MAIL, "address": email, **fields}
        return add_letter(db, meeting, party, content=content, **given).id
