"""A catalogue entry's ``when`` (JMESPath) → the widest condition that Sigma can express.

Where a part can't be said, the condition leaves it out and :class:`Translation`
says what was lost: a rule may match more than the entry, never less. Two small
exceptions: a field of a list is looked for as text, since most SIEMs hold a list as
text, and ``not`` of such a look may then miss a name that contains the other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

from keywitness.catalogue.functions import compile_expression

Value = str | bool | int
_PLAIN: Final = re.compile(r"\((?!\?)([\w .|-]+)\)")
"""A group of plain words, alternatives perhaps: no more than 'contains'."""
_CASELESS: Final = "(?i)"
_SETS: Final = "compare the values before and after the change, so removals and changes of other values match too"
_TIED: Final = "tie two fields to the same element of a list"
_OTHER: Final = "test every member of an object"
_LISTS: Final = ("filter_projection", "projection", "flatten")
_THROUGH: Final = ("lower", "to_string", "parse", "unquote", "keys", "join")


@dataclass(frozen=True, slots=True)
class Match:
    """One field against values, of which any may fit: ``key`` is Sigma's, with its modifiers."""

    key: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    parts: tuple["Tree", ...]
    every: bool  # all parts, or any


Tree = Match | Group


@dataclass(frozen=True, slots=True)
class Fields:
    """How the catalogue's paths are called in Sigma."""

    prefix: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    property: str = "displayName"
    flags: frozenset[str] = frozenset()

    def name(self, path: str) -> str:
        return self.renamed.get(path, self.prefix + path)


@dataclass(frozen=True, slots=True)
class Translation:
    """``tree`` is None when nothing is left to test; ``lost`` names what Sigma can't do, each once."""

    tree: Tree | None
    lost: tuple[str, ...]


def translate(when: str, fields: Fields) -> Translation:
    """The widest condition for ``when``. An expression of a form not known here is lost as a whole, never an error."""
    compiled = compile_expression(when)
    if compiled is None:
        return Translation(None, ())
    walk = _Walk(fields)
    return Translation(walk.tree(compiled.parsed, False), tuple(dict.fromkeys(walk.lost)))


class _LostError(Exception):
    pass


