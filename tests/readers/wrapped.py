"""Each shape in which a record may arrive: how it is made from the bare record, and which columns it loses."""

import base64
import gzip
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.readers.copies import (
    audit_row,
    ecs_activity,
    ecs_cloudtrail,
    ecs_entra,
    ecs_github,
    ecs_google,
    ecs_okta,
    hunting_row,
    lake_row,
    log_analytics_row,
    monitored,
    ocsf,
    office_row,
    printed,
    sentinel_trail,
    sign_in_row,
    sink_row,
)
from tests.readers.records import Record, gz, lines
from tests.readers.test_tables import written

Build = Callable[[Record], bytes]


@dataclass(frozen=True)
class Shape:
    """``title`` is its row in docs/logs.md. ``lost`` are columns that it can't hold; ``plain`` means no brackets."""

    title: str
    records: frozenset[str]  # the kinds of record that come in it
    build: Build
    lost: frozenset[str] = frozenset()
    plain: bool = False


def document(key: str) -> Build:
    return lambda record: json.dumps({key: [record]}).encode()


def inside(key: str, **beside: Any) -> Build:
    return lambda record: lines({key: record} | beside)


def quoted(key: str, **beside: Any) -> Build:
    return lambda record: lines({key: json.dumps(record)} | beside)


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def subscription(record: Record) -> bytes:
    events = {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "timestamp": 1, "message": json.dumps(record)}]}
    return lines({"awslogs": {"data": base64_of(gz(json.dumps(events).encode()))}})


def pushed(record: Record) -> bytes:
    message = {"data": base64_of(json.dumps(record).encode()), "messageId": "1", "publishTime": "2026-03-02T10:00:00Z"}
    return lines({"message": message, "subscription": "projects/p/subscriptions/s"})


def pulled(record: Record) -> bytes:
    message = {"data": base64_of(json.dumps(record).encode()), "messageId": "1"}
    return json.dumps({"receivedMessages": [{"ackId": "a", "message": message}]}).encode()


def hits(record: Record) -> bytes:
    source = {"@timestamp": "x", "event": {"original": json.dumps(record), "action": "a"}, "aws": {"cloudtrail": {}}}
    return json.dumps(
        {"took": 1, "hits": {"total": 1, "hits": [{"_index": "logs", "_source": source}]}}, indent=1
    ).encode()


def query(record: Record) -> bytes:
    cells = [json.dumps(v) if isinstance(v, dict | list) else v for v in record.values()]
    table = {"name": "PrimaryResult", "columns": [{"name": k, "type": "string"} for k in record], "rows": [cells]}
    return json.dumps({"tables": [table]}).encode()


def table(respell: Callable[[Record], Mapping[str, Any]]) -> Build:
    return lambda record: written([cells(respell(record))])


def cells(row: Mapping[str, Any]) -> Record:
    return {k: v if isinstance(v, str | dict | list) else json.dumps(v) for k, v in row.items() if v is not None}


def portal(row: Mapping[str, Any]) -> Record:
    """A row as Sentinel's portal exports it to CSV: the zone in the header, and a US time."""
    when = datetime.fromisoformat(row["TimeGenerated"])
    shown = when.strftime("%-m/%-d/%Y, %-I:%M:%S.%f %p")
    return {"TimeGenerated [UTC]": shown} | {k: v for k, v in row.items() if k != "TimeGenerated"}


