"""The command line of the case store: ``cases`` and ``verify``. Nothing is opened before a command runs."""

import argparse
from pathlib import Path
from typing import Final

from keywitness.commands import serveargs
from keywitness.commands.desk import arguments, needed

STATUSES: Final = ("new", "triage", "escalated", "contained", "closed")
FORMATS: Final = ("json", "stix", "ocsf", "html")
REASONS: Final = ("duplicate", "false_positive", "true_positive", "benign_positive", "other")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """All commands, with all that they take."""
    serveargs.add(commands)
    cases = commands.add_parser("cases", help="work on cases in a store", description="Work on cases in a store.")
    acts = cases.add_subparsers(required=True, metavar="ACT", dest="act")
    _looking(acts)
    _acting(acts)
    says = "prove that nobody edited the record"
    verify = commands.add_parser("verify", help=says, description=f"{says[0].upper()}{says[1:]}, nor the cases.")
    verify.add_argument("--store", metavar="WHERE", help="the store (default: $KEYWITNESS_STORE, or keywitness.db)")
    verify.add_argument("--tenant", metavar="ID", help="prove this tenant's record only")
    verify.add_argument(
        "--anchor", type=Path, metavar="FILE", action="append", default=[], help="an end that was saved must be there"
    )
    verify.add_argument("--save-anchor", type=Path, metavar="FILE", help="write the record's end, to be kept elsewhere")
    verify.set_defaults(run=_verify)


def _looking(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    load = _act(acts, "import", "put a kept run into the store", who=False)
    load.add_argument("folder", type=Path, metavar="DIR", help="what triage wrote with --out")
    queue = _act(acts, "list", "show the queue")
    queue.add_argument("--all", action="store_true", help="closed cases too")
    queue.add_argument("--mine", action="store_true", help="only those of who acts")
    queue.add_argument("--status", choices=STATUSES, help="only those of this status")
    queue.add_argument("--text", metavar="START", help="only those with an address, name, id or word that starts so")
    queue.add_argument("--limit", type=int, default=50, metavar="N", help="at most this many (default: %(default)s)")
    queue.add_argument("--json", action="store_true", help="print one case a line, and nothing else")
    show = _act(acts, "show", "show a case, and what was done with it", who=False)
    _case(show)
    export = _act(acts, "export", "write a case for another program, or to be printed", who=False)
    _case(export)
    export.add_argument("--format", choices=FORMATS, default="json", help="what to write (default: %(default)s)")
    handover = _act(acts, "handover", "write what the next shift must know, as Markdown", who=False)
    handover.add_argument("--hours", type=int, default=8, metavar="N", help="the shift's length (default: %(default)s)")
    for writes in (export, handover):
        writes.add_argument("--out", type=Path, metavar="FILE", help="write it here instead of to standard output")


def _acting(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    assign = _act(acts, "assign", "give a case to somebody, or back to all")
    _case(assign)
    assign.add_argument("to", nargs="?", metavar="NAME", help="nobody if left out")
    note = _act(acts, "note", "add a note to a case")
    _case(note)
    note.add_argument("text", metavar="TEXT")
    move = _act(acts, "move", "take a case up, escalate it, say that it is contained, or open it again")
    _case(move)
    move.add_argument("to", choices=STATUSES[1:4], metavar="STATUS", help="triage, escalated or contained")
    move.add_argument("--reason", default="", metavar="TEXT", help="why; a move back needs one")
    close = _act(acts, "close", "close a case")
    _case(close)
    close.add_argument("--as", dest="reason", choices=REASONS, required=True, help="why it is closed")
    close.add_argument("--comment", default="", metavar="TEXT", help="what else is to be said")
    close.add_argument("--verdict", type=int, metavar="N", help="another verdict_id of OCSF's Incident Finding")
    close.add_argument("--duplicate-of", metavar="CASE", help="the case that it repeats")


def _act(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, says: str, *, who: bool = True
) -> argparse.ArgumentParser:
    made = acts.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")
    arguments(made, who=who)
    made.set_defaults(run=_cases)
    return made


def _case(command: argparse.ArgumentParser) -> None:
    command.add_argument("case", metavar="CASE", help="a case id (KW-...)")


def _cases(given: argparse.Namespace) -> int:
    needed()
    from keywitness.commands import cases

    return cases.run(given)


def _verify(given: argparse.Namespace) -> int:
    needed()
    from keywitness.commands import verify

    return verify.run(given)
