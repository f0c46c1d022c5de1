"""The tree of a credential: origins, sessions, uses, ends."""

from collections.abc import Mapping, Sequence

from keywitness.behaviour.usage import Use
from keywitness.genealogy import DEEPEST, Tree, trees
from keywitness.lineage import SignIn
from keywitness.model import CredentialChange
from tests.support import AT, ago, change, later
from tests.test_lineage import made, secret, session, sign_in


def grow(
    asked: CredentialChange,
    *others: CredentialChange,
    sign_ins: Sequence[SignIn] = (),
    uses: Mapping[str, Sequence[Use]] | None = None,
) -> Tree:
    run = sorted([asked, *others], key=lambda c: c.time)
    (tree,) = trees([asked.event_id], run, sign_ins, uses)
    return tree


def shape(tree: Tree) -> list[tuple[int, str]]:
    return [(depth, node.change.event_id) for depth, node in tree.walk()]


def test_the_tree_is_whole_from_the_unmade_key_to_the_last_child() -> None:
    key = made("AKIA1", credential_used="AKIA0", time=ago(hours=4))
    role = session("ASIA1", "AKIA1", time=ago(hours=3))
    child = made("AKIA2", credential_used="ASIA1", session_id="s", time=ago(hours=2))
    cousin = made("AKIA3", credential_used="AKIA0", time=ago(hours=1))
    tree = grow(child, key, role, cousin)
    assert (tree.origin.kind, tree.origin.credential) == ("credential", "AKIA0")
    assert shape(tree) == [(1, key.event_id), (2, role.event_id), (3, child.event_id), (1, cousin.event_id)]
    assert tree.credentials() == {"AKIA0", "AKIA1", "ASIA1", "AKIA2", "AKIA3"}


def test_a_person_begins_with_the_sign_in_that_opened_the_session() -> None:
    entered = sign_in("ann", None, time=ago(hours=2), source_ip="192.0.2.1")
    again = sign_in("ann", None, event_id="s2", time=ago(hours=1), source_ip="192.0.2.1")
    elsewhere = sign_in("ann", None, event_id="s3", time=ago(minutes=5), source_ip="198.51.100.1")
    first = change(time=ago(minutes=30), source_ip="192.0.2.1")
    tree = grow(change(source_ip="192.0.2.1"), first, sign_ins=(entered, again, elsewhere))
    assert tree.origin.sign_in == entered
    assert len(tree.children) == 2


def test_without_any_trace_the_principal_is_the_origin_of_what_was_asked_for_only() -> None:
    tree = grow(change(), change(time=ago(days=9)), change("bob"))
    assert (tree.origin.kind, tree.origin.actor.name, len(tree.children)) == ("principal", "ann", 1)


def test_a_temporary_key_that_nobody_issued_is_a_session() -> None:
    tree = grow(change(credential_used="ASIA9", session_id="s"))
    assert (tree.origin.kind, tree.origin.credential) == ("session", "ASIA9")


def test_a_service_begins_with_the_secret_it_signed_in_with() -> None:
    entered = sign_in("app", "key-old", time=ago(hours=1))
    tree = grow(change("app", "y"), sign_ins=(entered,))
    assert (tree.origin.kind, tree.origin.credential, tree.origin.sign_in) == ("credential", "key-old", entered)
    added = secret("key-old", time=ago(days=2), credential_used="AKIA0")
    assert [depth for depth, _ in grow(change("app", "y"), added, sign_ins=(entered,)).walk()] == [1, 2]


def test_sessions_alike_are_told_once_with_all_their_uses() -> None:
    key = made("AKIA1", credential_used="AKIA0", time=ago(hours=9))
    roles = [session(f"ASIA{n}", "AKIA1", actor="svc", target="role", time=ago(hours=n)) for n in (4, 3, 2)]
    twice = session("ASIA4", "AKIA1", actor="svc", target="role", time=ago(hours=1), tenant="444455556666")
    uses = {f"ASIA{n}": (use(n),) for n in (4, 3, 2)}
    (top,) = grow(key, *roles, twice, uses=uses).children
    (told,) = top.children
    assert [c.credential_ids for c in told.alike] == [("ASIA3",), ("ASIA2",)]
    assert [u.count for u in told.uses] == [4, 3, 2]


def test_a_session_that_two_accounts_log_keeps_the_key_that_signed_it() -> None:
    key = made("AKIA1", time=ago(hours=4))
    other_account = session("ASIA1", None, time=ago(hours=3), event_id="a")
    own = session("ASIA1", "AKIA1", time=ago(hours=3), event_id="b")
    child = change("role", "x", credential_used="ASIA1", session_id="s")
    assert [depth for depth, _ in grow(child, key, other_account, own).walk()] == [1, 2, 3]


def test_ends_are_those_of_the_credential_and_of_the_account() -> None:
    removed = change(change="removed", credential_ids=("AKIA1",), time=later(hours=1))
    before = change(change="disabled", credential_ids=("AKIA1",), time=ago(hours=1))
    account = change(target="bob", credential_type="account", scope="lineage")
    gone = change(target="bob", credential_type="account", change="removed", time=later(hours=2))
    assert grow(made("AKIA1"), removed, before).children[0].ends == (removed,)
    assert grow(account, gone).children[0].ends == (gone,)


def test_a_circle_within_one_second_ends() -> None:
    one = made("AKIA1", credential_used="AKIA2")
    two = made("AKIA2", credential_used="AKIA1")
    assert sorted(depth for depth, _ in grow(one, two).walk()) == [1, 2]


def test_thousands_of_generations_stay_readable() -> None:
    chain = [session(f"ASIA{n}", f"ASIA{n - 1}", time=ago(minutes=2000 - n)) for n in range(1, 1500)]
    last = made("AKIA1", credential_used="ASIA1499")
    tree = grow(last, *chain)
    depths = [depth for depth, node in tree.walk() if node.change is last]
    assert depths == [DEEPEST + 1]


def use(count: int) -> Use:
    return Use("192.0.2.1", "svc", "key", count, count, AT, AT, f"u{count}", "s3:GetObject", 1)
