"""The catalogue as Sigma rules: one file for each entry that adds a credential, the same text every time.

A rule finds what succeeded. Refused attempts, self or other, the actor's
habits and the change ticket are keywitness's to settle.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from keywitness.catalogue import Operation
from keywitness.errors import KeywitnessError
from keywitness.model import ADDING
from keywitness.sigma import layout
from keywitness.sigma.block import dump
from keywitness.sigma.when import Fields, Group, Match, Tree, translate

NAMESPACE: Final = "5b0c5f0e-6f0a-5d7c-9d56-6c1f6c6f0d3a"  # ours: a rule's id follows from its entry's id
DASHES: Final = (" \u2013 ", " - ")  # Entra logs an en dash and a space at the end; its documentation prints neither
Item = Mapping[str, Any] | Sequence[Mapping[str, Any]]


def write(operations: Iterable[Operation], folder: Path, among: Sequence[Operation]) -> list[Path]:
    """Write the rules of those ``operations`` that add, of all in ``among``. Raises KeywitnessError when it can't."""
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for operation in exported(operations):
            path = folder / f"{operation.id.replace('.', '_').replace('-', '_')}.yml"
            path.write_text(dump(rule(operation, among)), "utf-8")
            paths.append(path)
    except OSError as error:
        raise KeywitnessError(f"can't write to {folder} ({error.strerror})") from error
    return paths


def exported(operations: Iterable[Operation]) -> list[Operation]:
    """The entries that are findings: neither removals and housekeeping nor what is only followed for lineage."""
    return [o for o in operations if o.change in ADDING and o.scope != "lineage"]


def rule(operation: Operation, among: Iterable[Operation]) -> dict[str, Any]:
    """One entry as a rule; ``among`` are the entries whose records it may match too."""
    its = layout()["provider"][operation.provider]
    group, _, what = operation.id.partition(".")[2].partition(".")
    told = translate(operation.when, _fields(its))
    level = "issued" if (operation.change, operation.scope) == ("issued", "adjacent") else operation.scope
    return {
        "title": f"{its['label']}: {group} {what}".replace("-", " "),
        "id": str(uuid5(UUID(NAMESPACE), operation.id)),
        "status": layout()["status"][operation.rests_on],
        "description": _description(operation, told.lost, among),
        "references": [operation.reference],
        "author": "keywitness",
        "tags": _tags(operation.technique),
        "logsource": {"product": its["product"], "service": its["service"]},
        "detection": _detection(operation, its, told.tree),
        "falsepositives": ["Planned changes: hold the actor, target and time against the change ticket"],
        "level": layout()["level"][level],
        "keywitness.credential_type": operation.credential_type,
    }


def _fields(its: Mapping[str, Any]) -> Fields:
    flags = frozenset(layout()["flags"]["names"])
    return Fields(its.get("prefix", ""), its.get("renamed", {}), its.get("property", ""), flags)


def _description(operation: Operation, lost: Sequence[str], among: Iterable[Operation]) -> str:
    said = [f"{operation.credential_type.replace('_', ' ').capitalize()} {operation.change}."]
    if operation.note:
        said.append(operation.note)
    if lost:
        said.append(f"Sigma can't {'; nor '.join(lost)}. keywitness settles it.")
    also = list(_also(operation, among, bool(lost) or not operation.when))
    if also:
        said.append(f"May match records of {', '.join(also)} too.")
    return " ".join(said)


def _also(operation: Operation, among: Iterable[Operation], wide: bool) -> Iterator[str]:
    """The entries with an event in common that the rule may match: those the catalogue asks first; if wide, all."""
    first = True
    for other in among:
        first = first and other.id != operation.id
        shared = other.provider == operation.provider and {*other.events} & {*operation.events}
        if shared and other.id != operation.id and (wide or first):
            yield other.id


def _tags(technique: str) -> list[str]:
    tactics = layout()["tactics"]
    mine = tactics.get(technique, tactics.get(technique.partition(".")[0], []))
    return [*(f"attack.{tactic}" for tactic in mine), f"attack.{technique.lower()}"]


