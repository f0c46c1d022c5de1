"""What is fetched once per run."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from keywitness import catalogue
from keywitness.facts import Knowledge, Window, coverage, gather
from keywitness.model import EventId
from keywitness.past import with_ancestors
from keywitness.policy import load_policy
from tests.support import AT, GEO, ago, change, context, event, lake, later, ticket

OFFICE = "192.0.2.1"


def test_coverage_is_by_log_and_tenant(tmp_path: Path) -> None:
    rows = [
        event(time=ago(days=9), tenant="1", region="us-east-1"),
        event(time=ago(days=9, hours=1), tenant="1", region="eu-west-1"),
        event(time=ago(days=2), tenant="1", region="us-east-1"),
        event(time=ago(days=3), tenant="2", region=None),
        event(time=ago(days=4), tenant=None, provider="entra", log="signin"),
    ]
    found = coverage(lake(rows, tmp_path))
    assert [(c.provider, c.log, c.tenant) for c in found] == [
        ("aws", "cloudtrail", "1"),
        ("aws", "cloudtrail", "2"),
        ("entra", "signin", None),
    ]
    first = found[0]
    assert (first.first, first.last) == (ago(days=9, hours=1), ago(days=2))
    assert (first.records, first.days, first.regions) == (3, 2, ("eu-west-1", "us-east-1"))
    assert found[1].regions == ()


@pytest.mark.parametrize(
    ("window", "inside"),
    [
        (Window(), True),
        (Window(since=AT), True),
        (Window(until=AT), False),
        (Window(since=AT + timedelta(microseconds=1)), False),
        (Window(ago(days=1), later(days=1)), True),
    ],
)
def test_since_is_inclusive_and_until_is_not(window: Window, inside: bool) -> None:
    assert (AT in window) is inside


def gathered(made: list[Any], rows: list[Any], folder: Path, **known: Any) -> Knowledge:
    findings = [c for c in made if c.change == "created"]
    where = context(**{"geo": GEO, **known})
    on, operations = lake(rows, folder), catalogue.load()
    past = with_ancestors(on, operations, where.directory.resolve, made)
    return gather(on, findings, past, where, operations, load_policy())


def test_the_facts_of_two_changes_by_one_hand(tmp_path: Path) -> None:
    first = change(time=ago(hours=2), event_id="one", credential_ids=("AKIA1",), source_ip="198.51.100.1")
    gone = change(time=ago(hours=1), event_id="gone", change="removed", credential_ids=("AKIA1",))
    failed = replace(gone, event_id=EventId("denied"), outcome="failure")
    second = change("svc", "other", event_id="two", credential_used="AKIA1", source_ip="198.51.100.1")
    rows = [event(time=ago(days=30)), event(time=later(hours=1), credential_used="AKIA1", source_ip="203.0.113.1")]
    known = gathered([first, gone, failed, second], rows, tmp_path, changes=(ticket(start=ago(hours=3)),))
    one, two = known.facts
    assert known.case_ids[0] == known.case_ids[1]
    assert [c.event_id for c in one.children] == ["two"]
    assert two.parent is first
    assert [c.event_id for c in one.lifecycle] == ["gone"]
    assert one.authorisation is not None
    assert (one.authorisation.covered, two.siblings) == (True, ((first, True),))
    assert one.place is not None
    assert one.places["203.0.113.1"] is not None
    assert one.history_days() == 29
    assert len(known.coverage) == 1


def test_a_failed_attempt_belongs_to_the_key_that_tried_it_and_is_no_child(tmp_path: Path) -> None:
    first = change(time=ago(hours=30), credential_ids=("AKIA1",))
    tried = change("svc", "other", credential_used="AKIA1", outcome="failure")
    known = gathered([first, tried], [], tmp_path)
    assert known.facts[1].parent is first
    assert known.facts[0].children == ()
    assert known.case_ids[0] == known.case_ids[1]


@pytest.mark.parametrize(("others", "same"), [(3, False), (2, True)])
def test_an_office_joins_nobody(others: int, same: bool, tmp_path: Path) -> None:
    rows = [event(time=ago(days=9), source_ip=OFFICE, actor_id=f"colleague{i}") for i in range(others)]
    made = [change(name, time=ago(hours=i), source_ip=OFFICE) for i, name in ((1, "ann"), (0, "bob"))]
    ids = gathered(made, rows, tmp_path).case_ids
    assert (ids[0] == ids[1]) is same


def test_no_findings_are_no_error(tmp_path: Path) -> None:
    assert gathered([], [event()], tmp_path).facts == ()


def signed_in(key: str | None, **columns: Any) -> dict[str, Any]:
    given = {"provider": "entra", "log": "sp-signin", "operation": "Sign-in", "class_": "sign-in", "actor_id": "app"}
    return event(credential_used=key, time=ago(hours=1), **given | columns)


def test_a_service_that_signed_in_with_an_added_secret_names_the_addition(tmp_path: Path) -> None:
    added = change("ann", "app", credential_type="app_credential", credential_ids=("k1",), time=ago(hours=3))
    done = change("app", "x", actor_principal="app")
    known = gathered([added, done], [signed_in("k1")], tmp_path)
    assert known.facts[1].parent == added
    assert known.case_ids[0] == known.case_ids[1]


def test_sessions_started_with_the_credential_and_what_they_did(tmp_path: Path) -> None:
    made = change(credential_ids=("AKIA1",))
    own = {"credential_used": "AKIA1", "credential_ids": ("ASIA1",), "time": later(hours=1)}
    session = change("svc", "Admin", change="issued", scope="lineage", **own)
    rows = [
        event(credential_used="AKIA1", source_ip=OFFICE, time=later(hours=1), operation="sts:AssumeRole"),
        event(credential_used="ASIA1", source_ip="203.0.113.1", time=later(hours=2), event_id="u1"),
        event(credential_used="ASIA9", source_ip="198.51.100.1", time=later(hours=2)),
    ]
    (known,) = gathered([made, session], rows, tmp_path).facts
    (issued,) = known.issued
    assert (issued.change, [use.first_event for use in issued.uses]) == (session, ["u1"])
    assert "203.0.113.1" in known.places
    assert len(known.signed()) == 2
