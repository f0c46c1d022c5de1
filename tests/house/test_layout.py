"""The folder list is the data path: every file has a known place, a short contract, and a test of its own."""

from typing import Final

from tests.house.tree import BASE, PACKAGE, ROOT, TOP, WALK, name, package_files, stage

CONTRACT_LINES: Final = 80

UNTESTED: Final[frozenset[str]] = frozenset()
"""Files without a test of their own. May only shrink."""


def test_every_file_belongs_to_a_known_stage() -> None:
    known = {"__init__", *BASE, *WALK, *TOP}
    strangers = [name(path) for path in package_files() if stage(path) not in known]
    assert not strangers, "add the stage to WALK in tests/house/tree.py, and to docs/design.md"


def test_contracts_are_short() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PACKAGE.rglob("__init__.py")}
    assert not {path: lines for path, lines in lengths.items() if lines > CONTRACT_LINES}


def test_every_file_has_its_own_test() -> None:
    implementations = (path.relative_to(PACKAGE) for path in package_files() if path.name != "__init__.py")
    untested = {
        path.as_posix() for path in implementations if not (ROOT / "tests" / path.parent / f"test_{path.name}").exists()
    }
    assert not untested - UNTESTED, "tests/ mirrors src/keywitness"
    assert not UNTESTED - untested, "these have a test now (or are gone): take them off the list"
