"""A run as ``triage --out`` kept it, loaded again for the commands that look into it without reading the logs."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keywitness import context
from keywitness.catalogue import Catalogue
from keywitness.context import Context
from keywitness.detect import detect
from keywitness.errors import UsageError
from keywitness.facts import Knowledge, Window
from keywitness.lake import ENGINES, Lake
from keywitness.lake.loose import Loose
from keywitness.lake.place import open_place
from keywitness.lake.stored import Stored
from keywitness.model import CredentialChange, Finding
from keywitness.past import kept_records
from keywitness.pipeline import judge, know
from keywitness.policy import Policy, load_policy
from keywitness.questions import Facts
from keywitness.sigma.own import load_with


@dataclass(frozen=True, slots=True)
class Run:
    """``context_folder`` is the folder that triage was given; the context is read again, as it is now."""

    folder: Path
    lake: Lake
    context: Context
    context_folder: Path | None
    policy: Policy
    catalogue: Catalogue
    window: Window
    knowledge: Knowledge

    def judged(self) -> tuple[tuple[Facts, Finding], ...]:
        """The facts and the finding of each change, oldest first, under the run's own policy."""
        return tuple(zip(self.knowledge.facts, judge(self.knowledge, self.policy), strict=True))

    def changes(self) -> list[CredentialChange]:
        """All changes of the run, removals and sessions too, oldest first, in the window or not."""
        return detect(kept_records(self.lake, self.catalogue), self.catalogue, self.context.directory.resolve)


def load(folder: Path) -> Run:
    """The run in ``folder``. Raises UsageError when there is none, or when what it rests on is gone."""
    try:
        said = json.loads((folder / "run.json").read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{folder} holds no run: run triage with --out {folder} first ({error.strerror})") from error
    except ValueError as error:
        raise UsageError(f"{folder / 'run.json'} can't be read ({error})") from error
    where = _path(said["context"])
    window = Window(_time(said["since"]), _time(said["until"]))
    known = context.load(where, window.since, window.until)
    policy = load_policy(_path(said["policy"]))
    if said.get("engine") == "spark" and not said.get("lake"):
        raise UsageError(f"{folder} holds a run on Spark, which leaves the records where they lie: run it from a lake")
    lake = _lake(folder, said.get("lake"))
    operations = load_with(_path(said.get("operations")))
    knowledge = know(lake, known, operations, policy, window)
    return Run(folder, lake, known, where, policy, operations, window, knowledge)


def _lake(folder: Path, where: str | None) -> Lake:
    """What the run judged: the lake, as it is now, or the parts that it kept."""
    engine = ENGINES["duckdb"]()
    if where:
        return Stored(engine, open_place(where))
    return Loose(engine, sorted((folder / "events").glob("part-*.parquet")))


def unknown(ident: str, what: str, folder: Path, findings: Iterable[Finding]) -> UsageError:
    """The complaint about an id that the run doesn't hold, with some that it does."""
    cases = ", ".join(sorted({f.case_id for f in findings})[:8])
    return UsageError(f"{ident} is no {what} of {folder}; cases there: {cases or 'none'}")


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
