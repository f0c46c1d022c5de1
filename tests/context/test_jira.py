from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.changes import ChangeRequest, usable
from keywitness.context.copies import Copy
from keywitness.context.jira import SYSTEM, fetch
from keywitness.context.remote import Remote, Reply, UnavailableError
from keywitness.context.site import Site, read_site
from keywitness.context.tables import Entry
from keywitness.errors import Reject, Source
from tests.context.server import TOKEN, Jira, Said, said, serving

FIELDS: list[dict[str, Any]] = [
    {"id": "summary", "name": "Summary", "schema": {"system": "summary"}},
    {"id": "customfield_1", "name": "Planned start date"},
    {"id": "customfield_2", "name": "Planned end date"},
    {"id": "customfield_3", "name": "Account"},
    {
        "id": "customfield_4",
        "name": "Approvals",
        "schema": {"custom": "com.atlassian.servicedesk.approvals-plugin:sd-approvals"},
    },
    {"id": "customfield_5", "name": "Twin"},
    {"id": "customfield_6", "name": "Twin"},
]


def person(name: str) -> dict[str, str]:
    return {"displayName": name.title(), "emailAddress": f"{name}@x.example"}


def step(at: str, to: str, by: str = "boss", field: str = "status") -> dict[str, Any]:
    return {"created": at, "author": person(by), "items": [{"field": field, "toString": to}]}


def issue(number: int, *steps: dict[str, Any], **given: Any) -> dict[str, Any]:
    fields = {
        "summary": "application secret",
        "status": {"name": "Approved", "statusCategory": {"key": "indeterminate"}},
        "issuetype": {"name": "Change"},
        "assignee": person("rosa"),
        "reporter": person("ines"),
        "creator": person("ines"),
        "created": "2026-10-01T08:00:00.000+0000",
        "components": [{"name": "HR Sync"}],
        "customfield_1": "2026-10-06T14:00:00.000+0200",
        "customfield_2": "2026-10-06T16:00:00.000+0200",
    }
    history = {"startAt": 0, "total": len(steps), "histories": list(steps)}
    return {"key": f"SEC-{number}", "fields": fields | given, "changelog": history}


APPROVED = step("2026-10-05T09:00:00.000+0000", "Approved")


def decision(said: str, *people: tuple[str, str], at: str = "2026-10-05T11:00:00+0200") -> dict[str, Any]:
    approvers = [{"approver": person(name), "approverDecision": word} for name, word in people]
    return {"finalDecision": said, "approvers": approvers, "completedDate": {"iso8601": at}}


def status(name: str, category: str = "indeterminate") -> dict[str, Any]:
    return {"name": name, "statusCategory": {"key": category}}


def site(url: str, **given: Any) -> Site:
    section = {"url": url, "jql": "project = SEC", "token_env": "JIRA_TOKEN"} | given
    return read_site(SYSTEM.name, section, SYSTEM.query, SYSTEM.prefixes)


def read(system: Jira, **given: Any) -> Copy:
    with serving(system) as running:
        remote = Remote(running.url, f"Bearer {TOKEN}", sleep=lambda _: None)
        try:
            return fetch(remote, site(running.url, **given), (None, None))
        finally:
            remote.close()
            assert running.methods == {"GET"}


def tickets(copy: Copy) -> list[ChangeRequest]:
    rejects: list[Reject] = []
    found = usable([Entry(Source("x", i), f"row {i}", row) for i, row in enumerate(copy.rows, 1)], rejects)
    assert not rejects
    return list(found or ())


def one(*issues: dict[str, Any], cloud: bool = True, **given: Any) -> ChangeRequest:
    return tickets(read(Jira(list(issues), FIELDS, cloud=cloud), **given))[0]


@pytest.mark.parametrize("cloud", [True, False])
def test_an_issue(cloud: bool) -> None:
    first, second = tickets(read(Jira([issue(1, APPROVED)], FIELDS, cloud=cloud)))
    assert (first.id, first.kind, first.status, first.actor) == ("SEC-1", "change", "approved", "rosa@x.example")
    assert (first.target, first.operation, first.approver) == ("HR Sync", "application secret", "boss@x.example")
    assert (first.start, first.end) == (datetime(2026, 10, 6, 12, tzinfo=UTC), datetime(2026, 10, 6, 14, tzinfo=UTC))
    assert first.approved_at == datetime(2026, 10, 5, 9, tzinfo=UTC)
    assert first.created == datetime(2026, 10, 1, 8, tzinfo=UTC)
    assert (second.id, second.actor) == ("SEC-1", "ines@x.example")


