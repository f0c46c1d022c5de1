"""Which changes are one case."""

from collections.abc import Sequence

import pytest

from keywitness.case import case_id, cases, group, hand, siblings
from keywitness.model import CredentialChange, Decision, EventId, Finding, Party
from tests.support import AT, ago, change, later

NONE: frozenset[str] = frozenset()


def grouped(*made: CredentialChange, shared: frozenset[str] = NONE, parent: tuple[int, int] | None = None) -> list[int]:
    """For each change the number of the first one of its case; ``parent``: child and parent by position."""
    parents = {made[parent[0]].event_id: made[parent[1]]} if parent else {}
    ids = group(made, shared, parents)
    return [ids.index(ident) for ident in ids]


@pytest.mark.parametrize(("gap", "same"), [(24, True), (24.01, False), (25, False)])
def test_one_actor_within_a_day_is_one_case(gap: float, same: bool) -> None:
    assert grouped(change(time=ago(hours=gap)), change(target="other")) == [0, 0 if same else 1]


def test_a_chain_of_days_is_one_case() -> None:
    assert grouped(*(change(time=later(hours=20 * i)) for i in range(5))) == [0] * 5


@pytest.mark.parametrize(
    "shared_by",
    [{"session_id": "S1"}, {"credential_used": "AKIA1"}, {"source_ip": "203.0.113.1"}],
)
def test_one_session_key_or_address_is_one_hand(shared_by: dict[str, str]) -> None:
    assert grouped(change("ann", **shared_by), change("bob", **shared_by)) == [0, 0]
    assert grouped(change("ann", **shared_by), change("bob")) == [0, 1]


def test_an_office_is_nobodys_hand() -> None:
    office = frozenset({"203.0.113.1"})
    made = [change(name, source_ip="203.0.113.1") for name in ("ann", "bob")]
    assert grouped(*made, shared=office) == [0, 1]
    assert ("address", "203.0.113.1") not in hand(made[0], office)


def test_a_missing_address_or_session_joins_nobody() -> None:
    assert grouped(change("ann"), change("bob"), change("cyd", session_id="")) == [0, 1, 2]


@pytest.mark.parametrize(
    ("who", "same"),
    [(Party(None, None, None), False), (Party(None, "ann", "user"), True), (Party("arn:1", None, "user"), True)],
)
def test_an_actor_that_no_log_names_joins_nobody(who: Party, same: bool) -> None:
    assert grouped(change(who), change(who)) == [0, 0 if same else 1]


def test_lineage_joins_however_late() -> None:
    assert grouped(change("ann"), change("svc", time=later(days=40)), parent=(1, 0)) == [0, 0]


def test_hands_join_transitively() -> None:
    made = [
        change("ann", source_ip="192.0.2.1"),
        change("bob", session_id="S1", time=later(hours=1)),
        change("cyd", source_ip="192.0.2.1", session_id="S1", time=later(hours=2)),
    ]
    assert grouped(*made) == [0, 0, 0]


def test_a_parent_outside_the_run_joins_nothing() -> None:
    made = [change("ann"), change("bob")]
    assert group(made, NONE, {made[1].event_id: change("root")})[0] != group(made, NONE, {})[1]


def test_the_id_stays_when_later_changes_arrive() -> None:
    first = [change(event_id="first"), change("bob", time=later(hours=1))]
    more = [*first, change(time=later(hours=2)), change("bob", time=later(hours=3), source_ip="192.0.2.1")]
    assert group(more, NONE, {})[:2] == group(first, NONE, {})
    assert group(first, NONE, {})[0] == case_id(EventId("first"))


def test_an_id_is_short_and_bears_any_event_id() -> None:
    assert case_id(EventId("\ud800;rm -rf /")).startswith("KW-")
    assert len(case_id(EventId("x" * 10_000))) == 11


def test_siblings_are_the_others_of_the_hand_either_side() -> None:
    made: Sequence[CredentialChange] = [
        change(time=ago(hours=25), event_id="far"),
        change(time=ago(hours=24), event_id="before"),
        change(event_id="own"),
        change("bob", event_id="stranger"),
        change(time=later(hours=24), event_id="after"),
    ]
    found = siblings(made, NONE)
    assert [c.event_id for c in found[2]] == ["before", "after"]
    assert found[3] == []


def test_a_sibling_by_several_keys_is_there_once() -> None:
    both = {"session_id": "S1", "source_ip": "192.0.2.1"}
    assert [len(found) for found in siblings([change(**both), change(**both)], NONE)] == [1, 1]


def finding(made: CredentialChange, case: str, action: str = "review", priority: str = "P3") -> Finding:
    decision = Decision(action, (), priority, "")  # type: ignore[arg-type]
    return Finding(made, {}, decision, case_id(EventId(case)), None, "", AT, None)


def test_cases_come_escalated_first_then_by_priority_and_time() -> None:
    found = cases(
        [
            finding(change(time=ago(hours=9)), "closed", "close", "P4"),
            finding(change(time=ago(hours=1)), "second", "escalate", "P1"),
            finding(change(time=ago(hours=8)), "review"),
            finding(change(time=ago(hours=7)), "third", "escalate", "P2"),
            finding(change(time=ago(hours=2)), "first", "escalate", "P1"),
            finding(change(time=ago(hours=3)), "first", "close", "P4"),
        ]
    )
    assert [c.case_id for c in found] == [case_id(EventId(n)) for n in ("first", "second", "third", "review", "closed")]
    assert [f.change.time for f in found[0].findings] == [ago(hours=3), ago(hours=2)]
