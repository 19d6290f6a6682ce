"""Every fault once, small, on each of its databases; `make faults` has them at full size.

``HUIHOU_SEED`` repeats a run that failed: it prints it.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest

from tests.faults import suite
from tests.faults.registry import FAULTS, Fault, NotHere
from tests.postgres import Server, private

pytestmark = pytest.mark.slow
SEED = os.environ.get("HUIHOU_SEED") or secrets.token_hex(4)
EACH = [(fault, database) for fault in FAULTS for database in fault.on]


@pytest.mark.parametrize(("fault", "database"), EACH, ids=[f"{one.name} {one.what}, {on}" for one, on in EACH])
def test_nothing_is_lost_and_nothing_said_twice(
    request: pytest.FixtureRequest, tmp_path: Path, fault: Fault, database: str
) -> None:
    print(f"HUIHOU_SEED={SEED}")
    if database == "postgresql" and fault.own_server:
        request.getfixturevalue("postgres")  # left out where there is none
        with private(suite.SAFE) as server:
            small(fault, database, server)
    else:
        small(fault, database, request.getfixturevalue("postgres") if database == "postgresql" else None)


def small(fault: Fault, database: str, server: Server | None) -> None:
    try:
        line = suite.run(fault, database, SEED, fault.sampled, server)
    except NotHere as reason:
        pytest.skip(f"{fault.name} {fault.what}: {reason}")
    assert line.failed == []
    assert line.count > 0
