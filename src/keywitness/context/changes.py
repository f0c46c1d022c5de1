"""Change requests: which change somebody approved, for whom, on what, and from when to when.

They come from an export (a CSV or JSON with the names of keywitness, of
ServiceNow or of Jira, see :data:`COLUMNS`) or from a ticket system. A ticket whose window or approval
can't be read is set aside: to guess it would approve what nobody approved.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from keywitness.context.tables import MAX_CELL, Entry, column_name, parse_time, read_json, read_table
from keywitness.errors import Reject, Source

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "number", "key", "issue_key"),
    "kind": ("kind", "type", "change_type", "issue_type", "issuetype"),
    "status": ("status", "approval", "state"),
    "actor": ("actor", "requested_by", "reporter", "assigned_to", "assignee"),
    "operation": ("operation", "action", "short_description", "summary"),
    "target": ("target", "cmdb_ci", "configuration_item", "affected_ci", "components", "component"),
    "start": ("start", "start_date", "planned_start", "planned_start_date", "work_start"),
    "end": ("end", "end_date", "planned_end", "planned_end_date", "work_end"),
    "approver": ("approver", "approvers", "approved_by"),
    "summary": ("summary", "short_description", "description"),
    "created": ("created", "created_at", "sys_created_on", "opened_at"),
    "approved_at": ("approved_at", "approval_set", "approved_on", "approval_date"),
    "max_uses": ("max_uses",),
}
"""Field → the column names that hold it, best first. ServiceNow's and Jira's are those of their exports."""

REQUIRED: Final = ("id", "status", "actor", "operation", "target", "start", "end")
_WITHDRAWN: Final = ("canceled", "cancelled", "4")  # ServiceNow's state, which an older approval doesn't outlive


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A ticket. Times are UTC; the window includes ``end``, which is ``start`` where the ticket names no end.
    ``target`` is "" where the text alone names it. Such a ticket covers nothing; a person may read it as meant.

    ``source.record`` is the row as a spreadsheet counts.

    ``actor`` and ``target`` are free text for :meth:`keywitness.context.identities.Directory.same`; ``operation`` is
    an event's name or words. ``created`` and ``approved_at`` are None when the export doesn't say.
    """

    id: str
    kind: str  # standard, standing, emergency, normal, ...
    status: str
    actor: str
    operation: str
    target: str
    start: datetime
    end: datetime
    approver: str
    summary: str
    created: datetime | None
    approved_at: datetime | None
    max_uses: int | None
    source: Source

    @property
    def standing(self) -> bool:
        """Whether it approves a kind of change in advance, and not one change."""
        return self.kind == "standing" or "*" in self.target


def load_changes(path: Path, rejects: list[Reject]) -> tuple[ChangeRequest, ...] | None:
    """The tickets of a ``.csv`` or ``.json`` in its order.

    None, never (), when the file holds tickets and none can be used: that is a source which is not available.
    """
    read = _read_objects if path.suffix.lower() == ".json" else _read_rows
    entries = read(path, rejects)
    return None if entries is None else usable(entries, rejects)


def usable(entries: Sequence[Entry], rejects: list[Reject]) -> tuple[ChangeRequest, ...] | None:
    """The tickets in entries whose cells are named as :data:`COLUMNS` says; None when there are some and none is one.

    One ticket may stand in several entries, one an actor or target.
    """
    made = [(entry, change) for entry in entries if (change := _change(entry, rejects))]
    changes = tuple(_without_doubts(made, rejects))
    return changes if changes or not entries else None


def _read_rows(path: Path, rejects: list[Reject]) -> tuple[Entry, ...] | None:
    table = read_table(path, rejects)
    if table is None:
        return None
    missing = [field for field in REQUIRED if not set(COLUMNS[field]) & set(table.columns)]
    if missing:
        found = ", ".join(table.columns) or "none"
        reason = f"no tickets were read: it has no column for {', '.join(missing)}; its columns are {found}"
        rejects.append(Reject(Source(str(path)), reason))
        return None
    return None if table.broken and not table.entries else table.entries


