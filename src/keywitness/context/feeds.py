"""The sources of threat intelligence: files of the context folder, and collections that it names.

``indicators.csv``, every JSON file that is a STIX 2.1 bundle or a MISP event,
and the TAXII 2.1 collections that ``org.toml`` names. What a source says and
no event could match is reported, and costs nothing else.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from keywitness.context.intel import Indicator, Indicators, canonical, confidence, index
from keywitness.context.misp import misp_events, read_misp
from keywitness.context.stix import is_bundle, read_stix
from keywitness.context.tables import Entry, parse_time, read_json, read_table
from keywitness.context.taxii import load_collections
from keywitness.errors import Reject, Source

_NOT_INTEL: Final = frozenset({"changes.json", "deployments.json", "terraform-plan.json"})
_COLUMNS: Final = ("id", "type", "value", "source", "description", "confidence", "valid_from", "valid_until", "tlp")


def load_indicators(folder: Path | None, rejects: list[Reject]) -> Indicators | None:
    """Read the folder's sources of intelligence; None when there is none, or no file could be read.

    A collection that can't be reached is a gap of the indicators, which then may be none.
    """
    found: list[Indicator] = []
    files: list[str] = []
    for path in _sources(folder):
        read = _read_rows(path, rejects) if path.suffix == ".csv" else _read_feed(path, rejects)
        if read is not None:
            found += read
            files.append(path.name)
    feeds = list(load_collections(folder, rejects))
    found += (indicator for feed in feeds for indicator in feed.indicators)
    files += (feed.says for feed in feeds if feed.says)
    gaps = tuple(feed.gap for feed in feeds if feed.gap)
    return index(found, tuple(files), gaps) if files or gaps else None


def _sources(folder: Path | None) -> Iterator[Path]:
    if folder is None:
        return
    if (folder / "indicators.csv").is_file():
        yield folder / "indicators.csv"
    yield from (path for path in sorted(folder.glob("*.json")) if path.is_file() and path.name not in _NOT_INTEL)


def _read_rows(path: Path, rejects: list[Reject]) -> list[Indicator] | None:
    table = read_table(path, rejects)
    if table is None:
        return None
    missing = [column for column in ("type", "value") if column not in table.columns]
    if missing:
        found = ", ".join(table.columns) or "none"
        reason = f"no indicators were read: it has no column for {', '.join(missing)}; its columns are {found}"
        rejects.append(Reject(Source(str(path)), reason))
        return None
    made = [indicator for entry in table.entries if (indicator := _indicator(entry, rejects))]
    return made if made or not (table.entries or table.broken) else None


def _read_feed(path: Path, rejects: list[Reject]) -> list[Indicator] | None:
    """None when the file is neither STIX nor MISP, or none of its indicators can be used."""
    content = read_json(path, rejects)
    before = len(rejects)
    if is_bundle(content):
        found = list(read_stix(Source(str(path)), path.name, content, rejects))
    elif events := list(misp_events(content)):
        found = [indicator for event in events for indicator in read_misp(path, event, rejects)]
    else:
        reason = "no indicators were read: it is neither a STIX 2.1 bundle nor a MISP event"
        rejects.extend([Reject(Source(str(path)), reason)] if content is not None else [])
        return None
    return found if found or len(rejects) == before else None


def _indicator(entry: Entry, rejects: list[Reject]) -> Indicator | None:
    cell = {column: entry.first((column,)) for column in _COLUMNS}
    try:
        kind, value = canonical(cell["type"], cell["value"])
        made = Indicator(
            id=cell["id"] or f"{kind}:{value}",
            type=kind,
            value=value,
            source=cell["source"],
            description=cell["description"],
            valid_from=parse_time(cell["valid_from"]) if cell["valid_from"] else None,
            valid_until=parse_time(cell["valid_until"], closing=True) if cell["valid_until"] else None,
            tlp=cell["tlp"].lower().removeprefix("tlp:") or None,
        )
    except ValueError as error:
        rejects.append(entry.reject(f"indicator {cell['id'] or cell['value'][:60]!r} was set aside: {error}"))
        return None
    number = confidence(cell["confidence"])
    if number is None and cell["confidence"]:
        rejects.append(entry.reject(f"the confidence of {made.id} was left empty: it is not a number from 0 to 100"))
    return replace(made, confidence=number)
