"""The command line of the desk: ``serve`` and ``users``. Nothing is opened before a command runs."""

import argparse
from pathlib import Path
from typing import Final

from keywitness.commands.desk import arguments, needed

ROLES: Final = ("viewer", "tier1", "tier2", "responder", "admin")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Both commands, with all that they take."""
    says = "work on cases in a browser"
    serve = commands.add_parser("serve", help=says, description="Serve the analysts' desk, until it is stopped.")
    serve.add_argument("--store", metavar="WHERE", help="the case store (default: $KEYWITNESS_STORE, or keywitness.db)")
    serve.add_argument("--bind", metavar="HOST:PORT", default="127.0.0.1:8443", help="(default: %(default)s)")
    serve.add_argument("--cert", type=Path, metavar="FILE", help="the TLS certificate (PEM)")
    serve.add_argument("--key", type=Path, metavar="FILE", help="its key (PEM)")
    serve.add_argument("--url", metavar="URL", help="what browsers see, when a proxy with TLS stands in front")
    serve.set_defaults(run=_serve)
    users = commands.add_parser("users", help="say who may come in", description="Say who may come in.")
    acts = users.add_subparsers(required=True, metavar="ACT", dest="act")
    made = _act(acts, "add", "let a person in; the password is asked for, or the first line of standard input")
    made.add_argument("--role", choices=ROLES, default="tier1", help="(default: %(default)s)")
    changed = _act(acts, "grant", "give a person another role in a tenant, or none")
    changed.add_argument("role", choices=(*ROLES, "none"), metavar="ROLE", help=", ".join((*ROLES, "none")))
    _act(acts, "password", "set a person's password, and sign them out everywhere")
    _act(acts, "list", "list who has a role in a tenant", named=False)


def _act(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, says: str, *, named: bool = True
) -> argparse.ArgumentParser:
    made = acts.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")
    arguments(made)
    if named:
        made.add_argument("name", metavar="NAME")
    made.set_defaults(run=_users)
    return made


def _serve(given: argparse.Namespace) -> int:
    needed()
    from keywitness.commands import serve

    return serve.run(given)


def _users(given: argparse.Namespace) -> int:
    needed()
    from keywitness.commands import users

    return users.run(given)
