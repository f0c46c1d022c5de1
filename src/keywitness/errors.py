"""One base error with a source, and the record of what was set aside.

A user's mistake is reported as one sentence; a bad record is counted and kept
in the rejects file, and the run goes on.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record came from: a file (archive members as ``a.zip!b.json``) and its record number, from 0.

    ``record`` is -1 when the whole file is meant.
    """

    file: str
    record: int = -1

    def __str__(self) -> str:
        return self.file if self.record < 0 else f"{self.file}, record {self.record}"


@dataclass(frozen=True, slots=True)
class Reject:
    """A record, file or row that could not be used, with the reason in one sentence and the start of its text."""

    source: Source
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"


class KeywitnessError(Exception):
    """What ends a run with exit code 1: one sentence, and the source where there is one."""

    def __init__(self, reason: str, source: Source | None = None) -> None:
        super().__init__(f"{source}: {reason}" if source else reason)
        self.reason = reason
        self.source = source


class RecordError(KeywitnessError):
    """A reader can't use one record. Always caught by the bulk loop and turned into a :class:`Reject`."""


class UsageError(KeywitnessError):
    """The command line or a file named on it is wrong: exit code 2."""
