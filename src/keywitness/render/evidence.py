"""A finding with all that it rests on, its record and timeline too, as one line that can be read again.

``findings.jsonl`` is for programs, and says what was found; this is for keywitness itself: what a case store keeps, and
what a report can be made of again without the logs.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from keywitness.model import Finding, Report
from keywitness.render.safe import well_formed


def lines(report: Report) -> Iterator[str]:
    """The findings, oldest first, one a line, without its line end."""
    return (pack(finding).decode() for finding in report.findings)


def pack(finding: Finding) -> bytes:
    """The finding as JSON that :func:`unpack` makes it of again; U+FFFD stands for lone surrogates."""
    try:
        return msgspec.json.encode(finding)
    except UnicodeEncodeError:
        return msgspec.json.encode(_well_formed(msgspec.to_builtins(finding)))


def unpack(text: bytes | str) -> Finding:
    """Raises msgspec.DecodeError (or its ValidationError) for what is no finding."""
    return msgspec.json.decode(text, type=Finding)


def _well_formed(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(item) for key, item in value.items()}
    return [_well_formed(item) for item in value] if isinstance(value, list | tuple) else value
