"""Migrations of a release that is still to come."""

from __future__ import annotations

from pathlib import Path

from storage import migrations


def release_to_come(folder: Path, *, runs_from: str = "") -> tuple[Path, Path]:
    """Its home for ``migrations.HOME``, and the step that it adds: a table that others point at is rebuilt.

    ``runs_from`` is the oldest release that may go on after it; without, none may.
    """
    home = folder / "migrations"
    (home / "versions").mkdir(parents=True)
    for file in [*migrations.HOME.glob("*.py"), *migrations.HOME.glob("versions/*.py")]:
        (home / file.relative_to(migrations.HOME)).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    step = home / "versions" / "9999_more.py"
    step.write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = '9999', '{migrations.steps()[-1]}', None, None\n"
        f"runs_from = '{runs_from or '9999'}'\n"
        "def upgrade():\n"
        "    with op.batch_alter_table('person') as batch:\n"
        "        batch.alter_column('name', type_=sa.String(300))\n",
        encoding="utf-8",
    )
    return home, step
