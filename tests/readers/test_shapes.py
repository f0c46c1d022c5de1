"""A record is the same event, and the same change, in whatever shape it arrives."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.catalogue import Operation
from keywitness.detect import detect
from keywitness.errors import Reject
from keywitness.model import CredentialChange
from keywitness.readers import Wanted
from keywitness.readers.bulk import batches
from tests.catalogue.walk import example, resolve, shipped
from tests.house.tree import ROOT
from tests.readers.records import (
    Record,
    aws,
    azure,
    claims,
    entra_audit,
    entra_risk,
    entra_sign_in,
    gcp,
    lines,
    read,
)
from tests.readers.test_github import event as github_event
from tests.readers.test_m365 import audit as m365_audit
from tests.readers.test_m365 import signed_in
from tests.readers.test_okta import event as okta_event
from tests.readers.wrapped import SHAPES, Shape

ROLE = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:mia@corp.example",
    "arn": "arn:aws:sts::111122223333:assumed-role/Admin/mia@corp.example",
    "accountId": "111122223333",
    "accessKeyId": "ASIAEXAMPLE",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLE",
            "arn": "arn:aws:iam::111122223333:role/path/Admin",
            "accountId": "111122223333",
            "userName": "Admin",
        },
        "attributes": {"creationDate": "2026-03-02T09:00:00Z", "mfaAuthenticated": "true"},
    },
}
DENIED = {"errorCode": "AccessDenied", "errorMessage": "User is not authorized", "responseElements": None}
SAMPLES: dict[str, list[Record]] = {
    "aws": [
        aws(),
        aws(userIdentity=ROLE),
        aws(**DENIED, requestParameters=None),
        aws(userIdentity={"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, sourceIPAddress="ec2.amazonaws.com"),
        aws(eventSource="signin.amazonaws.com", eventName="ConsoleLogin", additionalEventData={"MFAUsed": "Yes"}),
    ],
    "entra-audit": [
        entra_audit(),
        entra_audit(initiatedBy={"app": {"displayName": "Deployer", "servicePrincipalId": "sp-1"}}),
        entra_audit(result="failure", resultReason="Denied"),
    ],
    "entra-sign-in": [
        entra_sign_in(),
        entra_sign_in(isInteractive=False),
        entra_sign_in(status={"errorCode": 50126, "failureReason": "Invalid password."}),
    ],
    "entra-risk": [entra_risk()],
    "azure": [azure(), azure(resultType="Failure"), azure(identity={"claims": claims(idtyp="app")})],
    "m365": [m365_audit(), signed_in()],
    "gcp": [
        gcp(),
        gcp({"operation": {"id": "op-1", "first": True}}, status={"code": 7, "message": "no"}),
        gcp(response={"name": "projects/p/serviceAccounts/s/keys/k1"}, request={"camelCase": {"snake_case": 1}}),
    ],
    "okta": [okta_event(), okta_event(outcome={"result": "FAILURE", "reason": "x"})],
    "github": [github_event(), github_event("org.add_member", user="lea")],
}
PAIRS = [(shape, kind) for shape in SHAPES for kind in sorted(shape.records)]
AGENT = {"aws": "userAgent", "entra-sign-in": "userAgent", "m365": "UserAgent", "github": "user_agent"}
NAMES = {shape.title: shape for shape in SHAPES}


def plain(row: Record, lost: frozenset[str]) -> Record:
    kept = {k: v for k, v in row.items() if k not in ("file", "record", "raw") and k not in lost}
    return kept | {"kept": row["raw"] is not None}


def drawn(kind: str, data: st.DataObject, shape: Shape) -> Record:
    record = dict(data.draw(st.sampled_from(SAMPLES[kind])))
    letters = st.characters(exclude_characters="{}[]=,\x00" if shape.plain else "\x00", exclude_categories=["Cs"])
    if kind in AGENT and data.draw(st.booleans()):
        record[AGENT[kind]] = "agent " + data.draw(st.text(letters, max_size=12)).strip()
    return record


@pytest.mark.parametrize(("shape", "kind"), PAIRS, ids=lambda v: v.title if isinstance(v, Shape) else v)
@settings(max_examples=8)
@given(st.data())
def test_a_record_is_the_same_event_in_any_shape(shape: Shape, kind: str, data: st.DataObject) -> None:
    record = drawn(kind, data, shape)
    bare, _ = read(lines(record))
    found, rejects = read(shape.build(record))
    assert not rejects
    assert [plain(row, shape.lost) for row in found] == [plain(row, shape.lost) for row in bare]


KINDS = {"aws": "aws", "entra": "entra-audit", "azure": "azure", "gcp": "gcp", "m365": "m365", "okta": "okta"}


def changes(data: bytes, wanted: Wanted) -> tuple[list[CredentialChange], list[Reject]]:
    rejects: list[Reject] = []
    rows = [r for b in batches(BytesIO(data), "x", wanted, rejects) for r in b.to_pylist()]
    return detect(rows, shipped(), resolve), rejects


def said(change: CredentialChange, lost: frozenset[str]) -> tuple[Any, ...]:
    target = None if "target_id" in lost else change.target
    parts = (change.operation_id, change.outcome, change.actor, target, change.credential_ids)
    return (*parts, change.source_ip, change.time, change.tenant)


def fitting(operation: Operation) -> list[Shape]:
    record = example(operation)
    kind = KINDS.get(operation.provider, operation.provider)
    flat = not any(c in json.dumps(list(_texts(record))) for c in "{[=")
    return [s for s in SHAPES if kind in s.records and (flat or not s.plain)]


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("operation", shipped().operations, ids=lambda o: o.id)
def test_each_example_is_the_same_change_in_any_shape(operation: Operation) -> None:
    record, wanted = example(operation), shipped().wanted()
    bare, _ = changes(lines(record), wanted)
    for shape in fitting(operation):
        found, rejects = changes(shape.build(record), wanted)
        assert not rejects, shape.title
        assert [said(c, shape.lost) for c in found] == [said(c, shape.lost) for c in bare], shape.title


def test_the_page_lists_the_shapes_that_are_tested() -> None:
    page = (ROOT / "docs" / "logs.md").read_text(encoding="utf-8")
    for title in NAMES:
        assert f"| {title} |" in page, f"{title} has a builder and no row in docs/logs.md"
    table = page.partition("## Shapes")[2].partition("\n## ")[0]
    rows = {line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")} - {"shape"}
    assert rows == set(NAMES)


def test_every_kind_of_record_is_tested() -> None:
    assert set(SAMPLES) == {kind for shape in SHAPES for kind in shape.records}
