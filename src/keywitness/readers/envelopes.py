"""What other tools wrap around a provider's record, and how to take it off.

An envelope is told by its own keys, never by a file's name. Each function
returns the records inside, or None when the object isn't its envelope.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from keywitness.readers.scan import CONTAINERS
from keywitness.readers.values import as_object

Record = Mapping[str, Any]
MAX_DEPTH: Final = 4  # an export of an export of an export is still read

_WRAPPERS: Final = ("data", "_source", "_raw", "result", "message", "@message", "original", "event")


def _container(record: Record) -> list[Any] | None:
    """A page or batch: S3 ``Records``, Event Hubs ``records``, Graph ``value``, LookupEvents ``Events``."""
    for key in CONTAINERS:
        inside = record.get(key)
        if isinstance(inside, list) and all(isinstance(item, Mapping) for item in inside):
            return inside
    return None


def _lookup_events(record: Record) -> list[Any] | None:
    """CloudTrail LookupEvents: the record is a JSON string beside PascalCase columns."""
    inside = record.get("CloudTrailEvent")
    return [inside] if isinstance(inside, str | Mapping) else None


def _event_bridge(record: Record) -> list[Any] | None:
    """EventBridge: the record is ``detail``."""
    inside = record.get("detail")
    return [inside] if isinstance(inside, Mapping) and "detail-type" in record else None


def _unified_audit(record: Record) -> list[Any] | None:
    """Search-UnifiedAuditLog and the Graph audit query: the record is ``AuditData``, often as a JSON string."""
    inside = record.get("AuditData") or record.get("auditData")
    return [inside] if isinstance(inside, str | Mapping) else None


def _wrapped(record: Record) -> list[Any] | None:
    """Search hits, forwarders and queues: the record is an object, or JSON in a string, under one of a few keys."""
    return next(([record[key]] for key in _WRAPPERS if as_object(record.get(key))), None)


ENVELOPES: Final[tuple[Callable[[Record], list[Any] | None], ...]] = (
    _container,
    _lookup_events,
    _event_bridge,
    _unified_audit,
    _wrapped,
)


def unwrap(record: Record, known: Callable[[Record], bool], depth: int = 0) -> Iterator[Record]:
    """The records inside ``record``, or itself when it is ``known`` or no envelope fits."""
    if depth < MAX_DEPTH and not known(record):
        for envelope in ENVELOPES:
            inside = envelope(record)
            if inside is not None:
                for item in inside:
                    yield from unwrap(_object(item), known, depth + 1)
                return
    yield record


def _object(item: Any) -> Record:
    return as_object(item) or {"unreadable": str(item)[:200]}