def _detection(operation: Operation, its: Mapping[str, Any], tree: Tree | None) -> dict[str, Any]:
    """Sigma's selections and their condition: the operation, what the entry asks, and that it succeeded."""
    named: dict[str, Item] = {"selection": _one(list(_events(operation.events, its)))}
    condition = ["selection"]
    if tree:
        condition.append(_bound(_said(tree, named)))
    if "succeeded" in its:
        named["succeeded"] = _one(its["succeeded"])
        condition.append("succeeded")
    failed = list(_failed(operation.events, its))
    if failed:
        named["filter_failed"] = _one(failed)
        condition.append("not filter_failed")
    return {**named, "condition": " and ".join(condition)}


def _events(events: Iterable[str], its: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The operation's names, each kind of match by itself; with the service that logs them where names need one."""
    for source, names in groupby(sorted(events, key=lambda e: _split(e, its)[0]), key=lambda e: _split(e, its)[0]):
        where = {its["source"]: source + its["source_end"]} if source else {}
        kinds: dict[str, list[str]] = {}
        for name in names:
            how, value = _matched(_split(name, its)[1])
            kinds.setdefault(how, []).extend(_spellings(value, its))
        yield from ({**where, its["operation"] + how: _value(values)} for how, values in kinds.items())


def _split(event: str, its: Mapping[str, Any]) -> tuple[str, str]:
    source, _, name = event.rpartition(":") if "source" in its else ("", "", event)
    return source, name


def _matched(name: str) -> tuple[str, str]:
    """The modifier and value for a name in which ``*`` stands for any text."""
    if "*" in name.strip("*"):
        return "", name
    how = {(True, True): "|contains", (True, False): "|endswith", (False, True): "|startswith"}
    return how.get((name.startswith("*"), name.endswith("*")), ""), name.strip("*")


def _spellings(name: str, its: Mapping[str, Any]) -> list[str]:
    """As the log writes it: with its dash and the space at its end, or with a period, as seen and as documented."""
    if "ends" not in its or " " not in name:
        return [name]
    if DASHES[1] in name:
        return [name.replace(DASHES[1], dash) + end for dash in DASHES for end in (" ", "")]
    return [name + end for end in its["ends"]]


def _failed(events: Iterable[str], its: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for event in events:
        source, name = _split(event, its)
        for key, value in its.get("failed", {}).get(source, {}).items():
            yield {key.replace("{event}", name): value}


def _said(tree: Tree, named: dict[str, Item]) -> str:
    """The condition for ``tree``, whose tests are put into ``named``."""
    if isinstance(tree, Match):
        name = _add({tree.key: _value(tree.values)}, "filter" if tree.negated else "when", named)
        return f"not {name}" if tree.negated else name
    merged = _merged(tree)
    plain = [part for part in merged if isinstance(part, Match) and not part.negated]
    rest = [part for part in merged if part not in plain]
    items = [{part.key: _value(part.values)} for part in plain]
    if tree.every and len({part.key for part in plain}) == len(plain):
        items = [{key: value for item in items for key, value in item.items()}] if items else []
    said = [_add(_one(items), "when", named)] if items else []
    said += [_bound(_said(part, named)) for part in rest]
    return (" and " if tree.every else " or ").join(said)


def _bound(text: str) -> str:
    return f"({text})" if " or " in text or " and " in text else text


def _merged(tree: Group) -> list[Tree]:
    """Of any that may hold, those about one field become one test."""
    if tree.every:
        return list(tree.parts)
    together: dict[object, Tree] = {}
    for part in tree.parts:
        key = (part.key, part.negated) if isinstance(part, Match) else part
        known = together.get(key)
        if isinstance(part, Match) and isinstance(known, Match):
            part = replace(part, values=known.values + part.values)
        together[key] = part
    return list(together.values())


def _add(item: Item, prefix: str, named: dict[str, Item]) -> str:
    name = prefix
    while name in named:
        name = f"{prefix}_{len(named)}"
    named[name] = item
    return name


def _one(items: Sequence[Mapping[str, Any]]) -> Item:
    return items[0] if len(items) == 1 else items


def _value(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else list(dict.fromkeys(values))
