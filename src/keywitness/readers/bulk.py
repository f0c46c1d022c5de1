"""The bulk loop: record bytes → Arrow batches of the Event table, and rejects.

The function here is what a process pool runs on a laptop and what
``mapInArrow`` runs on a cluster: bytes in, Arrow out, nothing shared.
"""

import hashlib
import json
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec
import pyarrow as pa

from keywitness.errors import RecordError, Reject, Source
from keywitness.event import SCHEMA
from keywitness.readers import MAX_RECORD, READERS, Reader, Row, Wanted
from keywitness.readers.columnar import Columnar, Walked, available
from keywitness.readers.envelopes import unwrap
from keywitness.readers.kept import kept, redact, too_deep
from keywitness.readers.source import Page, frames

BATCH: Final = 20_000  # rows of one Arrow batch
REJECTS: Final = 1_000  # of one file that are listed; the others are counted

_BAD: Final = (RecordError, msgspec.MsgspecError, RecursionError, ValueError, OverflowError)
_TOO_DEEP: Final = "the JSON is nested too deep to be a log record"


class _Place(NamedTuple):
    file: str
    number: int
    text: bytes


class _Read(NamedTuple):
    row: Row
    text: bytes
    reader: Reader


class _Rows:
    """Rows made record by record, until they are a batch, and what was set aside."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.reader = READERS[0]
        self.rows: list[Row] = []
        self.places: list[_Place] = []
        self.aside: list[Reject] = []
        self.dropped = 0

    def add(self, raw: bytes, source: Source) -> None:
        try:  # most files hold one provider's records: ask the reader that took the last one
            self.rows.append(_row(self.reader, raw, self.wanted))
            self.places.append(_Place(source.file, source.record, raw))
        except _BAD:
            for row, text, reader in _slowly(raw, source, self.wanted, self.aside):
                self.reader = reader
                self.rows.append(row)
                self.places.append(_Place(source.file, source.record, text))
            self.dropped += len(self.aside[REJECTS:])
            del self.aside[REJECTS:]

    def batch(self) -> pa.RecordBatch:
        made = _batch(self.rows, self.places)
        self.rows, self.places = [], []
        return made


class _Walked(NamedTuple):
    reader: Reader
    records: Walked


class Many:
    """Pages read by columns, one memory of what repeats for each reader."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.columnar: dict[str, Columnar] = {}

    def walk(self, page: Page, reader: Reader) -> _Walked | None:
        """The page's records by columns; None when they must be split and read one by one."""
        if not available():
            return None
        records = self._walk(page, reader)
        if records is None or not records.odd or not records.odd[0]:
            return None if records is None else _Walked(reader, records)
        first = page.text[records.starts[0] : records.ends[0]]
        other = _recognised(first)
        if other and other is not reader:
            reader, records = other, self._walk(page, other)
        return None if records is None else _Walked(reader, records)

    def _walk(self, page: Page, reader: Reader) -> Walked | None:
        if reader.columns is None:
            return None
        if reader.provider not in self.columnar:
            self.columnar[reader.provider] = Columnar(reader.columns, self.wanted)
        return self.columnar[reader.provider].walk(page.text, page.by_line)


def batches(
    stream: BinaryIO, name: str, wanted: Wanted, rejects: list[Reject], many: Many | None = None
) -> Iterator[pa.RecordBatch]:
    """The Event rows of one file; what can't be used is appended to ``rejects`` and costs nothing else.

    ``many`` remembers what repeats, over many files when it is given with each.
    """
    rows = _Rows(wanted)
    many = many or Many(wanted)
    file, number = name, 0
    for page in frames(stream, name, rejects):
        number = number if page.file == file else 0
        file = page.file
        walked = many.walk(page, rows.reader) if page.text else None
        if walked is not None:
            if rows.rows:
                yield rows.batch()
            rows.reader = walked.reader
            yield from _together(walked, page, number, rows)
            number += len(walked.records.odd)
            continue
        for raw in page.records:
            rows.add(raw, Source(file, number))
            number += 1
            if len(rows.rows) >= BATCH:
                yield rows.batch()
    if rows.rows:
        yield rows.batch()
    rejects += rows.aside
    if rows.dropped:
        reason = f"{rows.dropped:,} more records were set aside; the first {REJECTS:,} are listed"
        rejects.append(Reject(Source(name), reason))


def _recognised(raw: bytes) -> Reader | None:
    try:
        record = _loads(raw)
    except (ValueError, RecursionError):
        return None
    return next((reader for reader in READERS if reader.recognises(record)), None)


def _together(walked: _Walked, page: Page, number: int, rows: _Rows) -> Iterator[pa.RecordBatch]:
    """The page's rows in their order: those read by columns, and the odd ones read one by one."""
    starts, ends, odd, _ = walked.records
    found = []
    if odd.count(0):
        found.append(_even(walked.records, page.file, number))
    if any(odd):
        for i in (i for i, is_odd in enumerate(odd) if is_odd):
            rows.add(page.text[starts[i] : ends[i]], Source(page.file, number + i))
        if rows.rows:
            found.append(rows.batch())
    if len(found) < 2:
        yield from found
    else:
        yield from pa.Table.from_batches(found).sort_by("record").combine_chunks().to_batches()


