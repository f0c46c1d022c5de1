"""Earlier cases: what ``triage --out`` wrote before, and what analysts made of it.

``cases/`` of the context folder holds such folders, or their ``findings.jsonl`` alone under any name, and
``verdicts.csv`` with the columns case, verdict, by and date. A case that a suppression names counts as judged harmless
by its owner. An event that stands in several files counts as the last of them, by name, has it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from keywitness.context.identities import Directory
from keywitness.context.suppressions import Suppressions
from keywitness.context.tables import column_name, decode_file, parse_time, present, read_table
from keywitness.errors import Reject, Source
from keywitness.model import PrincipalId

FOLDER: Final = "cases"
VERDICTS: Final = "verdicts.csv"
_NO_FINDINGS: Final = frozenset({"rejects.jsonl", "evidence.jsonl"})  # what else a run writes into its folder
_HARMLESS: Final = frozenset({"false_positive", "benign_positive", "benign", "test"})
_CONFIRMED: Final = frozenset({"true_positive", "security_risk", "confirmed"})
"""What analysts call an end of a case: OCSF's verdicts and Elastic's reasons to close. All else settles nothing."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A change of an earlier case, as it was judged then. ``session`` and ``key`` are what it was made with."""

    event_id: str
    time: datetime
    case_id: str
    decision: str
    actor: PrincipalId
    target: PrincipalId
    credentials: tuple[str, ...]
    session: str | None
    key: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``by`` and ``date`` are as written, maybe ""."""

    kind: Literal["harmless", "confirmed"]
    said: str
    by: str
    date: str


@dataclass(frozen=True, slots=True)
class Cases:
    """Every change of each case that was escalated, by case, oldest first; and the verdicts. ``files``: by name."""

    files: tuple[str, ...] = ()
    escalated: Mapping[str, tuple[Earlier, ...]] = field(default_factory=lambda: MappingProxyType({}))
    verdicts: Mapping[str, Verdict] = field(default_factory=lambda: MappingProxyType({}))
    _by: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def naming(self, *keys: str | None) -> tuple[str, ...]:
        """The escalated cases in which a principal, credential or session of that id stands, in order."""
        return tuple(sorted({case for key in keys if key for case in self._by.get(key, ())}))


NO_CASES: Final = Cases()


def load_cases(folder: Path | None, directory: Directory, known: Suppressions, rejects: list[Reject]) -> Cases:
    """Everything below ``folder/cases``. A line that can't be used is set aside and costs no other."""
    top = folder / FOLDER if folder else None
    if top is None or not top.is_dir():
        return NO_CASES
    paths = [path for path in sorted(top.rglob("*.jsonl")) if path.name not in _NO_FINDINGS and path.is_file()]
    events: dict[str, Earlier] = {}
    for path in paths:
        events |= {earlier.event_id: earlier for earlier in _lines(path, directory, rejects)}
    cases: dict[str, list[Earlier]] = defaultdict(list)
    for earlier in sorted(events.values(), key=lambda e: (e.time, e.event_id)):
        cases[earlier.case_id].append(earlier)
    escalated = {case: tuple(es) for case, es in cases.items() if any(e.decision == "escalate" for e in es)}
    verdicts = {s.case: Verdict("harmless", "suppressed", s.owner, f"{s.created}") for s in _settled(known)}
    verdicts |= dict(_verdicts(present(top, VERDICTS), rejects))
    files = tuple(path.relative_to(top.parent).as_posix() for path in paths)
    return Cases(files, escalated, verdicts, _index(escalated))


def _settled(known: Suppressions) -> Iterator[Any]:
    return (s for s in (*known.expired, *known.active) if s.case)


def _index(escalated: Mapping[str, tuple[Earlier, ...]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for case, changes in escalated.items():
        for c in changes:
            for key in (c.actor, c.target, *c.credentials, c.session, c.key):
                if key:
                    found[key][case] = None
    return {key: tuple(cases) for key, cases in found.items()}


def _lines(path: Path, directory: Directory, rejects: list[Reject]) -> Iterator[Earlier]:
    text = decode_file(path, rejects)
    for number, line in enumerate((text or "").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _earlier(json.loads(line), directory)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = f"line {number} is no finding of an earlier run, and was set aside ({str(error)[:80]})"
            rejects.append(Reject(Source(str(path), number), reason, line[:200]))


def _earlier(line: Any, directory: Directory) -> Earlier:
    def principal(role: str) -> PrincipalId:
        return directory.resolve(_text(line[role].get("id")), _text(line[role].get("name")), _text(line.get("tenant")))

    ids = line.get("credential_ids") or [line.get("credential_id")]
    event, case = _text(line["event_id"]), _text(line["case_id"])
    if not event or not case:
        raise ValueError("it has no event_id or no case_id")
    return Earlier(
        event,
        parse_time(line["time"]),
        case,
        str(line["decision"]),
        principal("actor"),
        principal("target"),
        tuple(key for item in ids if (key := _text(item))),
        _text(line.get("session_id")),
        _text(line.get("credential_used")),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _verdicts(path: Path | None, rejects: list[Reject]) -> Iterable[tuple[str, Verdict]]:
    table = read_table(path, rejects) if path else None
    for entry in table.entries if table else ():
        case, said = entry.first(("case", "case_id")), column_name(entry.first(("verdict", "close_reason")))
        kind: Literal["harmless", "confirmed"] | None = (
            "harmless" if said in _HARMLESS else "confirmed" if said in _CONFIRMED else None
        )
        if not case or not said:
            rejects.append(entry.reject("this verdict has no case or no verdict; it was set aside"))
        elif kind:
            yield case, Verdict(kind, said.replace("_", " "), entry.first(("by", "analyst")), entry.first(("date",)))
