"""Bringing together what is known about each change: context, behaviour, neighbours, coverage."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from keywitness.behaviour import Behaviour
from keywitness.behaviour.measure import measure
from keywitness.case import group, siblings
from keywitness.catalogue import Catalogue
from keywitness.context import Context
from keywitness.context.calendar import moment
from keywitness.lake import Engine
from keywitness.lineage import children, parents
from keywitness.model import CaseId, Coverage, CredentialChange
from keywitness.policy import Policy
from keywitness.questions import Facts
from keywitness.questions.authorisation import authorise
from keywitness.readers.values import operation_key


@dataclass(frozen=True, slots=True)
class Window:
    """Which changes are reported; everything that is read counts as history. ``until`` is exclusive."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, time: datetime) -> bool:
        return (self.since is None or time >= self.since) and (self.until is None or time < self.until)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The facts of each finding and its case, oldest finding first."""

    facts: tuple[Facts, ...]
    case_ids: tuple[CaseId, ...]
    coverage: tuple[Coverage, ...]


def kept_records(engine: Engine, catalogue: Catalogue) -> list[dict[str, Any]]:
    """The rows that the catalogue knows by name, with their full records, in a stable order."""
    events = engine.events()
    names = engine.rows(events.select("operation").distinct())
    wanted = catalogue.wanted()
    known = [row["operation"] for row in names if operation_key(row["operation"]) in wanted]
    rows = events.filter(events.operation.isin(known) & events.raw.notnull())
    return engine.rows(rows.order_by(["time", "event_id", "file", "record"]))


def coverage(engine: Engine) -> tuple[Coverage, ...]:
    """What each log of each tenant covers, by provider, log and tenant."""
    events = engine.events()
    keys = ["provider", "log", "tenant"]
    spans = engine.rows(
        events.group_by(keys).aggregate(
            first=events.time.min(), last=events.time.max(), records=events.count(), days=events.time.date().nunique()
        )
    )
    regions: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for row in engine.rows(events.select([*keys, "region"]).distinct()):
        if row["region"]:
            regions[tuple(row[key] for key in keys)].add(row["region"])
    found = [Coverage(**row, regions=tuple(sorted(regions[tuple(row[key] for key in keys)]))) for row in spans]
    return tuple(sorted(found, key=lambda c: (c.provider, c.log, c.tenant or "")))


def gather(
    engine: Engine,
    findings: Sequence[CredentialChange],
    changes: Sequence[CredentialChange],
    context: Context,
    catalogue: Catalogue,
    policy: Policy,
) -> Knowledge:
    """The facts of each of ``findings`` (oldest first); ``changes`` are all changes of the run, removals too."""
    identities = [context.directory.get(change.actor_principal) for change in findings]
    moments = [moment(c.time, context.organisation, i) for c, i in zip(findings, identities, strict=True)]
    behaviour = measure(engine, findings, changes, context.geo, context.directory.resolve)
    tickets = None if context.changes is None else authorise(findings, context.changes, context.directory)
    parent_of = parents([c for c in changes if c.outcome == "success"])
    below = children(parent_of, findings)
    shared = _shared(findings, behaviour, policy)
    near = siblings(findings, shared)
    ticketed = {c.event_id for c, t in zip(findings, tickets or (), strict=False) if t.covered}
    ends = _lifecycle(changes)
    known = coverage(engine)
    facts = []
    for i, change in enumerate(findings):
        places = {a: context.geo.place(a) for a in _addresses(change, behaviour[i])}
        facts.append(
            Facts(
                change=change,
                operation=catalogue.get(change.operation_id),
                behaviour=behaviour[i],
                context=context,
                moment=moments[i],
                place=places.get(change.source_ip or ""),
                actor=identities[i],
                target=context.directory.get(change.target_principal),
                authorisation=tickets[i] if tickets else None,
                siblings=tuple((c, c.event_id in ticketed) for c in near[i]),
                lifecycle=_ends(change, ends),
                parent=parent_of.get(change.event_id),
                children=tuple(below.get(change.event_id, ())),
                coverage=known,
                places=places,
                thresholds=policy.thresholds,
            )
        )
    return Knowledge(tuple(facts), tuple(group(findings, shared, parent_of)), known)


def _addresses(change: CredentialChange, behaviour: Behaviour) -> set[str]:
    used = {use.source_ip for use in behaviour.usage.uses}
    previous = {behaviour.previous.address} if behaviour.previous else set()
    return {address for address in {change.source_ip, *used, *previous} if address}


def _shared(findings: Sequence[CredentialChange], behaviour: Sequence[Behaviour], policy: Policy) -> frozenset[str]:
    """Addresses that several identities had used before: an office or a VPN."""
    enough = policy.thresholds["shared_address_actors"]
    return frozenset(
        c.source_ip for c, b in zip(findings, behaviour, strict=True) if c.source_ip and len(b.address.ever) >= enough
    )


def _lifecycle(changes: Sequence[CredentialChange]) -> Mapping[str, list[CredentialChange]]:
    """Successful removals and switches-off, by credential id."""
    ends: dict[str, list[CredentialChange]] = defaultdict(list)
    for change in changes:
        if change.change in ("removed", "disabled") and change.outcome == "success":
            for key in change.credential_ids:
                ends[key].append(change)
    return ends


def _ends(change: CredentialChange, ends: Mapping[str, list[CredentialChange]]) -> tuple[CredentialChange, ...]:
    return tuple(end for key in change.credential_ids for end in ends.get(key, ()) if end.time >= change.time)
