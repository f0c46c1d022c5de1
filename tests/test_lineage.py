"""Which change made the credential or the principal that acted."""

from datetime import timedelta
from typing import Any

from keywitness.lineage import SignIn, children, parents
from keywitness.model import CredentialChange, EventId, PrincipalId
from tests.support import AT, ago, change, later


def made(key: str, **given: Any) -> CredentialChange:
    return change(credential_ids=(key,), **given)


def session(key: str, signed_by: str | None, **given: Any) -> CredentialChange:
    """A role session that ``signed_by`` started."""
    alike: dict[str, Any] = {"credential_type": "role_session", "change": "issued", "scope": "lineage"}
    return change(credential_ids=(key,), credential_used=signed_by, **alike | given)


def secret(key: str, target: str = "app", **given: Any) -> CredentialChange:
    return made(key, target=target, credential_type="app_credential", **given)


def sign_in(principal: str, credential: str | None, **given: Any) -> SignIn:
    values: dict[str, Any] = {"session_id": None, "source_ip": None, "log": "entra.sp-signin", "actor": principal}
    values |= {"event_id": EventId("s1"), "time": AT, "principal": PrincipalId(principal), "credential": credential}
    return SignIn(**values | given)


def parent_of(child: CredentialChange, *others: CredentialChange, sign_ins: tuple[SignIn, ...] = ()) -> str | None:
    found = parents(sorted([child, *others], key=lambda c: c.time), sign_ins).get(child.event_id)
    return found.event_id if found else None


def test_a_key_that_signed_is_the_parent_even_across_clouds() -> None:
    key = made("AKIA1", time=ago(days=200))
    assert parent_of(change("svc", "x", credential_used="AKIA1", provider="gcp"), key) == key.event_id


def test_sessions_are_climbed_through() -> None:
    key = made("AKIA1", time=ago(hours=3))
    first = session("ASIA1", "AKIA1", time=ago(hours=2))
    second = session("ASIA2", "ASIA1", time=ago(hours=1))
    assert parent_of(change("role", "x", credential_used="ASIA2"), key, first, second) == key.event_id


def test_a_session_that_names_itself_ends() -> None:
    assert parent_of(change("role", "x", credential_used="ASIA1"), session("ASIA1", "ASIA1", time=ago(hours=1))) is None


def test_what_was_made_later_or_failed_is_no_parent() -> None:
    child = change("svc", "x", credential_used="AKIA1")
    assert parent_of(child, made("AKIA1", time=later(minutes=1))) is None
    assert parent_of(child, made("AKIA1", time=ago(hours=1), outcome="failure")) is None


def test_a_failed_attempt_has_a_parent_too() -> None:
    key = made("AKIA1", time=ago(hours=1))
    assert parent_of(change("svc", "x", credential_used="AKIA1", outcome="failure"), key) == key.event_id


def test_a_recent_password_is_the_parent_of_what_its_user_does() -> None:
    reset = change(target="bob", credential_type="console_password", time=ago(days=2))
    old = change(target="bob", credential_type="console_password", time=ago(days=40))
    own = change("bob", "bob", credential_type="console_password", time=ago(days=1))
    assert parent_of(change("bob", "x"), reset, old, own) == reset.event_id
    assert parent_of(change("bob", "x"), old) is None


def test_a_key_without_a_maker_falls_back_on_its_accounts_creation_only() -> None:
    account = change(target="bob", credential_type="account", scope="lineage", time=ago(days=3))
    reset = change(target="bob", credential_type="console_password", time=ago(days=2))
    child = change("bob", "x", credential_used="AKIA-unknown")
    assert parent_of(child, account, reset) == account.event_id
    assert parent_of(child, reset) is None


def test_a_service_that_signed_in_with_a_new_secret_acts_as_its_child() -> None:
    added = secret("key-1", time=ago(days=60))
    child = change("app", "y")
    used = sign_in("app", "key-1", time=ago(hours=23))
    assert parent_of(child, added, sign_ins=(used,)) == added.event_id
    assert parent_of(child, added) is None
    assert parent_of(child, added, sign_ins=(sign_in("app", "key-1", time=ago(hours=25)),)) is None
    assert parent_of(child, added, sign_ins=(sign_in("other", "key-1", time=ago(hours=1)),)) is None


def test_of_several_secrets_the_session_then_the_address_then_the_time_decides() -> None:
    one, two = secret("key-1", time=ago(days=3)), secret("key-2", time=ago(days=2))
    here = sign_in("app", "key-1", time=ago(hours=2), source_ip="192.0.2.1")
    there = sign_in("app", "key-2", time=ago(hours=1), source_ip="198.51.100.1")
    child = change("app", "y", source_ip="192.0.2.1", session_id="t2")
    assert parent_of(child, one, two, sign_ins=(here, there)) == one.event_id
    assert parent_of(change("app", "y"), one, two, sign_ins=(here, there)) == two.event_id
    token = sign_in("app", "key-2", time=ago(hours=1), session_id="t2")
    assert parent_of(child, one, two, sign_ins=(here, token)) == two.event_id


def test_a_secret_that_nobody_made_is_not_taken_for_the_new_one() -> None:
    added = secret("key-1", time=ago(days=1))
    assert parent_of(change("app", "y"), added, sign_ins=(sign_in("app", "key-old"),)) is None
    assert parent_of(change("app", "y"), added) == added.event_id


def test_children_are_at_any_depth_oldest_first() -> None:
    first = made("AKIA1", time=AT - timedelta(hours=3))
    second = made("AKIA2", credential_used="AKIA1", time=AT - timedelta(hours=2))
    third = change("svc", "x", credential_used="AKIA2")
    run = [first, second, third]
    assert children(parents(run), run) == {first.event_id: [second, third], second.event_id: [third]}
