"""The sources of change tickets: exports in the context folder, and ticket systems that ``org.toml`` names.

A source that is configured and can't be read whole is a :class:`Gap`: while it
lasts, nobody can say that a change has no ticket.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Final

from keywitness.context.changes import ChangeRequest, load_changes, usable
from keywitness.context.copies import Copy, path_of
from keywitness.context.latest import Gap, age, latest, settings
from keywitness.context.remote import Remote
from keywitness.context.site import Site, read_site
from keywitness.context.tables import MAX_CELL, Entry
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
    sections, source = settings(folder)
    for system in systems:
        if system.section in sections:
            yield _read(system, sections[system.section], window, source, rejects)


def _read(system: TicketSystem, section: object, window: Window, source: Source, rejects: list[Reject]) -> _Part:
    try:
        if not isinstance(section, dict):
            raise ValueError("it is not a section of settings")
        site = read_site(system.name, section, system.query, system.prefixes)
    except ValueError as error:
        rejects.append(Reject(source, f"{system.name} is not available: {error}"))
        return None, system.name, Gap(system.name)
    path = path_of((system.section, site.url, site.query, dict(site.fields), site.approved, window))
    copy, gap = latest(site, path, "tickets", lambda: _fetch(system, site, window), rejects)
    if copy is None:
        return None, system.name, gap
    rejects.extend(Reject(Source(site.url), f"{system.name}: {remark}") for remark in copy.remarks)
    changes = usable(_entries(site, copy, rejects), rejects)
    if changes is None or copy.hidden:
        gap = Gap(system.name)
    read = f"{copy.read:%Y-%m-%d %H:%M} UTC, {age(datetime.now(UTC) - copy.read)}"
    return changes, f"{system.name} ({len({c.id for c in changes or ()})} tickets, read {read})", gap


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
