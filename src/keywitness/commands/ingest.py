"""``keywitness ingest``: logs into a lake, each record once, however often it is given."""

import argparse

from keywitness.commands.triage import complain, progress
from keywitness.errors import KeywitnessError, UsageError
from keywitness.lake.ingest import Ingested, ingest
from keywitness.lake.place import open_place
from keywitness.lake.upkeep import Tidied, tidy
from keywitness.readers.source import discover
from keywitness.sigma.own import load_with
from keywitness.words import counted


def run(given: argparse.Namespace) -> int:
    if not given.logs and given.keep_days is None:
        raise UsageError("give LOGS to add, or --keep-days to forget")
    place, operations = open_place(given.lake, create=True), load_with(given.operations)
    files = discover(given.logs)
    with progress(files) as advance:
        done = ingest(files, place, operations, advance)
    if files and not done.records:
        raise KeywitnessError(f"no record of a known log in {counted(len(files), 'file')}")
    print(_said(done, tidy(place, operations, given.keep_days)))
    complain(done.rejects)
    return 0


def _said(done: Ingested, tidied: Tidied) -> str:
    known = done.records - done.added
    texts = [f"{done.added:,} new records of {done.records:,} in {counted(done.files, 'file')}"]
    texts += [f"{known:,} were there already"] if known else []
    texts += [f"{len(done.rejects):,} set aside"] if done.rejects else []
    texts += [f"{counted(tidied.merged, 'part')} merged"] if tidied.merged else []
    texts += [f"{tidied.forgotten:,} old records forgotten"] if tidied.forgotten else []
    return "; ".join(texts)
