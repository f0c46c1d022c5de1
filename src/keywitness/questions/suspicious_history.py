"""Did anything suspicious happen to or through this actor before the change?

Yes: a risk detection or alert (30 days), tampering with logs or MFA (7 days), a burst of failed sign-ins or denied
calls, many read operations never used before (24 hours), an escalated case of an earlier run (``cases/``) with the same
actor, session or signing key, or, before a change of another technique, one on the same target that no ticket covers
(24 hours). A new account, one that had slept (``dormant_days``), a case of the target and what stayed below its own
threshold add to that; what a sign weighs halves every ``sign_half_life`` days. A case that an analyst found harmless
speaks against. Unknown: less than a day of logs before the change, no log of risks or sign-ins at all, or one
that was silent in the 24 hours before it.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from keywitness.model import Answer, CredentialChange
from keywitness.questions import Facts, Question
from keywitness.questions.change_request import TICKETS
from keywitness.questions.complete import blind, sign_logs, unless_blind
from keywitness.questions.weight import Addend, addends, settled, total
from keywitness.readers import alerts

_DAY: Final = timedelta(days=1)
_SIGN_INS: Final = ("signin", "system", "cloudtrail")  # how the names of logs end that hold people's sign-ins


def ask(facts: Facts) -> Answer:
    signs, needed = addends(facts), facts.thresholds["signs_needed"]
    minor = tuple(sign.said for sign in signs)
    if sum(sign.weight for sign in signs) >= needed:
        return replace(_suspicious(signs, needed), against=settled(facts))
    if before := _uncovered(facts):
        return _followed_up(facts, before)
    if facts.history_days() < 1:
        because = f"the {facts.change.log} log covers less than a day before the change"
        return Answer("unknown", because, against=minor, missing=(f"earlier {facts.change.log} logs",))
    because = (
        f"no risk detection, tampering, denied-call or sign-in burst in {min(30, facts.history_days())} days of logs"
    )
    if missing := _not_given(facts):
        told = f"{because} (not given: {', '.join(missing)})"
        return Answer("unknown", told, settled(facts), minor, missing)
    answer = Answer("no", because, settled(facts), minor)
    return unless_blind(answer, blind(facts, facts.change.time - _DAY, facts.change.time, sign_logs(facts)))


def _suspicious(signs: tuple[Addend, ...], needed: float) -> Answer:
    """What convicts: the signs that reached their own threshold, or else all together, with what each adds."""
    full = tuple(sign for sign in signs if sign.full)
    shown = full if sum(sign.weight for sign in full) >= needed else signs
    because = "; ".join(sign.said for sign in shown)
    if max(sign.weight for sign in shown) < needed:
        because += f" (weights {total(shown)}, {needed:.1f} needed)"
    return Answer("yes", because, tuple(e for s in shown for e in (s.event_id, *s.more)), kind=shown[0].kind)


def _followed_up(facts: Facts, before: tuple[CredentialChange, ...]) -> Answer:
    """Yes, when every source of tickets was read; else nobody knows whether one covers the earlier changes."""
    told = tuple(change.event_id for change in before)
    because = f"{len(before)} credential change(s) that nothing covers, by the same hand on the same target before"
    if facts.authorisation is not None and facts.authorisation.known:
        return Answer("yes", because, told, kind="uncovered change")
    return Answer("unknown", f"{because}, as far as the tickets that could be read say", told, (), (TICKETS,))


def _uncovered(facts: Facts) -> tuple[CredentialChange, ...]:
    """What an adjacent change follows up, such as the reset of the password before a phone is added to the account.

    Of a core change its own criteria judge that.
    """
    change = facts.change
    if change.scope == "core":
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


def _not_given(facts: Facts) -> tuple[str, ...]:
    """The sources of signs that no log of the run is: without one, nobody could have told."""
    alerted = any(c.provider == alerts.READER.provider for c in facts.coverage)
    given = {"risk detections or alerts": alerted or "risk" in facts.logs()}
    given |= {"sign-ins": any(log.endswith(_SIGN_INS) for log in facts.logs())}
    return tuple(name for name, there in given.items() if not there)


QUESTION: Final[Question] = Question(
    "suspicious_history",
    "Was there anything suspicious before?",
    ask,
    needs=("history",),
    uses=("signs", "account"),
    window="before",
)
