"""The simulated company: reproducible, consistent with its own tickets, answers and geography."""

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import maxminddb
import pytest

from keywitness.simulate import Summary, simulate

CLOSE_BY_TICKET = frozenset({"b1-admin-ticketed", "b2-travel-ticketed", "b8-emergency", "b11-storage-key-ticketed"})
KINDS = {f"a{n}" for n in range(1, 15)} | {f"b{n}" for n in range(1, 12)}
Record = dict[str, Any]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    out = tmp_path_factory.mktemp("company")
    return out, simulate(out)


@pytest.fixture(scope="module")
def records(company: tuple[Path, Summary]) -> list[Record]:
    return [r for path in sorted((company[0] / "logs").rglob("*.gz")) for r in _records(path)]


def _records(path: Path) -> Iterator[Record]:
    text = gzip.decompress(path.read_bytes()).decode()
    if ".ndjson" in path.name:
        yield from map(json.loads, text.splitlines())
    else:
        body = json.loads(text)
        yield from body.get("Records") or body["value"]


def _id(record: Record) -> str:
    """The provider's own event id, in whichever shape."""
    properties = record.get("properties") or {}
    ids = (record.get("eventID"), record.get("insertId"), properties.get("id"), properties.get("eventDataId"))
    return next((str(i) for i in ids if i), str(record.get("id")))


def _time(record: Record) -> datetime:
    keys = ("eventTime", "timestamp", "time", "createdDateTime", "activityDateTime")
    text = str(next(record[k] for k in keys if k in record))
    return datetime.fromisoformat(text[:19] + "+00:00")


def _addresses(record: Record) -> set[str]:
    payload = (record.get("protoPayload") or {}).get("requestMetadata") or {}
    found = (
        record.get("sourceIPAddress"),
        record.get("callerIpAddress"),
        record.get("ipAddress"),
        payload.get("callerIp"),
    )
    return {ip for ip in found if ip}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _files(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_same_arguments_same_bytes(company: tuple[Path, Summary], tmp_path: Path) -> None:
    assert simulate(tmp_path) == company[1]
    assert _files(tmp_path) == _files(company[0])


def test_another_seed_gives_other_bytes(company: tuple[Path, Summary], tmp_path: Path) -> None:
    simulate(tmp_path, seed=8)
    assert _files(tmp_path)["expected.csv"] != _files(company[0])["expected.csv"]


@pytest.mark.parametrize(("days", "end"), [(30, date(2026, 11, 5)), (75, date(2027, 3, 2))])
def test_other_lengths_and_ends(tmp_path: Path, days: int, end: date) -> None:
    summary = simulate(tmp_path, days=days, end=end)
    assert summary.hostile == 19
    times = [_time(r) for path in (tmp_path / "logs").rglob("*.gz") for r in _records(path)]
    assert timedelta(days=days - 3) < max(times) - min(times) < timedelta(days=days + 2)


def test_too_few_days_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="29 days are too few"):
        simulate(tmp_path, days=29)


def test_the_summary_says_what_was_written(company: tuple[Path, Summary], records: list[Record]) -> None:
    out, summary = company
    verdicts = Counter(row["expect"] for row in _table(out / "expected.csv"))
    assert summary.events == len(records)
    assert (summary.hostile, summary.benign) == (verdicts["escalate"], verdicts["close"])
    assert summary.changes == len(_table(out / "context" / "changes.csv"))
    assert summary.files == len(_files(out))


def test_the_sample_stays_small(company: tuple[Path, Summary]) -> None:
    assert sum(map(len, _files(company[0]).values())) < 2_000_000
    assert 8_000 <= company[1].events <= 12_000


def test_event_ids_are_unique_and_answers_point_at_them(company: tuple[Path, Summary], records: list[Record]) -> None:
    seen = Counter(map(_id, records))
    rows = _table(company[0] / "expected.csv")
    assert max(seen.values()) == 1
    assert {row["event_id"]: seen[row["event_id"]] for row in rows} == {row["event_id"]: 1 for row in rows}
    assert {row["parent_event"] for row in rows} - {""} <= seen.keys()


def test_every_kind_is_there(company: tuple[Path, Summary]) -> None:
    rows = _table(company[0] / "expected.csv")
    assert {row["kind"].partition("-")[0] for row in rows} == KINDS
    assert all(row["expect"] == "escalate" for row in rows if row["kind"].startswith("a"))
    assert all(row["change_request"] == "yes" for row in rows if row["expect"] == "close")


