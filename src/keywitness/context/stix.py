"""Indicators out of a STIX 2.1 bundle or collection.

An indicator is used when one value is enough to match it: a pattern that asks
for two things at once would match too much with one of them, so it is
reported and left out.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from keywitness.context.intel import Indicator, canonical, confidence, strictest
from keywitness.context.tables import items, objects, parse_time
from keywitness.errors import Reject, Source

_OBJECTS: Final[Mapping[str, str]] = {
    "ipv4-addr:value": "ipv4-addr",
    "ipv6-addr:value": "ipv6-addr",
    "domain-name:value": "domain-name",
    "autonomous-system:number": "asn",
    "network-traffic:src_ref.value": "ipv4-addr",
    "network-traffic:extensions.http-request-ext.request_header.user-agent": "user-agent",
}
"""STIX object paths that an event can match, in lower case and without quotes → type of indicator."""

_TLP: Final[Mapping[str, str]] = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": "clear",
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
}
"""The fixed ids of TLP 2.0, then those of TLP 1 in STIX 2.1 (its white is called clear today)."""

_MAX_PATTERN: Final = 16 * 2**10


def is_bundle(content: object) -> bool:
    return isinstance(content, dict) and content.get("type") == "bundle"


def read_stix(source: Source, name: str, bundle: Mapping[str, Any], rejects: list[Reject]) -> Iterator[Indicator]:
    """``name`` of the source, for indicators whose author isn't in the bundle.

    Of an indicator that comes in several versions the latest counts, so that a withdrawal does.
    """
    newest: dict[str, Mapping[str, Any]] = {}
    content = objects(bundle.get("objects"))
    names = {str(o.get("id")): str(o.get("name", "")) for o in content if o.get("type") == "identity"}
    for number, item in enumerate(content, 1):
        if item.get("type") == "indicator":
            ident = str(item.get("id") or f"object {number}")
            newest[ident] = max(newest.get(ident, item), item, key=lambda o: str(o.get("modified", "")))
    for ident, item in newest.items():
        if item.get("revoked") is not True:
            author = names.get(str(item.get("created_by_ref")), "") or name
            yield from _from_stix(source, author, item, ident, rejects)


def _from_stix(
    source: Source, author: str, item: Mapping[str, Any], ident: str, rejects: list[Reject]
) -> Iterator[Indicator]:
    def reject(reason: str) -> None:
        text = str(item.get("pattern", ""))[:200]
        rejects.append(Reject(source, f"indicator {ident[:80]}: {reason}", text))

    try:
        valid_from, valid_until = _time(item.get("valid_from")), _time(item.get("valid_until"))
    except ValueError as error:
        reject(f"it was set aside: {error}")
        return
    if item.get("pattern_type", "stix") != "stix":
        reject("it was set aside: its pattern is not written in STIX")
        return
    for kind, value in _values(str(item.get("pattern", "")), reject):
        yield Indicator(
            id=ident,
            type=kind,
            value=value,
            confidence=confidence(item.get("confidence")),
            source=author,
            description=str(item.get("name") or item.get("description") or ""),
            valid_from=valid_from,
            valid_until=valid_until,
            tlp=strictest(_TLP.get(str(mark)) for mark in items(item.get("object_marking_refs"))),
        )


def _values(pattern: str, reject: Callable[[str], None]) -> Iterator[tuple[str, str]]:
    try:
        for path, value in _comparisons(pattern):
            try:
                kind = _OBJECTS.get(path)
                if kind is None:
                    raise ValueError(f"nothing is known here that {path[:60]} could match")
                yield canonical(kind, value)
            except ValueError as error:
                reject(f"a part of its pattern is not used: {error}")
    except ValueError as error:
        reject(f"its pattern is not used: {error}")


def _comparisons(pattern: str) -> Iterator[tuple[str, str]]:
    """Object path and value of each alternative. Raises ValueError for a pattern that isn't just alternatives."""
    if len(pattern) > _MAX_PATTERN:
        raise ValueError(f"it is longer than {_MAX_PATTERN >> 10} KB")
    from stix2 import pattern_visitor  # builds a grammar, a fifth of a second: only who has STIX pays for it

    try:
        parsed = pattern_visitor.create_pattern_object(pattern, version="2.1")
    except (
        pattern_visitor.ParseException,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
        RecursionError,
    ) as error:
        raise ValueError(f"it can't be parsed ({str(error)[:120]})") from None
    yield from _alternatives(parsed)


def _alternatives(node: Any) -> Iterator[tuple[str, str]]:
    from stix2 import patterns

    match node:
        case patterns.ObservationExpression() | patterns.ParentheticalExpression():
            yield from _alternatives(getattr(node, "operand", None) or getattr(node, "expression", None))
        case patterns.OrObservationExpression() | patterns.OrBooleanExpression():
            for operand in node.operands:
                yield from _alternatives(operand)
        case patterns.EqualityComparisonExpression() | patterns.IsSubsetComparisonExpression() if not node.negated:
            yield _path(node.lhs), _unquoted(node.rhs)
        case patterns.InComparisonExpression() if not node.negated:
            yield from ((_path(node.lhs), _unquoted(value)) for value in node.rhs.value)
        case _:
            raise ValueError("it is more than a choice of single values")


def _path(path: Any) -> str:
    return str(path).replace("'", "").lower()


def _unquoted(constant: Any) -> str:
    return re.sub(r"\\(['\\])", r"\1", str(constant.value))


def _time(value: object) -> datetime | None:
    return parse_time(str(value)) if value is not None else None
