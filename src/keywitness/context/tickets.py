"""The sources of change tickets: exports in the context folder, and ticket systems that ``org.toml`` names.

A source that is configured and can't be read whole is a :class:`Gap`: while it
lasts, nobody can say that a change has no ticket.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

from keywitness.context.changes import ChangeRequest, load_changes, usable
from keywitness.context.copies import Copy, path_of, read_copy, write_copy
from keywitness.context.remote import Remote, UnavailableError
from keywitness.context.site import Site, read_site
from keywitness.context.tables import MAX_CELL, Entry, decode_file
from keywitness.errors import Reject, Source

CHANGE_FILES: Final = ("changes.csv", "changes.json")
_MOST_ROWS: Final = 100  # of one ticket

Window = tuple[datetime | None, datetime | None]
"""Since and until of the run, where it was given them."""


@dataclass(frozen=True, slots=True)
class TicketSystem:
    """A ticket system: its section of org.toml, the key of its query, how its variables begin, and how it is read.

    ``fetch`` raises :class:`UnavailableError`; its rows have the columns of :data:`keywitness.context.changes.COLUMNS`.
    """

    section: str
    name: str
    query: str
    prefixes: tuple[str, ...]
    fetch: Callable[[Remote, Site, Window], Copy]


@dataclass(frozen=True, slots=True)
class Gap:
    """A source whose tickets aren't known: all of them, or those written after ``since``."""

    source: str
    since: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Whether a ticket for a change at that time may be missing."""
        return self.since is None or at > self.since

    def __str__(self) -> str:
        return f"{self.source} after {self.since:%Y-%m-%d %H:%M} UTC" if self.since else self.source


@dataclass(frozen=True, slots=True)
class Tickets:
    """``changes`` is None when no source could be read; ``sources`` says where they came from, and how old they are."""

    changes: tuple[ChangeRequest, ...] | None
    sources: tuple[str, ...]
    gaps: tuple[Gap, ...]


def load_tickets(
    folder: Path | None, window: Window, systems: Sequence[TicketSystem], rejects: list[Reject]
) -> Tickets:
    """Read every source that the folder has or names."""
    parts = [*_exports(folder, rejects), *_systems(folder, window, systems, rejects)]
    read = [changes for changes, _, _ in parts if changes is not None]
    return Tickets(
        tuple(change for changes in read for change in changes) if read else None,
        tuple(says for changes, says, _ in parts if changes is not None),
        tuple(gap for _, _, gap in parts if gap is not None),
    )


def rows(cells: Mapping[str, str], actors: Sequence[str], targets: Sequence[str]) -> Iterator[dict[str, str]]:
    """One row for each actor and target of a ticket, unless ``cells`` names them already."""
    pairs = product(dict.fromkeys(filter(None, actors)) or ("",), dict.fromkeys(filter(None, targets)) or ("",))
    made = [{"actor": actor, "target": target, **{k: v for k, v in cells.items() if v}} for actor, target in pairs]
    yield from list({tuple(sorted(row.items())): row for row in made[:_MOST_ROWS]}.values())


_Part = tuple[tuple[ChangeRequest, ...] | None, str, Gap | None]


def _exports(folder: Path | None, rejects: list[Reject]) -> Iterator[_Part]:
    for name in CHANGE_FILES:
        if folder and (folder / name).is_file():
            changes = load_changes(folder / name, rejects)
            yield changes, name, Gap(name) if changes is None else None


def _systems(
    folder: Path | None, window: Window, systems: Sequence[TicketSystem], rejects: list[Reject]
) -> Iterator[_Part]:
    path = folder / "org.toml" if folder else None
    sections = _sections(path) if path and path.is_file() else {}
    for system in systems:
        if system.section in sections:
            yield _read(system, sections[system.section], window, Source(str(path)), rejects)


def _sections(path: Path) -> Mapping[str, Any]:
    """The content of org.toml. What is wrong with the file is reported by who reads the organisation from it."""
    try:
        return tomllib.loads(decode_file(path, []) or "")
    except (ValueError, RecursionError):
        return {}


def _read(system: TicketSystem, section: object, window: Window, source: Source, rejects: list[Reject]) -> _Part:
    try:
        if not isinstance(section, dict):
            raise ValueError("it is not a section of settings")
        site = read_site(system.name, section, system.query, system.prefixes)
    except ValueError as error:
        rejects.append(Reject(source, f"{system.name} is not available: {error}"))
        return None, system.name, Gap(system.name)
    copy, gap = _copy(system, site, window, rejects)
    if copy is None:
        return None, system.name, gap
    rejects.extend(Reject(Source(site.url), f"{system.name}: {remark}") for remark in copy.remarks)
    changes = usable(_entries(site, copy, rejects), rejects)
    if changes is None or copy.hidden:
        gap = Gap(system.name)
    read = f"{copy.read:%Y-%m-%d %H:%M} UTC, {_age(datetime.now(UTC) - copy.read)}"
    return changes, f"{system.name} ({len({c.id for c in changes or ()})} tickets, read {read})", gap


def _copy(system: TicketSystem, site: Site, window: Window, rejects: list[Reject]) -> tuple[Copy | None, Gap | None]:
    """The tickets as they are now, else the last copy of them, with the gap that this leaves."""
    path = path_of((system.section, site.url, site.query, dict(site.fields), site.approved, window))
    kept = read_copy(path)
    if kept and timedelta(0) <= datetime.now(UTC) - kept.read < site.max_age:
        return kept, Gap(system.name, kept.read)
    try:
        fresh = _fetch(system, site, window)
    except (UnavailableError, ValueError) as error:
        reason = f"{system.name} is not available: {error}"
        reason += f"; its tickets as of {kept.read:%Y-%m-%d %H:%M} UTC are used" if kept else ""
        rejects.append(Reject(Source(site.url), reason))
        return kept, Gap(system.name, kept.read if kept else None)
    write_copy(path, fresh)
    return fresh, None


def _fetch(system: TicketSystem, site: Site, window: Window) -> Copy:
    remote = Remote(site.url, site.authorization())
    try:
        return system.fetch(remote, site, window)
    finally:
        remote.close()


def _entries(site: Site, copy: Copy, rejects: list[Reject]) -> tuple[Entry, ...]:
    found = []
    for number, row in enumerate(copy.rows, 1):
        entry = Entry(Source(site.url, number), f"{site.name} row {number}", row)
        if any(len(value) > MAX_CELL for value in row.values()):
            short = replace(entry, cells={"number": row.get("number", "") or row.get("key", "")})
            rejects.append(short.reject(f"a value is longer than {MAX_CELL >> 10} KB; it was set aside"))
        else:
            found.append(entry)
    return tuple(found)


def _age(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 1:
        return "just now"
    hours, days = minutes // 60, minutes // (60 * 24)
    return f"{days} days ago" if days > 1 else f"{hours} hours ago" if hours > 1 else f"{minutes} minutes ago"
