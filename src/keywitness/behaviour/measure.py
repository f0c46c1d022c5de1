"""Asking every family once for all findings of a run."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from keywitness.behaviour import FAMILIES, Behaviour, Family, Tables
from keywitness.behaviour.clients import client_of
from keywitness.behaviour.rotation import MONTHS_13
from keywitness.context.geo import Geo
from keywitness.detect import Resolve
from keywitness.lake import Engine
from keywitness.lake.profiles import activity, daily
from keywitness.model import ADDING, CredentialChange

LOOKBACK_DAYS: Final = 90
"""UEBA products learn from 30 to 180 days; 90 covers a quarter's routine and most retention periods."""

_WINDOWS: Final = {"before_1d": -1, "before_7d": -7, "before_30d": -30, "before_90d": -LOOKBACK_DAYS, "after_1d": 1}
_ENDING: Final = frozenset({"removed", "disabled"})
_STAMP: Final = pa.timestamp("us", tz="UTC")


def measure(
    engine: Engine,
    findings: Sequence[CredentialChange],
    history: Sequence[CredentialChange],
    geo: Geo,
    resolve: Resolve,
) -> list[Behaviour]:
    """What each family found, one record per finding, in the order of ``findings``.

    ``history``: all changes of the run.
    """
    tables = prepare(engine, findings, history, geo, resolve)
    columns = _changes(findings)
    found = {family.name: _ask(engine, family, tables, _leaders(columns, family.depends)) for family in FAMILIES}
    return [Behaviour(**{name: results[i] for name, results in found.items()}) for i in range(len(findings))]


def _ask(engine: Engine, family: Family, tables: Tables, leaders: Sequence[int]) -> list[Any]:
    """One result per finding; findings with one leader share it."""
    asked = sorted(set(leaders))
    if len(asked) < len(leaders):
        chosen = engine.register(f"asked_{family.name}", pa.table({"change": pa.array(asked, pa.int64())}))
        tables = replace(tables, changes=tables.changes.semi_join(chosen, "change"))
    grouped: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in engine.rows(family.query(tables)):
        grouped[row["change"]].append(row)
    results = {leader: family.collect(grouped.get(leader, [])) for leader in asked}
    return [results[leader] for leader in leaders]


def _leaders(changes: pa.Table, depends: Sequence[str]) -> list[int]:
    """For each finding the first one that agrees with it in all columns of ``depends``; itself without such columns."""
    if not depends:
        return list(range(changes.num_rows))
    first: dict[tuple[Any, ...], int] = {}
    keys = zip(*(changes.column(name).to_pylist() for name in depends), strict=True)
    return [first.setdefault(key, index) for index, key in enumerate(keys)]


def query_text(engine: Engine, tables: Tables, family: Family) -> str:
    """The SQL of one family's question, as the engine runs it."""
    return engine.sql(family.query(tables))


def prepare(
    engine: Engine,
    findings: Sequence[CredentialChange],
    history: Sequence[CredentialChange],
    geo: Geo,
    resolve: Resolve,
) -> Tables:
    """The tables that the families query, computed once."""
    events = engine.events()
    scope = {c.actor_principal for c in findings} | {c.target_principal for c in findings}
    actors = engine.rows(
        events.group_by("actor_id").aggregate(name=events.actor_name.max(), tenant=events.tenant.max())
    )
    resolved = _resolved(actors, resolve)
    principals = engine.register("principals", _principals((i, p) for i, p in resolved if p in scope))
    addresses = [row["source_ip"] for row in engine.rows(events.select("source_ip").distinct())]
    places = engine.register("places", _places(addresses, geo))
    agents = [row["user_agent"] for row in engine.rows(events.select("user_agent").distinct())]
    clients = engine.register("clients", _clients(agents))
    acts = engine.keep("activity", activity(events, principals, places, clients))
    return Tables(
        events,
        acts,
        engine.keep("profiles", daily(acts)),
        engine.register("changes", _changes(findings)),
        engine.register("credentials", _credentials(findings)),
        engine.register("history", _history(history)),
        places,
        engine.register("everyone", _principals(resolved)),
    )


