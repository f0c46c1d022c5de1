"""A case as one self-contained page, made to be printed: what triage found, what people did, and the record."""

from typing import Final

from keywitness.exports import Export
from keywitness.render.html import page
from keywitness.store.lifecycle import VERDICTS
from keywitness.store.records import CaseFile
from keywitness.store.summary import case_of


def render(file: CaseFile, organisation: str) -> str:
    """No script, no request; hostile text is text."""
    case = case_of(file.case.case_id, [stored.finding for stored in file.findings])
    verdict = VERDICTS.get(file.case.verdict_id or 0, "")
    return page("case.html.j2", case=case, file=file, organisation=organisation, verdict=verdict)


EXPORT: Final[Export] = Export("html", ".html", render)
