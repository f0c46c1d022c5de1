"""Log files: where each provider puts them, oldest record first."""

import gzip
import json
from pathlib import Path

from tests.simulate.sample import read, time_of


def test_layout(company: Path) -> None:
    logs = company / "logs"
    names = {path.relative_to(logs).as_posix() for path in logs.rglob("*.gz") if "AWSLogs" not in path.parts}
    assert names == {
        "azure/insights-activity-logs.ndjson.gz",
        "entra/insights-logs-auditlogs.ndjson.gz",
        "entra/riskDetections.json.gz",
        "entra/servicePrincipalSignIns.json.gz",
        "entra/signIns.json.gz",
        "gcp/cloudaudit.ndjson.gz",
    }
    trails = list((logs / "aws" / "AWSLogs" / "111122223333" / "CloudTrail" / "us-east-1").glob("*/*/*/*.json.gz"))
    assert len(trails) >= 45
    assert all(path.name.startswith("111122223333_CloudTrail_us-east-1_2026") for path in trails)


def test_each_trail_file_holds_its_day(company: Path) -> None:
    for path in (company / "logs" / "aws").rglob("*.json.gz"):
        assert {time_of(record).strftime("%Y/%m/%d") for record in read(path)} == {"/".join(path.parts[-4:-1])}


def test_records_are_in_order(company: Path) -> None:
    for path in (company / "logs").rglob("*.gz"):
        times = [time_of(record) for record in read(path)]
        assert times == sorted(times)


def test_graph_exports_name_their_collection(company: Path) -> None:
    for path in (company / "logs" / "entra").glob("*.json.gz"):
        body = json.loads(gzip.decompress(path.read_bytes()))
        assert body["@odata.context"].startswith("https://graph.microsoft.com/v1.0/$metadata#")
        assert body["value"]


def test_headers_carry_no_time(company: Path) -> None:
    assert {path.read_bytes()[4:8] for path in (company / "logs").rglob("*.gz")} == {bytes(4)}
