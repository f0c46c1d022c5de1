import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness import catalogue
from keywitness.context import load
from keywitness.context.deployments import Deployment, Resource, load_deployments, table
from keywitness.errors import Reject
from tests.context.conftest import Write

HEADER = "id,actor,commit,environment,started,finished,approver,status,resources"
ROW = "run-7,repo:acme/infra:ref:refs/heads/main,abc123,prod,2026-10-06T12:00Z,2026-10-06T12:10Z,boss,Success,"
KEY = {"type": "aws_iam_access_key", "address": "aws_iam_access_key.ci"}


def planned(after: Any, *actions: str, **resource: Any) -> dict[str, Any]:
    return KEY | resource | {"change": {"actions": list(actions or ("create",)), "before": None, "after": after}}


def plan(*changes: Any, **more: Any) -> str:
    return json.dumps({"format_version": "1.2", "resource_changes": list(changes), **more})


def read(folder: Path) -> tuple[list[Deployment] | None, list[str]]:
    rejects: list[Reject] = []
    found = load_deployments(folder, rejects)
    return None if found is None else list(found), [reject.reason for reject in rejects]


def resources(folder: Path) -> list[Resource]:
    found, reasons = read(folder)
    assert not reasons
    return [resource for deployment in found or () for resource in deployment.resources]


def put_plan(folder: Path, name: str, text: str) -> None:
    (folder / "terraform").mkdir(exist_ok=True)
    (folder / "terraform" / name).write_text(text, encoding="utf-8")


def test_a_deployment(write: Write) -> None:
    text = f"{HEADER}\n{ROW}aws_iam_access_key.ci=svc-ci; aws_key_pair=batch; nothing; other=x\n"
    (found,), reasons = read(write("deployments.csv", text).parent)  # type: ignore[misc]
    assert (found.id, found.actor, found.commit) == ("run-7", "repo:acme/infra:ref:refs/heads/main", "abc123")
    assert (found.environment, found.approver, found.status) == ("prod", "boss", "success")
    assert (found.started, found.finished.minute) == (datetime(2026, 10, 6, 12, tzinfo=UTC), 10)
    assert found.resources == (
        Resource("aws_iam_access_key.ci", "access_key", ("svc-ci",)),
        Resource("aws_key_pair", "key_pair", ("batch",)),
    )
    assert not reasons


@pytest.mark.parametrize("wrap", [True, False])
def test_json(write: Write, wrap: bool) -> None:
    row = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    row |= {"resources": [{"type": "aws_iam_access_key", "target": "svc-ci"}, "aws_key_pair.b=batch"]}  # type: ignore[dict-item]
    content: Any = {"deployments": [row, 7]} if wrap else [row, 7]
    (found,), (reason,) = read(write("deployments.json", json.dumps(content)).parent)  # type: ignore[misc]
    assert [resource.targets for resource in found.resources] == [("svc-ci",), ("batch",)]
    assert "deployment without an id was set aside" in reason


@pytest.mark.parametrize("name", ["run-7.json", "abc123.json"])
def test_a_plan_is_named_after_its_run_or_commit(write: Write, name: str) -> None:
    folder = write(
        "deployments.csv", f"{HEADER}\n{ROW}\n{ROW.replace('run-7', 'run-8').replace('abc123', 'x')}\n"
    ).parent
    put_plan(folder, name, plan(planned({"user": "svc-ci", "secret": "AKIA"})))
    found, reasons = read(folder)
    assert [len(d.resources) for d in found or ()] == [1, 0]
    assert not reasons
    assert "AKIA" not in str(found)


def test_a_run_may_name_its_plan(write: Write) -> None:
    folder = write("deployments.csv", f"{HEADER},plan\n{ROW},week41.json\n").parent
    put_plan(folder, "week41.json", plan(planned({"user": "svc-ci"})))
    assert len(resources(folder)) == 1


def test_the_one_plan_is_the_one_runs(write: Write) -> None:
    write("terraform-plan.json", plan(planned({"user": "svc-ci"})))
    folder = write("deployments.csv", f"{HEADER}\n{ROW}\n").parent
    assert resources(folder) == [Resource("aws_iam_access_key.ci", "access_key", ("svc-ci",))]
    write("deployments.csv", f"{HEADER}\n{ROW}\n{ROW.replace('run-7', 'run-8')}\n")
    found, (reason,) = read(folder)
    assert not [d for d in found or () if d.resources], "of two runs nobody knows whose it is"
    assert "no deployment is known to have run this plan" in reason


def test_a_plan_alone_authorises_nothing(write: Write) -> None:
    found, (reason,) = read(write("terraform-plan.json", plan(planned({"user": "svc-ci"}))).parent)
    assert found is None
    assert "no deployment is known to have run this plan" in reason


