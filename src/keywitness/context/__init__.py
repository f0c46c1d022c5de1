"""What the organisation knows, read once per run from a folder in which each file is optional.

A part without a file is *unavailable*, which is not the same as empty: no ``changes.csv`` means that nobody can say
whether a change was approved. A row that can't be used is set aside as a Reject and costs no other row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from keywitness.context import jira, servicenow
from keywitness.context.calendar import Moment, Organisation, load_organisation, moment
from keywitness.context.cases import NO_CASES, Cases, load_cases
from keywitness.context.changes import ChangeRequest
from keywitness.context.deployments import Deployment, files_of, load_deployments
from keywitness.context.feeds import load_indicators
from keywitness.context.geo import Geo, Place, distance_km
from keywitness.context.identities import Directory, Identity, load_identities
from keywitness.context.intel import Indicator, Indicators
from keywitness.context.inventory import NOTHING, Inventory, load_inventory
from keywitness.context.latest import Gap
from keywitness.context.oncall import Shift, load_oncall
from keywitness.context.suppressions import NONE, Suppressions, load_suppressions
from keywitness.context.tables import present
from keywitness.context.tickets import TicketSystem, load_tickets
from keywitness.errors import Reject, UsageError

__all__ = ["ChangeRequest", "Context", "Deployment", "Directory", "Gap", "Geo", "Identity", "Indicator", "Indicators"]
__all__ += ["Moment", "Organisation", "Place", "distance_km", "load", "moment"]
SYSTEMS: Final[tuple[TicketSystem, ...]] = (servicenow.SYSTEM, jira.SYSTEM)


@dataclass(frozen=True, slots=True)
class Context:
    """All parts. ``files`` says for each part which file it came from, by name; "" when it has none."""

    organisation: Organisation
    changes: tuple[ChangeRequest, ...] | None  # None: no source, or none that could be read; () is a source without one
    directory: Directory
    indicators: Indicators | None
    geo: Geo
    rejects: tuple[Reject, ...]
    files: Mapping[str, str]
    deployments: tuple[Deployment, ...] | None = None
    gaps: tuple[Gap, ...] = ()  # sources of tickets that are configured and can't be read, or not whole
    suppressions: Suppressions = NONE
    inventory: Inventory = NOTHING
    oncall: tuple[Shift, ...] | None = None
    cases: Cases = NO_CASES


def load(folder: Path | None, since: datetime | None = None, until: datetime | None = None) -> Context:
    """Read the folder, and the ticket systems that its org.toml names, for the run from ``since`` to ``until``.

    None: all unavailable, and the organisation's defaults. Raises UsageError when ``folder`` is no folder.
    """
    if folder is not None and not folder.is_dir():
        raise UsageError(f"the context folder {folder} is not there, or is not a folder")
    rejects: list[Reject] = []
    organisation = load_organisation(present(folder, "org.toml"), rejects)
    tickets = load_tickets(folder, (since, until), SYSTEMS, rejects)
    deployments = load_deployments(folder, rejects)
    directory = load_identities(present(folder, "identities.csv"), rejects)
    indicators, geo = load_indicators(folder, rejects), Geo.open(folder, rejects)
    files = {
        "organisation": "org.toml" if organisation.configured else "",
        "changes": ", ".join(tickets.sources),
        "identities": "identities.csv" if directory.available else "",
        **({"indicators": ", ".join(indicators.files) if indicators else ""} | dict(geo.files)),
        **({"deployments": files_of(deployments)} if deployments is not None else {}),
    }
    suppressions, inventory = load_suppressions(folder, rejects), load_inventory(folder, rejects)
    oncall = load_oncall(present(folder, "oncall.csv"), rejects)
    cases = load_cases(folder, directory, suppressions, rejects)
    more = {"on call": ("oncall.csv",) if oncall is not None else (), "inventory": inventory.files}
    files |= {part: ", ".join(names) for part, names in (more | {"earlier cases": cases.files}).items() if names}
    first = (organisation, tickets.changes, directory, indicators, geo, tuple(rejects), files)
    return Context(*first, deployments, tickets.gaps, suppressions, inventory, oncall, cases)
