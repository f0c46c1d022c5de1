"""One simulated company for all tests of the simulator, and an empty stage for the tests of its parts."""

import random
from datetime import date
from pathlib import Path

import pytest

from keywitness.simulate import Summary, simulate, wide
from keywitness.simulate.company import found
from keywitness.simulate.stage import Stage
from tests.simulate.sample import Record, event_id, read, table


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    out = tmp_path_factory.mktemp("company")
    return out, simulate(out)


@pytest.fixture(scope="session")
def company(written: tuple[Path, Summary]) -> Path:
    return written[0]


@pytest.fixture(scope="session")
def records(company: Path) -> list[Record]:
    return [record for path in sorted((company / "logs").rglob("*.gz")) for record in read(path)]


@pytest.fixture(scope="session")
def by_kind(company: Path, records: list[Record]) -> dict[str, list[Record]]:
    """The label of a kind of change, to the records of its changes."""
    by_id = {event_id(record): record for record in records}
    kinds: dict[str, list[Record]] = {}
    for row in table(company / "expected.csv"):
        kinds.setdefault(row["kind"], []).append(by_id[row["event_id"]])
    return kinds


@pytest.fixture(scope="session")
def wide_stage() -> Stage:
    """The wide story of one seed, played to its end and not written."""
    rng = random.Random(5)
    played = Stage(rng, wide.found(rng), date(2026, 9, 21), 45)
    wide.play(played)
    return played


@pytest.fixture(scope="session")
def wide_kinds(wide_stage: Stage) -> dict[str, list[Record]]:
    """The wide story's records by the kind of change."""
    by_id = {event_id(record): record for records in wide_stage.logs.values() for record in records}
    kinds: dict[str, list[Record]] = {}
    for row in wide_stage.expected:
        kinds.setdefault(row.kind, []).append(by_id[row.event_id])
    return kinds


@pytest.fixture
def stage() -> Stage:
    rng = random.Random(1)
    return Stage(rng, found(rng), date(2026, 9, 21), 45)
