"""Where a lake lies: a folder, or ``s3://``, ``gs://`` or ``az://``, with the cloud's own default credentials."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from keywitness.errors import KeywitnessError, UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """An opened place: ``base`` is the folder's absolute path or the URL, without a slash at its end."""

    base: str
    store: ObjectStore

    def url(self, path: str) -> str:
        """What an engine opens to read the object at ``path``."""
        return f"{self.base}/{path}"

    def put(self, path: str, file: Path) -> None:
        """Copy a local file there; a file of that path appears whole or not at all."""
        try:
            obstore.put(self.store, path, file)
        except (BaseError, OSError) as error:
            raise KeywitnessError(f"{self.base} can't be written ({error})") from error


def open_place(where: str, create: bool = False) -> Place:
    """Open a folder or a URL. Raises UsageError for a folder that isn't there (unless ``create``) or a bad URL."""
    if "://" in where:
        return Place(where.rstrip("/"), _remote(where))
    folder = Path(where)
    if not folder.is_dir() and not create:
        raise UsageError(f"{where}: no such folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{where} can't be made ({error.strerror})") from error
    return Place(str(folder.resolve()), LocalStore(folder.resolve()))


def _remote(url: str) -> ObjectStore:
    try:
        return from_url(url)
    except (BaseError, ValueError) as error:
        raise UsageError(f"{urlsplit(url).scheme}://… can't be opened ({error})") from error
