from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context import servicenow
from keywitness.context.changes import ChangeRequest, usable
from keywitness.context.copies import Copy
from keywitness.context.remote import Remote, Reply, UnavailableError
from keywitness.context.servicenow import SYSTEM, fetch
from keywitness.context.site import Site, read_site
from keywitness.context.tables import Entry
from keywitness.errors import Reject, Source
from tests.context.server import TOKEN, Said, ServiceNow, serving
from tests.context.server import Site as Running

ANY = (None, None)


def cell(value: str, shown: str | None = None) -> dict[str, str]:
    return {"value": value, "display_value": value if shown is None else shown}


def change(number: int, **given: dict[str, str]) -> dict[str, Any]:
    """Rosa may make a key for HR Sync on 6 October from 12 to 14 UTC; her zone shows another hour."""
    return {
        "sys_id": cell(f"id{number:04}"),
        "number": cell(f"CHG{number:04}"),
        "state": cell("-2", "Geplant"),
        "approval": cell("approved", "Genehmigt"),
        "type": cell("normal", "Normal"),
        "start_date": cell("2026-10-06 12:00:00", "06.10.2026 14:00:00"),
        "end_date": cell("2026-10-06 14:00:00", "06.10.2026 16:00:00"),
        "assigned_to": cell("u1", "Rosa Parker"),
        "assigned_to.email": cell("rosa@x.example"),
        "requested_by": cell("u2", "Ines"),
        "requested_by.user_name": cell("ines"),
        "cmdb_ci": cell("ci1", "HR Sync"),
        "short_description": cell("application secret"),
        "sys_created_on": cell("2026-10-01 08:00:00", "01.10.2026 10:00:00"),
        **given,
    }


def approval(number: int, of: int, person: str, at: str, state: str = "approved") -> dict[str, Any]:
    return {
        "sys_id": cell(f"ap{number:04}"),
        "sysapproval": cell(f"id{of:04}", f"CHG{of:04}"),
        "state": cell(state),
        "approver": cell("u9", person.title()),
        "approver.email": cell(f"{person}@x.example"),
        "sys_updated_on": cell(at, "?"),
    }


@pytest.fixture
def system() -> ServiceNow:
    return ServiceNow([change(1)], [])


@pytest.fixture
def running(system: ServiceNow) -> Iterator[Running]:
    with serving(system) as site:
        yield site


def site(url: str, **given: Any) -> Site:
    section = {"url": url, "query": "type=normal", "token_env": "SERVICENOW_TOKEN"} | given
    return read_site(SYSTEM.name, section, SYSTEM.query, SYSTEM.prefixes)


def read(running: Running, window: Any = ANY, **given: Any) -> Copy:
    remote = Remote(running.url, f"Bearer {TOKEN}", sleep=lambda _: None)
    try:
        return fetch(remote, site(running.url, **given), window)
    finally:
        remote.close()


def tickets(copy: Copy) -> tuple[ChangeRequest, ...]:
    rejects: list[Reject] = []
    entries = [Entry(Source("x", i), f"row {i}", row) for i, row in enumerate(copy.rows, 1)]
    found = usable(entries, rejects)
    assert found is not None
    assert not rejects
    return found


def test_a_change_as_stored_not_as_shown(system: ServiceNow, running: Running) -> None:
    system.tables["sysapproval_approver"] = [approval(1, 1, "boss", "2026-10-05 09:00:00")]
    first, second = tickets(read(running))
    assert (first.id, first.kind, first.status, first.actor) == ("CHG0001", "normal", "approved", "rosa@x.example")
    assert (first.target, first.operation, first.approver) == ("HR Sync", "application secret", "boss@x.example")
    assert (first.start, first.end) == (datetime(2026, 10, 6, 12, tzinfo=UTC), datetime(2026, 10, 6, 14, tzinfo=UTC))
    assert first.approved_at == datetime(2026, 10, 5, 9, tzinfo=UTC)
    assert first.created == datetime(2026, 10, 1, 8, tzinfo=UTC)
    assert (second.id, second.actor) == ("CHG0001", "ines"), "who asked for it may do it too"


def test_the_stamp_of_the_change_is_better_than_an_approvals_last_edit(system: ServiceNow, running: Running) -> None:
    system.tables["change_request"] = [change(1, approval_set=cell("2026-10-05 08:00:00"))]
    system.tables["sysapproval_approver"] = [
        approval(1, 1, "boss", "2026-10-09 09:00:00"),
        approval(2, 1, "chief", "2026-10-04 09:00:00"),
        approval(3, 1, "other", "2026-10-04 09:00:00", state="requested"),
    ]
    ticket = tickets(read(running))[0]
    assert ticket.approved_at == datetime(2026, 10, 5, 8, tzinfo=UTC)
    assert ticket.approver == "boss@x.example, chief@x.example"


def test_without_a_stamp_the_last_approval_counts(system: ServiceNow, running: Running) -> None:
    system.tables["sysapproval_approver"] = [
        approval(1, 1, "boss", "2026-10-04 09:00:00"),
        approval(2, 1, "chief", "2026-10-07 09:00:00"),
    ]
    assert tickets(read(running))[0].approved_at == datetime(2026, 10, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"approval": cell("rejected", "Abgelehnt")}, "rejected"),
        ({"approval": cell("not requested", "")}, "not requested"),
        ({"approval": cell(""), "state": cell("-5", "New")}, "new"),
        ({"state": cell("4", "Abgebrochen")}, "canceled"),
        ({"state": cell("3", "Geschlossen")}, "approved"),
    ],
)
def test_states(system: ServiceNow, running: Running, given: dict[str, Any], status: str) -> None:
    system.tables["change_request"] = [change(1, **given)]
    assert {ticket.status for ticket in tickets(read(running))} == {status}