class _Walk:
    """One expression's walk. ``base`` is the list whose elements a filter looks at, None outside of filters."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.lost: list[str] = []
        self.base: tuple[str, ...] | None = None

    def tree(self, node: Mapping[str, Any], negate: bool) -> Tree | None:
        try:
            return self._tree(node, negate)
        except _LostError as lost:
            self.lost.append(str(lost))
            return None

    def _tree(self, node: Mapping[str, Any], negate: bool) -> Tree | None:
        match node:
            case {"type": "not_expression", "children": [inner]}:
                return self.tree(inner, not negate)
            case {"type": "and_expression" | "or_expression" as kind, "children": parts}:
                return self._group((kind == "and_expression") != negate, [self.tree(part, negate) for part in parts])
            case {"type": "comparator", "value": "eq" | "ne" as sign, "children": [left, right]}:
                return self._tests(self._paths(left), "", _literal(right), negate != (sign == "ne"))
            case {"type": "function_expression", "value": name, "children": given}:
                return self._function(name, given, negate)
            case {"type": "filter_projection", "children": [base, _, condition]}:
                return self._filtered(self._paths(base), condition, negate)
            case {
                "type": "projection",
                "children": [left, {"type": "filter_projection", "children": [base, _, asked]}],
            }:
                return self._filtered(self._below(self._paths(left), base), asked, negate)
            case {"type": "projection" | "flatten" | "pipe", "children": [inner, *_]} if inner["type"] in _LISTS:
                return self.tree(inner, negate)
        inner = _start(node)
        if inner is not node and inner["type"] == "function_expression" and inner["value"] == "property":
            return self.tree(inner, negate)
        return self._present(self._paths(node), negate)

    def _function(self, name: str, given: Sequence[Mapping[str, Any]], negate: bool) -> Tree | None:
        match name:
            case "capture" | "captures":
                return self._tests(self._paths(given[0]), *_pattern(given[1]["value"]), negate)
            case "starts_with":
                return self._tests(self._paths(given[0]), "|startswith", _literal(given[1]), negate)
            case "minus" | "keys" | "property" if negate:
                raise _LostError(_SETS)
            case "minus":
                self.lost.append(_SETS)
                return self.tree(given[0], negate)
            case "property":
                (path,) = self._paths(given[0])
                return Match(self.fields.name(f"{path}.{self.fields.property}") + "|contains", (given[1]["value"],))
            case name if name in _THROUGH:
                return self.tree(given[0], negate)
        raise _LostError(f"work out {name}()")

    def _filtered(self, base: tuple[str, ...], condition: Mapping[str, Any], negate: bool) -> Tree | None:
        """Elements of a list, looked for in the list's text: two fields of one element can't be tied."""
        outer, self.base = self.base, base
        try:
            found = self.tree(condition, negate)
        finally:
            self.base = outer
        ties = condition["type"] == "and_expression"
        if ties and negate:
            raise _LostError(_TIED)
        if ties:
            self.lost.append(_TIED)
        return found

    def _group(self, every: bool, parts: Iterable[Tree | None]) -> Tree | None:
        """Without a condition where nothing is left of it: of one alternative, or of all that must hold."""
        known = tuple(parts)
        if not every and None in known:
            return None
        flat: list[Tree] = []
        for part in known:
            flat.extend(part.parts if isinstance(part, Group) and part.every == every else [part] if part else [])
        kept = tuple(dict.fromkeys(flat))
        if len(kept) < 2:
            return kept[0] if kept else None
        return Group(kept, every)

    def _tests(self, paths: Sequence[str], how: str, values: tuple[Value, ...], negate: bool) -> Tree | None:
        if self.base is not None and "" in values:
            raise _LostError("find an empty element in a list")
        how = "|contains" if self.base is not None and not how.startswith("|re") else how
        tests = [Match(self.fields.name(path) + how, values, negate) for path in paths]
        return self._group(negate, tests)

    def _present(self, paths: Sequence[str], negate: bool) -> Tree | None:
        flags = [path.rpartition(".")[2] in self.fields.flags for path in paths]
        tests = [
            Match(self.fields.name(path), (True,), negate)
            if is_flag
            else Match(self.fields.name(path) + "|exists", (not negate,))
            for path, is_flag in zip(paths, flags, strict=True)
        ]
        return self._group(negate, tests)

    def _paths(self, node: Mapping[str, Any]) -> tuple[str, ...]:
        """The record's fields whose values ``node`` may yield; those of lists' elements by the list's own path."""
        match node:
            case {"type": "field", "value": name}:
                return tuple(_joined(base, name) for base in self.base or ("",))
            case {"type": "current" | "identity"}:
                return self.base or ("",)
            case {"type": "literal"}:
                return ()
            case {"type": "subexpression" | "projection" | "index_expression" | "pipe", "children": [left, *rest]}:
                return reduce(self._below, rest, self._paths(left))
            case {"type": "flatten", "children": [inner]}:
                return self._paths(inner)
            case {"type": "multi_select_list" | "or_expression", "children": parts}:
                return tuple(path for part in parts for path in self._paths(part))
            case {"type": "function_expression", "value": name, "children": given} if name in _THROUGH:
                return self._paths(given[-1])
        raise _LostError(_OTHER)

    def _below(self, bases: tuple[str, ...], node: Mapping[str, Any]) -> tuple[str, ...]:
        if node["type"] in ("index", "slice"):
            return bases
        outer, self.base = self.base, None
        try:
            return tuple(_joined(base, path) for base in bases for path in self._paths(node))
        finally:
            self.base = outer


def _joined(base: str, name: str) -> str:
    return f"{base}.{name}" if base and name else base or name


def _start(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The leftmost part of a path: what all the rest is looked up in."""
    while node["type"] in ("subexpression", "projection", "flatten", "index_expression", "pipe"):
        node = node["children"][0]
    return node


def _literal(node: Mapping[str, Any]) -> tuple[Value, ...]:
    value = node.get("value")
    if node["type"] != "literal" or not isinstance(value, str | bool | int):
        raise _LostError("compare two fields")
    return (value,)


def _pattern(pattern: str) -> tuple[str, tuple[Value, ...]]:
    """``contains`` for a group of plain words (Sigma ignores case), else the regular expression."""
    plain = _PLAIN.fullmatch(pattern.removeprefix(_CASELESS))
    if plain:
        return "|contains", tuple(plain[1].split("|"))
    if pattern.startswith(_CASELESS):
        return "|re|i", (pattern.removeprefix(_CASELESS),)
    return "|re", (pattern,)
