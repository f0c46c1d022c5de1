"""Alerts as evidence: each product's alert names its principal in the form of the provider's own log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywitness.errors import UsageError
from keywitness.readers import READERS, alerts
from keywitness.readers.alerts import READER, kinds
from tests.readers.records import NOTHING, Record, ask, lines, read
from tests.readers.test_tables import written

MIA = "arn:aws:iam::111122223333:user/mia"
OID = "aaaaaaaa-0000-4000-8000-000000000001"
AT = 1_772_445_600_000_000  # 2026-03-02T10:00:00Z


def guardduty(kind: str = "IAMUser") -> Record:
    return {
        "schemaVersion": "2.0",
        "accountId": "111122223333",
        "region": "eu-west-1",
        "partition": "aws",
        "id": "gd-1",
        "arn": "arn:aws:guardduty:eu-west-1:111122223333:detector/d/finding/gd-1",
        "type": "UnauthorizedAccess:IAMUser/MaliciousIPCaller",
        "resource": {
            "resourceType": "AccessKey",
            "accessKeyDetails": {
                "accessKeyId": "AKIAEXAMPLE",
                "principalId": "AIDA",
                "userName": "mia",
                "userType": kind,
            },
        },
        "service": {
            "serviceName": "guardduty",
            "action": {"awsApiCallAction": {"remoteIpDetails": {"ipAddressV4": "192.0.2.66"}}},
            "eventLastSeen": "2026-03-02T10:00:00Z",
        },
        "severity": 8,
        "title": "API called from a malicious address",
        "updatedAt": "2026-03-02T10:05:00Z",
    }


def pascal(value: Any) -> Any:
    if isinstance(value, dict):
        return {k[0].upper() + k[1:]: pascal(v) for k, v in value.items()}
    return [pascal(v) for v in value] if isinstance(value, list) else value


HUB = {
    "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/guardduty",
    "GeneratorId": "arn:aws:guardduty:x",
    "Id": "hub-1",
    "AwsAccountId": "111122223333",
    "Title": "Malicious caller",
    "Types": ["TTPs/UnauthorizedAccess"],
    "LastObservedAt": "2026-03-02T10:00:00Z",
    "Resources": [
        {
            "Type": "AwsIamAccessKey",
            "Id": "AWS::IAM::AccessKey:AKIAEXAMPLE",
            "Details": {
                "AwsIamAccessKey": {"PrincipalType": "IAMUser", "PrincipalName": "mia", "AccessKeyId": "AKIAEXAMPLE"}
            },
        }
    ],
    "Action": {"AwsApiCallAction": {"RemoteIpDetails": {"IpAddressV4": "192.0.2.66"}}},
}
OCSF = {
    "class_uid": 2004,
    "time": 1_772_445_600_000,
    "finding_info": {"uid": "o-1", "title": "Malicious caller"},
    "cloud": {"account": {"uid": "111122223333"}, "region": "eu-west-1"},
    "evidences": [
        {"actor": {"user": {"uid": MIA, "credential_uid": "AKIAEXAMPLE"}}, "src_endpoint": {"ip": "192.0.2.66"}}
    ],
}
DEFENDER = {
    "id": "da-1",
    "title": "Impossible travel",
    "serviceSource": "microsoftDefenderForCloudApps",
    "lastActivityDateTime": "2026-03-02T10:00:00Z",
    "evidence": [
        {"@odata.type": "#microsoft.graph.security.ipEvidence", "ipAddress": "192.0.2.66"},
        {
            "@odata.type": "#microsoft.graph.security.userEvidence",
            "userAccount": {"azureAdUserId": OID, "userPrincipalName": "mia@corp.example"},
        },
    ],
}
INCIDENT = {
    "id": "29",
    "displayName": "Multi-stage incident",
    "incidentWebUrl": "https://security.example/29",
    "lastUpdateDateTime": "2026-03-02T11:00:00Z",
    "alerts": [DEFENDER],
}
ENTITIES = [
    {"Type": "account", "Name": "mia", "UPNSuffix": "corp.example", "AadUserId": OID},
    {"Type": "ip", "Address": "192.0.2.66"},
]
SENTINEL = {
    "TimeGenerated": "2026-03-02T10:10:00Z",
    "EndTime": "2026-03-02T10:00:00Z",
    "SystemAlertId": "sa-1",
    "AlertName": "Rare credential",
    "Entities": json.dumps(ENTITIES),
    "TenantId": "workspace",
    "Type": "SecurityAlert",
}
SECURITY_INCIDENT = {
    "IncidentName": "si-1",
    "IncidentNumber": 7,
    "Title": "Rare credential",
    "LastActivityTime": "2026-03-02T10:00:00Z",
}
SCC = "organizations/1/sources/2/findings/f-1"
FINDING: Record = {
    "name": SCC,
    "category": "Persistence: New Geography",
    "findingClass": "THREAT",
    "eventTime": "2026-03-02T10:00:00Z",
    "access": {
        "principalEmail": "etl@data.iam.gserviceaccount.com",
        "callerIp": "192.0.2.66",
        "serviceAccountKeyName": "//iam.googleapis.com/projects/p/serviceAccounts/s/keys/k1",
    },
}
SPLUNK = {
    "search_name": "Access - Unusual Key - Rule",
    "rule_title": "Unusual key",
    "urgency": "high",
    "event_id": "n-1",
    "_time": "1772445600.000",
    "user": "mia@corp.example",
    "src": "192.0.2.66",
}
KIBANA = {
    "kibana.alert.rule.name": "AWS IAM Key Created",
    "kibana.alert.uuid": "k-1",
    "kibana.alert.original_time": "2026-03-02T10:00:00.000Z",
    "@timestamp": "2026-03-02T10:05:00.000Z",
    "aws": {"cloudtrail": {"user_identity": {"arn": MIA, "access_key_id": "AKIAEXAMPLE"}}},
    "user": {"name": "mia", "id": "AIDA"},
    "source": {"ip": "192.0.2.66"},
    "event": {"original": "{}"},
}
ETL = "etl@data.iam.gserviceaccount.com"

ALERTS: list[tuple[Record, str, str, tuple[str | None, ...]]] = [
    (guardduty(), "guardduty", "gd-1", (MIA, "mia", "user", "AKIAEXAMPLE", "192.0.2.66")),
    (pascal(guardduty()), "guardduty", "gd-1", (MIA, "mia", "user", "AKIAEXAMPLE", "192.0.2.66")),
    (HUB, "security-hub", "hub-1", (MIA, "mia", "user", "AKIAEXAMPLE", "192.0.2.66")),
    (OCSF, "ocsf-finding", "o-1", (MIA, MIA, "user", "AKIAEXAMPLE", "192.0.2.66")),
    (DEFENDER, "defender-alert", "da-1", (OID, "mia@corp.example", None, None, "192.0.2.66")),
    (INCIDENT, "defender-incident", "29", (OID, "mia@corp.example", None, None, "192.0.2.66")),
    (SENTINEL, "sentinel-alert", "sa-1", (OID, "mia@corp.example", None, None, "192.0.2.66")),
    (SECURITY_INCIDENT, "sentinel-incident", "si-1", (None, None, None, None, None)),
    (
        {"finding": FINDING, "resource": {}},
        "scc-finding",
        FINDING["name"],
        (ETL, ETL, "service_account", "k1", "192.0.2.66"),
    ),
    (FINDING, "scc-finding", SCC, (ETL, ETL, "service_account", "k1", "192.0.2.66")),
    (SPLUNK, "splunk-notable", "n-1", ("mia@corp.example", "mia@corp.example", "user", None, "192.0.2.66")),
    (KIBANA, "elastic-alert", "k-1", (MIA, "mia", "user", "AKIAEXAMPLE", "192.0.2.66")),
]


@pytest.mark.parametrize(("record", "log", "ident", "who"), ALERTS, ids=lambda v: v if isinstance(v, str) else "")
def test_an_alert_is_evidence_about_its_principal(
    record: Record, log: str, ident: str, who: tuple[str | None, ...]
) -> None:
    assert [r.provider for r in READERS if r.recognises(record)] == ["alerts"]
    row = ask(READER, record, NOTHING)
    assert (row.provider, row.log, row.event_id, row.time) == ("alerts", log, ident, AT)
    assert (row.actor_id, row.actor_name, row.actor_type, row.credential_used, row.source_ip) == who
    assert (row.class_, row.outcome, row.error) == ("alert", "success", None)
    assert row.operation.startswith("Alert: ")
    assert json.loads(row.raw or b"") == record, "its severity and all else stay in the record"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Root", ("arn:aws:iam::111122223333:root", "root")),
        ("AssumedRole", ("arn:aws:iam::111122223333:role/mia", "role")),
        ("Other", ("AIDA", None)),
    ],
)
def test_guardduty_names_principals_as_cloudtrail_does(kind: str, expected: tuple[str, str | None]) -> None:
    row = ask(READER, guardduty(kind))
    assert (row.actor_id, row.actor_type) == expected


WRAPPED: list[tuple[bytes, str]] = [
    (lines({"detail-type": "GuardDuty Finding", "source": "aws.guardduty", "detail": guardduty()}), "guardduty"),
    (json.dumps({"Findings": [pascal(guardduty())]}).encode(), "guardduty"),
    (lines({"detail-type": "Security Hub Findings - Imported", "detail": {"findings": [HUB]}}), "security-hub"),
    (json.dumps({"Findings": [HUB]}, indent=1).encode(), "security-hub"),
    (json.dumps({"value": [DEFENDER]}).encode(), "defender-alert"),
    (written([SENTINEL]), "sentinel-alert"),
    (lines({"preview": False, "result": SPLUNK}), "splunk-notable"),
    (lines({"search_name": "x", "sid": "n-1", "results_link": "y", "result": SPLUNK}), "splunk-notable"),
    (json.dumps({"hits": {"hits": [{"_source": KIBANA}]}}).encode(), "elastic-alert"),
    (lines({"notificationConfigName": "x", "finding": FINDING, "resource": {}}), "scc-finding"),
]


@pytest.mark.parametrize(("data", "log"), WRAPPED)
def test_alerts_come_in_envelopes_too(data: bytes, log: str) -> None:
    rows, rejects = read(data)
    assert not rejects
    assert [r["log"] for r in rows] == [log]


def test_an_alert_without_a_time_is_told() -> None:
    _, rejects = read(lines(SECURITY_INCIDENT | {"LastActivityTime": None}))
    assert rejects[0].reason == "the alert has no time"


def test_an_unknown_products_alert_is_set_aside() -> None:
    rows, rejects = read(lines({"alert": "x", "severity": "high", "product": "Unheard Of"}))
    assert (rows, rejects[0].reason) == ([], "not a record of a known log")


def test_the_table_is_well_formed() -> None:
    assert {k.log for k in kinds()} == {log for _, log, _, _ in ALERTS}, "each kind has an example here"
    for kind in kinds():
        assert kind.keys
        assert {"id", "title", "time"} <= kind.fields.keys()
    assert kinds() is kinds()


OWN = """
[[alert]]
log = "webhook"
service = "Inhouse"
keys = ["inhouse_rule", "when"]
id = "uid"
title = "inhouse_rule"
time = "when"
actor_name = "who"
source_ip = "from"
"""


@pytest.fixture
def own_mapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(alerts.MAPPING, "")
    path = tmp_path / "alerts.toml"
    path.write_text(OWN)
    yield path
    kinds.cache_clear()


def test_a_mapping_of_ones_own_reads_a_webhook(own_mapping: Path) -> None:
    alerts.use_mapping(own_mapping)
    posted = {"inhouse_rule": "New key at night", "when": "2026-10-01T02:03:04Z", "who": "ann", "from": "198.51.100.7"}
    (row,), rejects = read(lines(posted))
    assert not rejects
    assert (row["log"], row["class"], row["actor_name"], row["source_ip"]) == (
        "webhook",
        "alert",
        "ann",
        "198.51.100.7",
    )
    assert "New key at night" in row["operation"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[alert]]", "lacks 'log'"),
        (OWN.replace('"when"\nactor', '"((("\nactor'), "no mapping"),
        ("not toml", "no mapping"),
        ("[alert]", "no mapping"),
    ],
)
def test_a_mapping_that_cant_be_read_is_named(text: str, says: str, own_mapping: Path) -> None:
    own_mapping.write_text(text)
    with pytest.raises(UsageError, match=says) as error:
        alerts.use_mapping(own_mapping)
    assert str(own_mapping) in str(error.value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([record for record, *_ in ALERTS]), st.data())
def test_any_value_in_any_field_is_a_row_or_a_reject(record: Record, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(record)))
    rows, rejects = read(lines(record | {key: data.draw(anything)}))
    assert len(rows) + len(rejects) >= 1
    assert alerts.recognises(record)
