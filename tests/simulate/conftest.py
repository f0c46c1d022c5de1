"""One simulated company for all tests of the simulator, and an empty stage for the tests of its parts."""

import random
from datetime import date
from pathlib import Path

import pytest

from keywitness.simulate import Summary, simulate
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


@pytest.fixture
def stage() -> Stage:
    rng = random.Random(1)
    return Stage(rng, found(rng), date(2026, 9, 21), 45)
