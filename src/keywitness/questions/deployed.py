"""Whether a pipeline's deployment covers a change: the same five tests as for a ticket.

The actor is the pipeline's own identity, or a session that it was given for
the subject of its repository, by the identity provider that vouches for such
subjects. Each resource of a deployment covers one change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from keywitness.context.deployments import Deployment, Resource, table
from keywitness.context.identities import Directory
from keywitness.context.tables import fold
from keywitness.model import CredentialChange, EventId, Party

_DONE: Final = frozenset(
    {"success", "successful", "succeeded", "applied", "complete", "completed", "deployed", "finished", "merged"}
)
_REFS: Final = (":ref:", ":environment:", ":ref_type:branch:", ":ref_type:tag:")


@dataclass(frozen=True, slots=True)
class Deployed:
    """One resource of a deployment against one change: which of the five tests passed."""

    deployment: Deployment
    resource: Resource
    passed: frozenset[str]

    @property
    def key(self) -> tuple[str, str]:
        return self.deployment.id, self.resource.address


def sessions(changes: Sequence[CredentialChange]) -> Mapping[str, CredentialChange]:
    """The key of each session → the record that issued it. Sessions are changes of the scope "lineage"."""
    return {key: change for change in changes if change.scope == "lineage" for key in change.credential_ids}


def hands(change: CredentialChange, issued: Mapping[str, CredentialChange]) -> tuple[Party, ...]:
    """Who acted: the actor, and for a session whoever it was issued to, back to the first."""
    found, seen = [change.actor], set[EventId]()
    before = issued.get(change.credential_used or "")
    while before is not None and before.event_id not in seen and before.time <= change.time:
        seen.add(before.event_id)
        found.append(before.actor)
        before = issued.get(before.credential_used or "")
    return tuple(found)


def near(
    change: CredentialChange, deployments: Sequence[Deployment], directory: Directory, acted: Sequence[Party]
) -> Iterator[Deployed]:
    """The resources that agree with the change on all but one test at most."""
    for deployment in deployments:
        began = deployment.started.replace(microsecond=0)  # logs round down to the second
        whole = {
            "actor": _is_pipeline(change, deployment, directory, acted),
            "window": began <= change.time <= deployment.finished + timedelta(seconds=1),
            "approval": _approved(change, deployment, directory),
        }
        passed = {test for test, agrees in whole.items() if agrees}
        if len(passed) >= 2:
            yield from _resources(change, deployment, directory, frozenset(passed))


def _resources(
    change: CredentialChange, deployment: Deployment, directory: Directory, passed: frozenset[str]
) -> Iterator[Deployed]:
    target = change.target
    for resource in deployment.resources:
        names = resource.targets
        own = {
            "action": resource.credential_type == change.credential_type,
            "target": any(
                directory.same(n, change.target_principal, target.id, target.name) for n in names if "*" not in n
            ),
        }
        found = passed | {test for test, agrees in own.items() if agrees}
        if len(found) >= 4:
            yield Deployed(deployment, resource, found)


def _approved(change: CredentialChange, deployment: Deployment, directory: Directory) -> bool:
    """It ran to its end, and somebody who isn't the actor let it."""
    actor = change.actor
    own = directory.same(deployment.approver, change.actor_principal, actor.id, actor.name)
    return deployment.status in _DONE and bool(deployment.approver) and not own


def _is_pipeline(
    change: CredentialChange, deployment: Deployment, directory: Directory, acted: Sequence[Party]
) -> bool:
    actor = change.actor
    if directory.same(deployment.actor, change.actor_principal, actor.id, actor.name):
        return True
    return any(_is_subject(deployment, party) for party in acted if party.type == "federated")


def _is_subject(deployment: Deployment, party: Party) -> bool:
    """Whether a federated party is the deployment's repository, and its provider may say so.

    A repository alone stands for its branches, tags and environments, never for its pull requests: anybody opens one.
    """
    subject, wanted = fold(party.name or ""), fold(deployment.actor)
    form = next((form for form in table()["subject"] if subject.startswith(form)), "")
    issuer = deployment.issuer or (table()["subject"][form]["issuer"] if form else "")
    if not subject or not issuer or not _issued_by(party, issuer):
        return False
    if subject == wanted:
        return True
    repository = wanted if form and wanted.startswith(form) else form + wanted
    rest = subject.removeprefix(repository)
    if not form or rest == subject or not rest.startswith(_REFS):
        return False
    return not rest.startswith(":environment:") or rest == f":environment:{fold(deployment.environment)}"


def _issued_by(party: Party, issuer: str) -> bool:
    """A federated party's id is its provider (an ARN, a host or a pool) and its subject."""
    ident, name = fold(party.id or ""), fold(party.name or "")
    provider = ident.removesuffix(f":{name}").removesuffix(f"/subject/{name}")
    host = fold(issuer).removeprefix("https://").rstrip("/")
    return provider != ident and (provider == host or provider.endswith(f"/{host}"))
