"""Asking every family once for all findings of a run."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import ibis.expr.types as ir
import pyarrow as pa

from keywitness.behaviour import FAMILIES, Behaviour, Family
from keywitness.behaviour.clients import client_of
from keywitness.behaviour.rotation import MONTHS_13
from keywitness.behaviour.tables import Tables
from keywitness.context.geo import Geo
from keywitness.detect import Resolve
from keywitness.lake import Engine, Lake
from keywitness.lake.profiles import LOOKBACK_DAYS, daily
from keywitness.lake.summaries import BY_NAME
from keywitness.model import ADDING, CredentialChange

_WINDOWS: Final = {"before_1d": -1, "before_7d": -7, "before_30d": -30, "before_90d": -LOOKBACK_DAYS, "after_1d": 1}
_ENDING: Final = frozenset({"removed", "disabled"})
_STAMP: Final = pa.timestamp("us", tz="UTC")


def measure(
    lake: Lake,
    findings: Sequence[CredentialChange],
    history: Sequence[CredentialChange],
    geo: Geo,
    resolve: Resolve,
    older: ir.Table | None = None,
) -> list[Behaviour]:
    """What each family found, one record per finding, in the order of ``findings``.

    ``history``: the changes known in full; ``older``: those before them, see :class:`keywitness.past.Past`.
    """
    tables = prepare(lake, findings, history, geo, resolve, older)
    columns = _changes(findings)
    found = {family.name: _ask(lake.engine, family, tables, _leaders(columns, family.depends)) for family in FAMILIES}
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
    lake: Lake,
    findings: Sequence[CredentialChange],
    history: Sequence[CredentialChange],
    geo: Geo,
    resolve: Resolve,
    older: ir.Table | None = None,
) -> Tables:
    """The tables that the families query, computed once."""
    engine = lake.engine
    actors = BY_NAME["actors"].merge(lake.summary("actors"))
    resolved = _resolved(engine.rows(actors), resolve)
    scope = {c.actor_principal for c in findings} | {c.target_principal for c in findings}
    principals = engine.register("principals", _principals((i, p) for i, p in resolved if p in scope))
    everyone = engine.register("everyone", _principals(resolved))
    places = engine.register("places", _places(_distinct(engine, lake.summary("addresses"), "source_ip"), geo))
    own = engine.keep("own_profiles", lake.summary("profiles").inner_join(principals, "actor_id"))
    clients = engine.register("clients", _clients(_distinct(engine, own, "user_agent")))
    events = lake.events(recent(findings))
    return Tables(
        events=events,
        activity=engine.keep("activity", events.inner_join(principals, "actor_id")),
        profiles=engine.keep("profiles", daily(own, places, clients)),
        sign_ins=engine.keep("sign_ins", lake.summary("sign_ins").inner_join(principals, "actor_id")),
        signals=engine.keep("signals", lake.summary("signals").inner_join(principals, "actor_id")),
        lasts=lake.summary("lasts").inner_join(principals, "actor_id"),
        used=lake.summary("operations").inner_join(everyone, "actor_id"),
        days=lake.summary("profiles"),
        addresses=lake.summary("addresses"),
        changes=engine.register("changes", _changes(findings)),
        credentials=engine.register("credentials", _credentials(findings)),
        history=_past(engine, history, older),
        places=places,
        everyone=everyone,
    )


def recent(findings: Sequence[CredentialChange]) -> datetime | None:
    """From when on single events are asked for: the UTC midnight that is a day or more before the first finding."""
    if not findings:
        return None
    first = min(finding.time for finding in findings) - timedelta(days=1)
    return first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _distinct(engine: Engine, table: ir.Table, column: str) -> list[str]:
    rows = engine.rows(table.filter(table[column].notnull()).select(column).distinct())
    return sorted(row[column] for row in rows)


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


def _places(known: Sequence[str], geo: Geo) -> pa.Table:
    places = [geo.place(a) for a in known]
    return pa.table(
        {
            "source_ip": pa.array(known, pa.string()),
            "country": pa.array([p.country if p else None for p in places], pa.string()),
            "asn": pa.array([p.asn if p else None for p in places], pa.int64()),
        }
    )


def _clients(known: Sequence[str]) -> pa.Table:
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


def _past(engine: Engine, history: Sequence[CredentialChange], older: ir.Table | None) -> ir.Table:
    known = engine.register("history", _history(history))
    if older is None:
        return known
    counted = older.filter(older.change.isin(sorted(ADDING | _ENDING)) & (older.outcome == "success"))
    slim = counted.select(
        past_time="time",
        past_actor="actor",
        past_kind="credential_type",
        past_own=counted.actor == counted.target,
        past_event="event_id",
        past_target="target",
        past_adding=counted.change.isin(sorted(ADDING)),
    )
    return engine.keep("all_history", known.union(slim))


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
