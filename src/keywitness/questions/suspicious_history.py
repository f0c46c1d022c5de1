"""Did anything suspicious happen to or through this actor before the change?

Yes: a risk detection or alert (30 days), tampering with logs or MFA (7 days), a burst of failed sign-ins or denied
calls, many read operations never used before (24 hours), or, before a change of another technique, one on the same
target that no ticket covers (24 hours). Unknown: less than a day of logs before the change, or a
log of signs that was silent in the 24 hours before it.
"""

from datetime import timedelta
from typing import Final

from keywitness.behaviour.signs import Sign
from keywitness.model import Answer, CredentialChange
from keywitness.questions import Facts, Question
from keywitness.questions.complete import blind, sign_logs, unless_blind

_DAY: Final = timedelta(days=1)
_WORDS: Final = {
    "risk": "{n} risk detection(s) or alert(s) in the 30 days before, last {what} at {last}",
    "tampering": "{n} change(s) to logging or MFA in the 7 days before, last {what} at {last}",
    "failed_sign_in": "{n} failed sign-ins in the 24 hours before, last at {last}",
    "denied": "{n} denied calls to {operations} operations in the 24 hours before, last {what} at {last}",
    "discovery": "{operations} read operations never used before in the 24 hours before, last {what} at {last}",
}
_MEASURE: Final = {
    "risk": "risk_detections",
    "tampering": "tampering",
    "failed_sign_in": "failed_sign_ins",
    "denied": "denied_calls",
    "discovery": "new_read_operations",
}


def ask(facts: Facts) -> Answer:
    signs = facts.behaviour.signs.found
    bad = [sign for sign in signs if _counts(sign, facts)]
    minor = tuple(_say(sign) for sign in signs if sign not in bad)
    if bad:
        return Answer("yes", "; ".join(_say(s) for s in bad), tuple(s.last_event for s in bad), kind=bad[0].kind)
    if before := _uncovered(facts):
        because = f"{len(before)} credential change(s) that nothing covers, by the same hand on the same target before"
        return Answer("yes", because, tuple(change.event_id for change in before), kind="uncovered change")
    if facts.history_days() < 1:
        because = f"the {facts.change.log} log covers less than a day before the change"
        return Answer("unknown", because, against=minor, missing=(f"earlier {facts.change.log} logs",))
    because = (
        f"no risk detection, tampering, denied-call or sign-in burst in {min(30, facts.history_days())} days of logs"
    )
    answer = Answer("no", because + _blind(facts), against=minor)
    return unless_blind(answer, blind(facts, facts.change.time - _DAY, facts.change.time, sign_logs(facts)))


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


def _counts(sign: Sign, facts: Facts) -> bool:
    enough = facts.thresholds[_MEASURE[sign.kind]]
    if sign.kind == "discovery":
        return sign.operations >= enough and facts.behaviour.rhythm.days >= facts.thresholds["rhythm_days"]
    return sign.count >= enough


def _say(sign: Sign) -> str:
    last = f"{sign.last:%Y-%m-%d %H:%M} UTC"
    return _WORDS[sign.kind].format(n=sign.count, operations=sign.operations, what=sign.what, last=last)


def _blind(facts: Facts) -> str:
    missing = [name for log, name in (("risk", "risk detections"), ("signin", "sign-ins")) if log not in facts.logs()]
    return f" (not given: {', '.join(missing)})" if missing else ""


QUESTION: Final[Question] = Question(
    "suspicious_history",
    "Was there anything suspicious before?",
    ask,
    needs=("history",),
    uses=("signs",),
    window="before",
)
