"""Files that people export by hand, read so that one broken row costs no other.

Rows are numbered as a spreadsheet shows them: the header is row 1, a blank
line counts, a cell with line breaks is part of one row. The text of a file is
data: nothing in it is ever run, and a cell can't grow beyond :data:`MAX_CELL`.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from keywitness.errors import Reject, Source

MAX_CELL: Final = 64 * 2**10
MAX_FILE: Final = 256 * 2**20
_MAX_LINES: Final = 1000  # of one row; keeps a stray quote from being looked for through the whole file
_DATE: Final = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a table or an object of a list: its number as a person counts, and its values by column, stripped.

    Columns are lower case with ``_`` between words.
    """

    source: Source
    where: str  # "row 17" or "entry 3"
    cells: Mapping[str, str]

    def first(self, columns: tuple[str, ...]) -> str:
        """The first value there is under any of these names; "" when there is none."""
        return next((value for column in columns if (value := self.cells.get(column, ""))), "")

    def reject(self, reason: str) -> Reject:
        return Reject(self.source, f"{self.where}: {reason}", ",".join(self.cells.values())[:_SHOWN])


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` are the names found; ``entries`` the rows that could be told apart; ``broken`` counts the others."""

    columns: tuple[str, ...]
    entries: tuple[Entry, ...]
    broken: int = 0


def fold(text: str) -> str:
    """The form in which names are compared: lower case, and one encoding for accented letters.

    Lower case and not casefold, which would make a long s an s and so one name of two.
    """
    return unicodedata.normalize("NFC", text).lower()


def present(folder: Path | None, name: str) -> Path | None:
    """The file of that name, where the folder has it."""
    return folder / name if folder and (folder / name).is_file() else None


def decode_file(path: Path, rejects: list[Reject]) -> str | None:
    """The text of a UTF-8, UTF-16 or Windows-1252 file, without BOM; None when it can't be read, which is reported."""
    source = Source(str(path))
    try:
        if path.stat().st_size > MAX_FILE:
            rejects.append(Reject(source, f"the file is larger than {MAX_FILE >> 20} MB and was not read"))
            return None
        content = path.read_bytes()
    except OSError as error:
        rejects.append(Reject(source, f"the file can't be read: {error.strerror}"))
        return None
    return _decode(content)


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding, zero in (("utf-16-le", slice(1, 64, 2)), ("utf-16-be", slice(0, 64, 2))):
        if len(content) > 3 and not any(content[zero]):
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")  # what Excel writes on Windows


def read_table(path: Path, rejects: list[Reject]) -> Table | None:
    """A CSV with comma, semicolon or tab. None when the file can't be read; an empty file has no columns."""
    text = decode_file(path, rejects)
    if text is None:
        return None
    lines = list(io.StringIO(text, newline=""))
    if lines and (named := re.fullmatch(r"sep=([,;\t|])\s*", lines[0])):
        return _table(path, lines[1:], named[1], rejects)
    return _table(path, lines, _delimiter(lines), rejects)


def _table(path: Path, lines: list[str], delimiter: str, rejects: list[Reject]) -> Table:
    columns: tuple[str, ...] = ()
    entries: list[Entry] = []
    broken = 0
    for row, cells, raw in _rows(lines, delimiter):
        if not columns:
            names = tuple(column_name(cell) for cell in cells or ())
            columns = names if any(names) else ()
            continue
        entry = Entry(
            Source(str(path), row), f"row {row}", dict(zip(columns, map(str.strip, cells or ()), strict=False))
        )
        if fault := _fault(cells, columns):
            rejects.append(Reject(entry.source, f"row {row}: {fault}; it was set aside", raw[:_SHOWN]))
            broken += 1
        elif any(entry.cells.values()):
            entries.append(entry)
    return Table(columns, tuple(entries), broken)


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str] | None, str]]:
    """Row number, cells (None when the quotes can't be made out) and text. A stray quote costs its own line only."""
    at, row, width = 0, 0, 0
    while at < len(lines):
        row += 1
        cells, used = _row(lines, at, delimiter)
        if used > 1 and width and len(cells or ()) != width:
            cells, used = None, 1
        width = width or (len(cells) if cells and any(map(str.strip, cells)) else 0)
        if cells != []:
            yield row, cells, lines[at]
        at += used


def _row(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    here = (lines[i] for i in range(at, min(at + _MAX_LINES, len(lines))))
    reader = csv.reader(here, delimiter=delimiter, strict=True, skipinitialspace=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return None, 1


def _fault(cells: list[str] | None, columns: tuple[str, ...]) -> str:
    if cells is None:
        return "its quotes are not balanced, or a cell is too long"
    if any(len(cell) > MAX_CELL for cell in cells):
        return f"a cell is longer than {MAX_CELL >> 10} KB"
    if any(cell.strip() for cell in cells[len(columns) :]):
        return f"it has {len(cells)} cells, and the header has {len(columns)}"
    return ""


def _delimiter(lines: list[str]) -> str:
    header = next((line for line in lines if line.strip()), "")
    return max((",", ";", "\t"), key=header.count)


def column_name(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def read_json(path: Path, rejects: list[Reject]) -> Any:
    """The decoded content; None when it can't be read, which is reported."""
    text = decode_file(path, rejects)
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        rejects.append(Reject(Source(str(path)), f"this is not JSON: {str(error)[:_SHOWN]}"))
        return None


def parse_time(text: str, *, closing: bool = False) -> datetime:
    """An ISO 8601 time in UTC; without a zone it is UTC. A date alone is its first moment, or its last if ``closing``.

    Raises ValueError.
    """
    text = text.strip()
    try:
        value = datetime.fromisoformat(text)
        value = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return value + timedelta(days=1, microseconds=-1) if closing and _DATE.fullmatch(text) else value
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not an ISO 8601 time") from None


def zone_named(text: str) -> tzinfo:
    """The IANA time zone of that name. Raises ValueError."""
    try:
        return ZoneInfo(text)
    except (LookupError, ValueError, OSError):
        raise ValueError(f"{text[:60]!r} is not a time zone such as Europe/Berlin") from None


def items(value: object) -> list[Any]:
    """A JSON value as a list; anything else is an empty one."""
    return value if isinstance(value, list) else []


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in a JSON list."""
    return [item for item in items(value) if isinstance(item, dict)]
