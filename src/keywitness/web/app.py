"""The application: its pages, in the order in which a person meets them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from keywitness.store.engine import Store
from keywitness.web import Desks, Settings, acts, bulk, casepage, door, gate, queue, shift, team
from keywitness.web.gate import Page
from keywitness.web.headers import Guard
from keywitness.web.pages import STATIC, environment, static, static_path

PAGES: Final = (
    Page("GET", "queue", "read", queue.show),
    Page("GET", "state", "read", queue.state),
    Page("POST", "views", "read", queue.save_view),
    Page("POST", "views/forget", "read", queue.forget_view),
    Page("POST", "bulk", "work", bulk.act),
    Page("POST", "bulk/undo", "work", bulk.undo),
    Page("GET", "cases/{case}", "read", casepage.show),
    Page("POST", "cases/{case}", "work", acts.act),
    Page("GET", "cases/{case}/lineage.svg", "read", casepage.lineage),
    Page("GET", "cases/{case}/files/{number}", "read", casepage.attachment),
    Page("GET", "cases/{case}/export/{format}", "read", casepage.export),
    Page("GET", "shift", "read", shift.show),
    Page("GET", "shift/handover", "read", shift.hand_over),
    Page("GET", "team", "manage", team.show),
    Page("POST", "team", "manage", team.act),
)


def application(store: Store, settings: Settings) -> ASGIApp:
    """The whole desk over an open store, for any ASGI server."""
    desks = Desks(store, settings, environment())
    routes = [Route(f"/t/{{tenant}}/{page.path}", gate.endpoint(desks, page), methods=[page.method]) for page in PAGES]
    open_to_all: tuple[tuple[str, str, Callable[[Desks, Request], Awaitable[Response]]], ...] = (
        ("GET", "/", door.home),
        ("GET", "/login", door.show),
        ("POST", "/login", door.sign_in),
        ("POST", "/logout", door.sign_out),
    )
    routes += [Route(path, partial(show, desks), methods=[method]) for method, path, show in open_to_all]
    routes += [Route(static_path(name), partial(_static, name), methods=["GET"]) for name in STATIC]
    routes += [Route("/health", _health, methods=["GET"]), Route("/favicon.ico", _nothing, methods=["GET"])]

    async def failed(_request: Request, error: Exception) -> Response:
        return gate.http_error(desks, error)

    return Guard(Starlette(routes=routes, exception_handlers={HTTPException: failed}), settings.origin)


async def _static(name: str, _request: Request) -> Response:
    headers = {"content-type": STATIC[name], "cache-control": "public, max-age=31536000, immutable"}
    return Response(static(name), headers=headers)


async def _health(_request: Request) -> Response:
    return Response("ok\n", media_type="text/plain")


async def _nothing(_request: Request) -> Response:
    return Response(status_code=204)
