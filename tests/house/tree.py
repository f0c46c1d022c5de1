"""What the house tests look at: the package's files in walk order, their syntax trees, and what git tracks."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "src" / "keywitness"

BASE: Final = ("errors", "event", "model", "policy", "words")
"""The records and settings that every stage shares."""

WALK: Final = (
    "readers",
    "catalogue",
    "sigma",
    "detect",
    "context",
    "lake",
    "behaviour",
    "lineage",
    "past",
    "genealogy",
    "case",
    "questions",
    "facts",
    "decide",
    "suppress",
    "replay",
    "contain",
    "describe",
    "timeline",
    "render",
    "simulate",
    "audit",
    "store",
    "exports",
    "web",
)
"""The stages in the order in which a record meets them. A folder or one file each."""

TOP: Final = ("pipeline", "commands", "cli", "__main__")
"""What puts the stages together. Nothing else may import these."""

PROVIDERS: Final = ("aws", "entra", "azure", "m365", "gcp", "okta", "github", "alerts")
"""A provider is the files that carry its name; no other file may know it."""


def package_files() -> tuple[Path, ...]:
    """All modules of keywitness."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


def name(path: Path) -> str:
    """How a file is named in messages and exception lists: its path below src/keywitness, else below the root."""
    return path.relative_to(PACKAGE if path.is_relative_to(PACKAGE) else ROOT).as_posix()


def stage(path: Path) -> str:
    """The stage, base or top module that a file of the package belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def syntax(path: Path) -> ast.Module:
    """The file's syntax tree, parsed once."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Path and content of each UTF-8 text file that git tracks and that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for path in filter(None, listed.stdout.split("\0")):
        try:
            yield path, (ROOT / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
