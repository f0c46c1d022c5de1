"""``keywitness lineage``: the tree of a credential or a case, from the first sign-in or key to the last child."""

import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final

from keywitness.behaviour.usage import Use, collect, of_credentials
from keywitness.commands import kept
from keywitness.commands.kept import Run
from keywitness.genealogy import Tree, key_of, trees
from keywitness.lake import Lake
from keywitness.model import CredentialChange, EventId, Finding
from keywitness.past import sign_ins
from keywitness.questions.unusual_location import describe
from keywitness.render.genealogy import Genealogy, render_json, render_text
from keywitness.render.treesvg import render_svg

FORMATS: Final[Mapping[str, Callable[[Genealogy], str]]] = {
    "text": render_text,
    "svg": render_svg,
    "json": render_json,
}


def run(ident: str, folder: Path, form: str) -> int:
    sys.stdout.write(FORMATS[form](genealogy(kept.load(folder), ident)))
    return 0


def genealogy(loaded: Run, ident: str) -> Genealogy:
    """The trees of a case, an event or a credential id of a kept run. Raises UsageError for any other id."""
    changes = loaded.changes()
    findings = {key_of(finding.change): finding for _, finding in loaded.judged()}
    wanted = _wanted(ident, changes, findings.values())
    if not wanted:
        raise kept.unknown(ident, "case, event or credential id", loaded.folder, findings.values())
    resolve = loaded.context.directory.resolve
    made = {key for change in changes for key in change.credential_ids}
    actors = {c.actor.id for c in changes if c.actor.id}
    signed_in = sign_ins(loaded.lake, resolve, made, actors)
    grown = trees(wanted, changes, signed_in)
    used = uses(loaded.lake, {key for tree in grown for key in tree.credentials()})
    grown = trees(wanted, changes, signed_in, used)
    return Genealogy(ident, frozenset(wanted), grown, findings, _places(loaded, grown))


def _wanted(ident: str, changes: Collection[CredentialChange], findings: Collection[Finding]) -> set[EventId]:
    """The changes that ``ident`` stands for; of a credential the one that made it, else those that it signed."""
    named = {f.change.event_id for f in findings if ident in (f.case_id, f.change.event_id)}
    named |= {c.event_id for c in changes if c.event_id == ident}
    made = {c.event_id for c in changes if ident in c.credential_ids}
    return named or made or {c.event_id for c in changes if c.credential_used == ident}


def uses(lake: Lake, keys: Collection[str]) -> dict[str, tuple[Use, ...]]:
    """What each credential signed, by its id."""
    rows = defaultdict(list)
    for row in lake.engine.rows(of_credentials(lake, keys)):
        rows[row["change"]].append(row)
    return {key: collect(found).uses for key, found in rows.items()}


def _places(loaded: Run, grown: tuple[Tree, ...]) -> dict[str, str]:
    addresses = {node.change.source_ip for tree in grown for _, node in tree.walk()}
    addresses |= {use.source_ip for tree in grown for _, node in tree.walk() for use in node.uses}
    addresses |= {tree.origin.sign_in.source_ip for tree in grown if tree.origin.sign_in}
    found = {address: loaded.context.geo.place(address) for address in addresses if address}
    return {address: describe(place) for address, place in found.items() if place}
