"""The queue and a case as text: hostile text stays on its line."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from keywitness.commands.queuetext import clock, print_case, print_queue
from keywitness.store import casefile, queue, writing
from keywitness.store.engine import open_store
from keywitness.store.load import load
from keywitness.store.records import CaseFile, CaseRow
from tests.render.poison import TEXTS, poisoned
from tests.store.made import judged, put


def poisoned_case(folder: Path, name: str) -> tuple[tuple[CaseRow, ...], CaseFile]:
    store = open_store(str(folder / "a.db"))
    list(load(store, "default", poisoned(name).cases))
    with store.writing("default", "jo") as desk:
        rows = queue.page(desk, queue.Filters(open=None)).cases
        writing.note(desk, rows[0].case_id, "x" + TEXTS[name])
        file = casefile.open_file(desk, rows[0].case_id)
    store.close()
    return rows, file


@pytest.mark.parametrize("name", list(TEXTS))
def test_hostile_text_stays_text_on_one_line(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows, file = poisoned_case(tmp_path, name)
    print_queue(rows, rows[0].updated_at, more=False, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(rows)
    print_queue(rows, rows[0].updated_at, more=False, as_json=True)
    assert [json.loads(line)["case_id"] for line in capsys.readouterr().out.splitlines()] == [r.case_id for r in rows]
    print_case(file, rows[0].updated_at)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x00" not in shown
    assert "At the desk" in shown


def test_the_clock_is_said_in_words(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "a.db"))
    put(store, judged(1))
    with store.reading("default", "") as desk:
        (case,) = queue.page(desk).cases
    store.close()
    assert clock(case, case.due_at - timedelta(minutes=5)) == "5 minutes left"
    assert clock(case, case.due_at + timedelta(hours=3)) == "3 hours late"
