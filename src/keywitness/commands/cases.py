"""``keywitness cases``: a run into the store, the queue, one case, and what a person does to it."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from keywitness.case import cases as grouped
from keywitness.commands.desk import needed, opened, person
from keywitness.commands.triage import EVIDENCE
from keywitness.errors import Source, UsageError
from keywitness.model import Case, Finding
from keywitness.render.evidence import unpack
from keywitness.render.safe import visible
from keywitness.render.words import count

SAID: Final[Mapping[str, str]] = {
    "opened": "new",
    "closed": "closed by triage",
    "updated": "brought up to date",
    "reopened": "opened again",
    "merged": "merged",
    "unchanged": "unchanged",
}


def run(given: argparse.Namespace) -> int:
    act: Callable[[argparse.Namespace], int] = _ACTS[given.act]
    return act(given)


def take(cases: Iterable[Case], where: str | None, tenant: str) -> None:
    """Put judged cases into the store, and say on stderr what became of them: stdout holds results."""
    needed()
    from keywitness.store.load import load

    numbers: Counter[str] = Counter()
    with opened(where, create=True) as store:
        for loaded in load(store, tenant, cases):
            numbers[loaded.outcome] += 1
            if loaded.outcome in ("reopened", "merged"):
                told = f"{loaded.case_id} {SAID[loaded.outcome]}: {loaded.why}"
                print(f"keywitness: {visible(told)}", file=sys.stderr)
    told = ", ".join(f"{numbers[outcome]:,} {words}" for outcome, words in SAID.items() if numbers[outcome])
    print(f"keywitness: {count(numbers.total(), 'case')} in the store: {told or 'nothing'}", file=sys.stderr)


def _import(given: argparse.Namespace) -> int:
    take(grouped(read(given.folder / EVIDENCE)), given.store, given.tenant)
    return 0


def read(path: Path) -> Iterator[Finding]:
    """The findings that triage kept. Raises UsageError that names the file and the line."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines):
                try:
                    yield unpack(line)
                except msgspec.DecodeError as error:
                    raise UsageError(f"this is no finding ({error})", Source(str(path), number)) from error
    except OSError as error:
        raise UsageError(f"there is no run to import: run triage with --out {path.parent} first ({error})") from error


def _list(given: argparse.Namespace) -> int:
    from keywitness.commands.queuetext import print_queue
    from keywitness.store import queue

    filters = queue.Filters(
        open=None if given.all or given.status == "closed" else True,
        statuses=(given.status,) if given.status else (),
        assignee=person(given) if given.mine else None,
        text=given.text or "",
    )
    with opened(given.store) as store, store.reading(given.tenant, "") as desk:
        page = queue.page(desk, filters, size=given.limit)
        print_queue(page.cases, desk.now, more=page.after is not None, as_json=given.json)
    return 0


def _show(given: argparse.Namespace) -> int:
    from keywitness.commands.queuetext import print_case
    from keywitness.store.casefile import open_file

    with opened(given.store) as store, store.reading(given.tenant, "") as desk:
        print_case(open_file(desk, given.case, limit=10_000), desk.now)
    return 0


def _export(given: argparse.Namespace) -> int:
    from keywitness.exports import EXPORTS
    from keywitness.store.casefile import open_file

    form = next(export for export in EXPORTS if export.name == given.format)
    with opened(given.store) as store, store.reading(given.tenant, "") as desk:
        file = open_file(desk, given.case, limit=100_000, entries=100_000)
    _give(form.render(file, given.tenant), given.out)
    return 0


def _handover(given: argparse.Namespace) -> int:
    from keywitness.exports.handover import handover

    with opened(given.store) as store, store.reading(given.tenant, "") as desk:
        text = handover(desk, given.hours)
    _give(text, given.out)
    return 0


def _give(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{out} can't be written ({error.strerror})") from error


def _acting(given: argparse.Namespace, act: Callable[[Any, Any], str]) -> int:
    """One change of one case, at the version that is there, in one transaction."""
    from keywitness.store.rows import find

    with opened(given.store) as store:
        with store.writing(given.tenant, person(given)) as desk:
            said = act(desk, find(desk, given.case))
        print(visible(said))
    return 0


def _assign(given: argparse.Namespace) -> int:
    from keywitness.store.cases import assign

    def act(desk: Any, case: Any) -> str:
        made = assign(desk, case.case_id, case.version, given.to)
        return f"{made.case_id} is with {made.assignee or 'nobody'}"

    return _acting(given, act)


def _note(given: argparse.Namespace) -> int:
    from keywitness.store.writing import note

    return _acting(given, lambda desk, case: f"note {note(desk, case.case_id, given.text).number} of {case.case_id}")


def _move(given: argparse.Namespace) -> int:
    from keywitness.store.cases import move

    def act(desk: Any, case: Any) -> str:
        made = move(desk, case.case_id, case.version, given.to, given.reason)
        return f"{made.case_id} is {made.status}"

    return _acting(given, act)


def _close(given: argparse.Namespace) -> int:
    from keywitness.store.cases import close
    from keywitness.store.lifecycle import VERDICTS

    def act(desk: Any, case: Any) -> str:
        more = {"verdict_id": given.verdict, "duplicate_of": given.duplicate_of}
        made = close(desk, case.case_id, case.version, given.reason, given.comment, **more)
        return f"{made.case_id} is closed: {given.reason.replace('_', ' ')} ({VERDICTS[made.verdict_id or 0]})"

    return _acting(given, act)


_ACTS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "import": _import,
    "list": _list,
    "show": _show,
    "assign": _assign,
    "note": _note,
    "move": _move,
    "close": _close,
    "export": _export,
    "handover": _handover,
}