def test_the_secrets_operation_has_an_en_dash_and_a_trailing_space(records: list[Record]) -> None:
    names = {r["operationName"] for r in records if r.get("category") == "AuditLogs"}
    assert "Update application \u2013 Certificates and secrets management " in names
    assert {"Update application", "Add service principal credentials", "Update service principal"} < names


def test_ticketed_changes_lie_in_their_windows(company: tuple[Path, Summary], records: list[Record]) -> None:
    by_id = {_id(r): r for r in records}
    tickets = [t for t in _table(company[0] / "context" / "changes.csv") if t["status"] == "approved"]
    rows = [r for r in _table(company[0] / "expected.csv") if r["expect"] == "close"]
    assert rows
    for row in rows:
        event = by_id[row["event_id"]]
        assert any(_covers(t, event) for t in tickets), row


def _covers(ticket: dict[str, str], event: Record) -> bool:
    start, end, approved = (datetime.fromisoformat(ticket[k]) for k in ("start", "end", "approved_at"))
    text, target = json.dumps(event, ensure_ascii=False), ticket["target"].replace("*", "")
    named = target == "self" or target in text
    return start <= _time(event) <= end and approved < _time(event) and ticket["actor"] in text and named


def test_no_ticket_was_approved_before_it_was_filed(company: tuple[Path, Summary]) -> None:
    for ticket in _table(company[0] / "context" / "changes.csv"):
        assert not ticket["approved_at"] or ticket["created"] <= ticket["approved_at"]
        assert ticket["start"] < ticket["end"]


def test_the_geography_knows_every_address(company: tuple[Path, Summary], records: list[Record]) -> None:
    context = company[0] / "context"
    addresses = {ip for r in records for ip in _addresses(r)}
    with maxminddb.open_database(context / "city.mmdb") as city, maxminddb.open_database(context / "asn.mmdb") as asn:
        assert city.metadata().build_epoch == datetime.fromisoformat("2026-11-05T00:00:00+00:00").timestamp()
        for ip in addresses:
            place, network = city.get(ip), asn.get(ip)
            assert isinstance(place, dict)
            assert isinstance(network, dict)
            assert {"country", "city", "location"} == place.keys()
            assert {"autonomous_system_number", "autonomous_system_organization"} == network.keys()


def test_new_keys_are_used_where_the_story_says(company: tuple[Path, Summary], records: list[Record]) -> None:
    by_id = {_id(r): r for r in records}
    kinds = {row["kind"]: row for row in _table(company[0] / "expected.csv")}
    child, parent = by_id[kinds["a2-child-key"]["event_id"]], by_id[kinds["a2-child-key"]["parent_event"]]
    assert child["userIdentity"]["accessKeyId"] == parent["responseElements"]["accessKey"]["accessKeyId"]
    name = by_id[kinds["a5-foreign-account-key"]["event_id"]]["protoPayload"]["response"]["name"]
    uses = [r for r in records if name in str((r.get("protoPayload") or {}).get("authenticationInfo"))]
    assert len(uses) == 3
    secret = by_id[kinds["a4-risky-principal-secret"]["event_id"]]["properties"]["targetResources"][0]
    changed, uses = str(secret["modifiedProperties"]), [r for r in records if "servicePrincipalCredentialKeyId" in r]
    signed_in = [r for r in uses if r["servicePrincipalCredentialKeyId"] in changed]
    assert "185.165.190.71" in {r["ipAddress"] for r in signed_in}


def test_denied_and_removed_credentials_are_there(records: list[Record]) -> None:
    denied = [r for r in records if r.get("eventName") == "CreateAccessKey" and r.get("errorCode") == "AccessDenied"]
    names = {r.get("eventName") for r in records}
    assert len(denied) == 2
    assert {
        "DeleteAccessKey",
        "UpdateAccessKey",
        "ConsoleLogin",
        "AssumeRole",
        "StopLogging",
        "CreateLoginProfile",
    } < names


def test_azure_logs_two_rows_a_call(records: list[Record]) -> None:
    rows = [r for r in records if r.get("category") == "Administrative"]
    assert Counter(r["resultType"] for r in rows) == {"Start": len(rows) // 2, "Success": len(rows) // 2}
    assert set(Counter(r["correlationId"] for r in rows).values()) == {2}
