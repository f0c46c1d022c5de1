"""The reach of GCP principals from IAM policies, as JSON.

Either one policy (``gcloud projects get-iam-policy PROJECT --format json``), or
a list over many resources (``gcloud asset search-all-iam-policies``, or the
``iamPolicy`` of an asset export). What a custom role allows isn't in them: it
is named, and makes nobody privileged.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from keywitness.context.inventory.reach import Complain, Export, Grant, Holding, text, why
from keywitness.context.tables import fold, items, objects

_KINDS: Final = ("serviceaccount", "user", "group")


def read(content: Any, complain: Complain) -> Iterator[Holding]:
    policies = list(_policies(content))
    if not policies:
        raise ValueError("it holds no IAM policy with bindings")
    for resource, policy in policies:
        for binding in objects(policy.get("bindings")):
            role = text(binding, "role")
            if not role:
                complain("a binding without a role was set aside")
                continue
            grant = Grant(_named(role, resource, binding), why("gcp", "role", role))
            for member in items(binding.get("members")):
                if name := _member(member):
                    yield Holding((name,), (grant,))


def _policies(content: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Resource, "" when the policy doesn't say it, and policy."""
    for item in content if isinstance(content, list) else [content]:
        if not isinstance(item, dict):
            continue
        policy = next((item[key] for key in ("policy", "iamPolicy", "iam_policy") if key in item), item)
        if isinstance(policy, dict) and isinstance(policy.get("bindings"), list):
            yield text(item, "resource") or text(item, "name"), policy


def _named(role: str, resource: str, binding: Mapping[str, Any]) -> str:
    where = "/".join(resource.rsplit("/", 2)[-2:])
    under = " under a condition" if binding.get("condition") else ""
    return f"{role}{f' on {where}' if where else ''}{under}"


def _member(member: Any) -> str:
    """The e-mail of an account or group, folded; "" for all others (``allUsers``, a deleted one)."""
    kind, colon, name = fold(str(member)).partition(":")
    return name if colon and kind in _KINDS else ""


EXPORT: Final = Export("gcp-iam-policy*.json", read)
