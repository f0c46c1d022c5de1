"""A case of the store for somebody else's program, for an auditor, or for the next shift: one file per format.

Each is a pure function of the case, and gives ASCII or UTF-8 text in which hostile text stays text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from keywitness.store.records import CaseFile


@dataclass(frozen=True, slots=True)
class Export:
    """``render`` takes the case, with all its findings, and the name of the organisation it is of."""

    name: str
    suffix: str
    render: Callable[[CaseFile, str], str]


from keywitness.exports import html, json, ocsf, stix  # noqa: E402  the members need the contract above

EXPORTS: Final[tuple[Export, ...]] = (json.EXPORT, stix.EXPORT, ocsf.EXPORT, html.EXPORT)
