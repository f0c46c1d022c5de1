"""Bringing together what is known about each change: context, behaviour, neighbours, coverage."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Final

from keywitness.behaviour import Behaviour, gaps
from keywitness.behaviour.measure import measure, recent
from keywitness.behaviour.usage import collect, of_credentials
from keywitness.case import group, siblings
from keywitness.catalogue import Catalogue
from keywitness.context import Context
from keywitness.context.calendar import Moment, moment
from keywitness.context.identities import Identity
from keywitness.detect import is_finding
from keywitness.lake import Lake
from keywitness.lineage import children, parents
from keywitness.model import CaseId, Coverage, CredentialChange, EventId
from keywitness.past import Past
from keywitness.policy import Policy
from keywitness.questions import Facts
from keywitness.questions.acting import unproven
from keywitness.questions.authorisation import Authorisation, authorise
from keywitness.questions.deployed import sessions
from keywitness.questions.habits import Lessons
from keywitness.questions.issued import Issued, sessions_of
from keywitness.questions.off_hours import no_person
from keywitness.questions.uses import taken_back


@dataclass(frozen=True, slots=True)
class Window:
    """Which changes are reported; everything that is read counts as history. ``until`` is exclusive."""

    since: datetime | None = None
    until: datetime | None = None

    def __contains__(self, time: datetime) -> bool:
        return (self.since is None or time >= self.since) and (self.until is None or time < self.until)


GATHERED: Final = ("shared_address_actors", "gap_weeks", "gap_records", "zone_days", "zone_contrast")
"""The thresholds that gathering itself reads; all others are read by the questions, from the facts."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The facts of each finding and its case, oldest finding first."""

    facts: tuple[Facts, ...]
    case_ids: tuple[CaseId, ...]
    coverage: tuple[Coverage, ...]

    def under(self, policy: Policy) -> "Knowledge":
        """The same knowledge for another policy, whose :data:`GATHERED` thresholds must be the same."""
        return replace(self, facts=tuple(replace(facts, thresholds=policy.thresholds) for facts in self.facts))


def coverage(lake: Lake) -> tuple[Coverage, ...]:
    """What each log of each tenant covers, by provider, log and tenant."""
    logs = lake.summary("logs")
    keys = ["provider", "log", "tenant"]
    spans = lake.engine.rows(
        logs.group_by(keys).aggregate(
            first=logs["first"].min(), last=logs["last"].max(), records=logs.n.sum(), days=logs.day.nunique()
        )
    )
    regions: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for row in lake.engine.rows(logs.select([*keys, "region"]).distinct()):
        if row["region"]:
            regions[tuple(row[key] for key in keys)].add(row["region"])
    found = [Coverage(**row, regions=tuple(sorted(regions[tuple(row[key] for key in keys)]))) for row in spans]
    return tuple(sorted(found, key=lambda c: (c.provider, c.log, c.tenant or "")))


def gather(
    lake: Lake,
    findings: Sequence[CredentialChange],
    past: Past,
    context: Context,
    catalogue: Catalogue,
    policy: Policy,
) -> Knowledge:
    """The facts of each of ``findings`` (oldest first), which are among the changes of ``past``.

    Neighbours outside the window count as well: one ticket can't cover the tenth key because it was made today.
    """
    changes = past.changes
    around = [change for change in changes if is_finding(change)]
    wanted = frozenset(findings)
    judged = [index for index, change in enumerate(around) if change in wanted]
    identities = [context.directory.get(change.actor_principal) for change in findings]
    behaviour = measure(lake, findings, past.recent(), context.geo, context.directory.resolve, past.older)
    moments = _moments(findings, identities, behaviour, context, policy)
    ends = _lifecycle(changes)
    tickets = _authorise(around, changes, context, _unused(findings, behaviour, ends))
    parent_of = parents(changes, past.sign_ins)
    below = children(parent_of, [c for c in around if c.outcome == "success"])
    shared = _shared(findings, behaviour, policy)
    near = siblings(around, shared)
    ticketed = {c.event_id for c, t in zip(around, tickets or (), strict=False) if t.covered}
    case_ids = group(around, shared, parent_of)
    known = coverage(lake)
    silent = gaps.find(lake, policy.thresholds, lambda day: context.organisation.holiday(day, None) is not None)
    issued = _issued(lake, findings, changes)
    begun, lessons, facts = sessions(changes), Lessons(around, tickets, context.changes), []
    for i, (at, change) in enumerate(zip(judged, findings, strict=True)):
        started = issued.get(change.event_id, ())
        places = {a: context.geo.place(a) for a in _addresses(change, behaviour[i], started)}
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
                authorisation=tickets[at] if tickets else None,
                siblings=tuple((c, c.event_id in ticketed) for c in near[at]),
                lifecycle=_ends(change, ends),
                parent=parent_of.get(change.event_id),
                children=tuple(below.get(change.event_id, ())),
                coverage=known,
                places=places,
                thresholds=policy.thresholds,
                silences=silent,
                issued=started,
                unproven=unproven(change, begun),
                untaught=lessons.before(change),
            )
        )
    return Knowledge(tuple(facts), tuple(case_ids[at] for at in judged), known)


