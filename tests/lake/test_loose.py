"""Loose parts are one table with each record once."""

from pathlib import Path

from keywitness.event import SCHEMA
from tests.support import event, lake, loose, parquet


def test_a_record_exported_twice_is_one_event(tmp_path: Path) -> None:
    row = event(event_id="same")
    again = row | {"file": "other.json", "record": 99}
    on = loose(parquet([row], tmp_path / "a.parquet"), parquet([again, event()], tmp_path / "b.parquet"))
    kept = [(found["event_id"], found["file"]) for found in on.engine.rows(on.events())]
    assert max(kept) == ("same", "log.json")
    assert len(kept) == 2


def test_one_id_with_two_meanings_is_two_events(tmp_path: Path) -> None:
    row = event(event_id="same")
    others = [row | {"operation": "sts:AssumeRole"}, row | {"actor_id": "bob"}, row | {"provider": "gcp"}]
    on = lake([row, *others], tmp_path)
    assert len(on.engine.rows(on.events())) == 4


def test_records_without_actor_or_address_are_told_apart_by_id(tmp_path: Path) -> None:
    row = event(event_id="same", actor_id=None, source_ip=None)
    on = lake([row, row | {"record": 7}, event(actor_id=None)], tmp_path)
    assert len(on.engine.rows(on.events())) == 2


def test_no_parts_are_an_empty_table_with_every_column() -> None:
    on = loose()
    assert on.events().columns == tuple(n for n in SCHEMA.names if n != "raw")
    assert on.engine.rows(on.events()) == []
