"""The commit log: a step is there or is not, and nobody's is lost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from obstore.store import LocalStore

from keywitness.errors import KeywitnessError
from keywitness.lake.commits import Commit, Part, State, TakenError, commit, load

AT = datetime(2026, 3, 1, tzinfo=UTC)


def part(name: str, last: datetime = AT) -> Part:
    return Part("events", f"events/{name}.parquet", 1, 10, AT, last, "aws", "2026-03-01")


def test_an_empty_place_is_an_empty_lake(tmp_path: Path) -> None:
    assert load(LocalStore(tmp_path)) == State(0, ())


def test_steps_add_up_and_are_read_as_they_were_made(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    first = commit(store, load(store), Commit((part("a"), part("b")), definitions={"logs": "1"}))
    second = commit(store, first, Commit((part("c"),), ("events/a.parquet",)))
    assert load(store) == second
    assert [p.path for p in second.parts] == ["events/b.parquet", "events/c.parquet"]
    assert second.definitions == {"logs": "1"}


def test_a_number_is_taken_once(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    before = load(store)
    commit(store, before, Commit((part("a"),)))
    with pytest.raises(TakenError):
        commit(store, before, Commit((part("b"),), whole=True))
    assert [p.path for p in load(store).parts] == ["events/a.parquet"]


def test_a_whole_commit_is_where_reading_starts(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    first = commit(store, load(store), Commit((part("a"),)))
    whole = commit(store, first, Commit((part("b"),), whole=True))
    (tmp_path / "commits" / "000000000001.json").unlink()
    assert load(store) == whole
    (tmp_path / "commits" / "whole").unlink()  # the hint is no more than that
    assert load(store) == whole


def test_parts_are_chosen_by_table_and_time() -> None:
    late = part("b", datetime(2026, 4, 1, tzinfo=UTC))
    state = State(1, (part("a"), late))
    assert state.of("events", datetime(2026, 3, 15, tzinfo=UTC)) == [late]
    assert state.of("records") == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"add": [{}], "remove": [], "whole": false, "schema": 1}'])
def test_a_damaged_log_is_one_clear_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "commits").mkdir()
    (tmp_path / "commits" / "000000000001.json").write_text(text)
    with pytest.raises(KeywitnessError, match="commit log is damaged"):
        load(LocalStore(tmp_path))


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    commit(store, load(store), Commit(()))
    file = tmp_path / "commits" / "000000000001.json"
    file.write_text(file.read_text().replace('"schema": 1', '"schema": 99'))
    with pytest.raises(KeywitnessError, match="schema 99"):
        load(store)
