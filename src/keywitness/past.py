"""What of the past a run must load: the records to judge, and the ancestors of whatever made them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import ibis.expr.types as ir
import pyarrow as pa

from keywitness.catalogue import Catalogue
from keywitness.detect import Resolve, detect
from keywitness.lake import Engine, Lake, ids_table
from keywitness.lake.profiles import LOOKBACK_DAYS
from keywitness.lineage import RECENT, SIGN_IN_TYPES, SIGNED_IN, SignIn
from keywitness.model import ADDING, CredentialChange, EventId
from keywitness.readers.values import operation_key

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Past:
    """The changes that a run knows in full, and what else it may ask.

    ``since``: the UTC midnight from which on they are all of the lake's; None: always. ``changes``: oldest first, with
    the ancestors of these from before. ``sign_ins``: those behind changes that no key signed. ``older``: the changes
    before ``since`` as slim rows with ``actor`` and ``target`` (principals); None without any.
    """

    since: datetime | None
    changes: Sequence[CredentialChange]
    sign_ins: Sequence[SignIn]
    older: ir.Table | None

    def recent(self) -> list[CredentialChange]:
        """The changes that ``older`` doesn't hold."""
        return [c for c in self.changes if self.since is None or c.time >= self.since]


def load(
    lake: Lake, catalogue: Catalogue, resolve: Resolve, since: datetime | None = None, spending: datetime | None = None
) -> Past:
    """All that judging the changes from ``since`` (aware) on needs.

    ``spending``: from then on earlier findings are loaded too, because they may have used up a ticket; core ones for
    as long as habits are learned from, since what no ticket covered teaches none.
    """
    slim = lake.changes()
    start = midnight(since - _DAY) if since and slim is not None else None
    older = _older(lake.engine, slim, resolve, start) if start and slim is not None else None
    changes = detect(kept_records(lake, catalogue, start), catalogue, resolve)
    if start and older is not None:
        taught = (older.scope == "core") & (older.time >= start - timedelta(days=LOOKBACK_DAYS + 2))
        spent = (older.scope != "lineage") & (older.time >= (spending or start))
        telling = older.filter(older.change.isin(sorted(ADDING)) & (taught | spent))
        changes = [*_loaded(lake, catalogue, resolve, lake.engine.rows(telling.select("event_id", "time"))), *changes]
    return with_ancestors(lake, catalogue, resolve, changes, start, older)


def midnight(time: datetime) -> datetime:
    """The beginning of its UTC day."""
    return time.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def with_ancestors(
    lake: Lake,
    catalogue: Catalogue,
    resolve: Resolve,
    changes: Sequence[CredentialChange],
    since: datetime | None = None,
    older: ir.Table | None = None,
) -> Past:
    """``changes`` and, from ``older``, whatever made the credentials and accounts that made them, back to the first."""
    known = {change.event_id: change for change in changes}
    frontier = list(changes)
    while older is not None and frontier:
        signed_in = token_sign_ins(lake, frontier, resolve, since)
        rows = [row for row in _makers(lake, older, frontier, signed_in) if row["event_id"] not in known]
        frontier = [c for c in _loaded(lake, catalogue, resolve, rows) if c.event_id not in known]
        known |= {change.event_id: change for change in frontier}
        changes = [*frontier, *changes]
    ordered = sorted(changes, key=lambda c: (c.time, c.event_id, c.credential_type))
    return Past(since, ordered, token_sign_ins(lake, ordered, resolve, since), older)


def kept_records(
    lake: Lake, catalogue: Catalogue, since: datetime | None = None, ids: Mapping[str, datetime] | None = None
) -> list[dict[str, Any]]:
    """The rows that the catalogue knows by name, with their full records, in a stable order.

    From ``since`` on, or those with one of ``ids``, whose times are given.
    """
    if ids is None:
        records = lake.records(since)
        records = records if since is None else records.filter(records.time >= since)
    else:
        records = lake.records(datetime.max.replace(tzinfo=UTC), {time.date() for time in ids.values()})
        records = records.semi_join(ids_table(lake.engine, "wanted_records", "event_id", ids), "event_id")
    names = lake.engine.rows(records.select("operation").distinct())
    wanted = catalogue.wanted()
    known = [row["operation"] for row in names if operation_key(row["operation"]) in wanted]
    rows = records.filter(records.operation.isin(known))
    return lake.engine.rows(rows.order_by(["time", "event_id", "file", "record"]))


