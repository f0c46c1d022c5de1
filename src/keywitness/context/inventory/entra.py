"""The reach of Entra principals from Microsoft Graph: one JSON object with lists named as Graph names them.

``servicePrincipals`` (with ``appRoles`` and ``appRoleAssignments``), ``appRoleAssignments``,
``oauth2PermissionGrants``, ``directoryRoles`` (with ``members``), ``roleAssignments`` (with ``roleDefinition``) and
``applications``; each is a list or an answer of Graph with ``value``. A delegated permission is shown and makes nobody
privileged: it can do no more than the person who signs in. So is a role of an administrative unit.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from keywitness.context.inventory.reach import Complain, Export, Grant, Holding, listed, table, text, why
from keywitness.context.tables import fold, objects

Raw = Mapping[str, Any]
_LISTS: Final = ("servicePrincipals", "directoryRoles", "roleAssignments", "appRoleAssignments")
_DEFAULT_ACCESS: Final = "00000000-0000-0000-0000-000000000000"


def read(content: Any, complain: Complain) -> Iterator[Holding]:
    if isinstance(content, list) or (isinstance(content, dict) and isinstance(content.get("value"), list)):
        content = {"servicePrincipals": content}
    if not isinstance(content, dict) or not any(name in content for name in _LISTS):
        raise ValueError(f"it holds none of the lists {', '.join(_LISTS)}")
    found: dict[str, list[Grant]] = defaultdict(list)
    for principal, grant in (*_permissions(content), *_roles(content)):
        if principal:
            found[principal].append(grant)
        else:
            complain(f"a grant of {grant.name[:80]} names nobody; it was set aside")
    names = _names(content)
    for principal in dict.fromkeys((*names, *found)):
        yield Holding(names.get(principal, (principal,)), tuple(found.get(principal, ())))


def _names(content: Raw) -> Mapping[str, tuple[str, ...]]:
    """By what the log may call each principal: its object id, its application's ids and name, or its user name."""
    objects_of: dict[str, list[str]] = defaultdict(list)
    for application in listed(content, "applications"):
        objects_of[text(application, "appId")].append(text(application, "id"))
    found = {}
    for item in listed(content, "servicePrincipals"):
        ident, app = text(item, "id"), text(item, "appId")
        own = (ident, app, *(objects_of[app] if app else ()), *_called(item, "displayName", "application/"))
        found[fold(ident)] = tuple(fold(name) for name in own if name)
    for role in listed(content, "directoryRoles"):
        for member in objects(role.get("members")):
            ident = fold(text(member, "id"))
            found.setdefault(ident, (ident, *map(fold, _called(member, "userPrincipalName", ""))))
    return {ident: names for ident, names in found.items() if ident}


def _called(item: Raw, key: str, prefix: str) -> tuple[str, ...]:
    return (f"{prefix}{text(item, key)}",) if text(item, key) else ()


def _permissions(content: Raw) -> Iterator[tuple[str, Grant]]:
    principals = listed(content, "servicePrincipals")
    known = {text(role, "id"): text(role, "value") for sp in principals for role in listed(sp, "appRoles")}
    given = [(text(item, "principalId"), item) for item in listed(content, "appRoleAssignments")]
    for principal in principals:
        given += ((text(principal, "id"), item) for item in listed(principal, "appRoleAssignments"))
    for ident, item in given:
        role = text(item, "appRoleId")
        if role != _DEFAULT_ACCESS:
            rule = table("entra", "permission").get(fold(role))
            yield fold(ident), Grant(rule.name if rule else known.get(role) or role, rule.why if rule else "")
    for item in listed(content, "oauth2PermissionGrants"):
        for scope in text(item, "scope").split():
            yield fold(text(item, "clientId")), Grant(f"{scope} (delegated)")


def _roles(content: Raw) -> Iterator[tuple[str, Grant]]:
    for role in listed(content, "directoryRoles"):
        for member in listed(role, "members"):
            yield fold(text(member, "id")), _role(text(role, "displayName"), text(role, "roleTemplateId"))
    for item in listed(content, "roleAssignments"):
        definition = item.get("roleDefinition")
        name = text(definition, "displayName") if isinstance(definition, dict) else ""
        scope = text(item, "directoryScopeId") or "/"
        grant = _role(name, text(item, "roleDefinitionId"))
        yield fold(text(item, "principalId")), grant if scope == "/" else Grant(f"{grant.name} (in {scope})")


def _role(name: str, ident: str) -> Grant:
    return Grant(name or ident or "a role", why("entra", "role", ident, name))


EXPORT: Final = Export("entra-app-roles*.json", read)
