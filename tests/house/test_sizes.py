"""A function is refused at 60 lines and a file at 600; the aim is 15 and 150."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.house.tree import ROOT, name, package_files, syntax

FUNCTION_LINES: Final = 60
FILE_LINES: Final = 600

LONG_FUNCTIONS: Final[frozenset[str]] = frozenset()
LONG_FILES: Final[frozenset[str]] = frozenset()
"""What is longer all the same. May only shrink."""


def our_files() -> Iterator[Path]:
    yield from package_files()
    yield from sorted((ROOT / "tests").rglob("*.py"))
    yield from sorted((ROOT / "bench").rglob("*.py"))


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(syntax(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            if node.end_lineno - node.lineno + 1 > FUNCTION_LINES:
                yield f"{name(path)}:{node.name}"


def test_functions_are_short() -> None:
    found = {function for path in our_files() for function in long_functions(path)}
    assert not found - LONG_FUNCTIONS
    assert not LONG_FUNCTIONS - found, "these are short now: take them off the list"


def test_files_are_short() -> None:
    found = {name(path) for path in our_files() if len(path.read_text(encoding="utf-8").splitlines()) > FILE_LINES}
    assert not found - LONG_FILES
    assert not LONG_FILES - found, "these are short now: take them off the list"
