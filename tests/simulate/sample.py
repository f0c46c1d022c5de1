"""How the tests read what the simulator wrote: records in every shape, tables, and raw files."""

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def read(path: Path) -> Iterator[Record]:
    text = gzip.decompress(path.read_bytes()).decode()
    if ".ndjson" in path.name:
        yield from map(json.loads, text.splitlines())
    else:
        body = json.loads(text)
        yield from body.get("Records") or body["value"]


def event_id(record: Record) -> str:
    """The provider's own event id, in whichever shape."""
    properties = record.get("properties") or {}
    own = (record.get(key) for key in ("eventID", "insertId", "uuid", "_document_id", "Id"))
    ids = (*own, properties.get("id"), properties.get("eventDataId"))
    return next((str(i) for i in ids if i), str(record.get("id")))


def time_of(record: Record) -> datetime:
    if "@timestamp" in record:
        return datetime.fromtimestamp(record["@timestamp"] // 1000, UTC)
    keys = ("eventTime", "timestamp", "time", "createdDateTime", "activityDateTime", "published", "CreationTime")
    return datetime.fromisoformat(str(next(record[k] for k in keys if k in record))[:19] + "+00:00")


def addresses(record: Record) -> set[str]:
    caller = ((record.get("protoPayload") or {}).get("requestMetadata") or {}).get("callerIp")
    found = (record.get("sourceIPAddress"), record.get("callerIpAddress"), record.get("ipAddress"), caller)
    return {ip for ip in found if ip}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def unpacked(root: Path) -> dict[str, bytes]:
    """The files' contents, whatever the zlib that packed them."""
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in files(root).items()}
