"""The tables are held against the record, so that an edit of either is found."""

import pytest

from keywitness.store import casefile, cases, writing
from keywitness.store.engine import Store
from keywitness.store.proof import prove
from tests.store.made import desk, judged, look, put

CASE = "KW-AAAAAAAA"


def worked(store: Store) -> None:
    put(store, judged(1, CASE), judged(2, CASE))
    with desk(store) as there:
        first = casefile.open_file(there, CASE).findings[0].finding_id
        writing.note(there, CASE, "asked Dora")
        writing.attach(there, CASE, "a.txt", "text/plain", b"proof")
        writing.overturn(there, CASE, 1, first, "off_hours", "no", "on call")
        cases.close(there, CASE, 2, "false_positive")


def test_what_nobody_touched_is_proved(store: Store) -> None:
    worked(store)
    with look(store) as there:
        assert prove(there) is None


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ("UPDATE cases SET close_reason = 'true_positive'", "case KW-AAAAAAAA isn't"),
        ("UPDATE cases SET priority = 'P4'", "case KW-AAAAAAAA isn't"),
        ("UPDATE findings SET json = replace(json, 'escalate', 'close')", "isn't what the record says"),
        ("UPDATE findings SET whole = substr(whole, 1, 40)", "isn't what the record says"),
        ("UPDATE notes SET text = 'asked nobody'", "note 2 isn't"),
        ("DELETE FROM notes", "note 2 is in the record, and gone from the store"),
        ("UPDATE attachments SET content = substr(content, 2)", "attachment 3 isn't"),
        ("UPDATE overturns SET now = 'yes'", "answer 4 isn't"),
        ("DELETE FROM findings", "is in the record, and gone from the store"),
        (
            (
                "INSERT INTO notes (tenant_id, number, case_id, author, at, text) "
                "SELECT tenant_id, 99, case_id, 'jo', at, 'all is well' FROM notes"
            ),
            "note 99 isn't",
        ),
    ],
)
def test_an_edit_of_what_people_see_is_named(store: Store, edit: str, says: str) -> None:
    worked(store)
    with store.across(writes=True) as connection:
        connection.exec_driver_sql(edit)
    with look(store) as there:
        broken = prove(there)
    assert broken is not None
    assert says in broken.why
