"""What a setting needs and not every installation has."""

from __future__ import annotations


class Lacking(Exception):  # noqa: N818  a fact about the installation, which the caller words
    """``variable`` asks for something that comes with the extra of that name, which is not installed."""

    def __init__(self, variable: str, extra: str) -> None:
        super().__init__(variable, extra)
        self.variable, self.extra = variable, extra
