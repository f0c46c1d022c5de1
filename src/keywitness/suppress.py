"""The last word of the organisation on a decision: a suppression closes what an analyst found harmless before.

It never hides an indicator match or a group of hostile signs, nor, unless the policy says so, a P1 whose credential
was used from a foreign network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from keywitness.context.identities import Directory
from keywitness.context.suppressions import Suppression
from keywitness.model import Answer, CredentialChange, Decision
from keywitness.policy import Policy


def suppress(
    decision: Decision,
    change: CredentialChange,
    answers: Mapping[str, Answer],
    policy: Policy,
    suppressions: Sequence[Suppression],
    directory: Directory,
) -> Decision:
    """The decision, or the close that a suppression makes of it: what it would have been stands under ``against``."""
    if decision.action == "close" or not suppressions or forbidden(decision, answers, policy):
        return decision
    found = next((s for s in suppressions if matches(s, change, directory)), None)
    if found is None:
        return decision
    would = f"without the suppression: {decision.action}, {decision.priority}. {decision.because}"
    return replace(
        decision,
        action="close",
        reasons=("suppressed",),
        priority="P4",
        because=f"Suppressed by {found.id} of {found.owner} until {found.expires}: {found.reason}",
        against=(would, *decision.against)[:4],
        missing=(),
        flip=f"The end of {found.id}, an indicator match or a group of hostile signs",
        suppressed_by=found.id,
    )


def forbidden(decision: Decision, answers: Mapping[str, Answer], policy: Policy) -> str:
    """Why no suppression may hide it; "" when one may."""

    def yes(question: str) -> bool:
        return question in answers and answers[question].answer == "yes"

    if yes("threat_intel"):
        return "an indicator matches"
    signs = next((group for group in policy.hostile if group and all(map(yes, group))), None)
    if signs:
        return f"it has hostile signs ({', '.join(signs)})"
    foreign = yes("used_since") and answers["used_since"].kind == "foreign network"
    if foreign and decision.priority == "P1" and "foreign_use" not in policy.also_hides:
        return "the credential was used from a foreign network"
    return ""


def matches(suppression: Suppression, change: CredentialChange, directory: Directory) -> bool:
    """Whether the change is within its scope and before its end."""
    actor = suppression.actor == change.actor_principal or directory.same(
        suppression.actor, change.actor_principal, change.actor.id, change.actor.name
    )
    target = suppression.target in ("", change.target_principal) or directory.same(
        suppression.target, change.target_principal, change.target.id, change.target.name
    )
    operation = suppression.operation.casefold() in ("", change.operation.casefold())
    return actor and target and operation and suppression.at(change.source_ip) and suppression.covers(change.time)
