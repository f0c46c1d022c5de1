"""All families at once, and numbers that don't depend on how the log was delivered."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from keywitness.behaviour import FAMILIES, Behaviour
from keywitness.behaviour.measure import baseline_end, measure, prepare, query_text
from keywitness.behaviour.tables import sources
from keywitness.context.identities import Directory
from keywitness.lake import Lake
from tests.support import GEO, ago, change, event, lake, later, loose, parquet

CHANGES = [
    change(event_id="own", source_ip="203.0.113.1", credential_ids=("K1",), session_id="S1"),
    change("bob", time=ago(days=2), event_id="second", source_ip="192.0.2.1"),
]
HISTORY = [change(time=ago(days=20)), *CHANGES]


def log() -> list[dict[str, Any]]:
    """Every family finds something in it, and several events share a second."""
    days = [event(time=ago(days=day), source_ip="192.0.2.1", user_agent="aws-cli/2.1") for day in range(2, 60)]
    same = [event(time=ago(hours=3), source_ip=f"198.51.100.{i}", operation=f"iam:List{i}") for i in range(8)]
    own = event(time=ago(), event_id="own", source_ip="203.0.113.1", read_only=False, session_id="S1")
    writes = [event(time=ago(hours=1), operation="iam:PutUserPolicy", read_only=False, session_id="S1")]
    uses = [event(time=later(hours=1), credential_used="K1", actor_id="svc", source_ip=a) for a in ("a", "b")]
    others = [event(time=ago(hours=5), source_ip="203.0.113.1", actor_id=f"x{i}") for i in range(3)]
    alike = [event(time=ago(days=9), actor_id=who, operation=f"s3:Get{i}") for who in ("ann", "x1") for i in range(4)]
    sign_in = event(time=ago(minutes=9), class_="sign-in", device="laptop")
    return [*days, *same, own, *writes, *uses, *others, *alike, sign_in]


ROWS = log()


def behaviours(on: Lake) -> list[Behaviour]:
    return measure(on, CHANGES, HISTORY, GEO, Directory().resolve)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Behaviour]:
    return behaviours(lake(ROWS, tmp_path_factory.mktemp("lake")))


def test_one_record_a_finding_in_their_order(expected: list[Behaviour]) -> None:
    assert [b.rhythm.days for b in expected] == [58, 0]
    assert [set(b.habit.doers) for b in expected] == [{"ann", "bob"}, {"ann"}]
    assert [bool(b.usage.uses) for b in expected] == [True, False]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffled_split_and_doubled_logs_give_the_same(seed: int, expected: list[Behaviour], tmp_path: Path) -> None:
    rng = random.Random(seed)
    rows = rng.sample(ROWS, len(ROWS))
    half = rng.randrange(10, len(rows) - 10)
    again = [row | {"file": "again.json", "record": i} for i, row in enumerate(rng.sample(rows, 20))]
    parts = [parquet(part, tmp_path / f"{i}.parquet") for i, part in enumerate((rows[:half], rows[half:], again))]
    assert behaviours(loose(*parts)) == expected


def test_no_findings_and_no_events_are_no_error(tmp_path: Path) -> None:
    assert measure(loose(), [], [], GEO, Directory().resolve) == []
    assert measure(lake(ROWS, tmp_path), [], HISTORY, GEO, Directory().resolve) == []
    assert len(measure(loose(), CHANGES, HISTORY, GEO, Directory().resolve)) == 2


def test_each_query_runs_by_itself_as_it_is_shown(tmp_path: Path) -> None:
    on = lake(ROWS, tmp_path)
    tables = prepare(on, CHANGES, HISTORY, GEO, Directory().resolve)
    plain = duckdb.connect()
    plain.execute("SET TimeZone='UTC'")
    for name, table in sources(tables).items():
        rows = table.to_pyarrow()
        plain.register("rows", rows)
        plain.execute(f"CREATE TABLE {name} AS FROM rows")
    for family in FAMILIES:
        cursor = plain.execute(query_text(on.engine, tables, family))
        names = [column[0] for column in cursor.description or ()]
        shown = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
        asked = on.engine.rows(family.query(tables))
        assert [row for row in asked if row not in shown] == [], family.name
        assert len(shown) == len(asked) > 0, family.name


@pytest.mark.parametrize("clock", ["00:00", "10:00", "23:59"])
def test_the_baseline_ends_with_a_day_that_was_over_a_day_before(clock: str) -> None:
    assert baseline_end(datetime.fromisoformat(f"2026-09-15T{clock}Z")).date().isoformat() == "2026-09-13"


def test_findings_asked_together_get_what_each_gets_alone(tmp_path: Path) -> None:
    """Findings that agree in what a family depends on share one answer: it must be each one's own."""
    times = [ago(minutes=5), ago(), ago(days=1), ago(days=30)]
    addresses = ["203.0.113.1", "192.0.2.1"]
    many = [change(event_id=f"e{t}{a}", time=t, source_ip=a) for t in times for a in addresses]
    many.append(change("bob", event_id="b", time=ago(), source_ip="192.0.2.1"))
    many.append(change(event_id="self", time=ago(), target="ann"))
    on = lake(ROWS, tmp_path)
    together = measure(on, many, [*HISTORY, *many], GEO, Directory().resolve)
    assert together == [measure(on, [one], [*HISTORY, *many], GEO, Directory().resolve)[0] for one in many]