@pytest.mark.parametrize("most", [10_000, 120])
def test_all_pages_are_read(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(servicenow, "PAGE", 200)
    made = [change(n) for n in range(1, 452)]
    given = [approval(n, n, "boss", "2026-10-05 09:00:00") for n in range(1, 452)]
    with serving(ServiceNow(made, given, most)) as running:
        copy = read(running)
    found = tickets(copy)
    assert {ticket.id for ticket in found} == {f"CHG{n:04}" for n in range(1, 452)}
    assert {ticket.approver for ticket in found} == {"boss@x.example"}
    assert (copy.hidden, copy.remarks) == (0, ())
    assert {path for path, _ in running.asked} == {
        "/api/now/table/change_request",
        "/api/now/table/sysapproval_approver",
    }


def test_hidden_records_are_told(system: ServiceNow, running: Running) -> None:
    system.tables["change_request"] = [change(1), change(2), change(3)]
    system.hidden = {"id0002"}
    copy = read(running)
    assert copy.hidden == 1
    assert copy.remarks == ("1 change request(s) are hidden from this account",)
    assert {ticket.id for ticket in tickets(copy)} == {"CHG0001", "CHG0003"}


def test_approvers_that_may_not_be_read(system: ServiceNow, running: Running) -> None:
    del system.tables["sysapproval_approver"]
    copy = read(running)
    assert copy.remarks == ("approvers are not known: sysapproval_approver can't be read with this account",)
    assert {ticket.approver for ticket in tickets(copy)} == {""}


def test_a_failure_in_the_middle_is_no_short_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servicenow, "PAGE", 1)
    own = ServiceNow([change(n) for n in range(1, 4)], [])

    def broken(path: str, params: Any) -> Said:
        return Said(500) if params["sysparm_offset"] == "2" else own(path, params)

    with serving(broken) as running, pytest.raises(UnavailableError, match="it answered 500, tried 5"):
        read(running)


def test_what_passes_costs_nothing(running: Running) -> None:
    running.first = [Said(429), Said(503), Said(body=b'{"result": [')]
    assert tickets(read(running))


def test_fields_of_ones_own(system: ServiceNow, running: Running) -> None:
    own = {"u_account": cell("svc-hr"), "u_what": cell("CreateAccessKey"), "u_from": cell("2026-10-06 13:00:00", "?")}
    system.tables["change_request"] = [change(1, **own)]
    fields = {"target": "u_account", "operation": "u_what", "start": "u_from"}
    ticket = tickets(read(running, fields=fields))[0]
    assert (ticket.target, ticket.operation, ticket.start.hour) == ("svc-hr", "CreateAccessKey", 13)


def test_the_query(running: Running) -> None:
    read(running, (datetime(2026, 10, 6, tzinfo=UTC), datetime(2026, 10, 7, tzinfo=UTC)), query="a=1^NQb=2")
    limits = "^end_date>=2026-09-06 00:00:00^ORend_dateISEMPTY^start_date<=2026-11-06 00:00:00^ORstart_dateISEMPTY"
    assert running.asked[0][1]["sysparm_query"] == f"a=1{limits}^NQb=2{limits}^ORDERBYsys_id"


def test_an_answer_of_another_kind(running: Running) -> None:
    running.first = [Said(body=b'{"error": "x"}')]
    with pytest.raises(UnavailableError, match="no list of records"):
        read(running)


VALUE = st.none() | st.text(max_size=9) | st.integers() | st.lists(st.text(max_size=3), max_size=2)
CELL = VALUE | st.dictionaries(st.sampled_from(["value", "display_value", "link"]), VALUE)


class Canned:
    """A remote that answers the same records to everything."""

    def __init__(self, content: Any) -> None:
        self.content = content

    def get(self, path: str, params: Any) -> Reply:  # noqa: ARG002
        return Reply({"result": self.content}, None, "")


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(sorted(change(1))), CELL) | VALUE, max_size=3))
def test_no_record_raises_or_approves_by_itself(records: list[Any]) -> None:
    copy = fetch(Canned(records), site("https://x.example"), ANY)  # type: ignore[arg-type]
    entries = [Entry(Source("x", i), f"row {i}", row) for i, row in enumerate(copy.rows, 1)]
    for ticket in usable(entries, []) or ():
        assert ticket.start <= ticket.end


@settings(deadline=None)
@given(
    st.integers(0, 400_000_000).map(lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=366)),
    st.sampled_from(["approved", "rejected", "requested", "not requested", "cancelled"]),
)
def test_times_and_states_come_through(start: datetime, length: Any, state: str) -> None:
    end = (start + length).replace(microsecond=0)
    record = change(
        1,
        start_date=cell(f"{start:%Y-%m-%d %H:%M:%S}", "x"),
        end_date=cell(f"{end:%Y-%m-%d %H:%M:%S}", "y"),
        approval=cell(state, "z"),
    )
    ticket = tickets(fetch(Canned([record]), site("https://x.example"), ANY))[0]  # type: ignore[arg-type]
    assert (ticket.start, ticket.end, ticket.status) == (start, end, state)