@pytest.mark.parametrize(
    ("resource", "targets"),
    [
        (planned({"user": "svc-ci"}, "delete", "create"), ("svc-ci",)),
        (
            planned({"application_id": "/applications/1234"}, type="azuread_application_password"),
            ("/applications/1234", "1234"),
        ),
        (
            planned({"service_account_id": "projects/-/serviceAccounts/a@p.x"}, type="google_service_account_key"),
            ("projects/-/serviceAccounts/a@p.x", "a@p.x"),
        ),
        (
            planned({"url": "https://token.example/x"}, type="aws_iam_openid_connect_provider"),
            ("https://token.example/x", "token.example/x", "x"),
        ),
        (planned({}), ()),
    ],
)
def test_what_a_plan_makes(write: Write, resource: Any, targets: tuple[str, ...]) -> None:
    write("terraform-plan.json", plan(resource))
    (found,) = resources(write("deployments.csv", f"{HEADER}\n{ROW}\n").parent)
    assert found.targets == targets


@pytest.mark.parametrize(
    "resource",
    [
        planned({"user": "x"}, "no-op"),
        planned({"user": "x"}, "update"),
        planned({"user": "x"}, "delete"),
        planned({"user": "x"}, type="aws_s3_bucket"),
        planned({"user": "x"}, mode="data"),
        planned(None),
        planned({"user": "x"}) | {"change": 7},
        planned({"user": "x"}) | {"type": None},
        7,
    ],
)
def test_what_a_plan_does_not_make(write: Write, resource: Any) -> None:
    write("terraform-plan.json", plan(resource))
    assert not resources(write("deployments.csv", f"{HEADER}\n{ROW}\n").parent)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ('{"values": {}}', "this is no plan: terraform show -json PLAN writes one"),
        (plan(planned({"user": "x"}), errored=True), "this plan ended in an error"),
    ],
)
def test_a_bad_plan_is_set_aside(write: Write, text: str, reason: str) -> None:
    write("terraform-plan.json", text)
    found, (said,) = read(write("deployments.csv", f"{HEADER}\n{ROW}\n").parent)
    assert found
    assert reason in said


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-10-06T12:10Z", "", "it has no finished"),
        ("2026-10-06T12:10Z", "soon", "not an ISO 8601 time"),
        ("2026-10-06T12:10Z", "2026-10-05", "before it starts"),
        ("run-7", "", "deployment without an id"),
    ],
)
def test_a_bad_deployment_is_set_aside(write: Write, old: str, new: str, reason: str) -> None:
    text = f"{HEADER}\n{ROW.replace(old, new)}\n{ROW.replace('run-7', 'run-8')}\n"
    found, (said,) = read(write("deployments.csv", text).parent)
    assert [deployment.id for deployment in found or ()] == ["run-8"]
    assert reason in said


def test_missing_columns(write: Write) -> None:
    found, (reason,) = read(write("deployments.csv", "id,status\n1,ok\n").parent)
    assert found is None
    assert "no column for actor, started, finished" in reason


def test_nothing_and_empty_are_two_things(write: Write, tmp_path: Path) -> None:
    assert read(tmp_path) == (None, [])
    assert load_deployments(None, []) is None
    assert read(write("deployments.csv", f"{HEADER}\n").parent) == ([], [])


def test_the_folder_as_a_whole(write: Write) -> None:
    write("terraform-plan.json", plan(planned({"user": "svc-ci"})))
    write("deployments.json", "[]")
    context = load(write("deployments.csv", f"{HEADER}\n{ROW}\n").parent)
    assert len(context.deployments or ()) == 1
    assert context.files["deployments"] == "deployments.csv"
    assert not context.rejects, "a plan is no feed of indicators"


def test_every_type_is_in_the_catalogue() -> None:
    known = {operation.credential_type for operation in catalogue.load().operations}
    assert {entry["credential_type"] for entry in table()["resource"].values()} <= known
    assert all(entry["reference"].startswith("https://") for part in table().values() for entry in part.values())


WORDS = ["resource_changes", "type", "change", "actions", "after", "id", "actor", "started", "finished", "resources"]
LEAF = st.none() | st.booleans() | st.text(max_size=5)
JSON = st.recursive(LEAF, lambda s: st.lists(s, max_size=3) | st.dictionaries(st.sampled_from(WORDS), s, max_size=4))


@settings(deadline=None)
@given(JSON | st.lists(JSON, max_size=2).map(lambda changes: {"resource_changes": changes, "deployments": changes}))
def test_no_content_raises(content: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("deployments.json", "terraform-plan.json"):
            Path(folder, name).write_text(json.dumps(content), encoding="utf-8")
        load_deployments(Path(folder), [])
