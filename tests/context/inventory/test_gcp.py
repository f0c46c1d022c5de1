from typing import Any

import pytest

from keywitness.context.inventory.gcp import read
from keywitness.context.inventory.reach import Grant

POLICY = {
    "bindings": [
        {"role": "roles/owner", "members": ["serviceAccount:A@p.example", "user:ann@x.example", "group:g@x.example"]},
        {"role": "roles/viewer", "members": ["user:ann@x.example"], "condition": {"title": "until May"}},
        {
            "role": "projects/p/roles/own",
            "members": ["domain:x.example", "allUsers", "deleted:user:b@x.example?uid=1", 3],
        },
        {"members": ["user:ann@x.example"]},
    ],
    "etag": "x",
}


def grants(content: Any) -> list[tuple[str, Grant]]:
    return [(holding.names[0], holding.grants[0]) for holding in read(content, lambda text: None)]


def test_a_policy_of_one_project() -> None:
    owner = Grant("roles/owner", "manages everything and who may do it")
    assert grants(POLICY) == [
        ("a@p.example", owner),
        ("ann@x.example", owner),
        ("g@x.example", owner),
        ("ann@x.example", Grant("roles/viewer under a condition")),
    ]


def test_a_binding_without_a_role_is_said() -> None:
    said: list[str] = []
    list(read(POLICY, said.append))
    assert said == ["a binding without a role was set aside"]


@pytest.mark.parametrize(
    "item",
    [
        {"resource": "//cloudresourcemanager.googleapis.com/projects/7", "policy": POLICY},
        {"name": "//cloudresourcemanager.googleapis.com/projects/7", "iamPolicy": POLICY},
        {"name": "//cloudresourcemanager.googleapis.com/projects/7", "iam_policy": POLICY},
    ],
)
def test_policies_of_many_resources(item: Any) -> None:
    assert grants([item, {"name": "x"}, 3])[0][1].name == "roles/owner on projects/7"


@pytest.mark.parametrize("content", [None, {}, [], 3, {"bindings": 3}, [{"policy": 3}]])
def test_another_file(content: Any) -> None:
    with pytest.raises(ValueError, match="no IAM policy"):
        grants(content)
