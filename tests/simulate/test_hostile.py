"""Hostile changes in AWS: each lacks what its name says, and the new keys are used where the story says."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from keywitness.simulate.hostile import BURST, KIT_IP, THEFT_IP
from tests.simulate.sample import Record, table, time_of


def tickets(company: Path, actor: str, target: str) -> list[dict[str, str]]:
    rows = table(company / "context" / "changes.csv")
    return [row for row in rows if (row["actor"], row["target"]) == (actor, target)]


def around(ticket: dict[str, str], event: Record) -> bool:
    return datetime.fromisoformat(ticket["start"]) <= time_of(event) <= datetime.fromisoformat(ticket["end"])


def new_key(event: Record) -> str:
    return str(event["responseElements"]["accessKey"]["accessKeyId"])


def test_the_child_key_was_made_with_the_stolen_one(company: Path, by_kind: dict[str, list[Record]]) -> None:
    (first,), (second,) = by_kind["a1-foreign-night"], by_kind["a2-child-key"]
    (row,) = (row for row in table(company / "expected.csv") if row["parent_event"])
    assert second["userIdentity"]["accessKeyId"] == new_key(first)
    assert (row["event_id"], row["parent_event"]) == (second["eventID"], first["eventID"])


@pytest.mark.parametrize(
    ("kind", "ip"), [("a1-foreign-night", THEFT_IP), ("a2-child-key", THEFT_IP), ("a9-hijacked-ticket", KIT_IP)]
)
def test_stolen_keys_are_used_from_the_listed_address(
    kind: str, ip: str, by_kind: dict[str, list[Record]], records: list[Record], company: Path
) -> None:
    (made,) = by_kind[kind]
    uses = [r for r in records if (r.get("userIdentity") or {}).get("accessKeyId") == new_key(made)]
    assert {r["sourceIPAddress"] for r in (made, *uses)} == {ip}
    assert uses
    assert ip in {row["value"] for row in table(company / "context" / "indicators.csv")}


def test_the_burst_hits_six_users_in_a_quarter_of_an_hour(by_kind: dict[str, list[Record]]) -> None:
    made = by_kind["a3-burst"]
    assert [event["requestParameters"]["userName"] for event in made] == list(BURST)
    assert time_of(made[-1]) - time_of(made[0]) < timedelta(minutes=15)


def test_tickets_fail_as_named(company: Path, by_kind: dict[str, list[Record]]) -> None:
    (expired,), (scope,) = by_kind["a7-expired-ticket"], by_kind["a8-wrong-target"]
    (late,), (hijacked,) = by_kind["a14-approved-afterwards"], by_kind["a9-hijacked-ticket"]
    assert not [t for t in tickets(company, "adele", "svc-archive") if around(t, expired)]
    assert [t for t in tickets(company, "adele", "svc-pricing") if around(t, scope)]
    assert not tickets(company, "adele", scope["requestParameters"]["userName"])
    (after,) = tickets(company, "adele", "svc-claims")
    assert around(after, late)
    assert datetime.fromisoformat(after["approved_at"]) > time_of(late)
    assert [t for t in tickets(company, "adele", "svc-notify") if around(t, hijacked)]


def test_the_dormant_user_signs_in_after_getting_a_password(
    by_kind: dict[str, list[Record]], records: list[Record]
) -> None:
    (made,) = by_kind["a10-dormant-console"]
    (login,) = (r for r in records if (r.get("userIdentity") or {}).get("userName") == "wes")
    assert (made["eventName"], login["eventName"]) == ("CreateLoginProfile", "ConsoleLogin")
    assert time_of(made) < time_of(login)


def test_signs_come_before_the_key(by_kind: dict[str, list[Record]], records: list[Record]) -> None:
    (recon,), (logging,) = by_kind["a11-recon-then-key"], by_kind["a12-logging-off"]
    hour = timedelta(hours=1)
    before = [
        r
        for r in records
        if r.get("userIdentity") == recon["userIdentity"] and time_of(recon) - hour < time_of(r) < time_of(recon)
    ]
    assert sum("errorCode" in r for r in before) >= 20
    (stopped,) = (r for r in records if r.get("eventName") == "StopLogging")
    assert stopped["userIdentity"] == logging["userIdentity"]
    assert timedelta(0) < time_of(logging) - time_of(stopped) < hour


def test_the_insider_sits_at_the_usual_desk(by_kind: dict[str, list[Record]], records: list[Record]) -> None:
    (made,) = by_kind["a6-insider"]
    same = [r for r in records if r.get("userIdentity") == made["userIdentity"] and time_of(r) < time_of(made)]
    assert made["sourceIPAddress"] in {r["sourceIPAddress"] for r in same}
    assert made["userAgent"] in {r["userAgent"] for r in same}
