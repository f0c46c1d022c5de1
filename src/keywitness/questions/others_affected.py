"""What else was touched: in the same session, by the new credential, or by its children?

Yes: uncovered changes on others by the same hand, further credentials and sessions made with this one, other
identities at an address that was new to everybody, or other writing operations in the same session. Unknown: the logs
end within 24 hours after it, were silent within 24 hours either side, or lack the one in which its use would show.
"""

from datetime import datetime, timedelta
from typing import Final

from keywitness.model import Answer
from keywitness.questions import Facts, Question
from keywitness.questions.complete import blind, unless_blind
from keywitness.questions.issued import say
from keywitness.words import counted

_DAY: Final = timedelta(days=1)


def ask(facts: Facts) -> Answer:
    found: list[tuple[str, tuple[str, ...]]] = []
    open_ones = [
        c for c, ticketed in facts.siblings if not ticketed and c.target_principal != facts.change.target_principal
    ]
    if open_ones:
        names = ", ".join(sorted({c.target.label() for c in open_ones})[:6])
        found.append(
            (f"{counted(len(open_ones), 'uncovered change')} on {names}", tuple(c.event_id for c in open_ones))
        )
    if facts.children:
        names = ", ".join(sorted({c.target.label() for c in facts.children})[:6])
        said = f"{counted(len(facts.children), 'further credential')} made with it, for {names}"
        found.append((said, tuple(c.event_id for c in facts.children)))
    if facts.issued:
        found.append((say(facts.issued), tuple(session.change.event_id for session in facts.issued[:5])))
    if strangers := _strangers(facts):
        names = ", ".join(sorted(seen for _, seen in strangers)[:6])
        number = counted(len(strangers), "other identity", "other identities")
        said = f"{number} at this address within 24 hours, which nobody used before: {names}"
        found.append((said, tuple(event for event, _ in strangers)))
    session = [a for a in facts.behaviour.acts.acts if a.same_session and a.outcome == "success" and a.target]
    if session:
        said = f"{counted(len(session), 'other writing operation')} in the same session, last {session[-1].operation}"
        found.append((said, tuple(a.first_event for a in session[:5])))
    if found:
        return Answer(
            "yes", "; ".join(said for said, _ in found), tuple(dict.fromkeys(e for _, es in found for e in es))
        )
    if facts.history_days() < 1 and not facts.behaviour.acts.acts:
        missing = (f"{facts.change.log} logs around the change",)
        return Answer("unknown", "less than a day of logs around the change", missing=missing)
    if (seen := _seen_until(facts)) < facts.change.time + _DAY:
        missing = (f"the {facts.change.log} log after {seen:%Y-%m-%d %H:%M} UTC",)
        return Answer(
            "unknown", f"nothing else was touched until the logs end at {seen:%Y-%m-%d %H:%M} UTC", missing=missing
        )
    if facts.change.outcome == "success" and (log := facts.use_log()) and not facts.own_log(log):
        said = f"nothing else was touched in the logs given, but what the credential did would show in {log}"
        return Answer("unknown", said, missing=(f"the {log} log",))
    answer = Answer("no", "nothing else by this session, address or credential within 24 hours either side")
    return unless_blind(answer, blind(facts, facts.change.time - _DAY, facts.change.time + _DAY))


def _seen_until(facts: Facts) -> datetime:
    """When the logs of the change's provider end: a quiet account's last record is not the end of its log."""
    return max((c.last for c in facts.coverage if c.provider == facts.change.provider), default=facts.change.time)


def _strangers(facts: Facts) -> list[tuple[str, str]]:
    """Other identities at an address that was new to everyone: (first event, name)."""
    address = facts.behaviour.address
    if address.ever:
        return []
    me = facts.change.actor.id
    return sorted((seen.first_event, seen.name) for actor, seen in address.near.items() if actor != me)


QUESTION: Final[Question] = Question(
    "others_affected", "What else was touched?", ask, uses=("acts", "address"), window="around"
)
