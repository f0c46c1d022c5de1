"""The log files: each provider's own layout, gzip-compressed, without a clock in them."""

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from keywitness.simulate.aws import REGIONS
from keywitness.simulate.ids import suffix
from keywitness.simulate.stage import Record, Stage

_GRAPH: Final = "https://graph.microsoft.com/v1.0/$metadata#"
GRAPH_EXPORTS: Final = {  # stream: what Graph calls the collection
    "entra/signIns": "auditLogs/signIns",
    "entra/servicePrincipalSignIns": "auditLogs/signIns",
    "entra/riskDetections": "identityProtection/riskDetections",
}
LINES: Final = {  # stream: file and the field that orders it
    "entra/audit": ("entra/insights-logs-auditlogs.ndjson.gz", "time"),
    "azure": ("azure/insights-activity-logs.ndjson.gz", "time"),
    "gcp": ("gcp/cloudaudit.ndjson.gz", "timestamp"),
    "okta": ("okta/system-log.ndjson.gz", "published"),
    "github": ("github/audit-log.ndjson.gz", "@timestamp"),
    "m365": ("m365/audit.general.ndjson.gz", "CreationTime"),
}


def write(stage: Stage, folder: Path) -> list[Path]:
    """Write every stream below ``folder``, oldest record first. Returns the files."""
    files = [_lines(stage, folder, stream) for stream in LINES if stream in stage.logs]
    files += [_export(stage, folder, stream) for stream in GRAPH_EXPORTS]
    for account in REGIONS:
        files += _trail(stage, folder / "aws", account)
    return files


def _lines(stage: Stage, folder: Path, stream: str) -> Path:
    name, order = LINES[stream]
    records = sorted(stage.logs[stream], key=lambda r: str(r[order]))
    return _save(folder / name, b"".join(_json(r) + b"\n" for r in records))


def _export(stage: Stage, folder: Path, stream: str) -> Path:
    records = sorted(stage.logs[stream], key=lambda r: str(r.get("createdDateTime", r.get("activityDateTime"))))
    body = {"@odata.context": f"{_GRAPH}{GRAPH_EXPORTS[stream]}", "value": records}
    return _save(folder / f"{stream}.json.gz", _json(body))


def _trail(stage: Stage, folder: Path, account: str) -> Iterable[Path]:
    """One file a day, below the path that CloudTrail delivers to."""
    region, days = REGIONS[account], defaultdict[str, list[Record]](list)
    for record in sorted(stage.logs[f"aws/{account}"], key=lambda r: str(r["eventTime"])):
        days[record["eventTime"][:10]].append(record)
    names = random.Random(f"{account}/{stage.start}")
    for day, records in days.items():
        below = folder / "AWSLogs" / account / "CloudTrail" / region / day.replace("-", "/")
        name = f"{account}_CloudTrail_{region}_{day.replace('-', '')}T0000Z_{suffix(names, 16)}.json.gz"
        yield _save(below / name, _json({"Records": records}))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _save(path: Path, data: bytes) -> Path:
    """Compress without file name and time in the header, so that the bytes depend on the content only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(data)
    path.write_bytes(packed.getvalue())
    return path
