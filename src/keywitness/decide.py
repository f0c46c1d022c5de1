"""Answers × policy → escalate, review or close."""

from collections.abc import Mapping
from typing import Final

from keywitness.model import Action, Answer, CredentialChange, Decision, Priority
from keywitness.policy import REASONS, Policy

_WORDS: Final = {
    "unauthorised": "no approved change covers it",
    "atypical_actor": "the actor does not make such changes",
    "pattern": "it is one of several by the same hand",
    "threat_intel": "an indicator matches",
    "unusual_location": "the location is unusual",
    "off_hours": "it was outside the actor's hours",
    "unusual_client": "the client is unusual",
    "suspicious_history": "there was something suspicious before",
}

_OPEN: Final = {
    "change_request": "unknown whether an approved change covers it",
    "atypical_actor": "unknown whether the actor usually makes such changes",
    "pattern": "unknown whether it is one of several",
    "unusual_location": "unknown whether the place is usual",
    "suspicious_history": "unknown whether there was something suspicious before",
}


def decide(change: CredentialChange, answers: Mapping[str, Answer], policy: Policy, privileged: bool) -> Decision:
    """The decision on one change. ``privileged``: the target has admin rights, or is the root of an account."""
    criteria, calm = _counting(change, answers, policy)
    approved = answers["change_request"].answer == "yes"
    lit = [r for r in criteria if _is(answers, *REASONS[r]) and not (approved and r in policy.settled_by_approval)]
    signs = [group for group in policy.hostile if all(_is(answers, question, "yes") for question in group)]
    reasons = tuple(dict.fromkeys([*lit, *(question for group in signs for question in group)]))
    asked = [REASONS[r][0] for r in criteria if not (approved and r in policy.settled_by_approval)]
    open_ones = [question for question in (*asked, *calm) if _is(answers, question, "unknown")]
    action: Action = "escalate" if reasons else "review" if open_ones else "close"
    return Decision(
        action,
        reasons,
        _priority(action, change, answers, privileged),
        _because(action, change, reasons, open_ones, approved),
        _against(action, answers, reasons),
        tuple(dict.fromkeys(m for question in open_ones for m in answers[question].missing)),
        _flip(action, answers, policy, lit, signs, open_ones),
    )


def _is(answers: Mapping[str, Answer], question: str, verdict: str) -> bool:
    return question in answers and answers[question].answer == verdict


def _counting(
    change: CredentialChange, answers: Mapping[str, Answer], policy: Policy
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria that count, and the questions that must be settled besides."""
    own = policy.self_service
    if change.outcome == "failure":
        return policy.failed_criteria, ()
    if change.scope != "core":
        return policy.adjacent_criteria, ()
    person = change.is_self and change.actor.type == "user" and change.credential_type in own.credentials
    if not person or _is(answers, "change_request", "yes"):
        return policy.criteria, ()
    if any(_is(answers, question, "yes") for question in (*own.calm, *own.strange)):
        return policy.criteria, ()
    return own.criteria, own.calm


def _priority(action: Action, change: CredentialChange, answers: Mapping[str, Answer], privileged: bool) -> Priority:
    """P1 to P4 as the design sets them; an escalated change that succeeded is persistence, never below P2."""
    if action == "close":
        return "P4"
    if action == "review" or change.outcome == "failure":
        return "P3"
    several = _is(answers, "pattern", "yes")
    foreign = _is(answers, "used_since", "yes") and answers["used_since"].kind == "foreign network"
    return "P1" if several or privileged or foreign else "P2"


def _because(
    action: Action, change: CredentialChange, reasons: tuple[str, ...], open_ones: list[str], approved: bool
) -> str:
    if action == "escalate":
        return _sentence("; ".join(_WORDS.get(r, r.replace("_", " ")) for r in reasons))
    if action == "review":
        said = "; ".join(_OPEN.get(question, f"{question.replace('_', ' ')} is unknown") for question in open_ones)
        return f"{_sentence(said)} A person must settle it."
    if change.outcome == "failure":
        return "The attempt failed and nothing was added; nothing else points to an intruder."
    if change.scope != "core":
        return f"{change.technique} is not counted as a credential addition by this policy; no hostile sign."
    if approved:
        return "An approved change covers it."
    if change.is_self and change.change == "reset":
        return "A person's own reset, from a usual place and without a hostile sign."
    return "No criterion holds and nothing is open."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _against(action: Action, answers: Mapping[str, Answer], reasons: tuple[str, ...]) -> tuple[str, ...]:
    """At most four facts against the decision: the counter-evidence of its reasons first, then opposing answers."""
    opposing: list[str] = []
    if action == "escalate":
        opposing = [
            answers[q].because for q in _WORDS if q in answers and answers[q].answer == "no" and q not in reasons
        ]
        if _is(answers, "change_request", "yes"):
            opposing.insert(0, answers["change_request"].because)
    elif action == "close":
        opposing = [answers[q].because for q in _WORDS if _is(answers, q, "yes")]
    own = [text for q in ("change_request", *reasons) if q in answers for text in answers[q].against]
    return tuple(dict.fromkeys([*own, *opposing]))[:4]


def _flip(
    action: Action,
    answers: Mapping[str, Answer],
    policy: Policy,
    lit: list[str],
    signs: list[tuple[str, ...]],
    open_ones: list[str],
) -> str:
    """The one fact that would change the decision; empty when no single fact does."""
    if action == "review":
        return f"A settled answer to {open_ones[0]}: {', '.join(answers[open_ones[0]].missing)}"
    if action == "close":
        return "An indicator match, or proof that the approval is not genuine"
    if signs:
        first = _WORDS.get(signs[0][0], signs[0][0])
        return f"Proof that it is not so that {first}" if len(signs) == 1 and not lit else ""
    if "unauthorised" in lit and policy.settled_by_approval.issuperset(set(lit) - {"unauthorised"}):
        return "An approved change for this actor, target, action and time"
    return "Proof that the actor was told to make these changes"
