"""The faults at full size: see ``tests.faults.suite``."""

from __future__ import annotations

import sys

from tests.faults.suite import main

if __name__ == "__main__":
    sys.exit(main())
