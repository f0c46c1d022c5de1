"""The record: entries that can only be added, each chained to the one before, so that an edit can be proved.

An entry's hash is SHA-256 over its canonical JSON, which holds the hash before it. One chain a tenant: a customer's
record can be handed over and proved without anybody else's, and two tenants never wait for each other. The tenant is
in what is hashed, so an entry fits into no other chain. What a chain alone can't show is that its end was cut off: an
:class:`Anchor`, kept where the database's owner can't write, shows that too.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

START: Final = "0" * 64
"""What stands for the hash before the first entry."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be recorded. ``action`` is ``source:subject:action``; ``subject`` is a case id, or what else it is of.

    ``body`` holds JSON values, numbers only as integers: a float has more than one spelling.
    """

    action: str
    subject: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. ``number`` counts from 1 without a gap, ``at`` is UTC to the microsecond, hashes are hex."""

    tenant: str
    number: int
    at: datetime
    who: str
    action: str
    subject: str
    body: str  # canonical JSON
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of a record at a moment, to be kept elsewhere: a record that is shorter or differs there was edited."""

    tenant: str
    number: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that doesn't hold. ``number`` is the entry that is wrong, or that should be there."""

    number: int
    why: str


def canonical(value: Any) -> str:
    """JSON with sorted keys, no blanks and ASCII only. Raises ValueError for a float: its spelling isn't settled."""
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError(f"{value!r} can't be recorded: floats have more than one spelling")
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ():
        _refuse_floats(item)


def link(tenant: str, number: int, previous: str, at: datetime, who: str, draft: Draft) -> Entry:
    """The entry after the one whose hash is ``previous``."""
    body = canonical(draft.body)
    digest = _digest(tenant, number, at, who, draft.action, draft.subject, body, previous)
    return Entry(tenant, number, at, who, draft.action, draft.subject, body, previous, digest)


def chain(tenant: str, last: Anchor | None, at: datetime, who: str, drafts: Iterable[Draft]) -> list[Entry]:
    """The drafts as entries after ``last`` (None: the record is empty), in order, all of one moment and one person."""
    number, previous = (last.number, last.hash) if last else (0, START)
    made: list[Entry] = []
    for draft in drafts:
        number += 1
        made.append(link(tenant, number, previous, at, who, draft))
        previous = made[-1].hash
    return made


def _digest(
    tenant: str, number: int, at: datetime, who: str, action: str, subject: str, body: str, previous: str
) -> str:
    told = {
        "tenant": tenant,
        "number": number,
        "at": moment(at),
        "who": who,
        "action": action,
        "subject": subject,
        "body": body,
        "previous": previous,
    }
    return hashlib.sha256(canonical(told).encode("ascii")).hexdigest()


def moment(at: datetime) -> str:
    """A time as it is hashed and exported: UTC, always with six digits after the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def check(
    entries: Iterable[Entry], tenant: str, anchors: Iterable[Anchor] = (), end: Anchor | None = None
) -> Broken | None:
    """The first broken link of a tenant's record, in the order in which it is stored; None when every link holds.

    Each anchor must be met on the way: what was there when it was taken must be there still. ``end`` is the record's
    own note of where it ends, beyond which there must be nothing.
    """
    own = [end] if end else []
    held = [anchor for anchor in (*anchors, *own) if anchor.tenant == tenant]
    number, previous = 0, START
    for entry in entries:
        wrong = _wrong(entry, tenant, number + 1, previous) or _differs(entry, held)
        if wrong is None and end and entry.number > end.number:
            wrong = f"entry {entry.number} was put after the end, which is entry {end.number}"
        if wrong:
            return Broken(number + 1, wrong)
        number, previous = entry.number, entry.hash
    last = max((anchor.number for anchor in held), default=0)
    return (
        Broken(number + 1, f"entries {number + 1} to {last} are missing: the end was cut off")
        if last > number
        else None
    )


def _wrong(entry: Entry, tenant: str, number: int, previous: str) -> str | None:
    if entry.tenant != tenant:
        return f"entry {entry.number} belongs to the tenant {entry.tenant!r}"
    if entry.number != number:
        return f"entry {number} is missing: entry {entry.number} follows entry {number - 1}"
    if entry.previous != previous:
        return f"entry {number} doesn't follow entry {number - 1}: one of them was replaced, moved or put in between"
    told = (entry.at, entry.who, entry.action, entry.subject, entry.body, entry.previous)
    if _digest(entry.tenant, entry.number, *told) != entry.hash:
        return f"entry {number} was changed: its content doesn't give its hash"
    return None


def _differs(entry: Entry, held: Iterable[Anchor]) -> str | None:
    for anchor in held:
        if anchor.number == entry.number and anchor.hash != entry.hash:
            return f"entry {entry.number} isn't the one that was there at {moment(anchor.at)}: it was written anew"
    return None


def anchor_text(anchors: Iterable[Anchor]) -> str:
    """An anchor file: one line of JSON a tenant."""
    lines = (canonical({"tenant": a.tenant, "number": a.number, "hash": a.hash, "at": moment(a.at)}) for a in anchors)
    return "".join(f"{line}\n" for line in lines)


def read_anchors(text: str) -> tuple[Anchor, ...]:
    """Raises ValueError when the text is no anchor file."""
    found = []
    for line in text.splitlines():
        try:
            said = json.loads(line)
            at = datetime.fromisoformat(said["at"])
            found.append(Anchor(str(said["tenant"]), int(said["number"]), str(said["hash"]), at))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {len(found) + 1} is no anchor") from error
    return tuple(found)
