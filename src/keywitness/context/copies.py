"""The last answer of each remote source on disk, so that a run can be repeated offline and says how old it is.

One file a question (system, address, query, fields, run window) below
``$XDG_CACHE_HOME/keywitness``, readable by its owner alone. It holds the rows
of the answer and no credentials. A file that can't be used is as none.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

_FORM: Final = 1
_MAX_FILE: Final = 256 * 2**20


@dataclass(frozen=True, slots=True)
class Copy:
    """What a source answered at ``read``: rows by column, and remarks on what it left out.

    ``hidden`` counts change requests that this account may not see: an answer that isn't whole.
    """

    read: datetime
    rows: tuple[Mapping[str, str], ...]
    remarks: tuple[str, ...] = ()
    hidden: int = 0


def path_of(question: tuple[Any, ...], what: str = "tickets") -> Path:
    """Where the answer to a question is kept; ``what`` it holds begins the file's name."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    digest = hashlib.sha256(json.dumps(question, sort_keys=True, default=str).encode()).hexdigest()
    return Path(base) / "keywitness" / f"{what}-{digest[:32]}.json"


def read_copy(path: Path) -> Copy | None:
    """The copy, or None when there is none that can be used."""
    try:
        if path.stat().st_size > _MAX_FILE:
            return None
        said = json.loads(path.read_bytes())
        if said["form"] != _FORM:
            return None
        rows = tuple({str(key): str(value) for key, value in row.items()} for row in said["rows"])
        read = datetime.fromisoformat(said["read"]).astimezone(UTC)
        return Copy(read, rows, tuple(map(str, said["remarks"])), int(said["hidden"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None


def write_copy(path: Path, copy: Copy) -> None:
    """Keep a copy, whole or not at all. A disk that can't be written costs the next run a question, and no more."""
    said = {"form": _FORM, "read": copy.read.isoformat(), "rows": copy.rows}
    said |= {"remarks": copy.remarks, "hidden": copy.hidden}
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".tickets-")  # readable by its owner alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(said, file)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
