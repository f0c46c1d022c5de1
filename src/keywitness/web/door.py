"""Signing in with a name and a password, and out. Wrong passwords lock an account, many attempts close the door."""

from datetime import datetime, timedelta
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from keywitness.errors import KeywitnessError
from keywitness.store import people, sessions
from keywitness.store.people import User
from keywitness.web import DeniedError, Desks, SignInError
from keywitness.web.gate import address, cookie, own_page, plain_page, signed_in
from keywitness.web.passwords import fits
from keywitness.web.refusals import refuse

WINDOW: Final = timedelta(minutes=10)
MOST: Final = {"address": 30, "name": 10}
"""Attempts in a window from one address, and for one name."""
WRONG: Final = "That name and password don't fit, or the account is locked for a while."


async def show(desks: Desks, request: Request) -> Response:
    return _form(desks, request.query_params.get("next", ""))


async def sign_in(desks: Desks, request: Request) -> Response:
    form = await request.form(max_files=0, max_fields=10)
    name, password, after = (str(form.get(field, "")) for field in ("name", "password", "next"))
    return await run_in_threadpool(_sign_in, desks, request, name.strip().casefold(), password, after)


def _sign_in(desks: Desks, request: Request, name: str, password: str, after: str) -> Response:
    store, now, whence = desks.store, desks.store.clock(), address(request)
    try:
        own_page(desks.settings, request, None)
        user = _checked(desks, name, password, now, whence)
    except DeniedError as error:
        refuse(store, error.tenant, name[:100], error.what, "/login", whence)
        if error.what == "rate":
            made = plain_page(desks, 429, str(error))
            made.headers["retry-after"] = str(int(WINDOW.total_seconds()))
            return made
        return _form(desks, after, str(error), 403)
    return let_in(desks, user, after)


def let_in(desks: Desks, user: User, after: str) -> Response:
    """A new session: whatever the browser had before is no longer used."""
    with desks.store.across(writes=True) as connection:
        people.succeeded(connection, user)
        secret = sessions.begin(connection, user.name, desks.store.clock())
    made = RedirectResponse(_local(after), 303)
    secure = desks.settings.origin.startswith("https:")
    made.set_cookie(cookie(desks.settings), secret, httponly=True, secure=secure, samesite="lax", path="/")
    return made


def _checked(desks: Desks, name: str, password: str, now: datetime, whence: str) -> User:
    """Raises DeniedError. The answer to a wrong name, a wrong password and a locked account is the same."""
    store = desks.store
    with store.across(writes=True) as connection:
        tried = {kind: sessions.attempt(connection, f"{kind} {key}", now, WINDOW) for kind, key in
                 (("address", whence), ("name", name))}  # fmt: skip
        user = people.find(connection, name)
    if any(tried[kind] > most for kind, most in MOST.items()):
        raise DeniedError("Too many attempts: wait ten minutes.", "rate", _home(user))
    right = fits(user.password if user else None, password)
    if user is None or not user.active or user.locked(now):
        raise DeniedError(WRONG, "unknown name" if user is None else "locked", _home(user))
    if not right:
        with store.across(writes=True) as connection:
            locked = people.failed(connection, user, now)
        raise DeniedError(WRONG, "password, locked now" if locked else "password", _home(user))
    return user


def _home(user: User | None) -> str | None:
    return next(iter(user.roles), None) if user else None


def _local(path: str) -> str:
    """Only an address of this desk: ``//elsewhere`` and ``https:`` are none."""
    return path if path.startswith("/t/") and "\\" not in path and path.isprintable() else "/"


def _form(desks: Desks, after: str, text: str = "", status: int = 200) -> Response:
    made = desks.templates.get_template("login.html.j2")
    return HTMLResponse(made.render(after=after, text=text), status)


async def sign_out(desks: Desks, request: Request) -> Response:
    form = await request.form(max_files=0, max_fields=10)
    return await run_in_threadpool(_sign_out, desks, request, str(form.get("csrf", "")))


def _sign_out(desks: Desks, request: Request, csrf: str) -> Response:
    try:
        held = signed_in(desks, request)
        if held.csrf == csrf:
            with desks.store.across(writes=True) as connection:
                sessions.end(connection, held)
    except SignInError:
        pass
    made = RedirectResponse("/login", 303)
    made.delete_cookie(cookie(desks.settings), path="/", secure=desks.settings.origin.startswith("https:"))
    return made


async def home(desks: Desks, request: Request) -> Response:
    """To the queue of the person's first tenant."""

    def find() -> Response:
        try:
            held = signed_in(desks, request)
        except SignInError:
            return RedirectResponse("/login", 303)
        except KeywitnessError as error:
            return plain_page(desks, 503, str(error))
        first = next(iter(held.user.roles), None)
        if first is None:
            return plain_page(desks, 403, "You have no role in any tenant yet: an admin gives you one.")
        return RedirectResponse(f"/t/{first}/queue", 303)

    return await run_in_threadpool(find)
