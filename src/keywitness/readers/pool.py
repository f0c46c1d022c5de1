"""Reading many files with all cores into Parquet parts, one part a task."""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from keywitness.errors import KeywitnessError, Reject, Source
from keywitness.event import SCHEMA
from keywitness.readers import Wanted
from keywitness.readers.bulk import Many, batches
from keywitness.readers.remote import Remote
from keywitness.readers.source import LogFile

TASK_BYTES: Final = 8 * 2**20
TASK_FILES: Final = 64
GROUP: Final = 40_000
GROUP_BYTES: Final = 64 * 2**20
"""Rows of a row group, and bytes that are held until it is written."""
REPEATED: Final = [name for name in SCHEMA.names if name not in ("event_id", "time", "record", "raw")]
"""Columns whose values repeat, and are written once."""
INLINE_BYTES: Final = 4 * 2**20
"""Below this a process pool costs more than it saves (about half a second to start)."""


@dataclass(slots=True)
class ReadReport:
    """What was read: counts, and what was set aside."""

    files: int = 0
    records: int = 0
    rejects: list[Reject] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)


def read_all(
    files: Sequence[LogFile],
    out: Path,
    wanted: Wanted,
    progress: Callable[[int, int], None] = lambda done, records: None,
) -> ReadReport:
    """Read ``files`` into Parquet parts in ``out``. ``progress`` gets (bytes on disk done, records) as tasks end.

    Raises KeywitnessError when the system ends a reading process, which it does when memory runs out.
    """
    tasks = [(task, out / f"part-{i:05}.parquet", wanted) for i, task in enumerate(_tasks(files))]
    report = ReadReport(files=len(files))
    for done in _results(tasks, sum(f.size for f in files)):
        report.records += done.records
        report.rejects += done.rejects
        report.parts += [done.part] if done.part else []
        progress(done.size, done.records)
    report.parts.sort()
    report.rejects.sort(key=lambda r: (r.source.file, r.source.record))
    return report


@dataclass(frozen=True, slots=True)
class _Done:
    size: int
    records: int
    rejects: list[Reject]
    part: Path | None


_Task = tuple[Sequence[LogFile], Path, Wanted]


def _results(tasks: Sequence[_Task], size: int) -> Iterator[_Done]:
    """Each task's result as it ends. Standard input is read by this process: a child has another."""
    workers = min(len(tasks), os.cpu_count() or 1)
    inline = [task for task in tasks if size <= INLINE_BYTES or workers < 2 or any(_is_stdin(f) for f in task[0])]
    for task in inline:
        yield _read_task(*task)
    if len(inline) == len(tasks):
        return
    try:
        with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_prepared) as pool:
            for future in as_completed([pool.submit(_read_task, *task) for task in tasks if task not in inline]):
                yield future.result()
    except BrokenProcessPool:
        raise KeywitnessError("a process that reads logs was ended by the system; is there memory enough?") from None


def _prepared() -> None:
    """Collect garbage seldom: millions of small tuples are made, and none of them is in a cycle."""
    gc.freeze()
    gc.set_threshold(200_000)


def _is_stdin(file: LogFile) -> bool:
    return str(file.path) == "-"


def _tasks(files: Sequence[LogFile]) -> Iterator[list[LogFile]]:
    task: list[LogFile] = []
    for file in files:
        task.append(file)
        if len(task) >= TASK_FILES or sum(f.size for f in task) >= TASK_BYTES:
            yield task
            task = []
    if task:
        yield task


def _read_task(files: Sequence[LogFile], part: Path, wanted: Wanted) -> _Done:
    rejects: list[Reject] = []
    records = 0
    writer: pq.ParquetWriter | None = None
    many = Many(wanted)
    for batches_ in _together(_read_files(files, many, rejects)):
        writer = writer or pq.ParquetWriter(part, SCHEMA, compression="lz4", use_dictionary=REPEATED)
        table = pa.Table.from_batches(batches_)
        writer.write_table(table, row_group_size=GROUP)
        records += table.num_rows
    if writer:
        writer.close()
    return _Done(sum(f.size for f in files), records, rejects, part if writer else None)


def _read_files(files: Sequence[LogFile], many: Many, rejects: list[Reject]) -> Iterator[pa.RecordBatch]:
    for file in files:
        name = str(file.path)
        try:
            with _open(file.path) as stream:
                yield from batches(stream, name, many.wanted, rejects, many)
        except OSError as error:
            rejects.append(Reject(Source(name), f"can't be read ({error.strerror or error})"))


def _together(found: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    """Batches until they are a row group: many small ones would be slow to write and to read."""
    held: list[pa.RecordBatch] = []
    for batch in found:
        held.append(batch)
        if sum(b.num_rows for b in held) >= GROUP or sum(b.nbytes for b in held) >= GROUP_BYTES:
            yield held
            held = []
    if held:
        yield held


def _open(path: Path | Remote) -> BinaryIO:
    return sys.stdin.buffer if str(path) == "-" else path.open("rb")
