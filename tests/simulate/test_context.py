"""Context files: the columns that triage reads, and a geography that knows every address."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import maxminddb

from tests.simulate.sample import Record, addresses, table


def test_columns(company: Path) -> None:
    context = company / "context"
    headers = {path.stem: path.read_text(encoding="utf-8").partition("\n")[0] for path in context.glob("*.csv")}
    assert headers == {
        "changes": "id,kind,status,actor,operation,target,start,end,approver,summary,created,approved_at",
        "identities": "name,email,aliases,kind,role,admin,utc_offset,country,manager",
        "indicators": "type,value,confidence,source,description",
    }
    assert list(table(company / "expected.csv")[0])[:4] == ["event_id", "expect", "kind", "change_request"]


def test_the_organisation_is_described(company: Path) -> None:
    organisation = tomllib.loads((company / "context" / "org.toml").read_text(encoding="utf-8"))["organisation"]
    assert organisation.keys() == {"name", "timezone", "business_hours", "business_days"}


def test_no_ticket_was_approved_before_it_was_filed(company: Path) -> None:
    tickets = table(company / "context" / "changes.csv")
    assert [ticket["created"] for ticket in tickets] == sorted(ticket["created"] for ticket in tickets)
    for ticket in tickets:
        assert not ticket["approved_at"] or ticket["created"] <= ticket["approved_at"]
        assert bool(ticket["approved_at"]) == (ticket["status"] == "approved")
        assert ticket["start"] < ticket["end"]


def test_everyone_is_in_the_directory(company: Path, records: list[Record]) -> None:
    aliases = {a for row in table(company / "context" / "identities.csv") for a in row["aliases"].split(";")}
    users = {r["userIdentity"]["userName"] for r in records if "userName" in r.get("userIdentity", {})}
    emails = {r["userPrincipalName"] for r in records if "userPrincipalName" in r}
    assert users | emails <= aliases


def test_the_geography_knows_every_address(company: Path, records: list[Record]) -> None:
    seen = {ip for record in records for ip in addresses(record)}
    built = datetime(2026, 11, 5, tzinfo=UTC).timestamp()
    with maxminddb.open_database(company / "context" / "city.mmdb") as city:
        assert city.metadata().build_epoch == built
        places = [city.get(ip) for ip in seen]
    with maxminddb.open_database(company / "context" / "asn.mmdb") as asn:
        networks = [asn.get(ip) for ip in seen]
    assert all(isinstance(p, dict) and p.keys() == {"country", "city", "location"} for p in places)
    fields = {"autonomous_system_number", "autonomous_system_organization"}
    assert all(isinstance(n, dict) and n.keys() == fields for n in networks)
