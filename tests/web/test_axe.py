"""Accessibility by axe-core in real Chromium: WCAG 2.2 AA and its own best practices, with no violation on any page."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from keywitness.store.engine import Store
from tests.web.test_browser import LAPTOP, PHONE, Visitor

VERSION: Final = "4.14.1"
RULES: Final = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
OPENED: Final = "document.querySelectorAll('details:not(.me)').forEach(d => d.open = true)"


@pytest.fixture(scope="session")
def axe() -> str:
    """The library, from npm once and then from the environment."""
    folder = Path(sys.prefix) / "axe"
    program = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not program.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("axe-core comes from npm, which isn't here")
        command = [
            npm,
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(folder),
            f"axe-core@{VERSION}",
        ]
        folder.mkdir(exist_ok=True)
        if subprocess.run(command, check=False, capture_output=True).returncode or not program.exists():
            pytest.skip("npm can't get axe-core here")
    return program.read_text("utf-8")


def violations(page: Any, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES}}})")
    return [f"{v['id']}: {node['html'][:200]}" for v in found["violations"] for node in v["nodes"]]


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(
    chromium: Any, served: tuple[str, Store], axe: str, size: tuple[int, int], scheme: str
) -> None:
    visitor = Visitor(chromium, served[0], "ada", size, scheme)
    for path in ("queue?show=all", "cases/KW-4F7QZ2AB", "cases/KW-EXTRA100", "shift", "team", "nothing"):
        visitor.page.goto(f"{served[0]}/t/default/{path}")
        visitor.value(OPENED)
        assert violations(visitor.page, axe) == [], path
    visitor.complaints.clear()  # the page that isn't there is a 404
    visitor.page.goto(f"{served[0]}/t/default/cases/KW-EXTRA100")
    for dialog in ("close", "assign", "note", "clock", "move-escalated", "keys"):
        visitor.value(f"document.getElementById('{dialog}').showModal()")
        assert violations(visitor.page, axe) == [], dialog
        visitor.value(f"document.getElementById('{dialog}').close()")
    visitor.page.goto(f"{served[0]}/login")
    assert violations(visitor.page, axe) == []
    visitor.end()
