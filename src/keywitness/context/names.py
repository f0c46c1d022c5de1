"""What a log's principal may be called: whole names and whole path segments, never parts of a word.

An attacker chooses some of these texts (a session's name, a display name, a
role's path), so each form is taken only where the cloud puts a name.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from keywitness.context.tables import fold

_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)", re.DOTALL)
_MEMBER: Final = re.compile(r"(?:user|serviceaccount):([^/:]+@[^/:]+)")
_ACCOUNT: Final = re.compile(r"(?:.*/)?serviceaccounts/([^/]+@[^/]+?)(?:/.*)?", re.DOTALL)
_MAX_ID: Final = 2048  # the longest ARN; a longer id is taken whole


def candidates(ident: str | None, name: str | None) -> Iterator[str]:
    """Folded texts that may stand in the directory for a principal, best first.

    The id; the last segment of its ARN (of ``role/NAME/person`` the person, then the role; of
    ``assumed-role/NAME/session`` the role); the name; of a name ``role/session`` the role. Whoever assumes a role
    chooses the session's name: it makes nobody.
    """
    ident, name = fold(ident or ""), fold(name or "")
    yield from filter(None, (ident, *_tails(ident, name), name, *_parts(ident, name)))


@lru_cache(maxsize=65536)
def labels(ident: str | None, name: str | None) -> frozenset[str]:
    """Folded texts by which a ticket may mean a principal that the directory doesn't know.

    Of a name ``role/session`` the whole and the role: who assumes a role chooses the session's name.
    """
    ident, name = fold(ident or ""), fold(name or "")
    arn = _ARN.fullmatch(ident)
    tails = _tails(ident, name)
    typed = [f"{arn[1].partition('/')[0]}/{tail}" for tail in tails] if arn else []
    whole = [arn[1]] if arn and "/" in arn[1] else []
    return frozenset(filter(None, (ident, name, *whole, *tails, *typed, *_parts(ident, name))))


def other_account(text: str, ident: str | None) -> bool:
    """Whether a folded text is an ARN of one account and the id of another: approved there isn't approved here."""
    accounts = [part.split(":", 5)[4] if _ARN.fullmatch(part) else "" for part in (text, fold(ident or ""))]
    return all(accounts) and "*" not in accounts[0] and accounts[0] != accounts[1]


def local_part(text: str | None) -> tuple[str, str]:
    """An e-mail's or UPN's local part and domain, folded; two "" when the text is neither."""
    local, at, domain = fold(text or "").rpartition("@")
    return (local, domain) if at and local and "/" not in domain and "@" not in local else ("", "")


def _tails(ident: str, name: str) -> tuple[str, ...]:
    if len(ident) > _MAX_ID:
        return ()
    if other := _MEMBER.fullmatch(ident) or _ACCOUNT.fullmatch(ident):
        return (other[1],)
    arn = _ARN.fullmatch(ident)
    kind, *path = arn[1].split("/") if arn else [""]
    if not path:
        return ()
    if kind == "assumed-role":
        return (path[0],)
    if kind == "role" and len(path) > 1 and not name.startswith(f"{path[-1]}/"):
        return (path[-1], path[-2])  # role/NAME/person; a name "role/session" shows that it is a path instead
    return (path[-1],)


def _parts(ident: str, name: str) -> tuple[str, ...]:
    """The role of a name ``role/session``. A display name may hold a slash too, and is one name."""
    role, slash, _ = name.partition("/")
    return (role,) if slash and (not ident or _ARN.fullmatch(ident)) else ()