@pytest.mark.parametrize("cloud", [True, False])
def test_all_pages_are_read(cloud: bool) -> None:
    system = Jira([issue(n, APPROVED) for n in range(1, 8)], FIELDS, cloud=cloud)
    assert {ticket.id for ticket in tickets(read(system))} == {f"SEC-{n}" for n in range(1, 8)}


@pytest.mark.parametrize("cloud", [True, False])
def test_none_is_none(cloud: bool) -> None:
    assert read(Jira([], FIELDS, cloud=cloud)).rows == ()


def test_the_approvals_of_service_management_count() -> None:
    given = [
        decision("approved", ("boss", "approved"), ("late", "pending")),
        decision("approved", ("chief", "approved"), at="2026-10-06T10:00:00+0000"),
    ]
    ticket = one(issue(1, customfield_4=given))
    assert (ticket.status, ticket.approver) == ("approved", "boss@x.example, chief@x.example")
    assert ticket.approved_at == datetime(2026, 10, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "named", "wanted"),
    [
        ([decision("declined", ("boss", "declined"))], "Approved", "declined"),
        ([decision("approved", ("boss", "approved")), decision("pending")], "Approved", "pending"),
        ([decision("approved", ("boss", "approved"))], "Canceled", "canceled"),
        ([decision("approved", ("boss", "approved"))], "Done", "approved"),
    ],
)
def test_decisions(given: list[dict[str, Any]], named: str, wanted: str) -> None:
    assert one(issue(1, APPROVED, customfield_4=given, status=status(named))).status == wanted


@pytest.mark.parametrize(
    ("named", "steps", "wanted"),
    [
        (status("Done", "done"), [], "done (no approval recorded)"),
        (status("In Progress"), [], "in progress (no approval recorded)"),
        (status("Done", "done"), [APPROVED, step("2026-10-07T09:00:00.000+0000", "Done")], "approved"),
        (
            status("Draft", "new"),
            [APPROVED, step("2026-10-05T10:00:00.000+0000", "Draft")],
            "draft (no approval recorded)",
        ),
        (status("Rejected", "done"), [APPROVED, step("2026-10-05T10:00:00.000+0000", "Rejected")], "rejected"),
        (
            status("Done", "done"),
            [APPROVED, step("2026-10-05T10:00:00.000+0000", "Declined"), step("2026-10-05T11:00:00.000+0000", "Done")],
            "done (no approval recorded)",
        ),
        (
            status("Done", "done"),
            [step("2026-10-05T09:00:00.000+0000", "Approved", field="summary")],
            "done (no approval recorded)",
        ),
    ],
)
def test_steps(named: dict[str, Any], steps: list[dict[str, Any]], wanted: str) -> None:
    assert one(issue(1, *reversed(steps), status=named)).status == wanted


def test_a_status_of_ones_own_may_be_an_approval() -> None:
    made = issue(1, step("2026-10-05T09:00:00.000+0000", "Go"), status=status("Go"))
    assert one(made).status == "go (no approval recorded)"
    assert one(made, approved=["Go"]).status == "approved"


def test_a_ticket_written_as_approved_is_approved_by_its_writer() -> None:
    ticket = one(issue(1))
    assert (ticket.status, ticket.approver) == ("approved", "ines@x.example")
    assert ticket.approved_at == ticket.created


def test_a_second_approval_counts_from_the_second() -> None:
    again = step("2026-10-08T09:00:00.000+0000", "Approved", by="chief")
    ticket = one(issue(1, again, step("2026-10-06T09:00:00.000+0000", "Draft"), APPROVED))
    assert (ticket.approver, ticket.approved_at) == ("chief@x.example", datetime(2026, 10, 8, 9, tzinfo=UTC))


def test_a_long_history_is_read_whole() -> None:
    made = issue(1, status=status("Done", "done"))
    made["changelog"] = {"total": 8, "histories": [step("2026-10-07T09:00:00.000+0000", "Done")]}
    system = Jira([made], FIELDS, cloud=True)
    others = [step(f"2026-10-02T0{n}:00:00.000+0000", "x", field="rank") for n in range(7)]
    system.histories = {"SEC-1": [*others, APPROVED]}
    assert tickets(read(system))[0].status == "approved"


def test_several_targets_are_several_rows() -> None:
    made = issue(1, APPROVED, components=[{"name": "HR Sync"}, {"name": "Payroll"}])
    assert {(t.actor, t.target) for t in tickets(read(Jira([made], FIELDS, cloud=True)))} == {
        (actor, target) for actor in ("rosa@x.example", "ines@x.example") for target in ("HR Sync", "Payroll")
    }


