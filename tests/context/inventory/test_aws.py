import json
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.inventory.aws import read
from keywitness.context.inventory.reach import Grant, Holding

ACCOUNT: Final = "111122223333"
ADMIN: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
READ: Final = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def arn(tail: str, number: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{number}:{tail}"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, **more: Any) -> dict[str, Any]:
    return allow(action, **more) | {"Effect": "Deny"}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def managed(policy: str, *statements: Any) -> dict[str, Any]:
    versions = [
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": document(allow("*"))},
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": document(*statements)},
    ]
    return {"PolicyName": policy.rpartition("/")[2], "Arn": policy, "PolicyVersionList": versions}


def attached(*policies: str) -> list[dict[str, str]]:
    return [{"PolicyName": policy.rpartition("/")[2], "PolicyArn": policy} for policy in policies]


def user(name: str, *policies: str, inline: Any = None, **more: Any) -> dict[str, Any]:
    made = {"UserName": name, "UserId": f"AIDA{name.upper()}", "AttachedManagedPolicies": attached(*policies)}
    if inline is not None:
        made["UserPolicyList"] = [{"PolicyName": "own", "PolicyDocument": inline}]
    return made | more


def account(*users: dict[str, Any], number: str = ACCOUNT, **more: Any) -> dict[str, Any]:
    named = [{"Arn": arn(f"user/{u['UserName']}", number), **u} for u in users]
    policies = [managed(ADMIN, allow("*")), managed(READ, allow(["s3:Get*", "iam:List*"]))]
    return {"UserDetailList": named, "GroupDetailList": [], "RoleDetailList": [], "Policies": policies} | more


def holdings(content: Any) -> dict[str, tuple[Grant, ...]]:
    return {holding.names[0]: holding.grants for holding in read(content, lambda text: None)}


def inline(*statements: Any, **more: Any) -> Grant:
    (grant,) = holdings(account(user("svc", inline=document(*statements), **more)))[arn("user/svc")]
    return grant


def test_a_user_and_what_is_attached_to_it() -> None:
    (holding,) = read(account(user("Svc", ADMIN, READ)), lambda text: None)
    assert holding == Holding(
        (arn("user/svc"), f"{ACCOUNT}/svc", "aidasvc"),
        (Grant("AdministratorAccess", "allows every action"), Grant("ReadOnlyAccess")),
    )


def test_a_group_gives_its_policies_to_its_members() -> None:
    group = {"GroupName": "admins", "AttachedManagedPolicies": attached(ADMIN)}
    found = holdings(account(user("svc", GroupList=["admins", "gone"]), user("bob"), GroupDetailList=[group]))
    assert found[arn("user/svc")] == (Grant("AdministratorAccess (group admins)", "allows every action"),)
    assert found[arn("user/bob")] == ()


def test_a_role() -> None:
    inside = [{"PolicyName": "p", "PolicyDocument": document(allow("iam:*"))}]
    role = {"RoleName": "Deploy", "Arn": arn("role/ci/Deploy"), "RolePolicyList": inside}
    grants = holdings(account(RoleDetailList=[role]))[arn("role/ci/deploy")]
    assert grants[0].name == "p (inline)"
    assert grants[0].why == (
        "allows iam:CreateAccessKey, iam:CreateLoginProfile, iam:UpdateLoginProfile and 10 more such on everybody"
    )


def test_a_managed_policy_that_the_export_does_not_hold_is_known_by_its_name() -> None:
    found = holdings(account(user("svc", ADMIN, READ), Policies=[]))[arn("user/svc")]
    assert found == (Grant("AdministratorAccess", "allows every action"), Grant("ReadOnlyAccess"))


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (allow("*:*"), "allows every action"),
        (allow("iam:Attach?serPolicy"), "allows iam:AttachUserPolicy on everybody"),
        (allow("IAM:PUTUSERPOLICY"), "allows iam:PutUserPolicy on everybody"),
        (allow("iam:PutUserPolicy", arn("user/*")), "allows iam:PutUserPolicy on everybody"),
        (allow("iam:PutUserPolicy", ["x", "arn:aws:iam::*:*"]), "allows iam:PutUserPolicy on everybody"),
        (
            allow("iam:PutUserPolicy", Condition={"Bool": {}}),
            "allows iam:PutUserPolicy on everybody, under a condition",
        ),
        ({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}, "allows iam:CreateAccessKey, iam:CreateL"),
        (allow("iam:PutUserPolicy", arn("user/${aws:username}/*")), ""),
        (allow("iam:CreateAccessKey", arn("user/svc")), ""),
        (allow("*", "arn:aws:s3:::bucket/*"), ""),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, ""),
        (allow("iam:[a-z]*"), ""),
        (allow({"x": 1}), ""),
        ({}, ""),
    ],
)
def test_what_makes_privileged(statement: dict[str, Any], why: str) -> None:
    found = inline(statement).why
    assert found.startswith(why) if why else found == ""


def test_an_outright_denial_counts_and_a_conditional_one_does_not() -> None:
    assert inline(allow("*"), deny("iam:*")).why == ""
    assert inline(allow("iam:PutUserPolicy"), deny("iam:Put*", Condition={"Bool": {}})).why


def test_a_boundary_that_is_known_limits_and_an_unknown_one_does_not() -> None:
    edge = arn("policy/edge")
    limit = {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": edge}}
    limited = account(user("svc", ADMIN, **limit))
    assert holdings(limited)[arn("user/svc")][0].why == "allows every action"
    limited["Policies"] += [managed(edge, allow("s3:*"))]
    assert holdings(limited)[arn("user/svc")][0].why == ""


def test_a_document_as_the_api_writes_it() -> None:
    said = quote(json.dumps(document(allow("iam:PutUserPolicy"))))
    assert holdings(account(user("svc", inline=said)))[arn("user/svc")][0].why
    one = {"Statement": allow("iam:PutUserPolicy")}
    assert holdings(account(user("svc", inline=one)))[arn("user/svc")][0].why


def test_what_can_not_be_read_is_said() -> None:
    said: list[str] = []
    odd = [user("svc", inline="%7B"), user("bob", Arn="bob"), user("eve", PermissionsBoundary="x")]
    assert len(list(read(account(*odd), said.append))) == 2
    assert said == [
        "the policy 'own' can't be read, so what it allows is not known",
        "a principal without an ARN was set aside: 'bob'",
    ]


def test_several_accounts_in_one_file() -> None:
    both = [account(user("svc")), account(user("svc"), number="999988887777")]
    assert set(holdings(both)) == {arn("user/svc"), arn("user/svc", "999988887777")}


@pytest.mark.parametrize("content", [None, {}, [], 3, [3], {"UserDetailList": 3}])
def test_another_file(content: Any) -> None:
    if content == []:
        assert holdings(content) == {}
    else:
        with pytest.raises(ValueError, match="get-account-authorization-details"):
            holdings(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | st.just("*"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Arn", "Statement", "Action", "Resource", "Effect", "UserName", "GroupList"])
            | st.sampled_from(["UserPolicyList", "PolicyDocument", "AttachedManagedPolicies", "PolicyArn"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(JSON, max_size=3), st.lists(JSON, max_size=2))
def test_nothing_in_an_export_ends_the_run(users: Any, policies: Any) -> None:
    holdings({"UserDetailList": users, "Policies": policies})
