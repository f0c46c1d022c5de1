"""Does an indicator match where it came from, what was used, or from where the credential was used since?

Only indicators valid at that time match; others are shown as counter-evidence. Unknown: no indicators are given,
or a source that is configured can't be read and nothing else matches. A Tor exit is a match by itself, where the
policy says so (``tor_is_indicator``).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from keywitness.context.intel import Indicator, Indicators
from keywitness.context.ranges import SAYS, listed_on, network_kind
from keywitness.model import Answer
from keywitness.questions import Facts, Question


def ask(facts: Facts) -> Answer:
    answer, exits = _matched(facts), list(_tor(facts))
    if not exits:
        return answer
    said = "; ".join(text for _, text in exits) + f" (list of {listed_on()})"
    if answer.answer == "yes":
        return replace(answer, because=f"{answer.because}; {said}")
    if not facts.thresholds["tor_is_indicator"]:
        return replace(answer, against=(*answer.against, f"{said}, which this policy doesn't count"))
    return Answer("yes", said, tuple(event for event, _ in exits), answer.against, kind="tor")


def _tor(facts: Facts) -> Iterator[tuple[str, str]]:
    """Event and words for each address of the change, and of the credential's use, that is a Tor exit."""
    change = facts.change
    if network_kind(change.source_ip, None) == "tor":
        yield change.event_id, f"{change.source_ip} is {SAYS['tor']}"
    for use in facts.signed():
        if use.source_ip != change.source_ip and network_kind(use.source_ip, None) == "tor":
            yield use.first_event, f"the credential was used from {use.source_ip}, {SAYS['tor']}"


def _matched(facts: Facts) -> Answer:
    known = facts.context.indicators
    if known is None:
        return Answer(
            "unknown", "no indicators are given", missing=("threat intelligence (indicators.csv, STIX, MISP, TAXII)",)
        )
    change, least = facts.change, facts.thresholds["indicator_confidence"]
    here, since = _here(facts, known), _since(facts, known)
    weak = [i for i in (*here, *since) if i.confidence is not None and i.confidence < least]
    if hits := [i for i in here if i not in weak]:
        return Answer("yes", "; ".join(_say(i) for i in hits), tuple(i.id for i in hits))
    if later := [i for i in since if i not in weak]:
        because = "the credential was used from " + "; ".join(_say(i) for i in later)
        return Answer("yes", because, tuple(i.id for i in later), kind="use")
    stale = known.expired(
        address=change.source_ip,
        asn=facts.place.asn if facts.place else None,
        user_agent=change.user_agent,
        service=None,
        credentials=change.credential_ids,
        at=change.time,
    )
    against = (
        *(f"an indicator below the confidence that counts ({least:.0f}) matches: {_say(i)}" for i in weak),
        *(f"an expired indicator matches: {_say(i)}" for i in stale),
    )
    if gaps := tuple(str(gap) for gap in known.gaps if gap.covers(_seen_until(facts))):
        because = "no indicator matches in what could be read"
        return Answer("unknown", because, against=against, missing=tuple(f"the indicators of {gap}" for gap in gaps))
    return Answer("no", "no indicator matches the address, network, client or credential", against=against)


def _seen_until(facts: Facts) -> datetime:
    """The last moment that indicators are asked about: the change, or the credential's last use."""
    return max((facts.change.time, *(use.last for use in facts.signed())))


def _here(facts: Facts, known: Indicators) -> tuple[Indicator, ...]:
    change = facts.change
    return known.match(
        address=change.source_ip,
        asn=facts.place.asn if facts.place else None,
        user_agent=change.user_agent,
        service=change.source_service,
        credentials=change.credential_ids,
        at=change.time,
    )


def _since(facts: Facts, known: Indicators) -> tuple[Indicator, ...]:
    found: dict[str, Indicator] = {}
    for use in facts.signed():
        place = facts.places.get(use.source_ip or "")
        for hit in known.match(
            address=use.source_ip,
            asn=place.asn if place else None,
            user_agent=None,
            service=None,
            credentials=(),
            at=use.first,
        ):
            found[hit.id] = hit
    return tuple(found.values())


def _say(indicator: Indicator) -> str:
    details = [f"confidence {indicator.confidence}"] if indicator.confidence is not None else []
    details += [f"TLP:{indicator.tlp.upper()}"] if indicator.tlp else []
    tail = f" ({indicator.source}{', ' if details else ''}{', '.join(details)})" if indicator.source or details else ""
    return f"{indicator.value}: {indicator.description or indicator.type}{tail}"


QUESTION: Final[Question] = Question(
    "threat_intel", "Does an indicator match?", ask, needs=("indicators",), uses=("usage",)
)
