"""``keywitness serve``: the desk in a browser."""

import argparse
import sys
from typing import Final

from keywitness.commands.desk import opened
from keywitness.errors import UsageError

MISSING: Final = "the desk needs more packages: pip install 'keywitness[desk]'"


def run(given: argparse.Namespace) -> int:
    """Serve until it is stopped."""
    try:
        from keywitness.web.serve import Place, bound, origin, serve
    except ModuleNotFoundError as error:
        raise UsageError(f"{MISSING} ({error.name} is missing)") from error
    host, port = bound(given.bind)
    place = Place(host, port, given.url, given.cert, given.key)
    where = origin(place)
    with opened(given.store, create=True) as store:
        print(f"keywitness: the desk is at {where}", file=sys.stderr)
        serve(store, place)
    return 0
