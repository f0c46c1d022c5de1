"""Hunt queries for a case: everything by its addresses, credentials, sessions and actors, in five languages.

A value is hostile text: it is written as a literal of the language, or left out where the language has none for it.
The tables and fields are those that each product's own connector makes of CloudTrail; BigQuery has those of Cloud Audit
Logs. The time is the case's, a day either side.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from keywitness.model import Case

AROUND: Final = timedelta(days=1)
MOST: Final = 20
"""Values of one kind in one query."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """A kind of value that a case has, and the values, each on one line."""

    kind: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Language:
    """``quote`` makes a literal of any text; ``fields`` are the columns to look for a kind of value in."""

    name: str
    quote: Callable[[str], str]
    fields: Mapping[str, tuple[str, ...]]
    query: Callable[[Sequence[str], Sequence[str], str, str], str]


@dataclass(frozen=True, slots=True)
class Hunt:
    language: str
    kind: str
    text: str


def pivots(case: Case) -> tuple[Pivot, ...]:
    """What can be hunted for; a kind without values is left out."""
    changes = [finding.change for finding in case.findings]
    found = {
        "address": [c.source_ip for c in changes],
        "credential": [v for c in changes for v in (*c.credential_ids, c.credential_used)],
        "actor": [c.actor.id or c.actor.name for c in changes],
        "client": [c.user_agent for c in changes],
    }
    kept = {
        kind: tuple(dict.fromkeys(v for v in values if v and v.isprintable()))[:MOST] for kind, values in found.items()
    }
    return tuple(Pivot(kind, values) for kind, values in kept.items() if values)


def hunts(case: Case) -> tuple[Hunt, ...]:
    """The queries, language by language."""
    start = min(f.change.time for f in case.findings) - AROUND
    end = max(f.change.time for f in case.findings) + AROUND
    return tuple(_hunt(language, pivot, start, end) for language in LANGUAGES for pivot in pivots(case))


def _hunt(language: Language, pivot: Pivot, start: datetime, end: datetime) -> Hunt:
    values = [language.quote(value) for value in pivot.values]
    first, last = (f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in (start, end))
    return Hunt(language.name, pivot.kind, language.query(language.fields[pivot.kind], values, first, last))


def escaped(text: str) -> str:
    r"""``"…"`` with backslashes and quotes escaped: Splunk, Kusto, Lucene and GoogleSQL."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def doubled(text: str) -> str:
    """``'…'`` with quotes doubled: standard SQL, where a backslash is a backslash."""
    return "'" + text.replace("'", "''") + "'"


def _splunk(fields: Sequence[str], values: Sequence[str], start: str, end: str) -> str:
    found = " OR ".join(f"{field} IN ({', '.join(values)})" for field in fields)
    times = f'earliest="{_splunk_time(start)}" latest="{_splunk_time(end)}"'
    return f'sourcetype="aws:cloudtrail" {times} ({found})\n| sort 0 _time'


def _splunk_time(time: str) -> str:
    """``%m/%d/%Y:%H:%M:%S``, the only spelling that ``earliest`` takes."""
    return f"{datetime.fromisoformat(time):%m/%d/%Y:%H:%M:%S}"


def _kusto(fields: Sequence[str], values: Sequence[str], start: str, end: str) -> str:
    found = " or ".join(f"{field} in~ ({', '.join(values)})" for field in fields)
    times = f"TimeGenerated between (datetime({start}) .. datetime({end}))"
    return f"AWSCloudTrail\n| where {times}\n| where {found}\n| sort by TimeGenerated asc"


def _elastic(fields: Sequence[str], values: Sequence[str], start: str, end: str) -> str:
    found = " or ".join(f"{field} : ({' or '.join(values)})" for field in fields)
    return f'event.dataset : "aws.cloudtrail" and @timestamp >= "{start}" and @timestamp < "{end}" and ({found})'


def _athena(fields: Sequence[str], values: Sequence[str], start: str, end: str) -> str:
    times = f"eventtime >= '{start}' AND eventtime < '{end}'"
    return _sql("cloudtrail_logs", times, fields, values, "eventtime")


def _bigquery(fields: Sequence[str], values: Sequence[str], start: str, end: str) -> str:
    times = f"timestamp >= TIMESTAMP '{start}' AND timestamp < TIMESTAMP '{end}'"
    return _sql("`audit.cloudaudit_googleapis_com_activity`", times, fields, values, "timestamp")


def _sql(table: str, times: str, fields: Sequence[str], values: Sequence[str], order: str) -> str:
    found = " OR ".join(f"{field} IN ({', '.join(values)})" for field in fields)
    return "\n".join(("SELECT *", f"FROM {table}", f"WHERE {times}", f"  AND ({found})", f"ORDER BY {order}"))


LANGUAGES: Final[tuple[Language, ...]] = (
    Language(
        "Splunk",
        escaped,
        {
            "address": ("sourceIPAddress",),
            "credential": ("userIdentity.accessKeyId", "responseElements.accessKey.accessKeyId"),
            "actor": ("userIdentity.arn",),
            "client": ("userAgent",),
        },
        _splunk,
    ),
    Language(
        "Sentinel (KQL)",
        escaped,
        {
            "address": ("SourceIpAddress",),
            "credential": ("UserIdentityAccessKeyId",),
            "actor": ("UserIdentityArn",),
            "client": ("UserAgent",),
        },
        _kusto,
    ),
    Language(
        "Elastic (KQL)",
        escaped,
        {
            "address": ("source.ip",),
            "credential": ("aws.cloudtrail.user_identity.access_key_id",),
            "actor": ("aws.cloudtrail.user_identity.arn",),
            "client": ("user_agent.original",),
        },
        _elastic,
    ),
    Language(
        "Athena",
        doubled,
        {
            "address": ("sourceipaddress",),
            "credential": ("useridentity.accesskeyid",),
            "actor": ("useridentity.arn",),
            "client": ("useragent",),
        },
        _athena,
    ),
    Language(
        "BigQuery",
        escaped,
        {
            "address": ("protopayload_auditlog.requestMetadata.callerIp",),
            "credential": ("protopayload_auditlog.authenticationInfo.serviceAccountKeyName",),
            "actor": ("protopayload_auditlog.authenticationInfo.principalEmail",),
            "client": ("protopayload_auditlog.requestMetadata.callerSuppliedUserAgent",),
        },
        _bigquery,
    ),
)