def _read_objects(path: Path, rejects: list[Reject]) -> tuple[Entry, ...] | None:
    """A list of tickets, bare or as ServiceNow's and Jira's APIs wrap it."""
    content = read_json(path, rejects)
    if isinstance(content, dict):
        content = next((content[key] for key in ("changes", "result", "issues") if key in content), content)
    if not isinstance(content, list):
        if content is not None:
            rejects.append(Reject(Source(str(path)), "no tickets were read: it is not a list of tickets"))
        return None
    entries: list[Entry] = []
    for number, item in enumerate(content, 1):
        entry = Entry(Source(str(path), number), f"entry {number}", _cells(item))
        if not entry.cells:
            rejects.append(entry.reject("it is not a ticket; it was set aside"))
        elif any(len(value) > MAX_CELL for value in entry.cells.values()):
            rejects.append(entry.reject(f"a value is longer than {MAX_CELL >> 10} KB; it was set aside"))
        else:
            entries.append(entry)
    return tuple(entries) if entries or not content else None


def _cells(item: object) -> dict[str, str]:
    if not isinstance(item, dict):
        return {}
    fields = item.get("fields")
    return {
        column_name(str(key)): _text(value)
        for key, value in (item | (fields if isinstance(fields, dict) else {})).items()
    }


def _text(value: Any) -> str:
    """A value as a person sees it: ServiceNow and Jira wrap some in an object."""
    if isinstance(value, dict):
        keys = ("display_value", "displayName", "emailAddress", "name", "value")
        return next((_text(value[key]) for key in keys if key in value), "")
    if isinstance(value, list):
        return _text(value[0]) if len(value) == 1 else ""
    return "" if value is None else str(value).strip()


def _change(entry: Entry, rejects: list[Reject]) -> ChangeRequest | None:
    value = {field: entry.first(columns) for field, columns in COLUMNS.items()}
    try:
        optional = ("end", "target") if value["summary"] else ("end",)
        if empty := [field for field in REQUIRED if not value[field] and field not in optional]:
            raise ValueError(f"it has no {', '.join(empty)}")
        start, end = parse_time(value["start"]), parse_time(value["end"] or value["start"], closing=True)
        if end < start:
            raise ValueError(f"it ends ({value['end']}) before it starts ({value['start']})")
        return ChangeRequest(
            id=value["id"],
            kind=value["kind"].lower() or "normal",
            status=_status(entry, value["status"]),
            actor=value["actor"],
            operation=value["operation"],
            target=value["target"],
            start=start,
            end=end,
            approver=value["approver"],
            summary=value["summary"],
            created=parse_time(value["created"]) if value["created"] else None,
            approved_at=parse_time(value["approved_at"]) if value["approved_at"] else None,
            max_uses=_uses(value["max_uses"]),
            source=entry.source,
        )
    except ValueError as error:
        rejects.append(entry.reject(f"ticket {value['id'] or 'without an id'} was set aside: {error}"))
        return None


def _status(entry: Entry, status: str) -> str:
    state = entry.first(("state",)).lower()
    return "canceled" if state in _WITHDRAWN else status.lower()


def _uses(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise ValueError(f"max_uses {text[:20]!r} is not a whole number")
    return int(text)


def _without_doubts(made: Iterable[tuple[Entry, ChangeRequest]], rejects: list[Reject]) -> Iterator[ChangeRequest]:
    """One ticket may stand in several rows, one a target. Repetitions go, and tickets that contradict themselves."""
    by_id: dict[str, list[tuple[Entry, ChangeRequest]]] = defaultdict(list)
    for entry, change in made:
        by_id[change.id].append((entry, change))
    for ident, rows in by_id.items():
        if len({change.status for _, change in rows}) > 1:
            said = ", ".join(f"{change.status} in {entry.where}" for entry, change in rows)
            rejects.extend(
                entry.reject(f"ticket {ident} was set aside: its state is not clear ({said})") for entry, _ in rows
            )
            continue
        seen: dict[ChangeRequest, Entry] = {}
        for entry, change in rows:
            first = seen.setdefault(replace(change, source=Source("")), entry)
            if first is entry:
                yield change
            else:
                rejects.append(entry.reject(f"ticket {ident} repeats {first.where}, and counts once"))
