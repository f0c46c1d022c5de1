"""The Event table's form."""

import pyarrow as pa
import pytest

from keywitness.event import ACTOR_TYPES, CLASSES, OUTCOMES, SCHEMA
from tests.support import event


def test_a_row_needs_what_every_record_has() -> None:
    needed = {field.name for field in SCHEMA if not field.nullable}
    assert needed == {"event_id", "time", "provider", "log", "operation", "class", "outcome", "file", "record"}


def test_times_are_microseconds_in_utc() -> None:
    assert SCHEMA.field("time").type == pa.timestamp("us", tz="UTC")


def test_no_column_and_no_word_stands_twice() -> None:
    for words in (SCHEMA.names, CLASSES, OUTCOMES, ACTOR_TYPES):
        assert len(set(words)) == len(words)


def test_a_test_row_is_a_row_and_a_wrong_column_is_refused() -> None:
    assert pa.Table.from_pylist([event()], SCHEMA).num_rows == 1
    with pytest.raises(AssertionError, match="colour"):
        event(colour="red")
