"""The reach of AWS principals from ``aws iam get-account-authorization-details``, of one account or a list of several.

A privileged action counts as held when a policy of the principal or its groups
allows it on everybody, no policy denies it outright, and its permissions
boundary, where the export shows it, lets it through. Organisation policies and
resource policies aren't in the export, and play no part.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import unquote

from keywitness.context.inventory.reach import Complain, Export, Grant, Holding, table, text, why
from keywitness.context.tables import fold, items, objects

Raw = Mapping[str, Any]
_Policy = tuple[str, Sequence[Raw] | None]  # name and statements, None when the export doesn't hold them
_SHOWN: Final = 3
_IAM: Final = re.compile(r"arn:[^:]*:(?:iam|\*):.*[/:]\*", re.DOTALL)  # any IAM principal, or any below a path


def read(content: Any, complain: Complain) -> Iterator[Holding]:
    for account in content if isinstance(content, list) else [content]:
        lists = ("UserDetailList", "RoleDetailList")
        if not isinstance(account, dict) or not any(isinstance(account.get(name), list) for name in lists):
            raise ValueError("it is not the output of aws iam get-account-authorization-details")
        yield from _account(account, complain)


def _account(account: Raw, complain: Complain) -> Iterator[Holding]:
    managed = {text(p, "Arn"): _current(p, complain) for p in objects(account.get("Policies"))}
    teams = objects(account.get("GroupDetailList"))
    groups = {text(team, "GroupName"): _own(team, "Group", managed, complain) for team in teams}
    for kind in ("User", "Role"):
        for item in objects(account.get(f"{kind}DetailList")):
            arn, name = text(item, "Arn"), text(item, f"{kind}Name")
            if arn.count(":") < 5:
                complain(f"a principal without an ARN was set aside: {name[:60]!r}")
                continue
            policies = [*_own(item, kind, managed, complain)]
            for group in items(item.get("GroupList")):
                policies += ((f"{policy} (group {group})", said) for policy, said in groups.get(str(group), ()))
            boundary = managed.get(text(item.get("PermissionsBoundary"), "PermissionsBoundaryArn"))
            names = tuple(fold(n) for n in (arn, f"{arn.split(':')[4]}/{name}", text(item, f"{kind}Id")) if n)
            yield Holding(names, tuple(_grants(policies, boundary)))


def _own(item: Raw, kind: str, managed: Mapping[str, _Policy], complain: Complain) -> list[_Policy]:
    """The policies attached to a user, role or group, and those written into it."""
    attached = objects(item.get("AttachedManagedPolicies"))
    found = [managed.get(text(policy, "PolicyArn"), (text(policy, "PolicyName"), None)) for policy in attached]
    for inline in objects(item.get(f"{kind}PolicyList")):
        name = text(inline, "PolicyName")
        found.append((f"{name} (inline)", _statements(name, inline.get("PolicyDocument"), complain)))
    return found


def _current(policy: Raw, complain: Complain) -> _Policy:
    """A managed policy as its default version has it."""
    name = text(policy, "PolicyName")
    for version in objects(policy.get("PolicyVersionList")):
        if version.get("IsDefaultVersion") is True:
            return name, _statements(name, version.get("Document"), complain)
    return name, None


def _statements(name: str, document: Any, complain: Complain) -> Sequence[Raw] | None:
    """The command line shows a document as JSON, the API as its URL-encoded text."""
    try:
        document = json.loads(unquote(document)) if isinstance(document, str) else document
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        complain(f"the policy {name[:80]!r} can't be read, so what it allows is not known")
        return None
    statements = document.get("Statement")
    return objects(statements if isinstance(statements, list) else [statements])


def _grants(policies: Sequence[_Policy], boundary: _Policy | None) -> Iterator[Grant]:
    known = [said for _, said in policies if said is not None]
    denied = {action for said in known for action in _powers(said, "Deny")}
    within = _powers(boundary[1], "Allow") - _powers(boundary[1], "Deny") if boundary and boundary[1] else None
    for name, said in policies:
        if said is None:
            yield Grant(name, why("aws", "policy", name.partition(" (group ")[0]) if within != set() else "")
            continue
        powers = _powers(said, "Allow") - denied
        yield Grant(name, _why(powers if within is None else powers & within, said))


def _why(powers: set[str], said: Iterable[Raw]) -> str:
    if not powers:
        return ""
    conditional = all("Condition" in s for s in said if s.get("Effect") == "Allow")
    if powers == set(table("aws", "action")) and any({"*", "*:*"} & {*_texts(s.get("Action"))} for s in said):
        what = "allows every action"
    else:
        names = [rule.name for action, rule in table("aws", "action").items() if action in powers]
        more = f" and {len(names) - _SHOWN} more such" if len(names) > _SHOWN else ""
        what = f"allows {', '.join(names[:_SHOWN])}{more} on everybody"
    return f"{what}, under a condition" if conditional else what


def _powers(statements: Sequence[Raw], effect: str) -> set[str]:
    """The privileged actions, folded, that statements allow on everybody, or deny without a condition."""
    wanted = [s for s in statements if s.get("Effect") == effect and not (effect == "Deny" and "Condition" in s)]
    wanted = [s for s in wanted if _everybody(s)]
    return {action for action in table("aws", "action") if any(_covers(s, action) for s in wanted)}


def _everybody(statement: Raw) -> bool:
    """Whether it speaks of all principals of an account. One's own (``${aws:username}``) are not everybody."""
    if "NotResource" in statement:
        return True
    return any(
        resource == "*" or (_IAM.fullmatch(resource) is not None and "${" not in resource)
        for resource in _texts(statement.get("Resource"))
    )


def _covers(statement: Raw, action: str) -> bool:
    if "NotAction" in statement:
        return not any(_matches(pattern, action) for pattern in _texts(statement["NotAction"]))
    return any(_matches(pattern, action) for pattern in _texts(statement.get("Action")))


def _matches(pattern: str, action: str) -> bool:
    """``*`` and ``?`` are special, and ``*:*`` is everything too."""
    return pattern == "*:*" or fnmatchcase(action, pattern.lower().replace("[", "[[]"))


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


EXPORT: Final = Export("aws-authorization-details*.json", read)
