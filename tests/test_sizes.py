"""Functions and files stay small: the limits are those of docs/architecture.md, and `make check` prints the figures."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "storage", "messages")
MIGRATIONS = ROOT / "storage" / "migrations"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Sizes = dict[str, int]


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (file for file in sorted((ROOT / package).rglob("*.py")) if MIGRATIONS not in file.parents)


def lines(function: Function) -> int:
    """From `def` to the last line, without decorators and docstring."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return whole
    docstring = function.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def functions_of(file: Path) -> Sizes:
    name = file.relative_to(ROOT)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, Function)]
    return {f"{name}:{node.lineno} {node.name}": lines(node) for node in found}


@pytest.fixture(scope="module")
def functions() -> Sizes:
    return {name: size for file in sources() for name, size in functions_of(file).items()}


@pytest.fixture(scope="module")
def files() -> Sizes:
    return {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in sources()}


def over(sizes: Sizes, limit: int) -> list[str]:
    """What is longer than the limit, the longest first."""
    longest_first = sorted(sizes.items(), key=lambda item: -item[1])
    return [f"{size} lines: {name}" for name, size in longest_first if size > limit]


def share_within(sizes: Sizes, limit: int) -> float:
    return sum(size <= limit for size in sizes.values()) / len(sizes)


def report(kind: str, sizes: Sizes, limit: int) -> None:
    longest, size = max(sizes.items(), key=lambda item: item[1])
    share = f"{share_within(sizes, limit):.1%} within {limit}"
    print(f"\n{len(sizes)} {kind}: median {median(sizes.values()):g} lines, {share}, longest {size} ({longest})")


def test_functions_are_short(functions: Sizes) -> None:
    report("functions", functions, 25)
    assert over(functions, 50) == []
    assert share_within(functions, 25) >= 0.9, over(functions, 25)
    assert median(functions.values()) <= 8


def test_files_are_short(files: Sizes) -> None:
    report("files", files, 250)
    assert over(files, 400) == []
    assert share_within(files, 250) >= 0.9, over(files, 250)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def a():\n    return 1", 2),
        ('def a():\n    """One."""\n    return 1', 2),
        ('@b\n@c\ndef a():\n    """One.\n\n    Two.\n    """\n    x = 1\n    return x', 3),
        ("async def a(\n    b,\n):\n    return b", 4),
        ("def a(): return 1", 1),
    ],
)
def test_a_docstring_and_decorators_do_not_count(source: str, expected: int) -> None:
    (function,) = ast.parse(source).body
    assert isinstance(function, Function)
    assert lines(function) == expected
