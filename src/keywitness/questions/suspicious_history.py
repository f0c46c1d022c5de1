"""Did anything suspicious happen to or through this actor before the change?

Yes: a risk detection or alert (30 days), tampering with logs or MFA (7 days), a burst of failed sign-ins or denied
calls, many read operations never used before (24 hours), an escalated case of an earlier run (``cases/``) with the same
actor, session or signing key, or, before a change of another technique, one on the same target that no ticket covers
(24 hours). A new account, one that had slept (``dormant_days``), a case of the target and what stayed below its own
threshold add to that; what a sign weighs halves every ``sign_half_life`` days. A case that an analyst found harmless
speaks against. Unknown: less than a day of logs before the change, or a log of signs that was silent in the 24 hours
before it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from keywitness.model import Answer, CredentialChange
from keywitness.questions import Facts, Question
from keywitness.questions.complete import blind, sign_logs, unless_blind
from keywitness.questions.weight import Addend, addends, settled, total

_DAY: Final = timedelta(days=1)


def ask(facts: Facts) -> Answer:
    signs, needed = addends(facts), facts.thresholds["signs_needed"]
    minor = tuple(sign.said for sign in signs)
    if sum(sign.weight for sign in signs) >= needed:
        return replace(_suspicious(signs, needed), against=settled(facts))
    if before := _uncovered(facts):
        because = f"{len(before)} credential change(s) that nothing covers, by the same hand on the same target before"
        return Answer("yes", because, tuple(change.event_id for change in before), kind="uncovered change")
    if facts.history_days() < 1:
        because = f"the {facts.change.log} log covers less than a day before the change"
        return Answer("unknown", because, against=minor, missing=(f"earlier {facts.change.log} logs",))
    because = (
        f"no risk detection, tampering, denied-call or sign-in burst in {min(30, facts.history_days())} days of logs"
    )
    answer = Answer("no", because + _blind(facts), settled(facts), minor)
    return unless_blind(answer, blind(facts, facts.change.time - _DAY, facts.change.time, sign_logs(facts)))


def _suspicious(signs: tuple[Addend, ...], needed: float) -> Answer:
    """What convicts: the signs that reached their own threshold, or else all together, with what each adds."""
    full = tuple(sign for sign in signs if sign.full)
    shown = full if sum(sign.weight for sign in full) >= needed else signs
    because = "; ".join(sign.said for sign in shown)
    if max(sign.weight for sign in shown) < needed:
        because += f" (weights {total(shown)}, {needed:.1f} needed)"
    return Answer("yes", because, tuple(e for s in shown for e in (s.event_id, *s.more)), kind=shown[0].kind)


def _uncovered(facts: Facts) -> tuple[CredentialChange, ...]:
    """What an adjacent change follows up, such as the reset of the password before a phone is added to the account.

    Of a core change its own criteria judge that.
    """
    change, tickets = facts.change, facts.authorisation
    if change.scope == "core" or tickets is None or not tickets.known:
        return ()
    return tuple(
        other
        for other, covered in facts.siblings
        if not covered
        and other.scope == "core"
        and other.outcome == "success"
        and other.time <= change.time
        and other.target_principal == change.target_principal
    )


def _blind(facts: Facts) -> str:
    missing = [name for log, name in (("risk", "risk detections"), ("signin", "sign-ins")) if log not in facts.logs()]
    return f" (not given: {', '.join(missing)})" if missing else ""


QUESTION: Final[Question] = Question(
    "suspicious_history",
    "Was there anything suspicious before?",
    ask,
    needs=("history",),
    uses=("signs", "account"),
    window="before",
)
