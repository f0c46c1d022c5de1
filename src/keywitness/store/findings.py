"""Findings in the store: the line that triage printed, byte for byte, and the whole finding beside it."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
import zstandard

from keywitness.model import EventId, Finding
from keywitness.render.evidence import pack, unpack
from keywitness.render.json import line
from keywitness.store import Desk, NotFoundError, StoreError
from keywitness.store.plain import plain
from keywitness.store.records import StoredFinding
from keywitness.store.tables import FINDINGS

LONGEST_ID: Final = 300
_LARGEST: Final = 64_000_000
"""Bytes of one finding when unpacked: far above any record that the readers let in."""


def identify(findings: Iterable[Finding]) -> list[tuple[str, Finding]]:
    """Each finding with an id that the next run gives it again, whatever its answers are then.

    A log may hold several changes under one event id (an Azure caller chooses its own): they are counted.
    """
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        change = finding.change
        key = f"{change.provider}\x00{change.event_id}\x00{change.operation_id}"
        seen[key] += 1
        told = f"{key}\0{seen[key]}".encode("utf-8", errors="replace")
        found.append((hashlib.sha256(told).hexdigest()[:24], finding))
    return found


def event_key(event: EventId | None) -> str | None:
    """An event id as the columns hold it."""
    return plain(event, LONGEST_ID) if event is not None else None


def to_columns(finding_id: str, finding: Finding, case_id: str, tenant: str, now: datetime) -> dict[str, Any]:
    """The row of a finding."""
    text, whole = line(finding), pack(finding)
    return {
        "tenant_id": tenant,
        "finding_id": finding_id,
        "case_id": case_id,
        "event_id": event_key(finding.change.event_id),
        "parent_event_id": event_key(finding.parent_event_id),
        "at": finding.change.time,
        "decision": finding.decision.action,
        "priority": finding.decision.priority,
        "json": text,
        "sha256": hashlib.sha256(text.encode("ascii")).hexdigest(),
        "whole": zstandard.compress(whole),
        "whole_sha256": hashlib.sha256(whole).hexdigest(),
        "recorded_at": now,
    }


def of_case(desk: Desk, case_id: str, limit: int | None = None, offset: int = 0) -> tuple[StoredFinding, ...]:
    """The findings of a case, oldest first."""
    query = _query(desk, case_id).order_by(FINDINGS.c.at, FINDINGS.c.finding_id).limit(limit).offset(offset)
    return tuple(_stored(row) for row in desk.connection.execute(query))


def one(desk: Desk, case_id: str, finding_id: str) -> StoredFinding:
    """Raises NotFoundError when the case has no such finding."""
    row = desk.connection.execute(_query(desk, case_id).where(FINDINGS.c.finding_id == finding_id)).first()
    if row is None:
        raise NotFoundError(f"{case_id} has no such change")
    return _stored(row)


def _query(desk: Desk, case_id: str) -> "sa.Select[Any]":
    columns = (FINDINGS.c[name] for name in ("finding_id", "whole", "json", "sha256", "recorded_at"))
    return sa.select(*columns).where(FINDINGS.c.tenant_id == desk.tenant, FINDINGS.c.case_id == case_id)


def _stored(row: "sa.Row[Any]") -> StoredFinding:
    try:
        finding = unpack(zstandard.ZstdDecompressor().decompress(row.whole, max_output_size=_LARGEST))
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise StoreError(f"finding {row.finding_id} can't be read: it was changed in the database ({error})") from error
    return StoredFinding(row.finding_id, finding, row.json, row.sha256, row.recorded_at)
