"""The inventory as a run has it: files of the context folder in, a target's reach out."""

import json
from pathlib import Path
from typing import Any

from keywitness.context import load
from keywitness.context.inventory import Inventory, load_inventory
from keywitness.errors import Reject
from keywitness.model import Party
from tests.context.inventory.test_aws import ADMIN, account, arn, user

SVC = Party(arn("user/svc"), "svc", "user")


def folder(tmp_path: Path, **exports: Any) -> Path:
    (tmp_path / "inventory").mkdir(exist_ok=True)
    for name, content in exports.items():
        said = content if isinstance(content, str) else json.dumps(content)
        (tmp_path / "inventory" / f"{name.replace('_', '-')}.json").write_text(said)
    return tmp_path


def read(where: Path) -> tuple[Inventory, list[str]]:
    rejects: list[Reject] = []
    return load_inventory(where, rejects), [reject.reason for reject in rejects]


def test_without_an_export_nobody_can_say(tmp_path: Path) -> None:
    assert read(tmp_path) == (Inventory(), [])
    assert load_inventory(None, []).reach(SVC, "111122223333") is None
    assert "inventory" not in load(tmp_path).files


def test_several_exports_of_several_clouds(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        aws_authorization_details=account(user("svc", ADMIN)),
        aws_authorization_details_2=account(user("svc"), number="999988887777"),
        gcp_iam_policy={"bindings": [{"role": "roles/owner", "members": ["serviceAccount:a@p.example"]}]},
    )
    found, reasons = read(where)
    assert reasons == []
    own = found.reach(SVC, None)
    assert own is not None
    assert (own.privileged, own.grants) == (True, ("AdministratorAccess",))
    other = found.reach(Party(None, "svc", "user"), "999988887777")
    assert other is not None
    assert not other.privileged, "the same name in another account"
    owner = found.reach(Party("A@p.example", None, "service_account"), "p")
    assert owner is not None
    assert owner.why == "roles/owner manages everything and who may do it, says gcp-iam-policy.json"
    assert found.reach(Party("nobody", "nobody", "user"), "x") is None
    assert load(where).files["inventory"].count(".json") == 3


def test_an_old_export_says_its_age_in_every_reason(tmp_path: Path) -> None:
    found, _ = read(folder(tmp_path, **{"aws-authorization-details-2020-01-01": account(user("svc", ADMIN))}))
    reach = found.reach(SVC, None)
    assert reach is not None
    assert reach.why.endswith(" days old)")
    assert found.files[0].endswith(" days old)")


def test_a_bad_export_is_set_aside_and_costs_no_other(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        aws_authorization_details=account(user("svc", ADMIN)),
        aws_authorization_details_2={"Users": []},
        entra_app_roles="{",
        gcp_iam_policy=[],
    )
    found, reasons = read(where)
    assert [name.partition(" ")[0] for name in found.files] == ["aws-authorization-details.json"]
    assert len(reasons) == 3
    assert reasons[0] == ("this export was not read: it is not the output of aws iam get-account-authorization-details")
    assert reasons[1].startswith("this is not JSON")


def test_a_name_that_two_principals_share_is_nobodys(tmp_path: Path) -> None:
    apps = [{"id": "1", "displayName": "Sync"}, {"id": "2", "displayName": "Sync"}]
    found, _ = read(folder(tmp_path, entra_app_roles={"servicePrincipals": apps}))
    assert found.reach(Party("other", "Sync", "application"), "t") is None
    assert found.reach(Party("1", "Sync", "application"), "t") is not None
