"""``keywitness users``: who may come in, from the console: how the first admin of a desk is made."""

import argparse
import getpass
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from keywitness.audit import Draft
from keywitness.commands.desk import opened, person
from keywitness.errors import UsageError

if TYPE_CHECKING:
    from keywitness.store.engine import Store


def run(given: argparse.Namespace) -> int:
    act: Callable[[argparse.Namespace], int] = _ACTS[given.act]
    return act(given)


def _password(name: str) -> str:
    """Asked for on a terminal, else the first line of standard input: never an argument, which others can see."""
    from keywitness.web.passwords import hashed

    if sys.stdin.isatty():
        text = getpass.getpass(f"Password for {name}: ")
        if getpass.getpass("Again: ") != text:
            raise UsageError("the two passwords differ")
    else:
        text = sys.stdin.readline().rstrip("\n")
    return hashed(text, name)


def _add(given: argparse.Namespace) -> int:
    from keywitness.store import people

    name = people.named(given.name)
    kept = _password(name)
    with opened(given.store, create=True) as store:
        with store.across(writes=True) as connection:
            people.add(connection, name, kept, store.clock())
            people.grant(connection, name, given.tenant, given.role)
        _record(store, given, "console:person:added", name, given.role)
    print(f"{name} may come in as {given.role} of {given.tenant}")
    return 0


def _grant(given: argparse.Namespace) -> int:
    from keywitness.store import people

    role = None if given.role == "none" else given.role
    with opened(given.store) as store:
        with store.across(writes=True) as connection:
            people.grant(connection, given.name, given.tenant, role)
        _record(store, given, "console:role:changed", people.named(given.name), role)
    print(f"{given.name} is {given.role} of {given.tenant}")
    return 0


def _set_password(given: argparse.Namespace) -> int:
    from keywitness.store import people

    kept = _password(people.named(given.name))
    with opened(given.store) as store:
        with store.across(writes=True) as connection:
            people.set_password(connection, given.name, kept)
        _record(store, given, "console:password:set", people.named(given.name), None)
    print(f"{given.name} has a new password, and is signed out everywhere")
    return 0


def _list(given: argparse.Namespace) -> int:
    from keywitness.store import people

    with opened(given.store) as store, store.across() as connection:
        for user in people.everybody(connection, given.tenant):
            print(f"{user.name}  {user.roles[given.tenant]}{'' if user.active else '  may not come in'}")
    return 0


def _record(store: "Store", given: argparse.Namespace, action: str, name: str, role: str | None) -> None:
    from keywitness.store.record import append

    with store.writing(given.tenant, person(given)) as desk:
        append(desk, Draft(action, f"access:{name}", {"role": role}))


_ACTS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "add": _add,
    "grant": _grant,
    "password": _set_password,
    "list": _list,
}