def _moments(
    findings: Sequence[CredentialChange],
    identities: Sequence[Identity | None],
    behaviour: Sequence[Behaviour],
    context: Context,
    policy: Policy,
) -> list[Moment]:
    zones = [_inferred(c, i, b, policy) for c, i, b in zip(findings, identities, behaviour, strict=True)]
    return [moment(c.time, context.organisation, i, z) for c, i, z in zip(findings, identities, zones, strict=True)]


def _inferred(change: CredentialChange, actor: Identity | None, behaviour: Behaviour, policy: Policy) -> tzinfo | None:
    """The zone that a person's hours suggest; automation lives in none."""
    if no_person(change, actor):
        return None
    found = behaviour.clock.zone(policy.thresholds["zone_days"], policy.thresholds["zone_contrast"])
    return found.zone if found else None


def _authorise(
    findings: Sequence[CredentialChange],
    changes: Sequence[CredentialChange],
    context: Context,
    back: Mapping[EventId, datetime],
) -> list[Authorisation] | None:
    """None when nothing that may authorise a change is configured and read."""
    if context.changes is None and context.deployments is None:
        return None
    deployments = context.deployments or ()
    return authorise(findings, context.changes, context.directory, deployments, sessions(changes), context.gaps, back)


def _unused(
    findings: Sequence[CredentialChange],
    behaviour: Sequence[Behaviour],
    ends: Mapping[str, Sequence[CredentialChange]],
) -> Mapping[EventId, datetime]:
    """When a finding's credential was taken back before anybody used it."""
    used = {change.event_id for change, b in zip(findings, behaviour, strict=True) if b.usage.signed()}
    return taken_back(findings, ends, used)


def _issued(
    lake: Lake, findings: Sequence[CredentialChange], changes: Sequence[CredentialChange]
) -> Mapping[EventId, tuple[Issued, ...]]:
    """The sessions started with each finding's credential, and what they did."""
    found = sessions_of(findings, changes)
    keys = {key for started in found.values() for session in started for key in session.credential_ids}
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in lake.engine.rows(of_credentials(lake, keys, recent(findings))) if keys else ():
        rows[row["change"]].append(row)
    used = {key: collect(given).uses for key, given in rows.items()}
    return {
        event: tuple(Issued(s, tuple(use for key in s.credential_ids for use in used.get(key, ()))) for s in started)
        for event, started in found.items()
    }


def _addresses(change: CredentialChange, behaviour: Behaviour, started: Sequence[Issued]) -> set[str]:
    used = {use.source_ip for use in (*behaviour.usage.uses, *(use for session in started for use in session.uses))}
    previous = {behaviour.previous.address} if behaviour.previous else set()
    return {address for address in {change.source_ip, *used, *previous} if address}


def _shared(findings: Sequence[CredentialChange], behaviour: Sequence[Behaviour], policy: Policy) -> frozenset[str]:
    """Addresses that several other identities had used before: an office or a VPN."""
    enough = policy.thresholds["shared_address_actors"]
    return frozenset(
        c.source_ip
        for c, b in zip(findings, behaviour, strict=True)
        if c.source_ip and len(b.address.others(c.actor.id)) >= enough
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