@pytest.mark.parametrize("name", ["customfield_3", "account"])
def test_fields_of_ones_own_by_id_or_name(name: str) -> None:
    assert one(issue(1, APPROVED, customfield_3="svc-hr"), fields={"target": name}).target == "svc-hr"


@pytest.mark.parametrize(("name", "reason"), [("twin", "2 of its fields"), ("nope", "none of its fields")])
def test_a_field_that_is_not_clear(name: str, reason: str) -> None:
    with pytest.raises(UnavailableError, match=reason):
        read(Jira([issue(1)], FIELDS, cloud=True), fields={"target": name})


@pytest.mark.parametrize("bad", [Said(500), Said(body=b'{"issues": ['), Said(429)])
def test_a_failure_in_the_middle_is_no_short_list(bad: Said) -> None:
    own = Jira([issue(n) for n in range(1, 6)], FIELDS, cloud=True)

    def broken(path: str, params: Any) -> Said:
        return bad if params.get("nextPageToken") == "t2" else own(path, params)

    with serving(broken) as running, pytest.raises(UnavailableError, match="tried 5"):
        fetch(Remote(running.url, f"Bearer {TOKEN}", sleep=lambda _: None), site(running.url), (None, None))


def test_a_server_that_repeats_itself_comes_to_an_end() -> None:
    own = Jira([], FIELDS, cloud=True)

    def again(path: str, params: Any) -> Said:
        looping = said({"issues": [issue(1)], "nextPageToken": "same"})
        return looping if path.endswith("/jql") else own(path, params)

    with serving(again) as running, pytest.raises(UnavailableError, match="repeats a page"):
        fetch(Remote(running.url, f"Bearer {TOKEN}"), site(running.url), (None, None))


def test_without_a_query_nothing_is_asked() -> None:
    with pytest.raises(UnavailableError, match="jql is not set"):
        fetch(Remote("https://x.example", ""), site("https://x.example", jql=""), (None, None))


def test_an_order_of_ones_own_stays() -> None:
    with serving(Jira([], FIELDS, cloud=False)) as running:
        fetch(
            Remote(running.url, f"Bearer {TOKEN}"), site(running.url, jql="project = A order BY created"), (None, None)
        )
        fetch(Remote(running.url, f"Bearer {TOKEN}"), site(running.url), (None, None))
    queries = [params["jql"] for path, params in running.asked if path.endswith("search")]
    assert queries == ["project = A order BY created", "project = SEC ORDER BY key"]


class Canned:
    """A remote that answers one page of issues, and Jira's fields."""

    def __init__(self, issues: Any) -> None:
        self.issues = issues

    def get(self, path: str, params: Any) -> Reply:  # noqa: ARG002
        content: Any = FIELDS if path.endswith("/field") else {"issues": self.issues, "total": 0}
        return Reply(content, None, "")


LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=9)
VALUE = st.recursive(LEAF, lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=4), s, max_size=3))
ISSUE = st.fixed_dictionaries(
    {"key": LEAF},
    optional={
        "fields": VALUE | st.dictionaries(st.sampled_from(sorted(issue(1)["fields"])), VALUE),
        "changelog": VALUE | st.fixed_dictionaries({"histories": VALUE | st.lists(VALUE | st.just(APPROVED))}),
    },
)


@settings(deadline=None)
@given(st.lists(ISSUE | VALUE, max_size=3))
def test_no_issue_raises(issues: list[Any]) -> None:
    copy = fetch(Canned(issues), site("https://x.example"), (None, None))  # type: ignore[arg-type]
    usable([Entry(Source("x", i), f"row {i}", row) for i, row in enumerate(copy.rows, 1)], [])


@settings(deadline=None)
@given(
    st.sampled_from(["Approved", "Done", "Draft", "Rejected", "Implementing"]),
    st.lists(st.sampled_from(["Done", "Draft", "Rejected", "Implementing"]), max_size=4),
)
def test_without_a_step_into_approval_nothing_is_approved(named: str, path: list[str]) -> None:
    steps = [step(f"2026-10-0{n}T09:00:00.000+0000", to) for n, to in enumerate(path, 1)]
    copy = fetch(Canned([issue(1, *steps, status=status(named))]), site("https://x.example"), (None, None))  # type: ignore[arg-type]
    assert all(
        (ticket.status == "approved") == (named == "Approved" and "Rejected" not in path) for ticket in tickets(copy)
    )
