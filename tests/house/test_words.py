"""No file carries a machine's paths, a registry's host or a note to self; broad handlers stand where they may."""

import ast
import re
from typing import Final

from tests.house.tree import name, package_files, syntax, tracked_texts

# Each pattern is spelled so that it doesn't match itself.
UNWANTED: Final = {
    "a path of one machine": re.compile(r"(?<![\w.-])/(?:[w]ork|[r]oot|[t]mp/bash)[/_]"),
    "a package registry's host": re.compile(r"(?:[p]ypi|[p]ythonhosted|[n]pmjs|[d]eb\.debian)\.(?:org|com)\b"),
    "a note to self": re.compile(r"\b(?:[T]ODO|[F]IXME|[X]XX)\b"),
}

BROAD: Final[frozenset[str]] = frozenset()
"""Files at the pipeline's edge that may catch everything. May only shrink."""


def test_tracked_files_hold_no_unwanted_words() -> None:
    found = [
        f"{path}:{content.count(chr(10), 0, hit.start()) + 1} {what}: {hit[0]}"
        for path, content in tracked_texts()
        for what, pattern in UNWANTED.items()
        for hit in pattern.finditer(content)
    ]
    assert not found


def is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = (part.id for part in ast.walk(handler.type) if isinstance(part, ast.Name))
    return not {"Exception", "BaseException"}.isdisjoint(caught)


def test_broad_handlers_stand_at_the_edge_only() -> None:
    found = {
        name(path)
        for path in package_files()
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.ExceptHandler) and is_broad(node)
    }
    assert not found - BROAD, "name the errors, or turn them into a value with a reason"
    assert not BROAD - found, "these have no broad handler any more: take them off the list"
