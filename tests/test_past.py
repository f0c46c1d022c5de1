"""A run loads what it judges, and whatever made the credentials that it judges by, however long ago."""

from pathlib import Path
from typing import Any

from keywitness import catalogue
from keywitness.catalogue import Catalogue
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.ingest import add
from keywitness.lake.loose import Loose
from keywitness.lake.place import open_place
from keywitness.lake.stored import Stored
from keywitness.lineage import parents
from keywitness.past import kept_records, load, sign_ins
from tests.support import AT, ago, context, event, lake, operation, parquet

CATALOGUE = Catalogue(
    (operation(), operation(id="gcp.x", provider="gcp", events=("google.*.CreateServiceAccountKey",)))
)


def test_only_records_that_the_catalogue_knows_are_fetched_in_one_order(tmp_path: Path) -> None:
    rows = [
        event(operation="iam:CreateAccessKey", raw="{}", time=ago(days=1), event_id="b"),
        event(operation="IAM:createaccesskey", raw="{}", time=ago(days=1), event_id="a"),
        event(operation="google.iam.admin.v1.CreateServiceAccountKey", raw="{}", time=ago(days=2), event_id="c"),
        event(operation="iam:CreateAccessKey", raw=None),
        event(operation="iam:CreateUser", raw="{}"),
    ]
    for order in (rows, rows[::-1]):
        assert [row["event_id"] for row in kept_records(lake(order, tmp_path), CATALOGUE)] == ["c", "a", "b"]


def test_no_known_record_is_no_error(tmp_path: Path) -> None:
    assert kept_records(lake([event()], tmp_path), CATALOGUE) == []
    assert kept_records(lake([], tmp_path), CATALOGUE) == []


def signed_in(key: str | None, **columns: Any) -> dict[str, Any]:
    given = {"provider": "entra", "log": "sp-signin", "operation": "Sign-in", "class_": "sign-in", "actor_id": "app"}
    return event(credential_used=key, time=ago(hours=1), **given | columns)


def test_sign_ins_are_the_successful_ones_with_a_key_or_by_an_actor(tmp_path: Path) -> None:
    rows = [signed_in("k1"), signed_in("k2", outcome="failure"), signed_in("k3"), signed_in(None, actor_id="ann")]
    on = lake([*rows, event(credential_used="k1")], tmp_path)
    resolve = context().directory.resolve
    assert [(s.credential, s.log) for s in sign_ins(on, resolve, {"k1", "k2"})] == [("k1", "entra.sp-signin")]
    assert {s.principal for s in sign_ins(on, resolve, actors={"ann"})} == {"ann"}
    assert sign_ins(on, resolve) == []


def made(key: str, signed_with: str | None, **columns: Any) -> dict[str, Any]:
    """A record of svc getting the access key ``key``, in a call signed with another."""
    raw = f'{{"requestParameters":{{"userName":"svc"}},"responseElements":{{"accessKey":{{"accessKeyId":"{key}"}}}}}}'
    return event(operation="iam:CreateAccessKey", credential_used=signed_with, read_only=False, raw=raw, **columns)


def test_ancestors_are_loaded_from_before_the_window_at_any_depth(tmp_path: Path) -> None:
    rows = [
        made("K1", None, time=ago(days=300)),
        made("K2", "K1", time=ago(days=200), actor_id="svc"),
        made("other", None, time=ago(days=200)),
        made("K3", "K2", time=AT, actor_id="svc"),
    ]
    place, known = open_place(str(tmp_path / "lake"), create=True), catalogue.load()
    add(Loose(DuckDB(), [parquet(rows, tmp_path / "part")]), place, known, tmp_path)
    past = load(Stored(DuckDB(), place), known, context().directory.resolve, since=AT)
    assert [c.credential_id for c in past.changes] == ["K1", "K2", "K3"]
    assert [c.credential_id for c in past.recent()] == ["K3"]
    above = parents(past.changes)
    assert above[past.changes[2].event_id] == past.changes[1]
    assert above[past.changes[1].event_id] == past.changes[0]
    assert past.older is not None
    assert past.older.count().to_pyarrow().as_py() == 3


def test_loose_logs_are_loaded_whole_whatever_the_window(tmp_path: Path) -> None:
    on = lake([made("K1", None, time=ago(days=300))], tmp_path)
    past = load(on, catalogue.load(), context().directory.resolve, since=AT)
    assert [c.credential_id for c in past.changes] == ["K1"]
    assert past.older is None