def parquet(row: Mapping[str, Any]) -> bytes:
    """One row, structs as structs: Parquet has none without fields."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([pruned(row)]), out)
    return out.getvalue()


def pruned(row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    return {k: inner for k, v in row.items() if (inner := pruned(v)) != {}}


def texts(row: Mapping[str, Any]) -> Record:
    return {k: json.dumps(v) if isinstance(v, dict | list) else v for k, v in row.items()}


def rows_of(respell: Callable[[Record], Mapping[str, Any]]) -> Build:
    return lambda record: lines(respell(record))


def queried(record: Record) -> bytes:
    row = [{k: v if isinstance(v, str) else json.dumps(v)} for k, v in lake_row(record).items()]
    return json.dumps({"QueryResultRows": [row]}).encode()


def looked_up(record: Record) -> bytes:
    row = {"EventId": "e", "EventName": "n", "ReadOnly": "true", "CloudTrailEvent": json.dumps(record)}
    return json.dumps({"Events": [row]}, indent=1).encode()


def hub(record: Record) -> bytes:
    return json.dumps({"records": [record if "identity" in record else monitored(record)]}).encode()


def unified(record: Record) -> Record:
    return {"CreationDate": "x", "UserIds": "u", "Operations": "o", "AuditData": json.dumps(record)}


def purview(record: Record) -> Record:
    return {"RecordId": "x", "CreationDate": "2026", "Operation": "o", "AuditData": json.dumps(record)}


def queued(record: Record) -> bytes:
    body = json.dumps({"Type": "Notification", "Message": json.dumps(record)})
    return json.dumps({"Messages": [{"MessageId": "m", "Body": body}]}).encode()


def athena_json(record: Record) -> bytes:
    return lines({k.lower(): v for k, v in texts(record).items()})


BRIDGE = {"detail-type": "AWS API Call via CloudTrail", "source": "aws.iam", "id": "x"}
REGION = frozenset({"region"})
HUNTING = frozenset({"error", "mfa", "target_id", "credential_used"})


def activity_row(record: Record) -> Record:
    """Sentinel's AzureActivity columns."""
    own = record["identity"]["claims"]
    return {
        "TenantId": "workspace",
        "TimeGenerated": record["time"],
        "OperationNameValue": record["operationName"],
        "CategoryValue": record["category"],
        "ActivityStatusValue": record["resultType"],
        "ActivitySubstatusValue": record.get("resultSignature"),
        "Caller": own.get("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"),
        "CallerIpAddress": record.get("callerIpAddress"),
        "Claims": json.dumps(own),
        "CorrelationId": record.get("correlationId"),
        "EventDataId": (record.get("properties") or {}).get("eventDataId"),
        "Properties": json.dumps(record.get("properties")),
        "ResourceId": record["resourceId"],
        "_ResourceId": record["resourceId"].lower(),
        "SubscriptionId": "abcdef99-8888-7777-6666-555555555555",
        "Type": "AzureActivity",
    }


AWS, GCP, AZURE, M365 = frozenset({"aws"}), frozenset({"gcp"}), frozenset({"azure"}), frozenset({"m365"})
AUDIT, SIGN_IN, RISK = frozenset({"entra-audit"}), frozenset({"entra-sign-in"}), frozenset({"entra-risk"})
ENTRA = AUDIT | SIGN_IN | RISK
ALL = AWS | GCP | AZURE | M365 | ENTRA | {"okta", "github"}

