"""A summary of the whole is the merged summaries of its parts, however the Events are cut."""

from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.event import SCHEMA
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.summaries import SUMMARIES, Summary
from tests.support import event

BASE = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
few = st.sampled_from
events = st.builds(
    event,
    event_id=few(["a", "b", "c", "d"]),
    time=st.integers(0, 3 * 24 * 4).map(lambda quarters: BASE + timedelta(minutes=15 * quarters)),
    operation=few(["iam:ListUsers", "cloudtrail:StopLogging", "s3:GetObject"]),
    class_=few(["management", "sign-in", "risk"]),
    outcome=few(["success", "failure"]),
    read_only=few([True, False, None]),
    actor_id=few(["ann", "bob", None]),
    source_ip=few(["192.0.2.1", "198.51.100.7", None]),
    user_agent=few(["aws-cli/2", None]),
    device=few(["laptop", None]),
    region=few(["eu-west-1", None]),
)
on = DuckDB()


def table(rows: list[dict[str, Any]]) -> ir.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, SCHEMA)).drop("raw")


def found(expression: ir.Table) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in on.rows(expression)), key=repr)


@pytest.mark.parametrize("summary", SUMMARIES, ids=lambda s: s.name)
@settings(deadline=None, max_examples=40)
@given(rows=st.lists(events, max_size=12), more=st.lists(events, max_size=12))
def test_merging_two_halves_is_summing_up_both(
    summary: Summary, rows: list[dict[str, Any]], more: list[dict[str, Any]]
) -> None:
    halves = ibis.union(summary.of(table(rows)), summary.of(table(more)))
    assert found(summary.merge(halves)) == found(summary.of(table([*rows, *more])))


@pytest.mark.parametrize("summary", SUMMARIES, ids=lambda s: s.name)
def test_the_columns_are_those_of_the_schema(summary: Summary) -> None:
    made = on.rows(summary.of(table([event(source_ip="192.0.2.1", class_="sign-in"), event(class_="risk")])))
    assert made
    assert {tuple(row) for row in made} == {tuple(summary.schema.names)}
