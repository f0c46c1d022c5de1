"""The wide story through the whole walk: all that is hostile is escalated, and ordinary life needs no person."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from keywitness import catalogue, context
from keywitness.facts import Window
from keywitness.pipeline import triage
from keywitness.policy import load_policy
from keywitness.readers.source import discover
from keywitness.simulate import simulate
from keywitness.simulate.score import Row, score, table
from tests.simulate.sample import files, unpacked
from tests.simulate.sample import table as rows_of

ENOUGH: Final = 0.95  # of ordinary changes closed without a person
SURE: Final = 0.98  # of the expected answers given


@pytest.fixture(scope="module", params=[101, 202, 303])
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    out = tmp_path_factory.mktemp("wide")
    simulate(out, seed=request.param, story="wide")
    spool = tmp_path_factory.mktemp("spool")
    logs = discover([str(out / "logs")])
    report = triage(logs, spool, context.load(out / "context"), catalogue.load(), load_policy(), Window())
    assert report.rejects == ()
    assert sum(1 + len(f.change.copies) for f in report.findings) == len(rows_of(out / "expected.csv"))
    return score(out / "expected.csv", report.findings)


def test_every_hostile_change_is_escalated(judged: dict[str, Row]) -> None:
    hostile = [row for kind, row in judged.items() if kind.startswith("h-")]
    assert len(hostile) > 20
    assert [row.kind for row in hostile if row.decided != {"escalate": row.count}] == []


def test_ordinary_life_is_closed_and_never_escalated(judged: dict[str, Row]) -> None:
    ordinary = [row for kind, row in judged.items() if kind[0] in "ob"]
    assert [row.kind for row in ordinary if "escalate" in row.decided] == []
    closed, count = (sum(row.decided.get("close", 0) for row in ordinary), sum(row.count for row in ordinary))
    assert closed / count >= ENOUGH, table(judged)


def test_the_answers_are_those_of_a_careful_analyst(judged: dict[str, Row]) -> None:
    wrong = [miss for row in judged.values() for miss in row.misses if miss.what != "decision"]
    assert len(wrong) <= (1 - SURE) * sum(row.count for row in judged.values()), wrong


def test_seeds_differ_and_the_same_seed_does_not(tmp_path: Path) -> None:
    for folder, seed in (("one", 4), ("again", 4), ("other", 6)):
        simulate(tmp_path / folder, seed=seed, story="wide")
    one, again, other = (files(tmp_path / folder) for folder in ("one", "again", "other"))
    assert one == again
    tickets = [rows_of(tmp_path / folder / "context" / "changes.csv") for folder in ("one", "other")]
    actors, targets = ([{t[column] for t in rows} for rows in tickets] for column in ("actor", "target"))
    assert len(actors[0] & actors[1]) < len(actors[0]) / 2
    assert len(targets[0] & targets[1]) < len(targets[0])
    assert one.keys() != other.keys() or unpacked(tmp_path / "one") != unpacked(tmp_path / "other")


@pytest.mark.parametrize(("days", "end"), [(30, date(2026, 11, 5)), (90, date(2027, 3, 2))])
def test_other_lengths(tmp_path: Path, days: int, end: date) -> None:
    made = simulate(tmp_path, seed=2, days=days, end=end, story="wide")
    assert made.hostile > 40
