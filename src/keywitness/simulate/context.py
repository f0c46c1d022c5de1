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
    BUILDER,
    DOMAIN,
    NETWORKS,
    ROTATOR,
    SERVICE_ACCOUNTS,
    SERVICE_USERS,
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
    (folder / "org.toml").write_text(ORGANISATION, encoding="utf-8", newline="\n")
    table(
        folder / "changes.csv",
        (*_TICKET_FIELDS, *_OPTIONAL_FIELDS),
        map(_ticket, sorted(stage.tickets, key=lambda t: t.created)),
    )
    table(folder / "identities.csv", IDENTITY_COLUMNS, _identities(stage.company))
    table(folder / "indicators.csv", ("type", "value", "confidence", "source", "description"), INDICATORS)
    _geography(folder / "city.mmdb", "GeoLite2-City", built, _city)
    _geography(folder / "asn.mmdb", "GeoLite2-ASN", built, _asn)


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


def _ticket(row: Ticket) -> tuple[str, ...]:
    values = (getattr(row, name) for name in (*_TICKET_FIELDS, *_OPTIONAL_FIELDS))
    return tuple(value if isinstance(value, str) else _time(value) for value in values)


def _human(person: Person) -> tuple[str, ...]:
    aliases = f"{person.name};{person.email};{person.object_id}"
    admin, offset = str(person.admin).lower(), str(person.office.offset)
    country, manager = person.office.country, f"cto@{DOMAIN}"
    return (person.name, person.email, aliases, "human", person.role, admin, offset, country, manager)


def _service(name: str, aliases: Iterable[str], role: str, admin: str = "false") -> tuple[str, ...]:
    return (name, "", ";".join(aliases), "service", role, admin, "", "", PLATFORM_TEAM)


def _identities(company: Company) -> Iterable[tuple[str, ...]]:
    yield from map(_human, (*company.people.values(), company.dormant))
    for role in (ROTATOR, BUILDER):
        yield _service(role[0], role, "automation", "true")
    for name in (*SERVICE_USERS, *SERVICE_ACCOUNTS):
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


def _geography(path: Path, database_type: str, built: datetime, describe: Callable[[Network], dict[str, Any]]) -> None:
    writer = _FixedEpoch(database_type, built)
    for network in NETWORKS.values():
        writer.insert_network(IPSet([network.cidr]), describe(network))
    writer.to_db_file(str(path))
