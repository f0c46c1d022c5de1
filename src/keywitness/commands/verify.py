"""``keywitness verify``: proves that nobody edited the record, or what the store shows; names the first broken link."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keywitness.audit import Anchor, anchor_text, read_anchors
from keywitness.commands.desk import opened, read_text
from keywitness.errors import KeywitnessError, Source, UsageError
from keywitness.render.safe import visible

if TYPE_CHECKING:
    from keywitness.store.engine import Store


def run(given: argparse.Namespace) -> int:
    anchors = [anchor for path in given.anchor for anchor in _anchors(path)]
    with opened(given.store) as store:
        proved = [_prove(store, tenant, anchors) for tenant in _wanted(store, given.tenant, anchors)]
    if given.save_anchor:
        try:
            given.save_anchor.write_text(anchor_text(proved), "utf-8")
        except OSError as error:
            raise UsageError(f"{given.save_anchor} can't be written ({error.strerror})") from error
    return 0


def _anchors(path: Path) -> Sequence[Anchor]:
    try:
        return read_anchors(read_text(path))
    except ValueError as error:
        raise UsageError(str(error), Source(str(path))) from error


def _wanted(store: "Store", tenant: str | None, anchors: Sequence[Anchor]) -> list[str]:
    """The tenants to prove: the one that was named, or all. One that has an anchor must be there."""
    from keywitness.store.record import tenants

    with store.across() as connection:
        known = [ident for ident, _ in tenants(connection)]
    if tenant is not None:
        return [tenant]
    if gone := {anchor.tenant for anchor in anchors} - set(known):
        raise KeywitnessError(visible(f"broken: the tenant {min(gone)} has an anchor, and is gone from the store"))
    return known


def _prove(store: "Store", tenant: str, anchors: Sequence[Anchor]) -> Anchor:
    from keywitness.store.proof import prove
    from keywitness.store.record import anchor

    with store.reading(tenant, "") as desk:
        broken = prove(desk, anchors)
        if broken:
            raise KeywitnessError(visible(f"broken: the record of {tenant} at entry {broken.number}: {broken.why}"))
        end = anchor(desk)
    entries = "1 entry" if end.number == 1 else f"{end.number:,} entries"
    print(f"{tenant}: {entries} hold, and the cases are what they say; the last is {end.hash}")
    return end
