"""The bill of materials: all that is installed, by version and hash, in the form that tools read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[2]
MADE = re.compile(r"\$\(PY\) (.+?) --output-file")


def test_it_is_valid_and_whole() -> None:
    made = MADE.search((ROOT / "Makefile").read_text())
    assert made is not None
    words = [sys.executable, *made[1].split(), "--no-validate", "--output-file", "-"]
    bill = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603  our own
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    told = {part["name"]: part for part in json.loads(bill)["components"]}
    locked = dict(
        re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    )
    assert {name: part["version"] for name, part in told.items()} == locked
    assert all(part["externalReferences"][0]["hashes"] for part in told.values())
