"""Adding logs to a lake: only what it doesn't have yet, in one commit, so that it may be killed and run again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import uuid4

import ibis.expr.types as ir
import pyarrow.parquet as pq

from keywitness.catalogue import Catalogue
from keywitness.detect import detect
from keywitness.errors import Reject
from keywitness.lake import ENGINES, Engine
from keywitness.lake.commits import Commit, Part, State, TakenError, commit
from keywitness.lake.loose import SAME, Loose
from keywitness.lake.place import Place
from keywitness.lake.slim import slim
from keywitness.lake.stored import EVENTS, Stored, definitions
from keywitness.lake.summaries import SUMMARIES
from keywitness.model import PrincipalId
from keywitness.readers.pool import read_all
from keywitness.readers.source import LogFile
from keywitness.readers.values import operation_key

CHUNK: Final = 64 * 2**20
"""Bytes of log files, as they lie, that make one commit: what a kill costs at most, and what is held in memory."""

_KEYS: Final = (*(name for name in SAME if name != "raw"), "digest")
_DAILY: Final = ("provider", "day")


@dataclass(slots=True)
class Ingested:
    """What came of it: ``records`` were read, ``added`` of them weren't in the lake yet."""

    files: int = 0
    records: int = 0
    added: int = 0
    rejects: list[Reject] = field(default_factory=list)


def ingest(
    files: Sequence[LogFile],
    place: Place,
    catalogue: Catalogue,
    progress: Callable[[int, int], None] = lambda done, records: None,
) -> Ingested:
    """Add the records of ``files`` to the lake at ``place``, a commit for each :data:`CHUNK`.

    Raises KeywitnessError when the lake can't be read or written; what was committed before stays.
    """
    done = Ingested(files=len(files))
    for chunk in _chunks(files):
        with TemporaryDirectory(prefix="keywitness-") as spool:
            read = read_all(chunk, Path(spool), catalogue.wanted(), progress)
            done.records += read.records
            done.rejects += read.rejects
            done.added += add(Loose(ENGINES["duckdb"](), read.parts), place, catalogue, Path(spool))
    return done


def add(batch: Loose, place: Place, catalogue: Catalogue, spool: Path) -> int:
    """Commit what is new in ``batch``; the number of its Events. Looks again when another writer was faster."""
    while True:
        stored = Stored(batch.engine, place)
        fresh = _fresh(batch, stored)
        added: int = batch.engine.rows(fresh.aggregate(n=fresh.count()))[0]["n"]
        if not added:
            return 0
        with TemporaryDirectory(dir=spool) as folder:
            parts = tuple(_written(batch.engine, fresh, place, catalogue, Path(folder)))
        try:
            commit(place.store, stored.state, Commit(parts, definitions=_agreed(stored.state, catalogue)))
        except TakenError:
            continue
        return added


def _agreed(state: State, catalogue: Catalogue) -> dict[str, str]:
    """The digests that the commit log holds on to: those of the older parts, until these are made again."""
    return {**definitions(catalogue), **state.definitions}


def _chunks(files: Sequence[LogFile]) -> Iterator[list[LogFile]]:
    chunk: list[LogFile] = []
    size = 0
    for file in files:
        if chunk and size + file.size > CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(file)
        size += file.size
    if chunk:
        yield chunk


def _fresh(batch: Loose, stored: Stored) -> ir.Table:
    """The batch's Events that the lake's days don't hold: one exported again, or by another trail, adds nothing."""
    whole = batch.whole()
    rows = whole.mutate(digest=whole.raw.hexdigest("sha256"), day=whole.time.date().strftime("%Y-%m-%d"))
    days = {(row["provider"], row["day"]) for row in batch.engine.rows(rows.select(*_DAILY).distinct())}
    known = stored.table("events", [p for p in stored.state.of("events") if (p.provider, p.day) in days])
    fresh = rows.anti_join(known, [rows[name].identical_to(known[name]) for name in _KEYS])
    return batch.engine.keep(f"fresh_{uuid4().hex}", fresh)


def _written(engine: Engine, fresh: ir.Table, place: Place, catalogue: Catalogue, folder: Path) -> Iterator[Part]:
    """All tables' new rows, as files in place that no commit names yet."""
    span = engine.rows(fresh.aggregate(first=fresh.time.min(), last=fresh.time.max()))[0]
    order = ("actor_id", "time", "event_id")
    engine.write(fresh.select(*EVENTS.names, "day"), folder / "events", order, _DAILY)
    kept = fresh.filter(fresh.raw.notnull()).drop("digest")
    engine.write(kept, folder / "records", ("time", "event_id"), _DAILY)
    for summary in SUMMARIES:
        engine.write(summary.of(fresh), folder / summary.name, summary.keys)
    changes = slim(detect(known_records(engine, kept, catalogue), catalogue, nobody))
    engine.write(engine.register(f"changes_{uuid4().hex}", changes), folder / "changes", ("time", "event_id"))
    for file in sorted(folder.rglob("*.parquet")):
        if (part := put(file, folder, place, span["first"], span["last"])).rows:
            yield part


def put(file: Path, folder: Path, place: Place, first: datetime, last: datetime) -> Part:
    """Copy a written file to its place; its own times where it is cut by day, else those given."""
    table, *cut = file.relative_to(folder).parts[:-1]
    said = dict(piece.split("=", 1) for piece in cut)
    metadata = pq.read_metadata(file)
    if cut:
        first, last = _span(metadata)
    path = "/".join((table, *cut, f"{uuid4().hex}.parquet"))
    if metadata.num_rows:
        place.put(path, file)
    return Part(table, path, metadata.num_rows, file.stat().st_size, first, last, **said)


def _span(metadata: pq.FileMetaData) -> tuple[datetime, datetime]:
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    column = next(i for i in range(metadata.num_columns) if metadata.schema.column(i).name == "time")
    found = [group.column(column).statistics for group in groups]
    return min(s.min for s in found).replace(tzinfo=UTC), max(s.max for s in found).replace(tzinfo=UTC)


def known_records(engine: Engine, records: ir.Table, catalogue: Catalogue) -> list[dict[str, Any]]:
    wanted = catalogue.wanted()
    names = engine.rows(records.select("operation").distinct())
    known = [row["operation"] for row in names if operation_key(row["operation"]) in wanted]
    rows = records.filter(records.operation.isin(known))
    return engine.rows(rows.order_by(["time", "event_id", "file", "record"]))


def nobody(ident: str | None, name: str | None, tenant: str | None) -> PrincipalId:
    """Who it was is asked when the change is judged: directories change."""
    return PrincipalId(ident or name or tenant or "")
