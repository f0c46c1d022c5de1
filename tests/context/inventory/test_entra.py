from typing import Any

import pytest

from keywitness.context.inventory.entra import read
from keywitness.context.inventory.reach import Grant

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
RULES = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"


def grants(content: Any) -> dict[str, tuple[Grant, ...]]:
    return {name: holding.grants for holding in read(content, lambda text: None) for name in holding.names}


def app(ident: str, **more: Any) -> dict[str, Any]:
    return {"id": ident, "appId": f"app-{ident}", "displayName": f"App {ident}", **more}


def test_an_application_permission_by_its_id() -> None:
    given = [{"principalId": "1", "appRoleId": RULES.upper()}, {"appRoleId": "r1"}]
    given += [{"appRoleId": "00000000-0000-0000-0000-000000000000"}, {"appRoleId": "unnamed"}]
    resource = app("2", appRoles=[{"id": "r1", "value": "Mail.Read"}])
    found = grants({"servicePrincipals": {"value": [app("1", appRoleAssignments=given), resource]}})
    expected = (
        Grant("RoleManagement.ReadWrite.Directory", "gives anyone any directory role"),
        Grant("Mail.Read"),
        Grant("unnamed"),
    )
    assert found["1"] == found["app-1"] == found["application/app 1"] == expected
    assert found["2"] == ()


def test_an_application_is_found_by_its_own_object_too() -> None:
    content = {
        "servicePrincipals": [app("1")],
        "applications": [{"id": "obj", "appId": "app-1"}],
        "appRoleAssignments": {"value": [{"principalId": "1", "appRoleId": RULES}]},
    }
    assert grants(content)["obj"][0].why


def test_a_delegated_permission_is_shown_and_makes_nobody_privileged() -> None:
    content = {
        "servicePrincipals": [app("1")],
        "oauth2PermissionGrants": [{"clientId": "1", "scope": " RoleManagement.ReadWrite.Directory User.Read "}],
    }
    assert grants(content)["1"] == (
        Grant("RoleManagement.ReadWrite.Directory (delegated)"),
        Grant("User.Read (delegated)"),
    )


def test_directory_roles_and_their_members() -> None:
    member = {"id": "7", "userPrincipalName": "Ann@x.example"}
    roles = [{"displayName": "Globaler Administrator", "roleTemplateId": GLOBAL, "members": [member]}]
    found = grants({"directoryRoles": roles})
    expected = (Grant("Globaler Administrator", "manages everything in the tenant"),)
    assert found["7"] == found["ann@x.example"] == expected


def test_role_assignments_of_the_tenant_and_of_a_part_of_it() -> None:
    content = {
        "roleAssignments": [
            {"principalId": "1", "roleDefinition": {"displayName": "Application Administrator"}},
            {"principalId": "2", "roleDefinitionId": GLOBAL, "directoryScopeId": "/administrativeUnits/x"},
            {"principalId": "3", "roleDefinitionId": GLOBAL, "directoryScopeId": "/"},
        ]
    }
    found = grants(content)
    assert found["1"] == (Grant("Application Administrator", "adds secrets to any application"),)
    assert found["2"] == (Grant(f"{GLOBAL} (in /administrativeUnits/x)"),)
    assert found["3"][0].why


def test_a_grant_to_nobody_is_said() -> None:
    said: list[str] = []
    assert list(read({"roleAssignments": [{"roleDefinitionId": GLOBAL}]}, said.append)) == []
    assert said == [f"a grant of {GLOBAL} names nobody; it was set aside"]


@pytest.mark.parametrize("content", [[app("1")], {"value": [app("1")]}])
def test_service_principals_alone(content: Any) -> None:
    assert grants(content)["1"] == ()


@pytest.mark.parametrize("content", [None, {}, 3, {"users": []}])
def test_another_file(content: Any) -> None:
    with pytest.raises(ValueError, match="none of the lists"):
        grants(content)


def test_odd_values_end_nothing() -> None:
    content = {
        "servicePrincipals": [3, {"id": 4}, {"appRoles": 3, "appRoleAssignments": [3, {}]}],
        "directoryRoles": [{"members": {"value": [{}]}}, {"members": [3]}],
        "roleAssignments": [{"roleDefinition": 3}],
        "applications": "x",
    }
    assert grants(content) == {}
