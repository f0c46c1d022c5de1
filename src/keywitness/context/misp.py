"""Indicators out of a MISP event: the attributes that are marked for detection (``to_ids``)."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from keywitness.context.intel import STRICTEST, TYPES, Indicator, canonical, strictest
from keywitness.context.tables import objects
from keywitness.errors import Reject, Source

_COMPOSITE: Final = {"ip-src|port": ("ip-src",), "ip-dst|port": ("ip-dst",), "domain|ip": ("domain", "ip-dst")}

Raw = Mapping[str, Any]


def misp_events(content: Any) -> Iterator[Raw]:
    """MISP events: one, a list, or a search result."""
    if isinstance(content, dict) and "response" in content:
        content = content["response"]
    for item in content if isinstance(content, list) else [content]:
        event = item.get("Event", item) if isinstance(item, dict) else None
        if isinstance(event, dict) and isinstance(event.get("Attribute", event.get("Object")), list):
            yield event


def read_misp(path: Path, event: Raw, rejects: list[Reject]) -> Iterator[Indicator]:
    attributes = objects(event.get("Attribute"))
    for item in objects(event.get("Object")):
        attributes += objects(item.get("Attribute"))
    unused: Counter[str] = Counter()
    for attribute in attributes:
        if attribute.get("to_ids") in (True, "1", 1) and attribute.get("deleted") not in (True, "1", 1):
            yield from _from_misp(path, event, attribute, unused, rejects)
    for kind, count in sorted(unused.items()):
        reason = f"{count} attributes of type {kind[:40]!r} are not used: nothing is known here that they could match"
        rejects.append(Reject(Source(str(path)), reason))


def _from_misp(
    path: Path, event: Raw, attribute: Raw, unused: Counter[str], rejects: list[Reject]
) -> Iterator[Indicator]:
    kind, value = str(attribute.get("type", "")), str(attribute.get("value", ""))
    kinds = _COMPOSITE.get(kind, (kind,))
    if kinds[0].lower() not in TYPES:
        unused[kind] += 1
        return
    for one, part in zip(kinds, value.split("|") if kind in _COMPOSITE else (value,), strict=False):
        ident = str(attribute.get("uuid") or attribute.get("id") or f"{one}:{part}")
        try:
            type_, canonical_value = canonical(one, part)
        except ValueError as error:
            rejects.append(Reject(Source(str(path)), f"attribute {ident[:80]} was set aside: {error}", value[:200]))
            continue
        yield Indicator(
            id=ident,
            type=type_,
            value=canonical_value,
            source=_organisation(event) or path.name,
            description=_description(event, attribute),
            tlp=strictest(_tlp_tag(tag) for tag in (*objects(attribute.get("Tag")), *objects(event.get("Tag")))),
        )


def _organisation(event: Raw) -> str:
    owner = event.get("Orgc") or event.get("Org")
    return str(owner.get("name", "")) if isinstance(owner, dict) else ""


def _description(event: Raw, attribute: Raw) -> str:
    """MISP's ``last_seen`` says when it was observed, not until when it holds: it is told, and bounds nothing."""
    text = str(attribute.get("comment") or event.get("info") or "")
    seen = attribute.get("last_seen")
    return f"{text} (last seen {seen})".strip() if seen else text


def _tlp_tag(tag: Raw) -> str | None:
    name = str(tag.get("name", "")).lower()
    colour = name.removeprefix("tlp:").replace("white", "clear")
    return colour if name.startswith("tlp:") and colour in STRICTEST else None
