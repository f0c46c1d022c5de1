"""A change as a slim row keeps what habits, rotations and lineages ask."""

from keywitness.lake.slim import CHANGES, slim
from tests.support import AT, change


def test_one_row_a_change_with_both_sides_and_all_ids() -> None:
    made = change("ann", "svc", credential_ids=("K1", "K2"), credential_used="K0", time=AT)
    (row,) = slim([made]).to_pylist()
    assert (row["actor_id"], row["target_name"], row["time"]) == ("ann", "svc", AT)
    assert (row["credential_ids"], row["credential_used"], row["scope"]) == (["K1", "K2"], "K0", "core")


def test_no_changes_are_an_empty_table_of_the_same_columns() -> None:
    assert slim([]).schema == CHANGES
