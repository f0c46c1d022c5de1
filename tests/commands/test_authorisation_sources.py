"""The whole walk with each source of authorisation: what a run says, from log to answer."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from keywitness.cli import main
from keywitness.context import remote
from tests.context.server import TOKEN, Said, ServiceNow, serving
from tests.context.test_servicenow import cell
from tests.context.test_servicenow import change as change_request

ACCOUNT: Final = "111122223333"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
PROVIDER: Final = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SUBJECT: Final = "repo:acme/infra:ref:refs/heads/main"


def record(number: int, source: str, name: str, at: str, identity: Any, **more: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.10",
        "eventID": f"00000000-0000-4000-8000-{number:012}",
        "eventTime": at,
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "terraform",
        "userIdentity": identity,
        "recipientAccountId": ACCOUNT,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        **more,
    }


ISSUED: Final = record(
    1,
    "sts",
    "AssumeRoleWithWebIdentity",
    "2026-10-06T12:00:00Z",
    {"type": "WebIdentityUser", "principalId": f"{PROVIDER}:x", "userName": SUBJECT, "identityProvider": PROVIDER},
    requestParameters={"roleArn": ROLE, "roleSessionName": "run-7"},
    responseElements={"credentials": {"accessKeyId": "ASIAEXAMPLE000000001"}},
)
MADE: Final = record(
    2,
    "iam",
    "CreateAccessKey",
    "2026-10-06T12:01:00Z",
    {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/run-7",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLE000000001",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": ROLE, "userName": "Deploy"}},
    },
    requestParameters={"userName": "svc-ci"},
    responseElements={"accessKey": {"accessKeyId": "AKIAEXAMPLE000000001", "userName": "svc-ci", "status": "Active"}},
)
PLAN: Final = {
    "resource_changes": [
        {
            "address": "aws_iam_access_key.ci",
            "type": "aws_iam_access_key",
            "change": {"actions": ["create"], "after": {"user": "svc-ci"}},
        }
    ]
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SERVICENOW_TOKEN", TOKEN)
    monkeypatch.setattr(remote, "_TRIES", 1)
    (tmp_path / "log.json").write_text(json.dumps({"Records": [ISSUED, MADE]}), encoding="utf-8")
    folder = tmp_path / "context"
    folder.mkdir()

    def with_context(**files: str) -> dict[str, Any]:
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
        assert main(["triage", str(tmp_path / "log.json"), "--context", str(folder), "--json"]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        answer: dict[str, Any] = json.loads(line)["answers"]["change_request"]
        return answer

    return with_context


def deployments(actor: str) -> str:
    header = "id,actor,commit,environment,started,finished,approver,status"
    return f"{header}\nrun-7,{actor},abc123,prod,2026-10-06T11:59Z,2026-10-06T12:05Z,boss,success\n"


@pytest.mark.parametrize("actor", ["acme/infra", SUBJECT, "Deploy"])
def test_a_deployment(run: Any, actor: str) -> None:
    said = run(deployments__csv=deployments(actor), **{"terraform-plan__json": json.dumps(PLAN)})
    assert (said["answer"], said["kind"], said["evidence"]) == ("yes", "deployed", ["run-7"])


def test_a_deployment_of_another_repository(run: Any) -> None:
    said = run(deployments__csv=deployments("acme/other"), **{"terraform-plan__json": json.dumps(PLAN)})
    assert (said["answer"], said["kind"]) == ("unknown", "source unavailable")


def section(url: str) -> str:
    return f'[servicenow]\nurl = "{url}"\ntoken_env = "SERVICENOW_TOKEN"\n'


def test_a_ticket_system(run: Any) -> None:
    ticket = change_request(
        7,
        **{"assigned_to.email": cell(""), "assigned_to": cell("u", "Deploy"), "cmdb_ci": cell("c", "svc-ci")},
        short_description=cell("CreateAccessKey"),
    )
    with serving(ServiceNow([ticket], [])) as running:
        said = run(org__toml=section(running.url))
    assert (said["answer"], said["kind"], said["evidence"]) == ("yes", "approved", ["CHG0007"])


def test_a_ticket_system_that_fails_is_named(run: Any) -> None:
    with serving(lambda path, params: Said(503)) as running:
        said = run(org__toml=section(running.url))
    assert (said["answer"], said["kind"], said["missing"]) == (
        "unknown",
        "source unavailable",
        ["change tickets of ServiceNow"],
    )
    assert said["because"] == "the change tickets of ServiceNow could not be read"
