"""From where a case's changes were made: a row for each address, the busiest first."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from keywitness.model import Case, Finding


@dataclass(frozen=True, slots=True)
class Place:
    """``where`` is country, city and network as text; "" when nobody knows."""

    address: str
    where: str
    changes: int
    clients: tuple[str, ...]
    first: datetime
    last: datetime


def places(case: Case) -> tuple[Place, ...]:
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in case.findings:
        source = finding.change.source_ip or finding.change.source_service
        if source:
            found[source, finding.place or ""].append(finding)
    rows = (
        Place(
            address,
            where,
            len(made),
            tuple(dict.fromkeys(f.change.user_agent for f in made if f.change.user_agent)),
            made[0].change.time,
            made[-1].change.time,
        )
        for (address, where), made in found.items()
    )
    return tuple(sorted(rows, key=lambda place: -place.changes))
