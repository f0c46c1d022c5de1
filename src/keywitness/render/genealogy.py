"""A tree of credentials as cards, and these as text and as JSON. :mod:`keywitness.render.treesvg` draws them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from keywitness.behaviour.usage import Use
from keywitness.genealogy import Key, Node, Origin, Tree, key_of
from keywitness.lineage import is_session
from keywitness.model import Action, CredentialChange, Finding
from keywitness.render import words
from keywitness.render.safe import clip, visible, well_formed

LONGEST: Final = 300
"""Characters of one line; the JSON has the rest."""


@dataclass(frozen=True, slots=True)
class Genealogy:
    """What is shown: ``asked`` is the id that somebody asked for, ``wanted`` the changes that it stands for.

    ``findings`` by :func:`~keywitness.genealogy.key_of`; ``places`` says where an address is.
    """

    asked: str
    wanted: frozenset[str]
    trees: tuple[Tree, ...]
    findings: Mapping[Key, Finding]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Card:
    """A node in words, plain and inert, in the order of the tree: ``depth`` is 0 for the origin."""

    depth: int
    kind: Literal["origin", "session", "credential", "attempt"]
    title: str
    lines: tuple[str, ...]
    action: Action | None  # of the finding, where it is one
    badge: str
    asked: bool


def cards(shown: Genealogy, tree: Tree) -> tuple[Card, ...]:
    """The origin, then each node before its children."""
    before: list[CredentialChange] = []
    made = [_origin(shown, tree.origin)]
    for depth, node in tree.walk():
        del before[depth - 1 :]
        made.append(_card(shown, node, depth, before[-1] if before else None))
        before.append(node.change)
    return tuple(made)


def _origin(shown: Genealogy, origin: Origin) -> Card:
    who = origin.actor.label()
    titles = {
        "credential": f"{origin.credential}, a key or secret of {who}",
        "sign-in": f"Sign-in of {who}",
        "session": f"{origin.credential}, a session of {who}",
        "principal": who,
    }
    told = {
        "credential": "No log shows who made it",
        "sign-in": "",
        "session": "No log shows who it was issued to, or by what",
        "principal": f"No log shows the key or the sign-in of the {words.count(24, 'hour')} before",
    }
    lines = [told[origin.kind]]
    if origin.sign_in:
        where = _from(shown, origin.sign_in.source_ip)
        lines.append(f"Signed in {words.utc(origin.sign_in.time)}{where} ({origin.sign_in.log})")
    return Card(0, "origin", *_inert(titles[origin.kind], lines), None, "", origin.credential == shown.asked)


def _card(shown: Genealogy, node: Node, depth: int, above: CredentialChange | None) -> Card:
    change, finding = node.change, shown.findings.get(key_of(node.change))
    lines = [_made(shown, change, above)]
    if change.outcome == "success":
        lines += [_use(shown, node, finding), *_ends(node)]
    badge = ""
    if finding:
        action = finding.decision.action
        badge = f"{words.MARKS[action]} {words.SHORT[action]} {finding.decision.priority} {finding.case_id}"
    kind: Literal["session", "credential", "attempt"] = "session" if is_session(change) else "credential"
    return Card(
        depth,
        "attempt" if change.outcome != "success" else kind,
        *_inert(_title(node), lines),
        finding.decision.action if finding else None,
        visible(badge),
        change.event_id in shown.wanted,
    )


def _title(node: Node) -> str:
    change = node.change
    what = change.credential_type.replace("_", " ")
    ids = f" {', '.join(change.credential_ids)}" if change.credential_ids else ""
    more = f", and {words.count(len(node.alike), 'session')} like it" if node.alike else ""
    ended = {"success": "", "failure": "Failed: ", "unknown": "Not known to have succeeded: "}[change.outcome]
    return f"{ended}{what}{ids} for {change.target.label()}{more}"


def _made(shown: Genealogy, change: CredentialChange, above: CredentialChange | None) -> str:
    later = f", {words.span(change.time - above.time)} after" if above else ""
    service = f" by way of {change.source_service}" if change.source_service else ""
    error = f"; {change.error}" if change.error else ""
    where = _from(shown, change.source_ip) or service
    return f"{change.operation} by {change.actor.label()}, {words.utc(change.time)}{later}{where}{error}"


def _from(shown: Genealogy, address: str | None) -> str:
    if not address:
        return ""
    place = shown.places.get(address)
    return f", from {address}{f' in {place}' if place else ''}"


def _use(shown: Genealogy, node: Node, finding: Finding | None) -> str:
    if finding and "used_since" in finding.answers:
        answer = finding.answers["used_since"]
        unknown = "unknown whether it was used: " if answer.answer == "unknown" else ""
        told = f"{unknown}{answer.because}"
        return told[:1].upper() + told[1:]
    if not node.uses:
        return "No use of it is in the logs" if node.change.credential_ids else "No log shows whether it was used"
    first, total = node.uses[0], sum(use.count for use in node.uses)
    where = _from(shown, first.source_ip)
    return f"Used: {words.count(total, 'call')}, the first {words.utc(first.first)} for {first.first_operation}{where}"


def _ends(node: Node) -> Iterator[str]:
    for end in node.ends:
        what = "Account removed" if end.credential_type == "account" else end.change.capitalize()
        yield f"{what} {words.utc(end.time)} by {end.actor.label()} ({end.operation})"
    if not node.ends and not is_session(node.change):
        yield "Not removed or disabled in the logs"


def _inert(title: str, lines: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    return visible(clip(title, LONGEST)), tuple(visible(clip(line, LONGEST)) for line in lines if line)


def render_text(shown: Genealogy) -> str:
    """Each tree as an indented list with lines, the asked marked with ``*``."""
    return "\n".join("".join(f"{line}\n" for line in _drawn(cards(shown, tree))) for tree in shown.trees)


def _drawn(drawn: Sequence[Card]) -> Iterator[str]:
    open_at: list[bool] = []  # for each depth, whether a sibling still comes below
    for place, card in enumerate(drawn):
        del open_at[max(0, card.depth - 1) :]
        stems = "".join("│  " if more else "   " for more in open_at)
        if card.depth:
            more = _sibling_follows(drawn, place)
            branch, stem = ("├─ " if more else "└─ "), ("│  " if more else "   ")
            open_at.append(more)
        else:
            branch = stem = ""
        under = "│  " if place + 1 < len(drawn) and drawn[place + 1].depth > card.depth else "   "
        mark = "* " if card.asked else ""
        yield f"{stems}{branch}{mark}{card.title}{f'  [{card.badge}]' if card.badge else ''}"
        yield from (f"{stems}{stem}{under}{line}" for line in card.lines)


def _sibling_follows(drawn: Sequence[Card], place: int) -> bool:
    depth = drawn[place].depth
    later = (card.depth for card in drawn[place + 1 :] if card.depth <= depth)
    return next(later, 0) == depth


def render_json(shown: Genealogy) -> str:
    """The trees, nested, with all ids, uses and ends. ASCII only."""
    told = {"asked": shown.asked, "trees": [_tree(shown, tree) for tree in shown.trees]}
    return json.dumps(_well_formed(told), indent=1, ensure_ascii=True) + "\n"


def _tree(shown: Genealogy, tree: Tree) -> dict[str, Any]:
    origin, sign_in = tree.origin, tree.origin.sign_in
    began = {
        "kind": origin.kind,
        "actor": {"id": origin.actor.id, "name": origin.actor.name, "type": origin.actor.type},
        "credential_id": origin.credential,
        "sign_in": sign_in
        and {
            "event_id": sign_in.event_id,
            "time": words.iso(sign_in.time),
            "source_ip": sign_in.source_ip,
            "log": sign_in.log,
        },
    }
    return {"origin": began, "children": [_node(shown, node) for node in tree.children]}


def _node(shown: Genealogy, node: Node) -> dict[str, Any]:
    change, finding = node.change, shown.findings.get(key_of(node.change))
    return {
        "event_id": change.event_id,
        "time": words.iso(change.time),
        "provider": change.provider,
        "tenant": change.tenant,
        "operation": change.operation,
        "credential_type": change.credential_type,
        "credential_ids": change.credential_ids,
        "outcome": change.outcome,
        "actor": change.actor.label(),
        "target": change.target.label(),
        "source_ip": change.source_ip,
        "place": shown.places.get(change.source_ip or ""),
        "decision": finding.decision.action if finding else None,
        "case_id": finding.case_id if finding else None,
        "used_since": finding.answers["used_since"].answer if finding and "used_since" in finding.answers else None,
        "uses": [_used(use) for use in node.uses],
        "ends": [
            {"event_id": e.event_id, "time": words.iso(e.time), "change": e.change, "actor": e.actor.label()}
            for e in node.ends
        ],
        "alike": [c.event_id for c in node.alike],
        "children": [_node(shown, child) for child in node.children],
    }


def _used(use: Use) -> dict[str, Any]:
    return {
        "source_ip": use.source_ip,
        "actor": use.actor_id,
        "calls": use.count,
        "succeeded": use.succeeded,
        "first": words.iso(use.first),
        "last": words.iso(use.last),
        "first_event": use.first_event,
        "first_operation": use.first_operation,
    }


def _well_formed(value: Any) -> Any:
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, dict):
        return {key: _well_formed(item) for key, item in value.items()}
    return [_well_formed(item) for item in value] if isinstance(value, list | tuple) else value
