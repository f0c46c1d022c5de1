"""The bulk loop: record bytes → Arrow batches of the Event table, and rejects.

The function here is what a process pool runs on a laptop and what
``mapInArrow`` runs on a cluster: bytes in, Arrow out, nothing shared.
"""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final

import msgspec
import pyarrow as pa

from keywitness.errors import RecordError, Reject, Source
from keywitness.event import SCHEMA
from keywitness.readers import MAX_RECORD, READERS, Reader, Row, Wanted
from keywitness.readers.envelopes import unwrap
from keywitness.readers.source import frames

BATCH: Final = 20_000  # rows of one Arrow batch

_BAD: Final = (RecordError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError)
_SECRETS: Final = (
    "sessionToken|secretAccessKey|secretString|secretBinary|password|newPassword|oldPassword|masterUserPassword|"
    "temporaryPassword|proposedPassword|servicePassword|serviceCredentialSecret|privateKeyData|private_key_data|"
    "keyString|secretText|clientSecret|client_secret|accessToken|access_token|refreshToken|idToken|signedJwt|"
    "signedBlob|keyMaterial|authorizationToken|sharedSecret|privateKey"
)
_SECRET: Final = re.compile(rf'("(?:{_SECRETS})"\s*:\s*)"(?:[^"\\]|\\.)+"', re.IGNORECASE)
_MAY_HOLD: Final = re.compile(r"token|secret|password|key|jwt|blob", re.IGNORECASE)


def batches(stream: BinaryIO, name: str, wanted: Wanted, rejects: list[Reject]) -> Iterator[pa.RecordBatch]:
    """The Event rows of one file; what can't be used is appended to ``rejects`` and costs nothing else."""
    reader: Reader | None = None
    number = 0
    rows: list[Row] = []
    places: list[tuple[int, bytes]] = []
    for records in frames(stream, name, rejects):
        for raw in records:
            try:
                if reader is None or len(raw) > MAX_RECORD:
                    raise RecordError("no reader chosen yet")
                rows.append(reader.row(raw, wanted))
                places.append((number, raw))
            except _BAD:
                for reader, row, text in _slowly(raw, Source(name, number), wanted, rejects):
                    rows.append(row)
                    places.append((number, text))
            number += 1
            if len(rows) >= BATCH:
                yield _batch(rows, places, name)
                rows, places = [], []
    if rows:
        yield _batch(rows, places, name)


def redact(text: str) -> str:
    """``text`` (JSON) with the values of secret fields replaced; the keys stay, since their presence is evidence."""
    return _SECRET.sub(r'\1"[redacted]"', text) if _MAY_HOLD.search(text) else text


def _slowly(
    raw: bytes, source: Source, wanted: Wanted, rejects: list[Reject]
) -> Iterator[tuple[Reader, Row, bytes]]:
    """One record that the current reader can't take: repair its text, take off envelopes, ask each reader."""
    if len(raw) > MAX_RECORD:
        size = f"{len(raw) / 2**20:.0f} MiB" if len(raw) < 2 * MAX_RECORD else f"over {MAX_RECORD >> 20} MiB"
        rejects.append(_reject(source, f"the record is {size}; the limit is {MAX_RECORD >> 20} MiB", raw))
        return
    try:
        record = _loads(raw)
    except ValueError as error:
        rejects.append(_reject(source, f"not valid JSON ({error})", raw))
        return
    except RecursionError:
        rejects.append(_reject(source, "the JSON is nested too deep to be a log record", raw))
        return
    for inner in unwrap(record, lambda r: any(reader.recognises(r) for reader in READERS)):
        text = json.dumps(inner, ensure_ascii=False).encode("utf-8", errors="replace")
        reader = next((r for r in READERS if r.recognises(inner)), None)
        if reader is None:
            rejects.append(_reject(source, "not a record of a known log", text))
            continue
        try:
            yield reader, reader.row(text, wanted), text
        except msgspec.ValidationError:
            yield from _coerced(reader, inner, source, wanted, rejects)
        except _BAD as error:
            rejects.append(_reject(source, str(error) or type(error).__name__, text))


def _coerced(
    reader: Reader, record: Mapping[str, Any], source: Source, wanted: Wanted, rejects: list[Reject]
) -> Iterator[tuple[Reader, Row, bytes]]:
    """A record with a number where text belongs (or the like): the top level's scalars as text."""
    text = json.dumps({k: _as_text(v) for k, v in record.items()}, ensure_ascii=False).encode(errors="replace")
    try:
        yield reader, reader.row(text, wanted), text
    except _BAD as error:
        rejects.append(_reject(source, f"a field has an unexpected type ({error})", text))


def _as_text(value: Any) -> Any:
    if isinstance(value, dict | list | str) or value is None:
        return value
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


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
    return Reject(source, reason, redact(raw[:2_000].decode("utf-8", errors="replace")))


def _batch(rows: Sequence[Row], places: Sequence[tuple[int, bytes]], name: str) -> pa.RecordBatch:
    columns: list[Any] = list(zip(*rows, strict=True))
    kept = columns.pop()
    columns[0] = [i or _digest(raw) for i, (_, raw) in zip(columns[0], places, strict=True)]
    columns.append([name] * len(rows))
    columns.append([number for number, _ in places])
    columns.append([None if raw is None else redact(raw.decode()) for raw in kept])
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()[:32]}"
