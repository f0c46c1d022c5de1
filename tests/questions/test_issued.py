from typing import Any

from keywitness.behaviour.usage import Use
from keywitness.model import CredentialChange
from keywitness.questions.issued import Issued, say, sessions_of
from tests.support import ago, change, later

KEY = change(credential_ids=("AKIA1",))


def session(of: str, key: str, target: str = "Admin", **more: Any) -> CredentialChange:
    values: dict[str, Any] = {
        "time": later(hours=1),
        "change": "issued",
        "scope": "lineage",
        "credential_type": "role_session",
    }
    return change(target=target, credential_used=of, credential_ids=(key,), **values | more)


def keys(*changes: CredentialChange) -> list[str | None]:
    return [found.credential_id for found in sessions_of([KEY], changes).get(KEY.event_id, ())]


def use(address: str | None, count: int = 2, hours: float = 2, operation: str = "iam:ListUsers") -> Use:
    at = later(hours=hours)
    return Use(address, "role", "key", count, count, at, at, f"u{hours}", operation, 1)


def test_sessions_at_any_depth_oldest_first() -> None:
    chain = (session("ASIA1", "ASIA2", time=later(hours=2)), session("AKIA1", "ASIA1"), session("ASIA2", "ASIA3"))
    assert set(keys(*chain)) == {"ASIA1", "ASIA2", "ASIA3"}
    assert keys(*chain)[-1] == "ASIA2"


def test_a_session_in_the_logs_of_two_accounts_is_one() -> None:
    assert keys(session("AKIA1", "ASIA1", tenant="1"), session("AKIA1", "ASIA1", tenant="2")) == ["ASIA1"]


def test_what_is_no_session_of_it() -> None:
    others = (
        session("AKIA9", "ASIA1"),
        session("AKIA1", "ASIA2", outcome="failure"),
        session("AKIA1", "ASIA3", time=ago(hours=1)),
        session("AKIA1", "AKIA4", change="created"),
        session("AKIA1", "AKIA1"),
    )
    assert keys(*others) == []
    assert sessions_of([KEY], others) == {}


def test_sessions_that_start_each_other_end() -> None:
    assert keys(session("AKIA1", "ASIA1"), session("ASIA1", "ASIA2"), session("ASIA2", "ASIA1")) == ["ASIA1", "ASIA2"]


def test_they_are_told_with_what_they_did() -> None:
    first, second = session("AKIA1", "ASIA1"), session("ASIA1", "ASIA2", "Reader", time=later(hours=2))
    told = say([Issued(first, (use("192.0.2.1", 3), use(None, 1, 1, "s3:GetObject"))), Issued(second, ())])
    assert told == (
        "2 sessions were issued with it (Admin, Reader), first at 2026-09-15 11:00 UTC;"
        " they made 4 calls from 192.0.2.1, a cloud service, the first s3:GetObject"
    )
    assert say([Issued(first, ())]).startswith("1 session was issued with it (Admin)")
    assert say([Issued(first, ())]).endswith("; no log shows a call of theirs")
    assert say([]) == ""


def test_many_addresses_are_counted() -> None:
    uses = tuple(use(f"192.0.2.{n}") for n in range(1, 8))
    assert "192.0.2.4 and 3 more, the first" in say([Issued(session("AKIA1", "ASIA1"), uses)])
