"""The shift in numbers: what came in and how it was decided, how old the rest is, how fast, and what was false."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from starlette.responses import Response

from keywitness.exports.handover import handover
from keywitness.store import metrics
from keywitness.web.visit import Visit

PERIODS: Final[Mapping[str, tuple[str, int]]] = {
    "shift": ("8 hours", 8),
    "day": ("24 hours", 24),
    "week": ("7 days", 7 * 24),
    "month": ("30 days", 30 * 24),
}


def show(visit: Visit) -> Response:
    period = visit.query.get("period", "week")
    name, hours = PERIODS.get(period, PERIODS["week"])
    with visit.reading() as desk:
        since = desk.now - timedelta(hours=hours)
        found = metrics.metrics(desk, since, desk.now + timedelta(seconds=1))
        days = metrics.arrivals(desk, since, desk.now + timedelta(seconds=1))
        ages = metrics.ages(desk)
        rules = desk.rules
    values = {"found": found, "days": days, "open": ages, "rules": rules}
    return visit.page("shift.html.j2", name=name, period=period, periods=PERIODS, **values)


def hand_over(visit: Visit) -> Response:
    """The shift for the next one, as Markdown."""
    name, hours = PERIODS.get(visit.query.get("period", "shift"), PERIODS["shift"])
    with visit.reading() as desk:
        text = handover(desk, hours)
    headers = {"content-disposition": f'attachment; filename="handover-{name.replace(" ", "-")}.md"'}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)
