"""The bulk loop: record bytes → Arrow batches of the Event table, and rejects.

The function here is what a process pool runs on a laptop and what
``mapInArrow`` runs on a cluster: bytes in, Arrow out, nothing shared.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec
import pyarrow as pa

from keywitness.errors import RecordError, Reject, Source
from keywitness.event import SCHEMA
from keywitness.readers import MAX_RECORD, READERS, Reader, Row, Wanted
from keywitness.readers.envelopes import unwrap
from keywitness.readers.kept import kept, redact, too_deep
from keywitness.readers.source import frames

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


def batches(stream: BinaryIO, name: str, wanted: Wanted, rejects: list[Reject]) -> Iterator[pa.RecordBatch]:
    """The Event rows of one file; what can't be used is appended to ``rejects`` and costs nothing else."""
    reader, number, dropped = READERS[0], 0, 0
    aside: list[Reject] = []
    rows: list[Row] = []
    places: list[_Place] = []
    file = name
    for page in frames(stream, name, rejects):
        number = number if page.file == file else 0
        file = page.file
        for raw in page.records:
            try:  # most files hold one provider's records: ask the reader that took the last one
                rows.append(_row(reader, raw, wanted))
                places.append(_Place(file, number, raw))
            except _BAD:
                for row, text, reader in _slowly(raw, Source(file, number), wanted, aside):  # noqa: B007
                    rows.append(row)
                    places.append(_Place(file, number, text))
                dropped += len(aside[REJECTS:])
                del aside[REJECTS:]
            number += 1
        if len(rows) >= BATCH:
            yield _batch(rows, places)
            rows, places = [], []
    if rows:
        yield _batch(rows, places)
    rejects += aside
    if dropped:
        rejects.append(
            Reject(Source(name), f"{dropped:,} more records were set aside; the first {REJECTS:,} are listed")
        )


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
        text = _text(inner)
        reader = next((r for r in READERS if r.recognises(inner)), None)
        if reader is None:
            aside.append(_reject(source, "not a record of a known log", text))
            continue
        try:
            yield _Read(_row(reader, text, wanted), text, reader)
        except msgspec.ValidationError:
            yield from _coerced(reader, inner, source, wanted, aside)
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
