"""Keeping a lake small and quick: merging small parts, making tables again, forgetting what is old, sweeping up.

Each step is one commit. Another writer may come first: then the step is left for the next time.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

import ibis.expr.types as ir
import obstore
from obstore.exceptions import BaseError

from keywitness.catalogue import Catalogue
from keywitness.detect import detect
from keywitness.errors import KeywitnessError
from keywitness.lake import ENGINES
from keywitness.lake.commits import Commit, Part, TakenError, commit
from keywitness.lake.ingest import known_records, nobody, put
from keywitness.lake.place import Place
from keywitness.lake.slim import slim
from keywitness.lake.stored import Stored, definitions
from keywitness.lake.summaries import BY_NAME
from keywitness.readers.stores import said

FANOUT: Final = 8
"""So many parts of about one size become one: a row is written again once for each eightfold growth of its table."""

SUMMARY_DAYS: Final = 396
"""13 months: a yearly rotation is seen twice."""

GRACE: Final = timedelta(days=1)
"""Files that no commit names are swept up after this: a writer may still commit them, a reader still read them."""

_SLACK: Final = timedelta(days=30)  # a table is written again once a month, not daily
_DAILY: Final = ("events", "records")
_ORDER: Final = {"events": ("actor_id", "time", "event_id"), "records": ("time", "event_id"), "changes": ("time",)}


@dataclass(frozen=True, slots=True)
class Tidied:
    """``merged``: parts that became fewer; ``forgotten``: Events past their time; ``swept``: files of no commit."""

    merged: int = 0
    forgotten: int = 0
    swept: int = 0


def tidy(place: Place, catalogue: Catalogue, keep_days: int | None = None, now: datetime | None = None) -> Tidied:
    """All that is due. ``keep_days``: of Events and records; None keeps them. ``now`` (aware) is for tests."""
    now = now or datetime.now(UTC)
    try:
        _remake(place, catalogue)
        forgotten = _forget(place, now, keep_days) if keep_days else 0
        merged = _merge(place)
    except TakenError:
        return Tidied()
    return Tidied(merged, forgotten, _sweep(place, now))


def _open(place: Place) -> Stored:
    return Stored(ENGINES["duckdb"](), place)


def _merge(place: Place) -> int:
    """Merge what has become many, table by table; a whole commit, so that readers start from it."""
    stored = _open(place)
    due = [parts for parts in _tiers(stored.state.parts) if len(parts) >= FANOUT]
    if not due:
        return 0
    gone = {part.path for parts in due for part in parts}
    with TemporaryDirectory(prefix="keywitness-") as folder:
        made = [part for parts in due for part in _rewritten(stored, parts, Path(folder))]
    kept = (part for part in stored.state.parts if part.path not in gone)
    commit(place.store, stored.state, Commit((*kept, *made), whole=True))
    return len(gone)


def _tiers(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Parts of one table (and day) that have about the same number of rows."""
    tiers: dict[tuple[str, str, str, int], list[Part]] = defaultdict(list)
    for part in parts:
        tiers[part.table, part.provider, part.day, int(log(max(part.rows, 1), FANOUT))].append(part)
    return iter(tiers.values())


def _rewritten(stored: Stored, parts: Sequence[Part], folder: Path, since: datetime | None = None) -> Iterator[Part]:
    """The same rows in one part; of a summary each group of keys once. Rows last seen before ``since`` are left out."""
    table = parts[0].table
    rows = stored.table(table, parts)
    if table in BY_NAME:
        rows = BY_NAME[table].merge(rows)
    if since is not None:
        rows = rows.filter(_age(rows) >= since)
    first, last = min(p.first for p in parts), max(p.last for p in parts)
    yield from _put(stored, rows, table, folder, (first, last))


def _age(rows: ir.Table) -> ir.TimestampColumn:
    """When a row was last true."""
    name = next(name for name in ("last", "time", "day") if name in rows.columns)
    return rows[name].cast("timestamp('UTC')")


def _put(stored: Stored, rows: ir.Table, table: str, folder: Path, span: tuple[datetime, datetime]) -> Iterator[Part]:
    """``rows`` as new files of ``table`` that no commit names yet; ``span``: their times, where it isn't cut by day."""
    cut = ("provider", "day") if table in _DAILY else ()
    into = folder / uuid4().hex
    if cut:
        rows = rows.mutate(day=rows.time.date().strftime("%Y-%m-%d"))
    order = _ORDER[table] if table in _ORDER else BY_NAME[table].keys
    stored.engine.write(rows, into / table, order, cut)
    for file in sorted(into.rglob("*.parquet")):
        if (part := put(file, into, stored.place, *span)).rows:
            yield part


def _remake(place: Place, catalogue: Catalogue) -> None:
    """Make tables again whose definition is another by now, from the Events and records that are still there."""
    stored = _open(place)
    wanted = definitions(catalogue)
    stale = [name for name, digest in wanted.items() if stored.state.definitions.get(name) != digest]
    if not stale or not stored.state.version:
        return
    gone = tuple(part.path for part in stored.state.parts if part.table in stale)
    events = stored.state.of("events")
    made: list[Part] = []
    with TemporaryDirectory(prefix="keywitness-") as folder:
        for name in stale if events else ():
            span = min(p.first for p in events), max(p.last for p in events)
            rows = _made(stored, name, catalogue)
            made += _put(stored, rows, name, Path(folder), span)
    commit(place.store, stored.state, Commit(tuple(made), gone, definitions=wanted))


def _made(stored: Stored, name: str, catalogue: Catalogue) -> ir.Table:
    if name in BY_NAME:
        return BY_NAME[name].of(stored.events())
    changes = slim(detect(known_records(stored.engine, stored.records(), catalogue), catalogue, nobody))
    return stored.engine.register(f"changes_{uuid4().hex}", changes)


def _forget(place: Place, now: datetime, keep_days: int) -> int:
    """Leave out Events and records of days past ``keep_days``, and summed-up rows last seen 13 months ago."""
    stored, limit = _open(place), now - timedelta(days=keep_days)
    old = [p for p in stored.state.parts if p.table in _DAILY and p.last < limit]
    horizon = now - timedelta(days=max(SUMMARY_DAYS, keep_days))
    aged = [p for p in stored.state.parts if p.table not in _DAILY and p.first < horizon - _SLACK]
    if not old and not aged:
        return 0
    with TemporaryDirectory(prefix="keywitness-") as folder:
        made = [part for p in aged for part in _rewritten(stored, [p], Path(folder), horizon)]
    made = [replace(part, first=max(part.first, horizon)) for part in made]
    commit(place.store, stored.state, Commit(tuple(made), tuple(p.path for p in (*old, *aged))))
    return sum(part.rows for part in old if part.table == "events")


def _sweep(place: Place, now: datetime) -> int:
    """Delete files that no commit names, after :data:`GRACE`."""
    live = {part.path for part in _open(place).state.parts}
    try:
        found = [
            meta["path"]
            for page in obstore.list(place.store)
            for meta in page
            if meta["path"].endswith(".parquet") and meta["path"] not in live and now - meta["last_modified"] > GRACE
        ]
        if found:
            obstore.delete(place.store, found)
    except (BaseError, OSError) as error:
        raise KeywitnessError(f"{place.base} can't be swept ({said(error)})") from error
    return len(found)
