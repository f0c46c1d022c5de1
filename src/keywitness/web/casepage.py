"""One case on one screen, and what lies below it; its lineage as a picture; its files and exports."""

from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from keywitness.exports import EXPORTS
from keywitness.genealogy import key_of, trees
from keywitness.model import Case
from keywitness.render.genealogy import Genealogy, cards
from keywitness.render.treesvg import render_svg
from keywitness.store import NotFoundError, casefile, people, record, writing
from keywitness.store.lifecycle import CLOSE_REASONS, MOVES, VERDICTS
from keywitness.store.records import CaseFile
from keywitness.store.summary import case_of
from keywitness.web.answers import groups
from keywitness.web.hunts import hunts, pivots
from keywitness.web.places import places
from keywitness.web.visit import Visit
from keywitness.web.week import week

SHOWN: Final = 200
"""Changes of a case that the page holds; the exports have all."""
SVG_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def show(visit: Visit) -> Response:
    with visit.reading() as desk:
        file = casefile.open_file(desk, visit.path["case"], SHOWN)
        values = {
            "related": casefile.related(desk, file.case.case_id),
            "colleagues": [u.name for u in people.everybody(desk.connection, visit.tenant) if u.active],
            "state": record.anchor(desk).number,
            "now": desk.now,
            "pauses": desk.rules.pauses,
        }
    case = told(file)
    values |= {"groups": groups(case, file), "week": week(case), "places": places(case), "tree": _genealogy(case)}
    values |= {"hunts": hunts(case), "pivots": pivots(case)}
    moves = [to for to in MOVES[file.case.status] if to != "closed"]
    return visit.page(
        "casepage.html.j2", file=file, row=file.case, case=case, moves=moves, closings=CLOSE_REASONS, verdicts=VERDICTS,
        exports=EXPORTS, cards=cards, **values,
    )  # fmt: skip


def told(file: CaseFile) -> Case:
    """The case as the report's words tell it."""
    return case_of(file.case.case_id, [stored.finding for stored in file.findings])


def _genealogy(case: Case) -> Genealogy:
    changes = [finding.change for finding in case.findings]
    wanted = frozenset(change.event_id for change in changes)
    known = {key_of(finding.change): finding for finding in case.findings}
    where = {f.change.source_ip: f.place for f in case.findings if f.change.source_ip and f.place}
    return Genealogy(case.case_id, wanted, trees(wanted, changes), known, where)


def lineage(visit: Visit) -> Response:
    """The genealogy as a picture that loads and runs nothing."""
    with visit.reading() as desk:
        file = casefile.open_file(desk, visit.path["case"], SHOWN, entries=0)
    picture = render_svg(_genealogy(told(file)))
    return Response(picture, media_type="image/svg+xml", headers={"content-security-policy": SVG_POLICY})


def attachment(visit: Visit) -> Response:
    """A file as it was attached, only ever to be saved: a browser must not open what a stranger may have written."""
    with visit.reading() as desk:
        number = int(visit.path["number"]) if visit.path["number"].isdecimal() else -1
        found, content = writing.content(desk, visit.path["case"], number)
    return Response(content, media_type="application/octet-stream", headers=_saved_as(found.name))


def export(visit: Visit) -> Response:
    """The whole case in one of the formats."""
    form = next((e for e in EXPORTS if e.name == visit.path["format"]), None)
    if form is None:
        raise NotFoundError("there is no such format")
    with visit.reading() as desk:
        file = casefile.open_file(desk, visit.path["case"], limit=10_000, entries=10_000)
    text = form.render(file, visit.tenant)
    headers = _saved_as(f"{file.case.case_id}.{form.name}{form.suffix}")
    return Response(text, media_type="application/octet-stream", headers=headers)


def _saved_as(name: str) -> dict[str, str]:
    return {"content-disposition": f"attachment; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"}
