"""No input raises, whatever was done to it: each file gives rows and rejects, and no more of either than it holds.

``make fuzz`` runs the same with many more examples.
"""

import os
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.readers.records import Record, lines, read
from tests.readers.test_alerts import ALERTS
from tests.readers.test_archives import PACKERS
from tests.readers.test_m365 import anything
from tests.readers.test_shapes import SAMPLES
from tests.readers.wrapped import SHAPES

EXAMPLES: Final = int(os.environ.get("KEYWITNESS_FUZZ", "250"))
bounded = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
WRAPPED: Final = [s.build(SAMPLES[kind][0]) for s in SHAPES for kind in sorted(s.records)]
ALERT_LINES: Final = [lines(record) for record, *_ in ALERTS]
PACKED: Final = [pack({"a.json": WRAPPED[0], "b/c.csv": WRAPPED[-1]}) for pack in PACKERS.values()]
FILES: Final = [*WRAPPED, *ALERT_LINES, *PACKED]
TOKENS: Final = [
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b"\\",
    b"\n",
    b"\0",
    b"null",
    b"1e999",
    b"{}",
    b"\xff",
    b"=",
    b"\x1f\x8b",
]
MAGICS: Final = [
    b"",
    b"PAR1",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\xfd7zXZ\0",
    b"BZh9",
    b"\x28\xb5\x2f\xfd",
    b"a,b\n",
    b"{",
]


def held(data: bytes) -> None:
    """Reading ends, and what comes of it can be stored and shown."""
    rows, rejects = read(data)
    assert all(row["provider"] and row["operation"] is not None and row["time"] for row in rows)
    assert all(str(reject).isascii() or str(reject).encode(errors="replace") for reject in rejects)
    assert len(rows) <= 2 * len(data) + 1


@bounded
@given(st.sampled_from(MAGICS), st.binary(max_size=300))
def test_no_bytes_raise(magic: bytes, data: bytes) -> None:
    held(magic + data)


@bounded
@given(st.sampled_from(FILES), st.data())
def test_no_damage_raises(file: bytes, data: st.DataObject) -> None:
    damaged = bytearray(file)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        end = at + data.draw(st.integers(0, 8))
        damaged[at:end] = data.draw(st.sampled_from(TOKENS) | st.binary(max_size=3))
    held(bytes(damaged))


@bounded
@given(st.sampled_from(FILES), st.sampled_from(FILES), st.data())
def test_two_files_in_one_do_not_raise(first: bytes, second: bytes, data: st.DataObject) -> None:
    cut, start = data.draw(st.integers(0, len(first))), data.draw(st.integers(0, len(second)))
    held(first[:cut] + second[start:])


def replaced(value: Any, data: st.DataObject, depth: int = 0) -> Any:
    """``value`` with something else somewhere inside it."""
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    if not inner or depth > 4 or data.draw(st.integers(0, 3)) == 0:
        return data.draw(anything)
    key, chosen = data.draw(st.sampled_from(inner))
    changed = replaced(chosen, data, depth + 1)
    if isinstance(value, dict):
        return value | {key: changed}
    return [changed if n == key else item for n, item in enumerate(value)]


@bounded
@given(st.sampled_from([(s, k) for s in SHAPES for k in sorted(s.records)]), st.data())
def test_no_value_in_any_field_raises(pair: tuple[Any, str], data: st.DataObject) -> None:
    shape, kind = pair
    record: Record = data.draw(st.sampled_from(SAMPLES[kind]))
    key = data.draw(st.sampled_from(sorted(record)))
    changed = record | {key: replaced(record[key], data)}
    try:
        wrapped = shape.build(changed)
    except (KeyError, TypeError, ValueError, AttributeError, NotImplementedError):
        return  # no exporter writes such a record in this shape
    held(wrapped)
