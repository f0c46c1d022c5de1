"""What the organisation knows: the files that ``--context`` reads."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mmdb_writer import MMDBWriter
from netaddr import IPSet

from keywitness.simulate.company import (
    DOMAIN,
    SERVICE_ACCOUNTS,
    Company,
    Network,
    Person,
)
from keywitness.simulate.hostile import KIT_IP, THEFT_IP
from keywitness.simulate.intruders import RELAY_IP
from keywitness.simulate.stage import Expected, Stage, Ticket

PLATFORM_TEAM: Final = f"platform@{DOMAIN}"
ORGANISATION: Final = """\
[organisation]
name = "Alder & Finch"
timezone = "America/Toronto"
business_hours = "08:00-19:00"
business_days = ["mon", "tue", "wed", "thu", "fri"]
"""
INDICATORS: Final = (
    ("ipv4-addr", THEFT_IP, "90", "alderfinch-ti", "credential theft infrastructure"),
    ("ipv4-addr", RELAY_IP, "85", "alderfinch-ti", "anonymous relay exit"),
    ("ipv4-addr", KIT_IP, "90", "alderfinch-ti", "session theft kit"),
    ("ipv4-addr", "203.0.113.140", "40", "alderfinch-ti", "scanner"),
    ("domain-name", "login-alderfinch.example", "70", "alderfinch-ti", "phishing page"),
)
IDENTITY_COLUMNS: Final = ("name", "email", "aliases", "kind", "role", "admin", "utc_offset", "country", "manager")
_TICKET_FIELDS: Final = ("id", "kind", "status", "actor", "operation", "target", "start", "end", "approver", "summary")
_OPTIONAL_FIELDS: Final = ("created", "approved_at")


class _FixedEpoch(MMDBWriter):
    """Writes the build time that it is given, so that the file doesn't depend on the clock."""

    def __init__(self, database_type: str, built: datetime) -> None:
        super().__init__(4, database_type, languages=["en"], description="Alder & Finch, synthetic")
        self._built = int(built.timestamp())

    def _build_meta(self) -> dict[str, Any]:
        return super()._build_meta() | {"build_epoch": self._built}


def write(stage: Stage, folder: Path, built: datetime) -> None:
    """Write every context file into ``folder``; ``built`` is the build time that the geography files state."""
    folder.mkdir(parents=True, exist_ok=True)
    uses = ("max_uses",) if any(row.max_uses for row in stage.tickets) else ()
    columns = (*_TICKET_FIELDS, *_OPTIONAL_FIELDS, *uses)
    (folder / "org.toml").write_text(ORGANISATION, encoding="utf-8", newline="\n")
    table(
        folder / "changes.csv",
        columns,
        (_ticket(row, columns) for row in sorted(stage.tickets, key=lambda t: t.created)),
    )
    left = ("left",) if stage.leavers else ()
    table(folder / "identities.csv", (*IDENTITY_COLUMNS, *left), _identities(stage))
    table(folder / "indicators.csv", ("type", "value", "confidence", "source", "description"), INDICATORS)
    networks = tuple(stage.company.networks.values())
    _geography(folder / "city.mmdb", "GeoLite2-City", built, _city, networks)
    _geography(folder / "asn.mmdb", "GeoLite2-ASN", built, _asn, networks)


def expected(stage: Stage, path: Path) -> None:
    """Write the answer sheet."""
    table(path, tuple(f.name for f in fields(Expected)), (astuple(row) for row in stage.expected))


def table(path: Path, columns: tuple[str, ...], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _time(when: datetime | None) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if when else ""


def _ticket(row: Ticket, columns: tuple[str, ...]) -> tuple[str, ...]:
    values = (getattr(row, name) for name in columns)
    return tuple(value if isinstance(value, str) else _time(value) for value in values)


def _human(stage: Stage, person: Person) -> tuple[str, ...]:
    known = (person.name, person.email, person.object_id, *stage.company.aliases.get(person.name, ()))
    aliases, left = ";".join(known), stage.leavers.get(person.name)
    admin, offset = str(person.admin).lower(), str(person.office.offset)
    country, manager = person.office.country, f"cto@{DOMAIN}"
    row = (person.name, person.email, aliases, "human", person.role, admin, offset, country, manager)
    return (*row, str(left or "")) if stage.leavers else row


def _service(name: str, aliases: Iterable[str], role: str, admin: str = "false") -> tuple[str, ...]:
    return (name, "", ";".join(aliases), "service", role, admin, "", "", PLATFORM_TEAM)


def _identities(stage: Stage) -> Iterable[tuple[str, ...]]:
    company = stage.company
    yield from (_human(stage, person) for person in (*company.people.values(), company.dormant))
    yield from ((*row, "") if stage.leavers else row for row in _services(company))


def _services(company: Company) -> Iterable[tuple[str, ...]]:
    for role in company.roles:
        yield _service(role[0], role, "automation", "true")
    for name in (*company.services, *SERVICE_ACCOUNTS):
        yield _service(name, (name,), "service account")
    for app in company.applications.values():
        yield _service(app.name, (app.name, app.app_id, app.object_id, app.principal_id), "application")


def _city(network: Network) -> dict[str, Any]:
    return {
        "country": {"iso_code": network.country},
        "city": {"names": {"en": network.city}},
        "location": {"latitude": network.latitude, "longitude": network.longitude},
    }


def _asn(network: Network) -> dict[str, Any]:
    return {"autonomous_system_number": network.asn, "autonomous_system_organization": network.owner}


def _geography(
    path: Path,
    database_type: str,
    built: datetime,
    describe: Callable[[Network], dict[str, Any]],
    networks: Iterable[Network],
) -> None:
    writer = _FixedEpoch(database_type, built)
    for network in networks:
        writer.insert_network(IPSet([network.cidr]), describe(network))
    writer.to_db_file(str(path))
