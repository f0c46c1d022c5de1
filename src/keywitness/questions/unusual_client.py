"""Was it a client that this actor never used?

Clients are compared without their versions: an update is no new client. Yes also when the actor signed in with a new or
unregistered device in the hour before, or with one that the directory calls unmanaged or non-compliant and had vouched
for all before. The actor's own device, vouched for, speaks against. Unknown: the record names none, or too few days
with a client are known (``place_days``).
"""

from typing import Final

from keywitness.behaviour.clients import client_of
from keywitness.model import Answer
from keywitness.questions import Facts, Question, devices
from keywitness.words import at_most


def ask(facts: Facts) -> Answer:
    client = client_of(facts.change.user_agent)
    if client is None:
        return Answer("unknown", "the record names no client", missing=("a user agent in the record",))
    if facts.change.source_service and not facts.change.source_ip:
        return Answer("no", f"called by the cloud's own service {facts.change.source_service}")
    seen = facts.behaviour.clients
    lookback = facts.lookback()
    if strange := devices.strange(facts):
        said = "; ".join(devices.say_strange(s, facts) for s in strange)
        against = (f"{client} itself was used on {seen.days[client]} days",) if client in seen.days else ()
        return Answer("yes", said, tuple(s.last_event for s in strange), against, kind="device")
    if days := seen.days.get(client):
        return Answer("no", f"{client} was used on {days} days in {lookback}")
    active = facts.behaviour.rhythm.days if seen.days else 0
    if active < facts.thresholds["place_days"]:
        because = f"only {active} days with a client in {lookback}: too few to know the actor's clients"
        return Answer("unknown", because, missing=(f"a longer history of the {facts.change.log} log",))
    usual = ", ".join(f"{c} ({n} d)" for c, n in sorted(seen.days.items(), key=lambda i: (-i[1], i[0]))[:3]) or "none"
    return Answer(
        "yes",
        f"first time with {client}: 0 of {active} active days in {lookback} ({at_most(active)}); usual: {usual}",
        (facts.change.event_id,),
        tuple(devices.say_own(s) for s in devices.own(facts, facts.behaviour.devices.before)[-1:]),
    )


QUESTION: Final[Question] = Question(
    "unusual_client",
    "Was it a client that this actor never used?",
    ask,
    needs=("history",),
    uses=("clients", "devices"),
    window="before",
)
