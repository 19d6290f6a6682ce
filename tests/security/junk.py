"""Junk, made from what is genuine and a seed: the same seed and number give the same junk again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

WORDS = (
    "' OR 1=1 --",
    "{{ 7*7 }}",
    "{% include '/etc/passwd' %}",
    "${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%00",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\ufeff",
    "\ud800",
    "𠮷",
    "🧨" * 40,
    "é" * 300,
    "M1-T1",
    "M99999-T99999",
    "T1-T99999",
    "F1",
    "F9999999",
    "@#1",
    "@",
    '@"',
    "“",
    "”",
    "：",
    "、",
    "，",
    "1e309",
    "NaN",
    "-1",
    "0",
    "9" * 30,
    "9" * 5000,
    "٣",
    "²",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31 24:00",
    "31 Feb",
    "下个月32号",
    "第〇阶段",
    "title:",
    "phase: 10",
    "due: ",
    "\n" * 50,
    "\t",
    " " * 500,
    "a" * 4001,
    "=cmd|' /C calc'!A0",
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "null",
    "true",
    "[]",
    "{}",
)
VALUES: tuple[Any, ...] = (None, True, 0, -1, 2**63, 1e308, "", [], {}, ["x"], {"id": 7}, [[[]]], {"text": None})


@dataclass
class Junk:
    """``random`` decides everything."""

    random: Random

    def text(self, genuine: str) -> str:
        """Words that were cut, doubled, swapped, or have something odd among them."""
        return str(self._some(genuine, [self._odd, self._cut, self._twice, self._swapped, lambda text: text]))

    def data(self, genuine: bytes) -> bytes:
        """Bytes that were cut, doubled, flipped, overwritten or pasted into."""
        return bytes(self._some(genuine, [self._flip, self._cut, self._twice, self._paste, self._swapped]))

    def shape(self, genuine: Any, *, deep: int = 4) -> Any:
        """JSON of which parts are gone, of another kind, or wrapped up."""
        if isinstance(genuine, dict) and genuine and self.random.random() < 0.85 and deep:
            return self._dict(dict(genuine), deep)
        if isinstance(genuine, list) and genuine and self.random.random() < 0.85 and deep:
            at = self.random.randrange(len(genuine))
            return [*genuine[:at], self.shape(genuine[at], deep=deep - 1), *genuine[at + 1 :]]
        if isinstance(genuine, str) and self.random.random() < 0.6:
            return self.text(genuine)
        return self.random.choice((*VALUES, genuine, [genuine], {"x": genuine}, self.random.choice(WORDS)))

    def json(self, genuine: Any) -> bytes:
        """The same as it comes over the wire, now and then no JSON at all."""
        told = json.dumps(self.shape(genuine)).encode()
        return self.data(told) if self.random.random() < 0.2 else told

    def _dict(self, found: dict[str, Any], deep: int) -> dict[str, Any]:
        key = self.random.choice(list(found))
        chance = self.random.random()
        if chance < 0.1:
            del found[key]
        elif chance < 0.15:
            found[self.random.choice(WORDS)] = found.pop(key)
        else:
            found[key] = self.shape(found[key], deep=deep - 1)
        return found

    def _some(self, given: Any, ways: list[Callable[[Any], Any]]) -> Any:
        for _ in range(self.random.randint(1, 4)):
            given = self.random.choice(ways)(given)
        return given

    def _at(self, given: str | bytes) -> int:
        return self.random.randint(0, len(given))

    def _odd(self, text: str) -> str:
        at = self._at(text)
        return text[:at] + self.random.choice(WORDS) + text[at:]

    def _cut(self, given: Any) -> Any:
        first, last = sorted((self._at(given), self._at(given)))
        return given[:first] + given[last:]

    def _twice(self, given: Any) -> Any:
        first, last = sorted((self._at(given), self._at(given)))
        return given[:last] + given[first:last][:2000] + given[last:]

    def _swapped(self, given: Any) -> Any:
        first, last = sorted((self._at(given), self._at(given)))
        return given[last:] + given[first:last] + given[:first]

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return b"\x00"
        found = bytearray(data)
        for _ in range(self.random.randint(1, 8)):
            found[self.random.randrange(len(found))] = self.random.randrange(256)
        return bytes(found)

    def _paste(self, data: bytes) -> bytes:
        at = self._at(data)
        return data[:at] + self.random.choice(WORDS).encode("utf-8", "replace") + data[at:]
