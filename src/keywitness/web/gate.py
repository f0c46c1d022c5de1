"""The way to a page: who is it, have they a role there, did their own page send the change, may they do it.

Whoever fails a test gets a short page, and the refusal is recorded. A tenant in which somebody has no role looks
like one that isn't there.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from keywitness.errors import KeywitnessError
from keywitness.store import ConflictError, NotFoundError, RefusedError, UnavailableError, sessions
from keywitness.store.sessions import SEEN_EVERY, Session
from keywitness.web import DeniedError, Desks, Settings, SignInError
from keywitness.web.refusals import NOBODY, refuse
from keywitness.web.roles import Right
from keywitness.web.visit import Visit

MOST_FIELDS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """``path`` is below the tenant's own. ``show`` runs in a thread, so it may wait for the database."""

    method: Literal["GET", "POST"]
    path: str
    right: Right
    show: Callable[[Visit], Response]


def endpoint(desks: Desks, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The page as the application calls it."""

    async def answer(request: Request) -> Response:
        form = FormData()
        if page.method == "POST":
            form = await request.form(max_files=1, max_fields=MOST_FIELDS)
        try:
            return await run_in_threadpool(_answer, desks, page, request, form)
        finally:
            await form.close()

    return answer


def _answer(desks: Desks, page: Page, request: Request, form: FormData) -> Response:
    held: Session | None = None
    try:
        held = signed_in(desks, request)
        visit = _enter(desks, page, request, form, held)
        visit.need(page.right)
        return page.show(visit)
    except SignInError:
        return _to_sign_in(request)
    except DeniedError as error:
        who = held.user.name if held else NOBODY
        refuse(desks.store, error.tenant, who, error.what, request.url.path, address(request))
        return plain_page(desks, 404 if error.what == "tenant" else 403, str(error))
    except KeywitnessError as error:
        return _failed(desks, error)


def _failed(desks: Desks, error: KeywitnessError) -> Response:
    statuses = {NotFoundError: 404, ConflictError: 409, RefusedError: 422, UnavailableError: 503}
    made = plain_page(desks, statuses.get(type(error), 400), str(error))
    if isinstance(error, UnavailableError):
        made.headers["retry-after"] = "5"
    return made


def _to_sign_in(request: Request) -> Response:
    if request.headers.get("x-live"):
        return Response(status_code=401)
    path = request.url.path if request.method == "GET" else "/"
    return RedirectResponse(f"/login?next={path}", 303)


def signed_in(desks: Desks, request: Request) -> Session:
    """Whose session the request bears. Raises SignInError."""
    secret = request.cookies.get(cookie(desks.settings), "")
    now = desks.store.clock()
    with desks.store.across() as connection:
        held = sessions.session(connection, secret, now) if secret else None
    if held is None:
        raise SignInError("sign in first")
    if now - held.seen_at > SEEN_EVERY and not request.headers.get("x-live"):  # a page left open is no presence
        with desks.store.across(writes=True) as connection:
            sessions.seen(connection, held, now)
    return held


def _enter(desks: Desks, page: Page, request: Request, form: FormData, held: Session) -> Visit:
    tenant = str(request.path_params["tenant"])
    role = held.user.roles.get(tenant)
    if role is None:
        raise DeniedError("There is no such page.", "tenant", tenant)
    if page.method == "POST":
        sent = form.get("csrf", "")
        if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), held.csrf.encode()):
            raise DeniedError("This form is out of date: go back, reload the page and try again.", "csrf", tenant)
        own_page(desks.settings, request, tenant)
    path = {name: str(value) for name, value in request.path_params.items()}
    return Visit(desks, held, tenant, role, path, request.query_params, form, request.headers)


def own_page(settings: Settings, request: Request, tenant: str | None) -> None:
    """Raises DeniedError for a form that another site sent."""
    origin, site = request.headers.get("origin", settings.origin), request.headers.get("sec-fetch-site", "same-origin")
    if origin != settings.origin or site not in ("same-origin", "none"):
        raise DeniedError("Another site sent this form.", "origin", tenant)


def cookie(settings: Settings) -> str:
    """The name of the session's cookie: where there is TLS, one that no other host and no plain page can set."""
    return "__Host-keywitness" if settings.origin.startswith("https:") else "keywitness"


def address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def plain_page(desks: Desks, status: int, text: str) -> Response:
    """A page that says one thing."""
    made = desks.templates.get_template("message.html.j2")
    return HTMLResponse(made.render(text=text, status=status, title=_TITLES.get(status, "That didn't work")), status)


def http_error(desks: Desks, error: Exception) -> Response:
    """What the framework itself refuses: no such address, a method that isn't there, a form that can't be read."""
    texts = {404: "There is no such page.", 405: "That can't be done here."}
    status = error.status_code if isinstance(error, HTTPException) else 400
    return plain_page(desks, status, texts.get(status, "The form can't be read."))


_TITLES: Final = {
    403: "Not allowed",
    404: "Not found",
    409: "Somebody was faster",
    422: "Not done",
    429: "Too many attempts",
    503: "The store doesn't answer",
}
