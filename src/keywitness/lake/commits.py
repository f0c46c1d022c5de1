"""The commit log of a lake: which files are part of it, told by numbered JSON objects that are written once.

A commit adds and removes files of any number of tables at once, and is there
or is not: whatever ends a writer halfway leaves files that no commit names.
Two writers can't take the same number, so neither loses what the other wrote.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore

from keywitness.errors import KeywitnessError
from keywitness.readers.stores import said

SCHEMA_VERSION: Final = 1
"""Of a lake's tables. A lake of another version is upgraded, or refused when it is newer."""

_FOLDER: Final = "commits"
_HINT: Final = "commits/whole"  # the number of the last whole commit; may be behind


class TakenError(Exception):
    """Another writer made this commit first: look again, and try the next."""


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet file of a table. ``path`` is relative to the lake; ``first`` and ``last`` are its rows' times, UTC."""

    table: str
    path: str
    rows: int
    size: int  # bytes
    first: datetime
    last: datetime
    provider: str = ""
    day: str = ""  # of tables that are cut by day, YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class State:
    """A lake as of one commit: ``version`` 0 is an empty one. ``definitions``: a digest of what made each table."""

    version: int
    parts: tuple[Part, ...]
    schema: int = SCHEMA_VERSION
    definitions: Mapping[str, str] = field(default_factory=dict)

    def of(self, table: str, since: datetime | None = None) -> list[Part]:
        """The parts of one table that may hold rows from ``since`` on."""
        return [p for p in self.parts if p.table == table and (since is None or p.last >= since)]


@dataclass(frozen=True, slots=True)
class Commit:
    """One step: what joins, and the paths of what leaves. A ``whole`` one names all parts and ends what went before."""

    add: tuple[Part, ...]
    remove: tuple[str, ...] = ()
    whole: bool = False
    definitions: Mapping[str, str] = field(default_factory=dict)


def load(store: ObjectStore) -> State:
    """The lake as it is now. Raises KeywitnessError when it can't be read, or is of a newer schema."""
    try:
        state = State(0, ())
        for path in sorted(_paths(store)):
            state = _after(state, _number(path), json.loads(_read(store, path)))
    except (BaseError, OSError) as error:
        raise KeywitnessError(f"the lake can't be read ({said(error)})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeywitnessError(f"the lake's commit log is damaged ({error})") from error
    if state.schema > SCHEMA_VERSION:
        raise KeywitnessError(f"the lake has schema {state.schema}; this keywitness knows {SCHEMA_VERSION}: update it")
    return state


def commit(store: ObjectStore, state: State, step: Commit) -> State:
    """Make ``step`` the commit after ``state``. Raises TakenError when somebody else's is."""
    number = state.version + 1
    told = {
        "schema": SCHEMA_VERSION,
        "definitions": dict(step.definitions or state.definitions),
        "add": [_said(part) for part in step.add],
        "remove": list(step.remove),
        "whole": step.whole,
    }
    try:
        obstore.put(store, _path(number), json.dumps(told, indent=1).encode(), mode="create")
        if step.whole:
            obstore.put(store, _HINT, str(number).encode())
    except AlreadyExistsError as error:
        raise TakenError(f"commit {number}") from error
    except (BaseError, OSError) as error:
        raise KeywitnessError(f"the lake can't be written ({said(error)})") from error
    return _after(state, number, told)


def _after(state: State, number: int, said: dict[str, Any]) -> State:
    gone = set(said["remove"])
    kept = () if said["whole"] else (part for part in state.parts if part.path not in gone)
    return State(number, (*kept, *map(_part, said["add"])), said["schema"], said["definitions"])


def _paths(store: ObjectStore) -> Iterator[str]:
    """The commits from the last whole one on; from the first where no hint says which that is."""
    try:
        since = _path(int(_read(store, _HINT)))
    except FileNotFoundError:
        since = ""
    for page in obstore.list(store, _FOLDER):
        yield from (m["path"] for m in page if m["path"].endswith(".json") and m["path"] >= since)


def _read(store: ObjectStore, path: str) -> bytes:
    return bytes(obstore.get(store, path).bytes())


def _path(number: int) -> str:
    return f"{_FOLDER}/{number:012}.json"


def _number(path: str) -> int:
    return int(path.rpartition("/")[2].split(".")[0])


def _said(part: Part) -> dict[str, Any]:
    return asdict(part) | {"first": part.first.isoformat(), "last": part.last.isoformat()}


def _part(said: dict[str, Any]) -> Part:
    times = {name: datetime.fromisoformat(said[name]) for name in ("first", "last")}
    return Part(**said | times)
