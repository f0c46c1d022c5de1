"""Where a lake lies: a folder, or ``s3://``, ``gs://`` or ``az://``, with the cloud's own default credentials."""

from dataclasses import dataclass, field
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore

from keywitness.errors import KeywitnessError, UsageError
from keywitness.readers.stores import ERRORS, is_url, missing, open_store, parse, said


@dataclass(frozen=True, slots=True)
class Place:
    """An opened place: ``base`` is the folder's absolute path or the URL, without a slash at its end."""

    base: str
    store: ObjectStore = field(repr=False)  # an Azure store that was opened from the environment can't be shown

    def url(self, path: str) -> str:
        """What an engine opens to read the object at ``path``."""
        return f"{self.base}/{path}"

    def put(self, path: str, file: Path) -> None:
        """Copy a local file there; a file of that path appears whole or not at all."""
        try:
            obstore.put(self.store, path, file)
        except ERRORS as error:
            raise KeywitnessError(f"{self.base} can't be written ({said(error)})") from error


def open_place(where: str, create: bool = False) -> Place:
    """Open a folder or a URL. Raises UsageError for a bad URL, no bucket, no folder (unless ``create``)."""
    if is_url(where):
        return _remote(str(parse(where)))
    folder = Path(where)
    if not folder.is_dir() and not create:
        raise UsageError(f"{where}: no such folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{where} can't be made ({error.strerror})") from error
    return Place(str(folder.resolve()), LocalStore(folder.resolve()))


def _remote(url: str) -> Place:
    """Asked for its first object at once: a lake that can't be reached must not look like an empty one."""
    place = Place(url, open_store(url))
    try:
        next(iter(obstore.list(place.store, chunk_size=1)), None)
    except ERRORS as error:
        raise (UsageError if missing(error) else KeywitnessError)(f"{url}: {said(error)}") from None
    return place
