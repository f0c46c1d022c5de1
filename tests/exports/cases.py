"""A case that was worked on, for every format, and one with a hostile text in every field."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from keywitness.model import Case
from keywitness.store import casefile, cases, writing
from keywitness.store.engine import Store, open_store
from keywitness.store.load import load
from keywitness.store.records import CaseFile
from tests.render.poison import TEXTS, poisoned
from tests.render.sample import report


def worked(folder: Path) -> CaseFile:
    """Two changes, a note, a file, an overturned answer, closed as a true positive."""
    return _worked(folder, report().cases[0], "Called her: it was not her")


@cache
def hostile(name: str) -> CaseFile:
    with TemporaryDirectory() as folder:
        return _worked(Path(folder), poisoned(name).cases[0], "x" + TEXTS[name])


def _worked(folder: Path, case: Case, text: str) -> CaseFile:
    store = open_store(str(folder / "cases.db"))
    (loaded,) = load(store, "default", [case])
    with store.writing("default", text[:50]) as desk:
        taken = cases.move(desk, loaded.case_id, 1, "triage")
        writing.note(desk, loaded.case_id, text)
        writing.attach(desk, loaded.case_id, text, "text/plain", b"proof")
        first = casefile.open_file(desk, loaded.case_id).findings[0]
        question = next(iter(first.finding.answers))
        to = "no" if first.finding.answers[question].answer != "no" else "yes"
        writing.overturn(desk, loaded.case_id, taken.version, first.finding_id, question, to, text)
        cases.close(desk, loaded.case_id, taken.version + 1, "true_positive", text)
        file = casefile.open_file(desk, loaded.case_id)
    store.close()
    return file


def empty(folder: Path) -> Store:
    return open_store(str(folder / "empty.db"))
