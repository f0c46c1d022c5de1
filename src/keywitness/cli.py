"""The one console command. Results go to stdout, progress and complaints to stderr."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from keywitness import __version__
from keywitness.commands import deskargs
from keywitness.errors import KeywitnessError, UsageError

FINISHED, FAILED, USAGE, FOUND = 0, 1, 2, 3
_EPILOG: Final = "exit codes: 0 finished, 1 could not finish, 2 wrong usage, 3 found what --fail-on names"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a user's mistake is one line on stderr, never a traceback."""
    parsed = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = parsed.run
    try:
        return run(parsed)
    except UsageError as error:
        return _complain(error, USAGE)
    except KeywitnessError as error:
        return _complain(error, FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        return FINISHED
    except KeyboardInterrupt:
        print("keywitness: stopped", file=sys.stderr)
        return FAILED


def parser() -> argparse.ArgumentParser:
    """The command line, as ``--help`` prints it."""
    top = argparse.ArgumentParser(
        "keywitness", description="Who added this credential, and was it allowed?", epilog=_EPILOG
    )
    top.add_argument("--version", action="version", version=f"keywitness {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    triage = _command(commands, "triage", "judge every credential change in the logs", _triage)
    _logs(triage, needed=False)
    triage.add_argument("--lake", metavar="WHERE", help="judge what a lake holds instead of LOGS: a folder or a URL")
    triage.add_argument(
        "--policy", type=Path, metavar="FILE", help="decide by this policy (TOML) instead of the shipped one"
    )
    triage.add_argument("--since", type=_time, metavar="T", help="report changes from this time on (ISO 8601, UTC)")
    triage.add_argument("--until", type=_time, metavar="T", help="report changes before this time")
    triage.add_argument(
        "--out", type=Path, metavar="DIR", help="write report, findings, rejects and the run itself here"
    )
    triage.add_argument("--json", action="store_true", help="print one finding a line, and nothing else")
    triage.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="what does the work (default: %(default)s)"
    )
    triage.add_argument("--spark-master", metavar="URL", help="spark://…, k8s://…, yarn, local[2] or Connect's sc://…")
    triage.add_argument("--fail-on", choices=("escalate", "review"), help="exit with 3 when a case is this or worse")
    ingest = _command(commands, "ingest", "add logs to a lake, which keeps the past for triage --lake", _ingest)
    ingest.add_argument("logs", nargs="*", metavar="LOGS", help="files, folders, globs, or - for standard input")
    ingest.add_argument("--lake", metavar="WHERE", required=True, help="a folder, or s3://, gs://, az://; made if new")
    ingest.add_argument(
        "--keep-days", type=_days, metavar="N", help="forget records older than this; daily counts stay for 13 months"
    )
    _records(ingest)
    triage.add_argument("--store", metavar="WHERE", help="put the cases into this store too: a file or postgresql://…")
    triage.add_argument("--tenant", metavar="ID", default="default", help="whose cases they are in the store")
    _add_kept(commands)
    deskargs.add(commands)
    doctor = _command(commands, "doctor", "say what the logs cover and which questions can't be answered", _doctor)
    _logs(doctor, needed=False)
    doctor.add_argument("--lake", metavar="WHERE", help="look into a lake instead of LOGS")
    operations = _command(commands, "operations", "list, search and export what the catalogue knows", _operations)
    _operations_arguments(operations)
    simulate = _command(
        commands, "simulate", "write the logs of an invented company, with expected decisions", _simulate
    )
    simulate.add_argument("out", type=Path, metavar="DIR", help="an empty or new folder")
    simulate.add_argument(
        "--seed", type=int, default=7, help="the same seed gives the same company (default: %(default)s)"
    )
    simulate.add_argument("--days", type=int, default=45, help="days of logs, at least 30 (default: %(default)s)")
    simulate.add_argument("--end", type=date.fromisoformat, default=date(2026, 11, 5), help="the day after the last")
    simulate.add_argument(
        "--story",
        choices=("company", "wide"),
        default="company",
        help="wide: many more kinds of change, all drawn by the seed (default: %(default)s)",
    )
    return top


def _add_kept(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands that look into what triage kept."""
    explain = _command(commands, "explain", "show the records, the query and the context behind an answer", _explain)
    explain.add_argument("id", metavar="CASE_OR_EVENT", help="a case id (KW-...) or an event id")
    explain.add_argument(
        "question", nargs="?", metavar="QUESTION", help="one question, such as off_hours; all if left out"
    )
    _kept(explain)
    lineage = _command(commands, "lineage", "show which credential made which, as a tree", _lineage)
    lineage.add_argument("id", metavar="CREDENTIAL_OR_CASE", help="a credential id, a case id (KW-...) or an event id")
    _kept(lineage)
    lineage.add_argument(
        "--format", choices=("text", "svg", "json"), default="text", help="what to print (default: %(default)s)"
    )
    replay = _command(commands, "replay", "show what another policy would have made of the past", _replay)
    replay.add_argument("logs", nargs="*", metavar="LOGS", help="files, folders, globs; or a kept run with --run")
    replay.add_argument(
        "--run", dest="folder", type=Path, metavar="DIR", help="judge what triage wrote with --out again"
    )
    replay.add_argument("--lake", metavar="WHERE", help="judge what a lake holds again")
    replay.add_argument("--since", type=_time, metavar="T", help="of a lake: judge changes from this time on")
    replay.add_argument("--context", type=Path, metavar="DIR", help="what the organisation knows (changes.csv, ...)")
    replay.add_argument("--policy", type=Path, metavar="NEW", required=True, help="the policy to try (TOML)")
    replay.add_argument("--old", type=Path, metavar="FILE", help="compare with this policy instead of the shipped one")
    replay.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    suppress = _command(commands, "suppress", "close what an analyst found harmless, until a date", _suppress)
    suppress.add_argument("case", metavar="CASE", help="the case id (KW-...) that was found harmless")
    _kept(suppress)
    suppress.add_argument("--owner", required=True, metavar="NAME", help="who answers for it")
    suppress.add_argument("--reason", required=True, metavar="TEXT", help="why it is harmless")
    suppress.add_argument(
        "--expires", type=date.fromisoformat, required=True, metavar="DATE", help="its last day, at most 180 days away"
    )
    suppress.add_argument(
        "--scope",
        choices=("actor", "actor+target", "actor+operation"),
        default="actor+target",
        help="what of the case must come again (default: %(default)s)",
    )


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    says: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")
    command.set_defaults(run=run)
    return command


def _logs(command: argparse.ArgumentParser, needed: bool = True) -> None:
    many = "+" if needed else "*"
    command.add_argument("logs", nargs=many, metavar="LOGS", help="files, folders, globs, or - for standard input")
    command.add_argument("--context", type=Path, metavar="DIR", help="what the organisation knows (changes.csv, ...)")
    _records(command)


def _records(command: argparse.ArgumentParser) -> None:
    """What more of the logs is to be known or kept."""
    command.add_argument(
        "--operations",
        type=Path,
        metavar="PATH",
        help="more operations: Sigma rules (YAML) or catalogue entries (TOML)",
    )
    command.add_argument("--alerts", type=Path, metavar="FILE", help="more kinds of alert (TOML, see docs/logs.md)")


def _kept(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--run",
        dest="folder",
        type=Path,
        default=Path("keywitness-out"),
        metavar="DIR",
        help="what triage wrote with --out (default: %(default)s)",
    )


def _operations_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("words", nargs="*", metavar="WORD", help="entries that hold all these words; an id shows one")
    command.add_argument("--provider", metavar="P", help="entries of this provider only")
    command.add_argument("--scope", choices=("core", "adjacent", "lineage"), help="entries of this scope only")
    command.add_argument("--json", action="store_true", help="print one entry a line, and nothing else")
    command.add_argument(
        "--sigma", type=Path, metavar="DIR", help="write the entries that add as Sigma rules, a file each"
    )


def _triage(given: argparse.Namespace) -> int:
    from keywitness.commands import triage

    _take_alerts(given.alerts)
    return triage.run(given)


def _ingest(given: argparse.Namespace) -> int:
    from keywitness.commands import ingest

    _take_alerts(given.alerts)
    return ingest.run(given)


def _days(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days")
    return int(text)


def _take_alerts(mapping: Path | None) -> None:
    if mapping is not None:
        from keywitness.readers.alerts import use_mapping

        use_mapping(mapping)


def _explain(given: argparse.Namespace) -> int:
    from keywitness.commands import explain

    return explain.run(given.id, given.question, given.folder)


def _lineage(given: argparse.Namespace) -> int:
    from keywitness.commands import lineage

    return lineage.run(given.id, given.folder, given.format)


def _replay(given: argparse.Namespace) -> int:
    from keywitness.commands import replay

    return replay.run(given)


def _suppress(given: argparse.Namespace) -> int:
    from keywitness.commands import suppress

    return suppress.run(given.case, given.folder, given.owner, given.reason, given.expires, given.scope)


def _doctor(given: argparse.Namespace) -> int:
    from keywitness.commands import doctor

    _take_alerts(given.alerts)
    return doctor.run(given.logs, given.context, given.operations, given.lake)


def _operations(given: argparse.Namespace) -> int:
    from keywitness.commands import operations

    return operations.run(given)


def _simulate(given: argparse.Namespace) -> int:
    from keywitness.simulate import simulate

    if given.out.exists() and any(given.out.iterdir()):
        raise UsageError(f"{given.out} is not empty")
    try:
        made = simulate(given.out, seed=given.seed, days=given.days, end=given.end, story=given.story)
    except ValueError as error:
        raise UsageError(str(error)) from error
    print(f"{made.events} records in {made.files} files; {made.hostile} hostile and {made.benign} ordinary changes")
    return FINISHED


def _time(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no time in ISO 8601, such as 2026-11-05T12:00Z") from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _complain(error: KeywitnessError, code: int) -> int:
    print(f"keywitness: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
