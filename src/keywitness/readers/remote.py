"""Objects of a store as log files: listing and reading them, without ever copying one."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final, cast

import obstore
from obstore.store import ObjectStore

from keywitness.errors import KeywitnessError, UsageError
from keywitness.readers.archives import plausible
from keywitness.readers.stores import ERRORS, Location, missing, open_store, parse, said

BUFFER: Final = 2**20
"""Bytes of a request when a reader asks for less: a round trip costs about as much time as this many bytes."""


@dataclass(frozen=True, slots=True)
class Remote:
    """An object that is read like a file. ``size`` in bytes, as it was listed."""

    url: str
    size: int = field(compare=False)

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def open(self, mode: str = "rb") -> BinaryIO:  # noqa: ARG002  as a path is opened
        """Its bytes, asked for by ranges as they are read; any error while reading is an OSError of one line."""
        where = parse(self.url)
        store = open_store(str(where._replace(key="")))
        return cast(BinaryIO, io.BufferedReader(ObjectFile(store, where.key, self.size), BUFFER))


class ObjectFile(io.RawIOBase):
    """An object's bytes in any order, a request for each read. ``size``: asked for when it isn't known."""

    def __init__(self, store: ObjectStore, key: str, size: int | None = None) -> None:
        self._store, self._key, self._at = store, key, 0
        self._size = _asked(lambda: obstore.head(store, key)["size"]) if size is None else size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def size(self) -> int:
        return self._size

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        end = min(self._at + len(buffer), self._size)
        if end <= self._at:
            return 0
        piece = _asked(lambda: obstore.get_range(self._store, self._key, start=self._at, end=end))
        taken = len(piece)
        buffer[:taken] = memoryview(piece)
        self._at += taken
        return taken


def listed(given: str) -> list[Remote]:
    """The objects that a URL names, sorted: one, those below a prefix, or those that a glob matches.

    Below a prefix, hidden ones, empty ones and suffixes that no log has are passed over. Raises UsageError when the
    bucket isn't there, KeywitnessError when it can't be listed.
    """
    where = parse(given)
    pattern, parts = where.key, where.key.split("/")
    store = open_store(str(where._replace(key="")))
    if pattern and not given.endswith("/") and (size := _size(store, pattern)) is not None:
        return [Remote(str(where), size)]
    fixed = next((i for i, part in enumerate(parts) if any(c in part for c in "*?[")), None)
    folder = pattern if fixed is None else "/".join(parts[:fixed])
    found = _below(store, folder, where)
    if fixed is None:
        found = [(key, size) for key, size in found if size and _plausible(key, folder)]
    else:
        found = [(key, size) for key, size in found if size and _matches(key.split("/"), parts)]
    return [Remote(str(where._replace(key=key)), size) for key, size in sorted(found)]


def _below(store: ObjectStore, folder: str, where: Location) -> list[tuple[str, int]]:
    try:
        return [(m["path"], m["size"]) for page in obstore.list(store, folder or None) for m in page]
    except ERRORS as error:
        raise (UsageError if missing(error) else KeywitnessError)(f"{where}: {said(error)}") from None


def _size(store: ObjectStore, key: str) -> int | None:
    """Of the object with just this key; None when there is none, or listing has to say why not."""
    try:
        return int(obstore.head(store, key)["size"])
    except ERRORS:
        return None


def _plausible(key: str, folder: str) -> bool:
    return plausible(PurePosixPath(key.removeprefix(folder).lstrip("/")))


def _matches(parts: list[str], pattern: list[str]) -> bool:
    """As paths are matched: ``*`` within a name, ``**`` across any number of them."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[i:], pattern[1:]) for i in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _asked(request: Callable[[], Any]) -> Any:
    try:
        return request()
    except ERRORS as error:
        raise OSError(said(error)) from None
