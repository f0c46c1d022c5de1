"""Was it a client that this actor never used?

Clients are compared without their versions: an update is no new client. Unknown: the record names none, or too few
days with a client are known (``place_days``).
"""

from typing import Final

from keywitness.behaviour.clients import client_of
from keywitness.model import Answer
from keywitness.questions import Facts, Question


def ask(facts: Facts) -> Answer:
    client = client_of(facts.change.user_agent)
    if client is None:
        return Answer("unknown", "the record names no client", missing=("a user agent in the record",))
    if facts.change.source_service and not facts.change.source_ip:
        return Answer("no", f"called by the cloud's own service {facts.change.source_service}")
    seen = facts.behaviour.clients
    lookback = facts.lookback()
    if days := seen.days.get(client):
        return Answer("no", f"{client} was used on {days} days in {lookback}")
    active = facts.behaviour.rhythm.days if seen.days else 0
    if active < facts.thresholds["place_days"]:
        because = f"only {active} days with a client in {lookback}: too few to know the actor's clients"
        return Answer("unknown", because, missing=(f"a longer history of the {facts.change.log} log",))
    usual = ", ".join(f"{c} ({n} d)" for c, n in sorted(seen.days.items(), key=lambda i: (-i[1], i[0]))[:3]) or "none"
    return Answer(
        "yes",
        f"first time with {client}: 0 of {active} active days in {lookback}; usual: {usual}",
        (facts.change.event_id,),
    )


QUESTION: Final[Question] = Question(
    "unusual_client",
    "Was it a client that this actor never used?",
    ask,
    needs=("history",),
    uses=("clients",),
    window="before",
)
