"""Tables: CSV text and Parquet files, each row as the JSON object that an exporter laid out flat.

Cells that hold JSON are parsed, empty ones left out. What a column means is for the envelopes to say.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any, BinaryIO, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from keywitness.errors import Reject, Source
from keywitness.readers import MAX_RECORD
from keywitness.readers.expand import FREE, MAX_RATIO

PARQUET: Final = b"PAR1"


class _Column(msgspec.Struct):
    name: str


class _Table(msgspec.Struct):
    columns: list[_Column]
    rows: list[list[Any]]


class _Answer(msgspec.Struct):
    tables: list[_Table]


_answer: Final = msgspec.json.Decoder(_Answer)

_ROWS: Final = 2_000  # of Parquet turned into objects at a time
_DELIMITERS: Final = (",", ";", "\t", "|")
_COLUMN: Final = re.compile(r"[\w@$#][\w@$.:/#()\[\] -]{0,119}")
_PREAMBLE: Final = (b"#TYPE ", b"sep=")  # what PowerShell and Excel write above the header
_UTC: Final = " [UTC]"  # Sentinel's portal puts it behind a time's name, and writes the time as in the United States
_US_TIME: Final = "%m/%d/%Y, %I:%M:%S.%f %p"
_HEADER: Final = 64 * 2**10  # bytes of the longest header


def delimiter(head: bytes) -> str | None:
    """What separates the cells, when a text begins with a table's header: different plain names, at least two.

    A single column counts when the name is one word and the next line holds JSON.
    """
    line, _, rest = _table(head)[:_HEADER].partition(b"\n")
    text = line.decode(errors="replace").rstrip("\r")
    found = max(_DELIMITERS, key=lambda d: len(_cells(text, d)))
    names = _cells(text, found)
    if not names or not all(_COLUMN.fullmatch(name) for name in names) or len(set(names)) < len(names):
        return None
    if len(names) > 1:
        return found
    return found if re.fullmatch(r"\w+", names[0]) and rest.lstrip()[:2] in (b'"{', b'"[') else None


def csv_rows(blocks: Iterable[bytes], separator: str) -> Iterator[bytes]:
    """Each row as JSON text; one that doesn't fit the header as an object that says so, to be set aside later."""
    csv.field_size_limit(MAX_RECORD)
    rows = csv.reader(_lines(blocks), delimiter=separator)
    names = [name.strip() for name in next(rows, [])]
    zoned = {name: name.removesuffix(_UTC) for name in names if name.endswith(_UTC)}
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield _unreadable(str(error))
            continue
        if len(row) > len(names):
            yield _unreadable(f"the row has {len(row)} cells and the header {len(names)}: {row[0][:80]}")
        elif any(row):
            cells = {n: _parsed(cell) for n, cell in zip(names, row, strict=False) if cell != ""}
            yield _dumped({zoned.get(n, n): _moment(v) if n in zoned else v for n, v in cells.items()})


def parquet_rows(file: BinaryIO, name: str, rejects: list[Reject]) -> Iterator[bytes]:
    """Each row as JSON text. What can't be read is added to ``rejects``, and so is the end of a bomb."""
    size, written = file.seek(0, 2), 0
    file.seek(0)
    try:
        with pq.ParquetFile(file) as table:
            for batch in table.iter_batches(batch_size=_ROWS):
                for row in _plain(batch).to_pylist(maps_as_pydicts="lossy"):
                    text = _dumped(_filled(row))
                    written += len(text)
                    yield text
                if written > FREE + size * MAX_RATIO:
                    reason = f"expands to more than {MAX_RATIO} times its size; reading stopped after {written:,} bytes"
                    rejects.append(Reject(Source(name), reason))
                    return
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        rejects.append(Reject(Source(name), f"the Parquet file is damaged or cut off ({str(error)[:200]})"))


def query_rows(text: bytes) -> Iterator[bytes] | None:
    """The rows of a Log Analytics query's answer (``tables`` with ``columns`` and ``rows``); None when it is none."""
    if b'"tables"' not in text[:_HEADER] or b'"columns"' not in text[:_HEADER]:
        return None
    try:
        tables = _answer.decode(text).tables
    except msgspec.MsgspecError:
        return None
    return (
        _dumped({c.name: _parsed(v) for c, v in zip(table.columns, row, strict=False) if v is not None})
        for table in tables
        for row in table.rows
    )


def _table(head: bytes) -> bytes:
    """The text from its header on."""
    head = head.lstrip()
    while head.startswith(_PREAMBLE):
        head = head.partition(b"\n")[2].lstrip()
    return head


def _cells(line: str, separator: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
    except csv.Error:
        return []


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    """The lines from the header on, ends included; one past the bound is cut just above it, and refused later."""
    begun = False
    for line in _split(blocks):
        begun = begun or (bool(line.strip()) and not line.lstrip().startswith(_PREAMBLE))
        if begun:
            yield line.decode(errors="replace")


def _split(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = bytearray()
    for block in blocks:
        first, newline, more = block.partition(b"\n")
        rest += first[: max(0, MAX_RECORD + 1 - len(rest))]
        if newline:
            yield bytes(rest) + b"\n"
            *whole, last = more.split(b"\n")
            yield from (line + b"\n" for line in whole)
            rest = bytearray(last[: MAX_RECORD + 1])
    if rest:
        yield bytes(rest)


def _parsed(cell: Any) -> Any:
    """A cell that holds a JSON object or list as such; any other as it is."""
    if not isinstance(cell, str) or cell[:1] not in ("{", "["):
        return cell
    try:
        return json.loads(cell, strict=False)
    except (ValueError, RecursionError):
        return cell


def _moment(cell: Any) -> Any:
    try:
        return datetime.strptime(cell, _US_TIME).replace(tzinfo=UTC).isoformat()
    except (ValueError, TypeError):
        return cell


def _unreadable(why: str) -> bytes:
    return _dumped({"unreadable": why})


def _dumped(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, default=_text).encode(errors="replace")


def _text(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Timestamps in µs: Python's own have no nanoseconds."""
    fields = [_micros(field) for field in batch.schema]
    return batch.cast(pa.schema(fields), safe=False) if fields != list(batch.schema) else batch


def _micros(field: pa.Field) -> pa.Field:
    nanos = pa.types.is_timestamp(field.type) and field.type.unit == "ns"
    return field.with_type(pa.timestamp("us", tz=field.type.tz)) if nanos else field


def _filled(value: Any) -> Any:
    """Without what is null: a wide schema has a hundred columns that one record doesn't use."""
    if isinstance(value, dict):
        return {key: _filled(item) for key, item in value.items() if item is not None}
    return [_filled(item) for item in value] if isinstance(value, list) else value