def sign_ins(
    lake: Lake,
    resolve: Resolve,
    credentials: Collection[str] = (),
    actors: Collection[str] = (),
    since: datetime | None = None,
    days: Collection[date] = (),
) -> list[SignIn]:
    """The successful sign-ins with one of ``credentials``, or by one of ``actors`` (the provider's ids)."""
    if not credentials and not actors:
        return []
    engine, events = lake.engine, lake.events(since, days)
    begun = events.filter((events["class"] == "sign-in") & (events.outcome == "success"))
    by_key = begun.semi_join(ids_table(engine, "sign_in_keys", "credential_used", credentials), "credential_used")
    by_actor = begun.semi_join(ids_table(engine, "sign_in_actors", "actor_id", actors), "actor_id")
    rows = by_key.union(by_actor, distinct=True)
    return [
        SignIn(
            event_id=EventId(row["event_id"]),
            time=row["time"],
            principal=resolve(row["actor_id"], row["actor_name"], row["tenant"]),
            actor=row["actor_name"] or row["actor_id"] or "unknown",
            credential=row["credential_used"],
            session_id=row["session_id"],
            source_ip=row["source_ip"],
            log=f"{row['provider']}.{row['log']}",
        )
        for row in engine.rows(rows.order_by(["time", "event_id", "file", "record"]))
    ]


def token_sign_ins(
    lake: Lake, changes: Sequence[CredentialChange], resolve: Resolve, since: datetime | None = None
) -> list[SignIn]:
    """The sign-ins behind changes that no key signed: by what the changes made, and by the services that acted."""
    made = {key for change in changes for key in change.credential_ids}
    services = {c.actor.id for c in changes if c.actor.id and c.actor.type != "user" and not c.credential_used}
    before = {day for c in changes if since and c.time < since for day in _days(c.time - SIGNED_IN, c.time)}
    return [s for s in sign_ins(lake, resolve, made, services, since, before) if s.credential]


def _days(first: datetime, last: datetime) -> Iterable[date]:
    span = (last.date() - first.date()).days
    return (first.date() + timedelta(days=n) for n in range(span + 1))


def _older(engine: Engine, changes: ir.Table, resolve: Resolve, before: datetime) -> ir.Table:
    """The slim changes before that time, with the principals of both sides as the directory knows them now."""
    old = changes.filter(changes.time < before)
    actors = old.select("tenant", id="actor_id", name="actor_name")
    targets = old.select("tenant", id="target_id", name="target_name")
    sides = engine.rows(actors.union(targets, distinct=True))
    columns: dict[str, list[str | None]] = {key: [row[key] for row in sides] for key in ("tenant", "id", "name")}
    columns["principal"] = [resolve(row["id"], row["name"], row["tenant"]) for row in sides]
    who = engine.register("old_sides", pa.table({k: pa.array(v, pa.string()) for k, v in columns.items()}))
    for side in ("actor", "target"):
        ours = who.select("principal", who_tenant="tenant", who_id="id", who_name="name")
        same = [
            old.tenant.identical_to(ours.who_tenant),
            old[f"{side}_id"].identical_to(ours.who_id),
            old[f"{side}_name"].identical_to(ours.who_name),
        ]
        old = old.inner_join(ours, same).drop("who_tenant", "who_id", "who_name").rename({side: "principal"})
    return engine.keep("older_changes", old)


def _makers(
    lake: Lake, older: ir.Table, frontier: Sequence[CredentialChange], signed_in: Sequence[SignIn]
) -> list[dict[str, Any]]:
    """What made the keys that these changes were made with, and whoever made or reset an account that made them."""
    engine = lake.engine
    keys = {c.credential_used for c in frontier if c.credential_used}
    keys |= {s.credential for s in signed_in if s.credential}
    adding = older.filter(older.change.isin(sorted(ADDING)) & (older.outcome == "success"))
    by_key = adding.select("event_id", "time", key=adding.credential_ids.unnest())
    by_key = by_key.semi_join(ids_table(engine, "maker_keys", "key", keys), "key").select("event_id", "time")
    since = min(change.time for change in frontier) - RECENT
    accounts = adding.filter(
        adding.credential_type.isin(sorted(SIGN_IN_TYPES)) & (adding.time >= since) & (adding.actor != adding.target)
    )
    actors = ids_table(engine, "maker_actors", "target", {c.actor_principal for c in frontier})
    by_account = accounts.semi_join(actors, "target").select("event_id", "time")
    return engine.rows(by_key.union(by_account, distinct=True))


def _loaded(
    lake: Lake, catalogue: Catalogue, resolve: Resolve, rows: Sequence[Mapping[str, Any]]
) -> list[CredentialChange]:
    ids = {row["event_id"]: row["time"] for row in rows}
    return detect(kept_records(lake, catalogue, ids=ids), catalogue, resolve) if ids else []
