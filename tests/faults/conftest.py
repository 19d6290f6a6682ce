"""Faults are caused on both databases; those at named points on PostgreSQL only by `make faults`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NAMED_ON = ["sqlite", *(["postgresql"] if "HUIHOU_FAULTS" in os.environ else [])]


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database for bots that die at random."""
    return _fresh(request, tmp_path)


@pytest.fixture(params=NAMED_ON)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database for bots that die at a point that has a name."""
    return _fresh(request, tmp_path)


def _fresh(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'huihou.db'}"
    return str(request.getfixturevalue("postgres").fresh())
