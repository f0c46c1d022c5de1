"""What happened around a change, in order: the actor's acts, risk signs, uses of the credential, its end."""

from collections.abc import Iterator
from typing import Final, Literal

from keywitness.model import CredentialChange, EventId, TimelineEntry
from keywitness.questions import Facts

MOST: Final = 30  # entries of one timeline
Kind = Literal["risk", "sign-in", "activity"]
_KINDS: Final[dict[str, Kind]] = {"risk": "risk", "alert": "risk", "sign-in": "sign-in"}


def timeline(facts: Facts) -> tuple[TimelineEntry, ...]:
    """At most :data:`MOST` entries, oldest first: the nearest ones, and mere activity where there is room.

    The change itself is always among them.
    """
    once: dict[tuple[str, str], TimelineEntry] = {}
    for entry in _all(facts):  # the change first, so that a tie in time leaves it in
        once.setdefault((entry.event_id, entry.kind), entry)
    kept = sorted(once.values(), key=lambda e: (e.kind == "activity", abs(e.time - facts.change.time)))[:MOST]
    return tuple(sorted(kept, key=lambda e: (e.time, e.event_id)))


def _all(facts: Facts) -> Iterator[TimelineEntry]:
    change = facts.change
    yield _entry(change, _said(change), "change")
    known = {change.event_id}
    for other, ticketed in facts.siblings:
        known.add(other.event_id)
        yield _entry(other, _said(other) + (" (covered by a change)" if ticketed else ""), "change")
    for child in facts.children:
        known.add(child.event_id)
        yield _entry(child, f"made with the new credential: {_said(child)}", "change")
    for end in facts.lifecycle:
        known.add(end.event_id)
        yield _entry(end, f"the credential was {end.change} by {end.actor.label()}", "lifecycle")
    for use in facts.behaviour.usage.uses:
        what = "the new credential was used" if use.kind == "key" else "the target signed in"
        said = f"{what}: {use.first_operation} from {use.source_ip or 'a cloud service'}, {use.count} call(s) in all"
        yield TimelineEntry(use.first, said, EventId(use.first_event), "use")
    for act in facts.behaviour.acts.acts:
        if act.first_event in known:
            continue
        kind: Kind = _KINDS.get(act.class_, "activity")
        times = f", {act.count} times" if act.count > 1 else ""
        failed = "" if act.outcome == "success" else f" ({act.outcome})"
        origin = f" from {act.source_ip}" if act.source_ip else ""
        said = f"{act.operation}{failed}{origin}{times}"
        yield TimelineEntry(act.first, said, EventId(act.first_event), kind)


def _said(change: CredentialChange) -> str:
    failed = "" if change.outcome == "success" else f" ({change.outcome})"
    return f"{change.operation}{failed} for {change.target.label()}"


def _entry(change: CredentialChange, what: str, kind: str) -> TimelineEntry:
    return TimelineEntry(change.time, what, change.event_id, "lifecycle" if kind == "lifecycle" else "change")
