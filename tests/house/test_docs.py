"""The docs are true: help text as the program prints it, commands that run, links that lead somewhere.

A fenced block tagged ``console`` is run: each line after ``$ `` that calls
keywitness, in order, one folder for all blocks of a page, with a copy of
examples/ in it. The command must end with 0, or with N where it says
``# exit N``. What is shown below a command is an excerpt, except for
``--help``, which is compared word for word.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.house.tree import ROOT

README: Final = ROOT / "README.md"
PAGES: Final = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


class Shown(NamedTuple):
    """A command of a page, the exit code that it promises, and the text shown below it."""

    command: str
    code: int
    output: str


def shown(page: Path) -> Iterator[Shown]:
    """The keywitness commands of a page's console blocks, in order."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.replace("\\\n", " ").partition("\n")
            if command.startswith("keywitness"):
                promised = re.search(r"# exit (\d+)$", command)
                yield Shown(command, int(promised[1]) if promised else 0, output)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell command as a reader with this environment would, on a terminal of 80 columns."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "COLUMNS": "80", "NO_COLOR": "1"}
    shell = ["bash", "-o", "pipefail", "-c", command]
    return subprocess.run(shell, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def label(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_commands_run_as_shown(page: Path, tmp_path: Path) -> None:
    if any(shown(page)):
        shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for command, code, output in shown(page):
        ended = run(command, tmp_path)
        assert ended.returncode == code, f"$ {command}\n{ended.stderr}"
        if "--help" in command:
            assert ended.stdout.strip() == output.strip()


if README.exists():

    def test_readme_shows_the_help() -> None:
        assert "keywitness --help" in [command for command, _, _ in shown(README)]


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_pages_made_from_data_are_current() -> None:
    made = subprocess.run([sys.executable, "docs/build.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert made.returncode == 0, f"{made.stdout}{made.stderr}: make docs"
