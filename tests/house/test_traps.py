"""docs/traps.md names tests that exist."""

import re
from pathlib import Path
from typing import Final

from tests.house.tree import ROOT

NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_trap_names_a_test_that_exists() -> None:
    rows = [line for line in (ROOT / "docs" / "traps.md").read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    for row in rows:
        found = NAMED.findall(row)
        assert found, row
        assert all(f"def {name}(" in Path(ROOT / path).read_text("utf-8") for path, name in found), row
