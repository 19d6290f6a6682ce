"""Every table there is: who needs all of them imports this module."""

from __future__ import annotations

from storage import (  # noqa: F401  each brings its tables
    archive,
    arrivals,
    attendance,
    chases,
    checklist,
    consents,
    conversation,
    crew,
    files,
    inbox,
    journal,
    leases,
    letters,
    meetings,
    members,
    membership,
    minutes,
    nudges,
    outages,
    outbox,
    parties,
    partners,
    people,
    processes,
    programme,
    rooms,
    slack,
    slack_pages,
    sponsors,
    templates,
    tickets,
    undo,
    wecom,
    wecom_parts,
    workspace,
)
from storage.base import Base

ALL = Base.metadata
"""They can be gone through in an order in which each comes after those that it points at."""