def _even(records: Walked, file: str, number: int) -> pa.RecordBatch:
    count = len(records.odd)
    *filled, texts = records.columns()
    places = pa.py_buffer(array("q", range(number, number + count)))
    numbers = pa.Array.from_buffers(pa.int64(), count, [None, places])
    files = pa.repeat(pa.scalar(file, pa.string()), count)
    batch = pa.RecordBatch.from_arrays([*filled, files, numbers, texts], schema=SCHEMA)
    return batch.filter(pa.array([not o for o in records.odd])) if any(records.odd) else batch


def _row(reader: Reader, raw: bytes, wanted: Wanted) -> Row:
    if len(raw) > MAX_RECORD:
        raise RecordError(f"the record is larger than the limit of {MAX_RECORD >> 20} MiB")
    row = reader.row(raw, wanted)
    if row.raw is not None and too_deep(row.raw):
        raise RecordError(_TOO_DEEP)
    return row


def _slowly(raw: bytes, source: Source, wanted: Wanted, aside: list[Reject]) -> Iterator[_Read]:
    """One record that the current reader can't take: repair its text, take off envelopes, ask each reader."""
    if len(raw) > MAX_RECORD:
        aside.append(_reject(source, f"the record is larger than the limit of {MAX_RECORD >> 20} MiB", raw))
        return
    try:
        record = _loads(raw)
    except ValueError as error:
        aside.append(_reject(source, f"not valid JSON ({error})", raw))
        return
    except RecursionError:
        aside.append(_reject(source, _TOO_DEEP, raw))
        return
    for inner in unwrap(record, lambda r: any(reader.recognises(r) for reader in READERS)):
        reader = next((r for r in READERS if r.recognises(inner)), None)
        if reader is None:
            aside.append(_reject(source, "not a record of a known log", _text(inner)))
        elif inner is record and (found := _as_it_is(reader, raw, wanted)):
            yield found
        else:
            yield from _repaired(reader, inner, source, wanted, aside)


def _as_it_is(reader: Reader, raw: bytes, wanted: Wanted) -> _Read | None:
    try:
        return _Read(_row(reader, raw, wanted), raw, reader)
    except _BAD:
        return None


def _repaired(
    reader: Reader, record: Mapping[str, Any], source: Source, wanted: Wanted, aside: list[Reject]
) -> Iterator[_Read]:
    text = _text(record)
    try:
        yield _Read(_row(reader, text, wanted), text, reader)
    except msgspec.ValidationError:
        yield from _coerced(reader, record, source, wanted, aside)
    except _BAD as error:
        aside.append(_reject(source, _reason(error), text))


def _coerced(
    reader: Reader, record: Mapping[str, Any], source: Source, wanted: Wanted, aside: list[Reject]
) -> Iterator[_Read]:
    """A record with a number where text belongs (or the like): the top level's scalars as text."""
    text = _text({k: _as_text(v) for k, v in record.items()})
    try:
        yield _Read(_row(reader, text, wanted), text, reader)
    except _BAD as error:
        aside.append(_reject(source, f"a field has an unexpected type ({_reason(error)})", text))


def _as_text(value: Any) -> Any:
    if isinstance(value, dict | list | str) or value is None:
        return value
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _text(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="replace")


def _reason(error: BaseException) -> str:
    return error.reason if isinstance(error, RecordError) else str(error) or type(error).__name__


def _loads(raw: bytes) -> Mapping[str, Any]:
    """JSON as lenient as it may be: bad UTF-8 and lone surrogates replaced, control characters taken, NaN as null."""
    text = raw.decode("utf-8", errors="replace")
    loaded = json.loads(text, strict=False, parse_constant=lambda _: None, parse_float=_finite)
    if not isinstance(loaded, dict):
        raise ValueError(f"a JSON object was expected, not {type(loaded).__name__}")
    return loaded


def _finite(text: str) -> float | None:
    value = float(text)
    return value if math.isfinite(value) else None


def _reject(source: Source, reason: str, raw: bytes) -> Reject:
    return Reject(source, reason, redact(raw[:500].decode("utf-8", errors="replace")))


def _batch(rows: Sequence[Row], places: Sequence[_Place]) -> pa.RecordBatch:
    columns: list[Any] = list(zip(*rows, strict=True))
    texts = columns.pop()
    columns[0] = [i or _digest(place.text) for i, place in zip(columns[0], places, strict=True)]
    columns.append([place.file for place in places])
    columns.append([place.number for place in places])
    columns.append([None if raw is None else kept(raw) for raw in texts])
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _digest(raw: bytes) -> str:
    """An id for a record without one, the same however its JSON is laid out."""
    canonical = json.dumps(_loads(raw), sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"
