"""Notes, files and overturned answers: they stay as they were written, whatever is in them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from keywitness.store import ConflictError, NotFoundError, RefusedError, casefile, queue, record, writing
from keywitness.store.engine import Store
from keywitness.store.plain import plain
from keywitness.store.queue import Filters
from keywitness.store.tables import ATTACHMENTS
from tests.render.poison import TEXTS
from tests.store.made import desk, judged, look, put

CASE = "KW-AAAAAAAA"


def test_hostile_notes_and_file_names_stay_text(store: Store) -> None:
    put(store, judged(1, CASE))
    for text in TEXTS.values():
        with desk(store, "x" + text[:90]) as there:
            writing.note(there, CASE, "x" + text)
            writing.attach(there, CASE, text, text, b"\x00\xff")
    with look(store) as there:
        file = casefile.open_file(there, CASE)
        assert [note.text for note in file.notes] == ["x" + plain(text, 20_000) for text in TEXTS.values()]
        assert [a.name for a in file.attachments] == [plain(text, 200) or "unnamed" for text in TEXTS.values()]
        assert writing.content(there, CASE, file.attachments[0].number)[1] == b"\x00\xff"
        assert record.verify(there) is None


def test_a_note_conflicts_with_nothing_and_is_found_by_its_words(store: Store) -> None:
    put(store, judged(1, CASE))
    with desk(store) as there:
        writing.note(there, CASE, "Called Dora: it was INC-4711, not her")
    with look(store) as there:
        assert casefile.open_file(there, CASE).case.version == 1
        for words in ("inc-4711", "Called", "INC-47"):
            assert [c.case_id for c in queue.page(there, Filters(text=words)).cases] == [CASE]
        assert not queue.page(there, Filters(text="nonsense")).cases


def test_bounds_are_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, judged(1, CASE))
    monkeypatch.setattr(writing, "LARGEST", 10)
    monkeypatch.setattr(writing, "MOST", 15)
    with desk(store) as there:
        acts: list[Callable[[], object]] = [
            lambda: writing.note(there, CASE, " "),
            lambda: writing.note(there, CASE, "x" * 20_001),
            lambda: writing.attach(there, CASE, "a", "b", b""),
            lambda: writing.attach(there, CASE, "a", "b", b"x" * 11),
        ]
        for act in acts:
            with pytest.raises(RefusedError):
                act()
        writing.attach(there, CASE, "a", "b", b"x" * 10)
        with pytest.raises(RefusedError, match="at most 15 bytes of files"):
            writing.attach(there, CASE, "a", "b", b"x" * 6)
    with look(store) as there:
        assert len(record.entries(there)) == 2


def test_a_file_that_was_changed_in_the_database_is_not_given_out(store: Store) -> None:
    put(store, judged(1, CASE))
    with desk(store) as there:
        made = writing.attach(there, CASE, "a", "b", b"proof")
    with store.across(writes=True) as connection:
        connection.execute(sa.update(ATTACHMENTS).values(content=b"other"))
    with look(store) as there:
        with pytest.raises(RefusedError, match="was changed in the database"):
            writing.content(there, CASE, made.number)
        with pytest.raises(NotFoundError):
            writing.content(there, CASE, made.number + 1)


def test_overturning_needs_a_reason_a_question_and_the_version(store: Store) -> None:
    put(store, judged(1, CASE))
    with desk(store) as there:
        first = casefile.open_file(there, CASE).findings[0].finding_id
        for question, to, reason, error in (
            ("off_hours", "no", " ", RefusedError),
            ("off_hours", "maybe", "because", RefusedError),
            ("off_hours", "yes", "because", RefusedError),
            ("weather", "no", "because", NotFoundError),
        ):
            with pytest.raises(error):
                writing.overturn(there, CASE, 1, first, question, to, reason)
        with pytest.raises(NotFoundError):
            writing.overturn(there, CASE, 1, "0" * 24, "off_hours", "no", "because")
        writing.overturn(there, CASE, 1, first, "off_hours", "no", "because")
    with pytest.raises(ConflictError), desk(store, "max") as there:
        writing.overturn(there, CASE, 1, first, "off_hours", "unknown", "because")