def _resolved(actors: Iterable[Mapping[str, Any]], resolve: Resolve) -> list[tuple[str, str]]:
    return [(a["actor_id"], resolve(a["actor_id"], a["name"], a["tenant"])) for a in actors if a["actor_id"]]


def _principals(rows: Iterable[tuple[str, str]]) -> pa.Table:
    kept = sorted(rows)
    return pa.table(
        {
            "actor_id": pa.array([i for i, _ in kept], pa.string()),
            "principal": pa.array([p for _, p in kept], pa.string()),
        }
    )


def _places(addresses: Iterable[str | None], geo: Geo) -> pa.Table:
    known = sorted(a for a in addresses if a)
    places = [geo.place(a) for a in known]
    return pa.table(
        {
            "source_ip": pa.array(known, pa.string()),
            "country": pa.array([p.country if p else None for p in places], pa.string()),
            "asn": pa.array([p.asn if p else None for p in places], pa.int64()),
        }
    )


def _clients(agents: Iterable[str | None]) -> pa.Table:
    known = sorted(a for a in agents if a)
    return pa.table(
        {"user_agent": pa.array(known, pa.string()), "client": pa.array([client_of(a) for a in known], pa.string())}
    )


def _changes(findings: Sequence[CredentialChange]) -> pa.Table:
    times = [f.time for f in findings]
    columns = {
        "change": pa.array(range(len(findings)), pa.int64()),
        "change_event": pa.array([f.event_id for f in findings], pa.string()),
        "at": pa.array(times, _STAMP),
        "actor": pa.array([f.actor_principal for f in findings], pa.string()),
        "target": pa.array([f.target_principal for f in findings], pa.string()),
        "address": pa.array([f.source_ip for f in findings], pa.string()),
        "session": pa.array([f.session_id for f in findings], pa.string()),
        "kind": pa.array([f.credential_type for f in findings], pa.string()),
        "core": pa.array([f.scope == "core" for f in findings], pa.bool_()),
        "own": pa.array([f.is_self for f in findings], pa.bool_()),
        "baseline_start": pa.array([(t - timedelta(days=LOOKBACK_DAYS)).date() for t in times], pa.date32()),
        "baseline_end": pa.array([baseline_end(t).date() for t in times], pa.date32()),
    }
    for name, days in _WINDOWS.items():
        columns[name] = pa.array([t + timedelta(days=days) for t in times], _STAMP)
    columns["before_13m"] = pa.array([t - timedelta(days=MONTHS_13) for t in times], _STAMP)
    columns["before_1h"] = pa.array([t - timedelta(hours=1) for t in times], _STAMP)
    return pa.table(columns)


def baseline_end(at: datetime) -> datetime:
    """The last day of a change's baseline: the last UTC day that ended at least 24 hours before it.

    An intruder who works for some hours before adding the key must not have taught the baseline by then.
    """
    return (at - timedelta(days=2)).astimezone(UTC)


def _credentials(findings: Sequence[CredentialChange]) -> pa.Table:
    rows = [(i, f, key) for i, f in enumerate(findings) for key in f.credential_ids]
    return pa.table(
        {
            "change": pa.array([i for i, _, _ in rows], pa.int64()),
            "change_event": pa.array([f.event_id for _, f, _ in rows], pa.string()),
            "credential_id": pa.array([key for _, _, key in rows], pa.string()),
            "since": pa.array([f.time for _, f, _ in rows], _STAMP),
        }
    )


def _history(history: Sequence[CredentialChange]) -> pa.Table:
    past = [c for c in history if c.change in ADDING | _ENDING and c.outcome == "success"]
    return pa.table(
        {
            "past_time": pa.array([c.time for c in past], _STAMP),
            "past_actor": pa.array([c.actor_principal for c in past], pa.string()),
            "past_kind": pa.array([c.credential_type for c in past], pa.string()),
            "past_own": pa.array([c.is_self for c in past], pa.bool_()),
            "past_event": pa.array([c.event_id for c in past], pa.string()),
            "past_target": pa.array([c.target_principal for c in past], pa.string()),
            "past_adding": pa.array([c.change in ADDING for c in past], pa.bool_()),
        }
    )