SHAPES = (
    Shape("JSON lines", ALL, lines),
    Shape("JSON list", ALL, lambda r: json.dumps([r], indent=2).encode()),
    Shape("gzip", ALL, lambda r: gzip.compress(lines(r))),
    Shape("syslog header", ALL, lambda r: b"<134>1 2026-03-02T10:00:00Z host app - - - " + lines(r)),
    Shape("CloudTrail: S3", AWS, document("Records")),
    Shape(
        "CloudTrail: LookupEvents",
        AWS,
        looked_up,
    ),
    Shape(
        "CloudTrail: EventBridge",
        AWS,
        inside("detail", **BRIDGE),
    ),
    Shape("CloudTrail: CloudWatch Logs export", AWS, quoted("message", timestamp=1)),
    Shape(
        "CloudTrail: CloudWatch Logs events",
        AWS,
        lambda r: json.dumps({"logEvents": [{"id": "1", "message": json.dumps(r)}]}).encode(),
    ),
    Shape("CloudTrail: CloudWatch Logs subscription", AWS, subscription),
    Shape("CloudTrail: CloudTrail Lake, eventData", AWS, quoted("eventData", eventDataStoreId="x")),
    Shape("CloudTrail: CloudTrail Lake, GetQueryResults", AWS, queried, plain=True),
    Shape("CloudTrail: CloudTrail Lake, CSV", AWS, table(lake_row), plain=True),
    Shape("CloudTrail: Athena, CSV", AWS, table(printed), plain=True),
    Shape(
        "CloudTrail: Athena, JSON",
        AWS,
        athena_json,
    ),
    Shape("CloudTrail: Athena, Parquet", AWS, lambda r: parquet({k.lower(): v for k, v in texts(r).items()})),
    Shape("CloudTrail: Security Lake (OCSF)", AWS, rows_of(ocsf)),
    Shape("CloudTrail: Security Lake (OCSF), Parquet", AWS, lambda r: parquet(ocsf(r))),
    Shape("CloudTrail: Sentinel, AWSCloudTrail", AWS, rows_of(sentinel_trail)),
    Shape("Microsoft: Graph", ENTRA, document("value")),
    Shape("Microsoft: Azure Monitor", ENTRA, rows_of(monitored)),
    Shape(
        "Microsoft: Event Hubs",
        ENTRA | AZURE,
        hub,
    ),
    Shape("Microsoft: Sentinel, AuditLogs", AUDIT, rows_of(audit_row)),
    Shape("Microsoft: Sentinel, AuditLogs, CSV", AUDIT, table(lambda r: portal(audit_row(r)))),
    Shape("Microsoft: Log Analytics query", AUDIT, lambda r: query(audit_row(r))),
    Shape("Microsoft: Sentinel, sign-ins", SIGN_IN, rows_of(sign_in_row)),
    Shape("Microsoft: Sentinel, sign-ins, CSV", SIGN_IN, table(lambda r: portal(sign_in_row(r)))),
    Shape("Microsoft: Sentinel, risks", RISK, rows_of(sign_in_row)),
    Shape("Microsoft: Sentinel, AzureActivity", AZURE, rows_of(activity_row), REGION),
    Shape(
        "Microsoft: Sentinel, AzureActivity, CSV",
        AZURE,
        table(lambda r: portal(activity_row(r))),
        REGION,
    ),
    Shape("Microsoft: Sentinel, OfficeActivity", M365, rows_of(office_row)),
    Shape("Microsoft: Sentinel, OfficeActivity, CSV", M365, table(lambda r: portal(office_row(r)))),
    Shape(
        "Microsoft: Unified Audit Log, CSV",
        M365,
        table(unified),
    ),
    Shape(
        "Microsoft: Purview export, CSV",
        M365,
        table(purview),
    ),
    Shape(
        "Microsoft: Defender, CloudAppEvents",
        M365,
        rows_of(lambda r: {"Timestamp": "2026-03-02", "ActionType": "x", "RawEventData": r}),
    ),
    Shape(
        "Microsoft: Defender, AADSignInEventsBeta",
        SIGN_IN,
        rows_of(hunting_row),
        HUNTING,
    ),
    Shape("Google: gcloud logging read", GCP, lambda r: json.dumps([r], indent=2).encode()),
    Shape("Google: entries.list", GCP, document("entries")),
    Shape("Google: Pub/Sub push", GCP, pushed),
    Shape("Google: Pub/Sub pull", GCP, pulled),
    Shape("Google: BigQuery sink", GCP, rows_of(sink_row)),
    Shape("Google: BigQuery sink, Parquet", GCP, lambda r: parquet(texts(sink_row(r)))),
    Shape("Google: Log Analytics", GCP, rows_of(log_analytics_row)),
    Shape("Elastic: documents with event.original", ALL, hits),
    Shape("Elastic: dotted names", ALL, lambda r: lines({"@timestamp": "x", "event.original": [json.dumps(r)]})),
    Shape("Elastic: aws.cloudtrail", AWS, rows_of(ecs_cloudtrail)),
    Shape("Elastic: azure.auditlogs", AUDIT, rows_of(ecs_entra)),
    Shape("Elastic: azure.signinlogs", SIGN_IN, rows_of(ecs_entra)),
    Shape("Elastic: azure.activitylogs", AZURE, rows_of(ecs_activity), REGION),
    Shape("Elastic: gcp.audit", GCP, rows_of(ecs_google), frozenset({"target_id", "call_id", "region"})),
    Shape("Elastic: okta", frozenset({"okta"}), rows_of(ecs_okta)),
    Shape("Elastic: github", frozenset({"github"}), rows_of(ecs_github), frozenset({"credential_used"})),
    Shape(
        "Splunk: JSON export",
        ALL,
        lambda r: lines({"preview": False, "offset": 0, "result": {"_raw": json.dumps(r), "host": "h"}}),
    ),
    Shape(
        "Splunk: REST results",
        ALL,
        lambda r: json.dumps({"preview": False, "results": [{"_raw": json.dumps(r)}]}).encode(),
    ),
    Shape("Splunk: CSV export", ALL, table(lambda r: {"_time": "2026", "_raw": json.dumps(r), "host": "h"})),
    Shape("Splunk: HTTP event", ALL, inside("event", time=1, sourcetype="x")),
    Shape(
        "SNS and SQS",
        ALL,
        lambda r: json.dumps(
            {"Messages": [{"Body": json.dumps({"Type": "Notification", "Message": json.dumps(r)})}]}
        ).encode(),
    ),
)
