"""Cloud Audit Logs as rows of BigQuery: a sink's export, or Log Analytics → a LogEntry.

What doesn't come back: ``@type``, and of ``serviceData`` only what the export kept as JSON.
"""

from typing import Any, Final

from keywitness.readers.columns import Record, camel, parsed, respelled, utc
from keywitness.readers.values import as_object

_JSON: Final = {
    "requestJson": "request",
    "responseJson": "response",
    "metadataJson": "metadata",
    "serviceDataJson": "serviceData",
}
_FREE: Final = ("request", "response", "metadata", "serviceData")
"""Objects whose keys are the services' own and are left alone."""
_TIMES: Final = ("timestamp", "receiveTimestamp")


def bigquery(record: Record) -> list[Any] | None:
    """A sink's export: ``protopayload_auditlog``, with the free parts as JSON strings."""
    payload = as_object(record.get("protopayload_auditlog"))
    return [_entry(record, payload, "protopayload_auditlog")] if payload else None


def log_analytics(record: Record) -> list[Any] | None:
    """Log Analytics: ``proto_payload.audit_log``, all names in snake case."""
    payload = as_object(as_object(record.get("proto_payload")).get("audit_log"))
    return [_entry(record, payload, "proto_payload")] if payload else None


def _entry(record: Record, payload: Record, column: str) -> dict[str, Any]:
    entry: dict[str, Any] = {camel(k): parsed(v) for k, v in record.items() if k != column and v is not None}
    for name in _TIMES:
        if name in entry:
            entry[name] = utc(entry[name])
    return entry | {"protoPayload": audit_log(payload)}


def audit_log(payload: Record) -> dict[str, Any]:
    """The AuditLog object in its own spelling."""
    found: dict[str, Any] = {}
    for key, value in payload.items():
        name = camel(key)
        name = _JSON.get(name, name)
        if value is None or value == "":
            continue
        found[name] = parsed(value) if name in _FREE else respelled(parsed(value))
    return found
