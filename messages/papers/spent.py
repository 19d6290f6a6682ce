"""Word documents that are done with, and the memory that they keep."""

from __future__ import annotations

import gc
import itertools

MOST = 30
_opened = itertools.count(1)


def clear() -> None:
    """Called before a document is opened: of those that are done with, at most ``MOST`` wait to be freed.

    Their parts hold each other, so that only Python's collector frees them; and it comes late, as it does not see the
    XML outside of Python that hangs on each, a third of a megabyte.
    """
    if next(_opened) % MOST == 0:
        gc.collect()
