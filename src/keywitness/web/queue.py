"""The queue: filters from the address, a page of rows, its counts, saved views, and whether anything changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from starlette.responses import Response

from keywitness.render.words import REASONS
from keywitness.store import queue, record, views
from keywitness.store.lifecycle import CLOSE_REASONS, STATUSES
from keywitness.store.queue import Filters, Order
from keywitness.store.sla import PRIORITIES
from keywitness.web.visit import Visit

SIZE: Final = 50
ASKED: Final = ("show", "status", "decision", "priority", "owner", "reason", "used", "campaign", "q", "order")
"""The names of the filters in the address, and in a saved view."""
SHOWS: Final = {"open": True, "closed": False, "all": None}
ORDERS: Final[Mapping[Order, str]] = {"urgency": "most urgent", "due": "due first", "newest": "newest"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as they were asked for, what they mean, and the order."""

    asked: Mapping[str, str]
    filters: Filters
    order: Order

    def link(self, **more: str) -> str:
        """The same queue with something else asked."""
        return urlencode({name: value for name, value in {**self.asked, **more}.items() if value})


def wanted(given: Mapping[str, str], who: str) -> Wanted:
    """What isn't known is left out, so that a hand-made address shows a queue all the same."""
    asked = {name: given.get(name, "")[:200] for name in ASKED if given.get(name)}
    owner = asked.get("owner")
    filters = Filters(
        open=SHOWS.get(asked.get("show", "open"), True),
        statuses=tuple(s for s in STATUSES if s == asked.get("status")),
        decisions=tuple(d for d in ("escalate", "review", "close") if d == asked.get("decision")),
        priorities=tuple(p for p in PRIORITIES if p == asked.get("priority")),
        assignee={None: None, "me": who, "nobody": ""}.get(owner, owner),
        reason=asked.get("reason") if asked.get("reason") in REASONS else None,
        used={"yes": True, "no": False}.get(asked.get("used", "")),
        late=True if given.get("late") else None,
        campaign=asked.get("campaign"),
        text=asked.get("q", ""),
    )
    order: Order = next((o for o in ORDERS if o == asked.get("order")), "urgency")
    return Wanted(asked | ({"late": "1"} if given.get("late") else {}), filters, order)


def show(visit: Visit) -> Response:
    asked = wanted(visit.query, visit.who)
    with visit.reading() as desk:
        page = queue.page(desk, asked.filters, asked.order, visit.query.get("after") or None, SIZE)
        values = {
            "counts": queue.counts(desk),
            "views": views.views(desk),
            "campaigns": [(name, number) for name, number in queue.campaigns(desk, 8) if number > 1],
            "state": record.anchor(desk).number,
            "now": desk.now,
        }
    choices = {"statuses": STATUSES, "priorities": PRIORITIES, "reasons": REASONS, "orders": ORDERS}
    return visit.page("queue.html.j2", wanted=asked, page=page, closings=list(CLOSE_REASONS), **choices, **values)


def state(visit: Visit) -> Response:
    """How long the tenant's record is: whatever changes a case makes it longer. Cheap enough to be asked often."""
    with visit.reading() as desk:
        tag = f'"{record.anchor(desk).number}"'
    same = visit.headers.get("if-none-match") == tag
    return Response(status_code=304 if same else 200, content=b"" if same else tag, headers={"etag": tag})


def save_view(visit: Visit) -> Response:
    asked = wanted({name: visit.text(name) for name in (*ASKED, "late")}, visit.who)
    with visit.writing() as desk:
        made = views.save(desk, visit.text("name"), asked.asked, shared=bool(visit.text("shared")))
    return visit.go(f"queue?{asked.link()}", f"Saved as “{made.name}”.")


def forget_view(visit: Visit) -> Response:
    with visit.writing() as desk:
        views.forget(desk, visit.text("name"))
    return visit.go("queue", "The view is gone.")
