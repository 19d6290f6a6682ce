"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = "${up_revision}"
down_revision = ${'"%s"' % down_revision if down_revision else None}
branch_labels = None
depends_on = None
runs_from = "${up_revision}"  # the oldest release, by its step, that may go on after this one: see CONTRIBUTING.md


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
