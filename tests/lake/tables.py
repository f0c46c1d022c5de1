"""Events to fill lakes with, and what a lake holds, told so that two lakes can be compared."""

from datetime import timedelta
from random import Random
from typing import Any

import ibis.expr.types as ir

from keywitness.lake import Lake
from keywitness.lake.summaries import SUMMARIES
from tests.support import AT, event


def random_events(rng: Random, count: int) -> list[dict[str, Any]]:
    """Events of a few principals, addresses and devices over ten days, some with their record."""
    return [
        event(
            time=AT + timedelta(minutes=rng.randrange(14_400)),
            operation=rng.choice(["iam:CreateAccessKey", "cloudtrail:StopLogging", "s3:GetObject"]),
            class_=rng.choice(["management", "sign-in", "risk"]),
            outcome=rng.choice(["success", "failure"]),
            read_only=rng.choice([True, False, None]),
            actor_id=rng.choice(["ann", "bob", None]),
            source_ip=rng.choice(["192.0.2.1", "198.51.100.7", None]),
            user_agent=rng.choice(["aws-cli/2", None]),
            device=rng.choice(["laptop", None]),
            region=rng.choice(["eu-west-1", None]),
            raw=rng.choice([None, "{}"]),
        )
        for _ in range(count)
    ]


def content(lake: Lake) -> dict[str, list[tuple[Any, ...]]]:
    """Each table of a lake in one order, with summaries summed up to the end."""
    told = {"events": lake.events(), "records": lake.records()}
    told |= {summary.name: summary.merge(lake.summary(summary.name)) for summary in SUMMARIES}
    return {name: _rows(lake, table) for name, table in told.items()}


def _rows(lake: Lake, table: ir.Table) -> list[tuple[Any, ...]]:
    rows = lake.engine.rows(table.select(*sorted(table.columns)))
    return sorted((tuple(row.values()) for row in rows), key=repr)
