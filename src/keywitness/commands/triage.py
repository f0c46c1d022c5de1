"""``keywitness triage``: logs and context in, judged cases out."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from keywitness import context
from keywitness.errors import KeywitnessError, Reject, UsageError
from keywitness.facts import Window
from keywitness.lake import ENGINES, Engine
from keywitness.lake.place import open_place
from keywitness.lake.spark import Spark
from keywitness.lake.stored import Stored
from keywitness.model import Report
from keywitness.pipeline import triage, triage_lake
from keywitness.policy import load_policy
from keywitness.readers.source import LogFile, discover
from keywitness.render import FORMATS, Format, evidence
from keywitness.render.json import render as render_json
from keywitness.render.safe import visible
from keywitness.render.text import print_report
from keywitness.sigma.own import load_with

EVENTS: Final = "events"  # the folder of Parquet parts inside --out
EVIDENCE: Final = "evidence.jsonl"  # the findings whole, for the case store
FOUND: Final = 3
SHOWN: Final = 5  # rejects on stderr


def run(given: argparse.Namespace) -> int:
    if bool(given.logs) == bool(given.lake):
        raise UsageError("give either LOGS or a lake with --lake")
    engine = _engine(given)
    known = context.load(given.context, given.since, given.until)
    operations, policy = load_with(given.operations), load_policy(given.policy)
    window = Window(given.since, given.until)
    if given.lake:
        report = triage_lake(Stored(engine, open_place(given.lake)), known, operations, policy, window)
    else:
        files = discover(given.logs)
        with _spool(given.out) as spool, progress(files) as advance:
            report = triage(files, spool, known, operations, policy, window, advance, engine)
    if not report.records:
        raise KeywitnessError(_nothing(report))
    if given.json:
        sys.stdout.write(render_json(report))
        complain(report.rejects)
    else:
        print_report(report, Console())
    if given.out:
        _write(report, given)
    if given.store:
        from keywitness.commands.cases import take

        take(report.cases, given.store, given.tenant)
    return FOUND if _fails(report, given.fail_on) else 0


def _engine(given: argparse.Namespace) -> Engine:
    if given.spark_master and given.engine != "spark":
        raise UsageError("--spark-master needs --engine spark")
    return Spark(given.spark_master) if given.spark_master else ENGINES[given.engine]()


@contextmanager
def progress(files: Sequence[LogFile]) -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and time left on stderr, when that is a terminal; else nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda done, records: None
        return
    columns = (TextColumn("reading"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[records]:,} records"), console=console, transient=True) as bar:
        task = bar.add_task("read", total=sum(f.size for f in files), records=0)
        seen = 0

        def advance(done: int, records: int) -> None:
            nonlocal seen
            seen += records
            bar.update(task, advance=done, records=seen)

        yield advance


@contextmanager
def _spool(out: Path | None) -> Iterator[Path]:
    """Where the Parquet parts go: kept in ``--out`` for ``explain``, thrown away without."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="keywitness-") as temporary:
            yield Path(temporary)
        return
    folder = out / EVENTS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part in folder.glob("part-*.parquet"):
            part.unlink()
    except OSError as error:
        raise KeywitnessError(f"can't write to {out} ({error.strerror})") from error
    yield folder


def _write(report: Report, given: argparse.Namespace) -> None:
    given.out.mkdir(parents=True, exist_ok=True)
    for form in FORMATS:
        (given.out / _filename(form)).write_text(form.render(report), "utf-8")
    with (given.out / "rejects.jsonl").open("w", encoding="utf-8") as lines:
        for reject in report.rejects:
            where = {"file": reject.source.file, "record": reject.source.record}
            lines.write(json.dumps({**where, "reason": reject.reason, "text": reject.text}) + "\n")
    with (given.out / EVIDENCE).open("w", encoding="utf-8") as lines:
        lines.writelines(f"{line}\n" for line in evidence.lines(report))
    run = {
        "version": report.version,
        "lake": given.lake,
        "engine": given.engine,
        "context": _absolute(given.context),
        "policy": _absolute(given.policy),
        "operations": _absolute(given.operations),
        "since": _iso(given.since),
        "until": _iso(given.until),
    }
    (given.out / "run.json").write_text(json.dumps(run, indent=1) + "\n", "utf-8")
    print(
        f"keywitness: wrote {', '.join(_filename(f) for f in FORMATS)}, {EVIDENCE}, rejects.jsonl to {given.out}",
        file=sys.stderr,
    )


def complain(rejects: Sequence[Reject]) -> None:
    """What was set aside, on stderr: stdout holds results and nothing else."""
    for reject in rejects[:SHOWN]:
        print(f"keywitness: set aside: {visible(str(reject))}", file=sys.stderr)
    if len(rejects) > SHOWN:
        print(f"keywitness: set aside: {len(rejects) - SHOWN} more; --out DIR lists all", file=sys.stderr)


def _filename(form: Format) -> str:
    return f"{'findings' if form.name == 'json' else 'report'}{form.suffix}"


def _absolute(path: Path | None) -> str | None:
    return str(path.resolve()) if path else None


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _nothing(report: Report) -> str:
    if not report.rejects:
        return f"no records in {report.files} file(s): an empty log is no proof that nothing happened"
    first = report.rejects[0]
    return f"no record of a known log in {report.files} file(s); {len(report.rejects)} set aside, the first: {first}"


def _fails(report: Report, fail_on: str | None) -> bool:
    worse = {"escalate": {"escalate"}, "review": {"escalate", "review"}}
    return fail_on is not None and any(case.action in worse[fail_on] for case in report.cases)
