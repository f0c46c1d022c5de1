"""The case store as the commands open it: which, of whom, by whom, and what is said when its packages are missing."""

import argparse
import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keywitness.errors import UsageError

if TYPE_CHECKING:
    from keywitness.store.engine import Store

STORE: Final = "KEYWITNESS_STORE"
DEFAULT: Final = "keywitness.db"
MISSING: Final = "the case store needs more packages: pip install 'keywitness[desk]'"


def needed() -> None:
    """Raises UsageError when the packages of the store aren't there. To be asked before anything of it is imported."""
    try:
        import alembic  # noqa: F401  whether it is there is the question
        import sqlalchemy  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(f"{MISSING} ({error.name} is missing)") from error


@contextmanager
def opened(where: str | None, *, create: bool = False) -> Iterator["Store"]:
    """The store that was named, or that KEYWITNESS_STORE names, or keywitness.db here. Raises UsageError."""
    needed()
    from keywitness.store.engine import open_store

    store = open_store(where or os.environ.get(STORE) or DEFAULT, create=create)
    try:
        yield store
    finally:
        store.close()


def person(given: argparse.Namespace) -> str:
    """Who acts: the name that was given, or that of the account that runs the command."""
    if given.who:
        return str(given.who)
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        raise UsageError("nobody's name is known here: say it with --who") from None


def arguments(command: argparse.ArgumentParser, *, who: bool = True) -> None:
    """What every command that works on a store takes."""
    where = f"the case store: a file, or postgresql://… (default: ${STORE}, or {DEFAULT})"
    command.add_argument("--store", metavar="WHERE", help=where)
    command.add_argument("--tenant", metavar="ID", default="default", help="whose cases (default: %(default)s)")
    if who:
        command.add_argument("--who", metavar="NAME", help="who acts (default: the account that runs this)")


def read_text(path: Path) -> str:
    """A file that the user named. Raises UsageError."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} can't be read ({error})") from error
