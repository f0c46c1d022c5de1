"""What other tools wrap around a provider's record, and how to take it off.

An envelope is told by its own keys, never by a file's name. Each function
returns the records inside, or None when the object isn't its envelope. Copies
that have been laid out anew are put back by the ``…_copies`` modules.
"""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from keywitness.readers import MAX_RECORD, aws_copies, elastic_copies, google_copies, microsoft_copies
from keywitness.readers.scan import CONTAINERS
from keywitness.readers.values import as_object

Record = Mapping[str, Any]
MAX_DEPTH: Final = 6  # an export of an export of an export is still read

_WRAPPERS: Final = (
    *("CloudTrailEvent", "AuditData", "auditData", "RawEventData", "eventData"),
    *("data", "_source", "_raw", "result", "message", "@message", "original", "event", "log"),
    *("Message", "Sns", "Body", "body", "fields"),
)
"""Keys under which exports, search hits, forwarders and queues keep one record, as an object or as JSON in a string.
LookupEvents, Search-UnifiedAuditLog, CloudAppEvents and Lake come first: their rows have other keys of this list."""
_MESSAGE: Final = ("messageId", "message_id", "publishTime")
_PREFIX: Final = 400  # characters of a syslog header before the JSON


def _container(record: Record) -> list[Any] | None:
    """A page or batch: S3 ``Records``, Event Hubs ``records``, Graph ``value``, LookupEvents ``Events``."""
    for key in CONTAINERS:
        inside = record.get(key)
        if isinstance(inside, list) and all(isinstance(item, Mapping) for item in inside):
            return inside
    return None


def _hits(record: Record) -> list[Any] | None:
    """A search response of Elasticsearch or OpenSearch."""
    inside = as_object(record.get("hits")).get("hits")
    return inside if isinstance(inside, list) else None


def _event_bridge(record: Record) -> list[Any] | None:
    """EventBridge: the record is ``detail``."""
    inside = record.get("detail")
    return [inside] if isinstance(inside, Mapping) and "detail-type" in record else None


def _encoded(record: Record) -> list[Any] | None:
    """Base64 under ``data``: a Pub/Sub message, a Kinesis record, a CloudWatch Logs subscription (compressed)."""
    for holder in (as_object(record.get("awslogs")), as_object(record.get("kinesis")), record):
        data = holder.get("data")
        if isinstance(data, str) and (holder is not record or any(key in record for key in _MESSAGE)):
            return _decoded(data)
    return None


def _decoded(data: str) -> list[Any] | None:
    try:
        content = base64.b64decode(data, validate=True)
        if content.startswith(b"\x1f\x8b"):
            content = zlib.decompressobj(31).decompress(content, MAX_RECORD)
        found = json.loads(content)
    except (ValueError, zlib.error, RecursionError):
        return None
    if isinstance(found, Mapping) and found.get("messageType") == "CONTROL_MESSAGE":
        return []  # CloudWatch Logs asks whether anyone is there
    return found if isinstance(found, list) else [found]


def _wrapped(record: Record) -> list[Any] | None:
    """An object, or JSON in a string, under one of a few keys."""
    return next(([found] for key in _WRAPPERS if (found := _embedded(record.get(key)))), None)


ENVELOPES: Final[tuple[Callable[[Record], list[Any] | None], ...]] = (
    _container,
    _hits,
    _event_bridge,
    _encoded,
    aws_copies.lake_results,
    aws_copies.athena,
    aws_copies.ocsf,
    aws_copies.sentinel,
    microsoft_copies.entra,
    microsoft_copies.office,
    microsoft_copies.hunting_sign_in,
    google_copies.bigquery,
    google_copies.log_analytics,
    elastic_copies.elastic,
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
    return _embedded(item) or {"unreadable": str(item)[:200]}


def _embedded(value: Any) -> Record:
    """An object, or JSON in a string, also behind a syslog header; empty when it is neither."""
    found = as_object(value)
    if found or not isinstance(value, str):
        return found
    start = value.find("{", 0, _PREFIX)
    return as_object(value[start:]) if start > 0 else {}
