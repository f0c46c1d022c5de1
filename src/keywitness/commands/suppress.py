"""``keywitness suppress``: an analyst's verdict on a case becomes an entry of the context's suppressions.toml."""

import fcntl
import json
import os
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from keywitness.commands import kept
from keywitness.context.suppressions import FILE, LONGEST, Suppression, ident
from keywitness.errors import Source, UsageError
from keywitness.model import CredentialChange, EventId, Finding
from keywitness.render.safe import visible, well_formed
from keywitness.suppress import forbidden


def run(case: str, folder: Path, owner: str, reason: str, expires: date, scope: str) -> int:
    today = datetime.now(UTC).date()
    if not today <= expires <= today + LONGEST:
        raise UsageError(f"--expires must be within {LONGEST.days} days from today, {today}, not {expires}")
    if not owner.strip() or not reason.strip():
        raise UsageError("--owner and --reason must say something")
    loaded = kept.load(folder)
    if loaded.context_folder is None:
        raise UsageError(f"the run in {folder} had no --context folder to write {FILE} into")
    judged = [finding for _, finding in loaded.judged()]
    findings = [finding for finding in judged if finding.case_id == case]
    if not findings:
        raise kept.unknown(case, "case", folder, judged)
    open_ones = [f for f in findings if f.decision.action != "close"]
    if not open_ones:
        raise UsageError(f"{case} is closed already: there is nothing to suppress")
    never = {f.change.event_id: why for f in open_ones if (why := forbidden(f.decision, f.answers, loaded.policy))}
    wanted = [f for f in open_ones if f.change.event_id not in never]
    if not wanted:
        raise UsageError(f"{case} can't be suppressed: {next(iter(never.values()))}")
    entries = list(_entries(wanted, owner.strip(), reason.strip(), expires, scope, today, case))
    append(loaded.context_folder / FILE, entries)
    _tell(entries, loaded.context_folder / FILE, never)
    return 0


def _entries(
    findings: Iterable[Finding], owner: str, reason: str, expires: date, scope: str, today: date, case: str
) -> Iterator[Suppression]:
    """One entry for each different scope in the case."""
    for actor, target, operation in dict.fromkeys(_scope(f.change, scope) for f in findings):
        key = ident(actor, target, operation, "", today)
        yield Suppression(key, owner, reason, actor, target, operation, "", today, expires, case)


def _scope(change: CredentialChange, scope: str) -> tuple[str, str, str]:
    """Actor, target and operation as the entry names them. A log's own ``*`` would hide more than the case."""
    if not (change.actor.id or change.actor.name):
        raise UsageError(f"{change.event_id} names no actor, and a suppression is about one")
    target = change.target_principal if scope == "actor+target" else ""
    operation = change.operation if scope == "actor+operation" else ""
    if "*" in change.actor_principal + target:
        raise UsageError(f"{change.event_id}: a name with * in it can't be suppressed by name")
    return well_formed(change.actor_principal), well_formed(target), well_formed(operation)


def append(path: Path, entries: Iterable[Suppression]) -> None:
    """Add the entries to the file, whole or not at all, one writer at a time. An entry that is there stays as it is.

    Raises UsageError when the file is there and can't be read or written.
    """
    path = path.resolve()
    try:
        with _alone(path.parent):
            text = path.read_text("utf-8") if path.exists() else ""
            there = {entry.get("id") for entry in tomllib.loads(text).get("suppression", ())}
            added = [entry for entry in entries if entry.id not in there]
            if added:
                _replace(path, text + "".join(map(_toml, added)))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise UsageError(f"nothing was added ({error})", Source(str(path))) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as new:
        new.write(text)
        new.flush()
        os.fsync(new.fileno())
    made = Path(new.name)
    try:
        made.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        made.replace(path)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def _toml(entry: Suppression) -> str:
    texts = {key: getattr(entry, key) for key in ("id", "owner", "reason", "actor", "target", "operation", "case")}
    lines = [f"{key} = {_quoted(value)}" for key, value in texts.items() if value]
    days = [f"created = {entry.created}", f"expires = {entry.expires}"]
    return "\n".join(["", "[[suppression]]", *lines, *days, ""])


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, and the one control character that JSON leaves bare."""
    return json.dumps(well_formed(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _tell(entries: Iterable[Suppression], path: Path, never: Mapping[EventId, str]) -> None:
    for entry in entries:
        what = " ".join(filter(None, (entry.actor, entry.target and f"→ {entry.target}", entry.operation)))
        print(visible(f"{entry.id} closes {what} until {entry.expires}"))
    print(f"in {path}; the next triage applies it")
    for event, why in never.items():
        print(visible(f"not suppressed, and never will be: {event}, because {why}"))
