"""The analyst's desk in a browser: server-rendered pages over the store, and the same functions as a REST API.

A page is a function of a :class:`~keywitness.web.visit.Visit`, which is one request of one signed-in person in one
tenant; :mod:`keywitness.web.gate` lets nobody else get there, and puts each refusal into the tenant's record. The store
does the work and keeps the rules; a page shows what came of it. The words are those of :mod:`keywitness.render`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keywitness.errors import KeywitnessError

if TYPE_CHECKING:
    from jinja2 import Environment

    from keywitness.store.engine import Store


class DeniedError(KeywitnessError):
    """Somebody asked for what they may not have. ``what`` is a short word for the record."""

    def __init__(self, text: str, what: str, tenant: str | None = None) -> None:
        super().__init__(text)
        self.what = what
        self.tenant = tenant


class SignInError(KeywitnessError):
    """Nobody is signed in, or no longer."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``origin`` is the address that browsers see, such as ``https://desk.example:8443``, without a slash behind."""

    origin: str


@dataclass(frozen=True, slots=True)
class Desks:
    """What all requests of one server share."""

    store: "Store"
    settings: Settings
    templates: "Environment"
