"""Which rows are about one human, table by table, and what an erasure makes of each; every table must be told of here.

A row that is about somebody goes, or stays with every text in it blanked but those that are named. What others wrote
about them is found by their names, addresses and numbers, in every text that there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, Select, String, Table, select

from storage import subjects
from storage.attendance import Attendee, RollRow
from storage.base import Session
from storage.erasing import whose
from storage.programme import Speaker
from storage.subjects import Finder, Subject


@dataclass(frozen=True)
class Own:
    """Rows of ``table`` whose ``column`` names the subject as ``of`` says: "person", "party", or a table told before.

    ``blank``: they stay, for the sake of the figures or the law, and only the texts that ``keep`` names stay in them.
    """

    table: str
    column: str
    of: str
    blank: bool = False
    keep: frozenset[str] = frozenset()


def _kept(*names: str) -> frozenset[str]:
    return frozenset(names)


_OF_LETTERS = _kept("audience", "locale", "template", "digest", "state", "approved_digest", "way", "key")
OWNED = (
    Own("person", "id", "person", blank=True, keep=_kept("locale", "zone")),
    Own("account", "person_id", "person"),
    Own("link_code", "person_id", "person"),
    Own("link_try", "person_id", "person"),
    Own("leave", "person_id", "person"),
    Own("role_holder", "person_id", "person"),
    Own("room", "person_id", "person", blank=True, keep=_kept("platform", "locale", "zone")),
    Own("room_member", "person_id", "person"),
    Own("assignment", "person_id", "person"),
    Own("watcher", "person_id", "person"),
    Own("expectation", "person_id", "person"),
    Own("arrival", "person_id", "person"),
    Own("ticket", "person_id", "person"),
    Own("ticket_file", "ticket_id", "ticket"),
    Own("line", "person_id", "person"),
    Own("line", "only_for", "person"),
    Own("line", "room_id", "room"),
    Own("wecom_part", "room_id", "room"),
    Own("wecom_card", "room_id", "room"),
    Own("slack_page", "room_id", "room"),
    Own("party", "id", "party", blank=True, keep=_kept("kind", "locale")),
    Own("reach", "party_id", "party"),
    Own("alias", "party_id", "party"),
    Own("twin", "party_id", "party"),
    Own("twin", "other_id", "party"),
    Own("merge", "kept_id", "party", blank=True, keep=_kept("why")),
    Own("merge", "gone_id", "party", blank=True, keep=_kept("why")),
    Own("taking", "party_id", "party", blank=True, keep=_kept("capacity")),
    Own("volunteer", "party_id", "party", blank=True),
    Own("shift", "volunteer_id", "volunteer", blank=True),
    Own("sponsor", "party_id", "party", blank=True, keep=_kept("tier", "contract_no", "cash", "in_kind")),
    Own("partner", "party_id", "party", blank=True, keep=_kept("kind")),
    Own("membership_case", "party_id", "party", blank=True, keep=_kept("kind", "stage", "fee", "receipt_no")),
    Own("member", "party_id", "party"),
    Own("letter", "party_id", "party", blank=True, keep=_OF_LETTERS),
    Own("echo", "letter_id", "letter", blank=True, keep=_kept("kind")),
    Own("attendee", "id", "list", blank=True, keep=_kept("question")),
    Own("roll_row", "id", "list", blank=True, keep=_kept("status", "remark")),
    Own("speaker", "id", "list", blank=True),
)
"""Parents first. Accounts stay by law: fees, receipts, contracts and what was paid."""
LISTS: Mapping[str, type[Attendee | RollRow | Speaker]] = {
    "attendee": Attendee,
    "roll_row": RollRow,
    "speaker": Speaker,
}
RELEASED = frozenset(
    {
        "leave.cover_id",
        "task.carried_to",
        "membership_case.owner_id",
        "member.contact_id",
        "programme_session.contact_id",
        "party.person_id",
        "party.unit_id",
        "sponsor.addressee_id",
        "partner.addressee_id",
    }
)
"""What somebody was to do, or is reached by: nobody is, any more."""
STAYS = frozenset(
    {
        *("person.merged_into", "party.same_as", "party.confirmed_by", "merge.person_id", "twin.person_id"),
        *("template.added_by", "meeting.closed_by", "archive.person_id", "purge.person_id", "elsewhere.person_id"),
        *("task.done_by", "note.person_id", "proof.person_id", "excuse.person_id", "excuse.approved_by"),
        *("decision.person_id", "consent.person_id", "consent.speaker_id", "fact.person_id", "roll.person_id"),
        *("letter.approved_by", "letter_template.person_id", "echo.person_id", "file.person_id", "intake.person_id"),
        *(
            "volunteer.nominated_by",
            "volunteer.approved_by",
            "benefit.told_by",
            "membership_step.person_id",
            "partner.rated_by",
        ),
        *("journal.person_id", "erasure.person_id", "member_update.person_id"),
    }
)
"""Who did something: it stays done, by whoever it was."""


Rows = dict[str, set[Any]]
"""By table, the keys of rows that are about somebody."""


def found(db: Session, subject: Subject) -> Rows:
    """The rows that are about the subject, by table."""
    rows: Rows = {"person": set(subject.people), "party": set(subject.parties)}
    for own in OWNED:
        if own.of == "list":
            rows[own.table] = set(subjects.listed(db, subject, LISTS[own.table], in_workspace(own.table, subject)))
        elif own.column != "id":
            table = subjects.table(own.table)
            key = key_of(table)
            above = rows[own.of]
            wanted = select(key).where(table.c[own.column].in_(above)) if above else None
            rows.setdefault(own.table, set()).update(db.scalars(wanted) if wanted is not None else ())
    return rows


def key_of(table: Table) -> Column[Any]:
    """What tells rows apart; of a key of several columns, what they hang on."""
    return next(iter(table.primary_key.columns))


def is_theirs(change: Mapping[str, Any], rows: Rows, finder: Finder) -> bool:
    """Whether a change in the journal is of a row of theirs, or names them."""
    if change["id"] in rows.get(change["table"], ()):
        return True
    sides = (change["before"] or {}, change["after"] or {})
    links = [(own.column, own.of) for own in OWNED if own.table == change["table"] and own.column != "id"]
    pointing = any(side.get(column) in rows[of] for column, of in links for side in sides)
    return pointing or finder.mentions(list(sides))


def in_workspace(name: str, subject: Subject) -> Select[int]:
    table = subjects.table(name)
    return select(table.c.id).where(whose(subject.workspace_id)[table])


def texts(table: Table) -> list[Column[str]]:
    """The columns in which somebody may be named."""
    return [column for column in table.columns if isinstance(column.type, String | JSON)]
