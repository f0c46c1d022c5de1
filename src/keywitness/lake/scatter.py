"""Reading logs on Spark: each task reads some of the files where they lie, and keeps their Events on its executor.

The driver sends names and sizes and gets counts and rejects; no record passes through it.
"""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import pyarrow as pa

from keywitness.errors import Reject, Source, UsageError
from keywitness.event import SCHEMA
from keywitness.lake.loose import EVENT_FILES, Loose
from keywitness.lake.spark import Spark
from keywitness.readers import Wanted
from keywitness.readers.bulk import batches
from keywitness.readers.pool import TASK_BYTES, TASK_FILES, ReadReport
from keywitness.readers.source import LogFile

TASKS: Final = 4_096
"""At most: with more, Spark's own accounting costs more than the reading."""

_FILES: Final = pa.schema([("task", pa.int32()), ("file", pa.binary())])
_ASIDE: Final = ("reject_reason", "reject_text")
_FOUND: Final = pa.schema(
    [*(pa.field(f.name, f.type) for f in SCHEMA), *(pa.field(name, pa.string()) for name in _ASIDE)]
)
"""An Event, or a record that was set aside: then its file, its number, and why."""


def read(engine: Spark, files: Sequence[LogFile], wanted: Wanted) -> tuple[ReadReport, Loose]:
    """Read ``files``, which every executor must be able to open by the same name; the Events, and the account of it.

    Raises UsageError for standard input, KeywitnessError when Spark gives up.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    if any(str(file.path) == "-" for file in files):
        raise UsageError("standard input is on this machine only: --engine spark reads files and object stores")
    tasks = list(_tasks(files))
    listed = engine.session.createDataFrame(_listed(tasks)).repartitionByRange(max(1, len(tasks)), "task")
    found = listed.mapInArrow(partial(_read, wanted), from_arrow_schema(_FOUND)).persist()
    events = engine.view(EVENT_FILES, found.filter("reject_reason IS NULL").select(*SCHEMA.names))
    aside = engine.view("set_aside", found.filter("reject_reason IS NOT NULL").select("file", "record", *_ASIDE))
    rejects = [_reject(row) for row in engine.rows(aside)]
    rejects.sort(key=lambda r: (r.source.file, r.source.record))
    records = engine.rows(events.aggregate(n=events.count()))[0]["n"]
    return ReadReport(files=len(files), records=records, rejects=rejects), Loose(engine, events)


def _tasks(files: Sequence[LogFile]) -> Iterator[list[LogFile]]:
    """Files for one task each, by size."""
    most = max(TASK_BYTES, sum(file.size for file in files) // TASKS)
    many = max(TASK_FILES, len(files) // TASKS)
    task: list[LogFile] = []
    size = 0
    for file in files:
        task.append(file)
        size += file.size
        if size >= most or len(task) >= many:
            yield task
            task, size = [], 0
    if task:
        yield task


def _listed(tasks: Iterable[Sequence[LogFile]]) -> pa.Table:
    rows = [{"task": number, "file": pickle.dumps(file)} for number, task in enumerate(tasks) for file in task]
    return pa.Table.from_pylist(rows, _FILES)


def _read(wanted: Wanted, listed: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """On an executor: the files of one partition, as one process of the pool reads them."""
    rejects: list[Reject] = []
    for chunk in listed:
        for pickled in chunk.column("file").to_pylist():
            file: LogFile = pickle.loads(pickled)  # noqa: S301  made by the driver, which sends this function too
            for batch in _read_file(file, wanted, rejects):
                empty = [pa.nulls(batch.num_rows, pa.string()) for _ in _ASIDE]
                yield pa.RecordBatch.from_arrays([*batch.columns, *empty], schema=_FOUND)
    if rejects:
        yield pa.RecordBatch.from_pylist([_row(reject) for reject in rejects], _FOUND)


def _read_file(file: LogFile, wanted: Wanted, rejects: list[Reject]) -> Iterator[pa.RecordBatch]:
    name = str(file.path)
    try:
        with file.path.open("rb") as stream:
            yield from batches(stream, name, wanted, rejects)
    except OSError as error:
        rejects.append(Reject(Source(name), f"can't be read ({error.strerror or error})"))


def _row(reject: Reject) -> dict[str, Any]:
    where = {"file": reject.source.file, "record": reject.source.record}
    return {**where, "reject_reason": reject.reason, "reject_text": reject.text}


def _reject(row: dict[str, Any]) -> Reject:
    return Reject(Source(row["file"], row["record"]), row["reject_reason"], row["reject_text"])
