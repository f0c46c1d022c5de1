"""``keywitness operations``: what the catalogue knows, as a list, as one entry in full, or as Sigma rules."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console, RenderableType
from rich.text import Text

from keywitness import catalogue
from keywitness.catalogue import Operation
from keywitness.errors import UsageError
from keywitness.readers.values import operation_key
from keywitness.render.paint import is_whole, say, section, table, whole
from keywitness.render.safe import visible
from keywitness.sigma.write import write

COLUMNS: Final = ("entry", "events", "credential", "change", "scope", "technique", "rests on")
FOUND, NOTHING = 0, 1


def run(given: argparse.Namespace) -> int:
    if given.provider not in (None, *catalogue.PROVIDERS):
        raise UsageError(f"{given.provider} is no provider; there are {', '.join(catalogue.PROVIDERS)}")
    known = catalogue.load().operations
    found = select(known, given.words, given.provider, given.scope)
    if not found:
        print("keywitness: no entry of the catalogue fits", file=sys.stderr)
        return NOTHING
    if given.sigma:
        written = write(found, given.sigma, known)
        print(f"{len(written)} Sigma rules in {given.sigma}; what removes or only leads on is none")
    elif given.json:
        for operation in found:
            print(json.dumps(dataclasses.asdict(operation), ensure_ascii=False))
    elif given.words == [found[0].id]:
        _print(_entry(found[0]))
    else:
        _list(found)
    return FOUND


def select(
    operations: Sequence[Operation], words: Sequence[str], provider: str | None = None, scope: str | None = None
) -> list[Operation]:
    """The entries that hold every word, in any case; the one entry, when the only word is its whole id."""
    exact = [o for o in operations if [o.id] == list(words)]
    if exact:
        return exact
    wanted = [operation_key(word) for word in words]
    return [
        o
        for o in operations
        if provider in (None, o.provider) and scope in (None, o.scope) and all(w in _searched(o) for w in wanted)
    ]


def _searched(operation: Operation) -> str:
    return operation_key(" ".join((*_cells(operation), operation.provider, operation.note, operation.target_type)))


def _cells(o: Operation) -> tuple[str, ...]:
    kind = o.credential_type.replace("_", " ")
    return (o.id, ", ".join(o.events), kind, o.change, o.scope, o.technique, o.rests_on)


def _list(found: Sequence[Operation]) -> None:
    """A table on a terminal; elsewhere one entry a line with tabs between, for cut and awk."""
    console = Console()
    if not console.is_terminal:
        for operation in found:
            print("\t".join(map(visible, _cells(operation))))
        return
    made = table(*COLUMNS)
    for operation in found:
        made.add_row(*map(say, _cells(operation)))
    console.print(made)
    console.print(Text(f"{len(found)} of the catalogue's entries; keywitness operations ENTRY shows one", style="dim"))


def _print(parts: Iterator[RenderableType]) -> None:
    console = Console()
    for part in parts:
        console.print(part, soft_wrap=is_whole(part), highlight=False)


def _entry(o: Operation) -> Iterator[RenderableType]:
    yield say(o.id, "bold")
    if o.note:
        yield say(o.note)
    yield Text()
    facts = zip(COLUMNS[1:], _cells(o)[1:], strict=True)
    yield from (whole(f"{name}: {value}") for name, value in facts)
    expressions = {"when": o.when, "target": o.target, "credential id": o.credential_id, "its use shows in": o.use_log}
    yield from (whole(f"{name}: {value}") for name, value in expressions.items() if value)
    yield whole(f"reference: {o.reference}")
    yield from section("Take it back, least destructive first", (whole(command, 2) for command in o.contain))
    example = json.dumps(json.loads(o.example or "{}"), indent=2, ensure_ascii=False)
    yield from section("Example", (whole(line) for line in example.splitlines()))
