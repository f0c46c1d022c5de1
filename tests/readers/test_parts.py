"""A row declared in parts."""

from typing import Any

import msgspec
import pytest

from keywitness.errors import RecordError
from keywitness.readers.parts import WANTED, Part, Parts, refuse
from tests.readers.records import ALL, NOTHING


class _Who(msgspec.Struct):
    name: str | None = None


class _Record(msgspec.Struct):
    must: _Who
    id: str | None = None
    other: str | None = None
    at: str | None = None
    what: str | None = None
    who: _Who | None = None


def _keep(operation: str, wanted: Any) -> tuple[bool]:
    return (operation in wanted,)


PARTS = Parts(
    record=_Record,
    id=("id", "other"),
    time=("at",),
    constants={"provider": "p", "log": "l", "class_": "management", "outcome": "success"},
    parts=(
        Part(("operation",), ("what", "who.name"), lambda what, who: (f"{what} by {who}",)),
        Part(("keep",), ("operation", WANTED), _keep),
        Part(("error",), ("what",), lambda what, must: (must() if what == "fail" else None,), ("must.name",)),
    ),
)
TIME = b'"at":"2026-03-02T10:00:00Z"'


def test_a_record_becomes_a_row() -> None:
    row = PARTS.row(b'{"must":{"name":"m"},"other":"o","what":"fail","who":{"name":"w"},%s}' % TIME, ALL)
    assert (row.event_id, row.provider, row.operation, row.error) == ("o", "p", "fail by w", "m")
    assert row.raw is not None


def test_a_struct_that_is_not_there_gives_its_fields_defaults() -> None:
    row = PARTS.row(b'{"must":{},"what":"x","who":null,%s}' % TIME, NOTHING)
    assert (row.event_id, row.operation, row.raw) == (None, "x by None", None)


def test_what_must_be_there_is_marked() -> None:
    assert [leaf.marked for leaf in PARTS.leaves] == ["must!.name", "id", "other", "at", "what", "who.name"]
    with pytest.raises(msgspec.ValidationError):
        PARTS.row(b"{%s}" % TIME, ALL)


def test_what_is_rare_is_not_there_by_columns() -> None:
    with pytest.raises(RecordError):
        refuse()
