"""A Sigma rule of the user's own → catalogue entries, as the TOML text that ``catalogue.load`` takes.

What a rule asks becomes the entry's ``when``; the names it asks for become its
events, with all their spellings. A rule that can't be taken whole (regular
expressions, keywords, comparisons, correlations) is refused: an operation that
is watched by half would look as if it were watched.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keywitness.errors import UsageError
from keywitness.sigma import layout

if TYPE_CHECKING:
    from sigma.rule import SigmaRule
    from sigma.types import SigmaString

MOST: Final = 1_000  # alternatives in one rule; the longest of SigmaHQ's cloud rules has about a hundred names
CORE: Final = "attack.t1098.001"
_TECHNIQUE: Final = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_KIND: Final = re.compile(r"[a-z][a-z0-9_]*")
_ANY: Final = "*"


class RefusedError(Exception):
    """Why one rule can't be an entry."""


def entries(path: Path) -> Iterator[tuple[str, str]]:
    """(provider, TOML text) of each rule in a YAML file. Raises UsageError that names the file and the rule."""
    try:
        import yaml
        from sigma.collection import SigmaCollection
        from sigma.exceptions import SigmaError
        from sigma.rule import SigmaRule
    except ImportError:
        raise UsageError(f"{path}: reading Sigma rules needs pySigma: pip install 'keywitness[sigma]'") from None
    try:
        rules = list(SigmaCollection.from_yaml(path.read_text("utf-8"), resolve_references=False).rules)
    except (SigmaError, yaml.YAMLError, OSError, ValueError, AttributeError, TypeError) as error:  # pySigma's own too
        raise UsageError(f"{path} is no Sigma rule: {' '.join(str(error).split())}") from error
    for rule in rules:
        try:
            if not isinstance(rule, SigmaRule):
                raise RefusedError("a correlation or a filter is about several events; only plain rules can be taken")
            yield from _entries(rule)
        except (RefusedError, SigmaError) as error:
            raise UsageError(f"{path}, rule {rule.title!r}: {error}") from error


def _entries(rule: "SigmaRule") -> Iterator[tuple[str, str]]:
    provider, its = _provider(rule)
    reader = _Reader(its)
    for condition in rule.detection.parsed_condition:
        for number, (when, events) in enumerate(reader.entries(condition.parsed).items()):
            yield provider, _toml(_entry(rule, provider, number, when, events))


def _provider(rule: "SigmaRule") -> tuple[str, Mapping[str, Any]]:
    source = rule.logsource
    for provider, its in layout()["provider"].items():
        if (source.product, source.service) == (its["product"], its["service"]):
            return provider, its
    raise RefusedError(f"no log of keywitness is product {source.product}, service {source.service}")


def _entry(rule: "SigmaRule", provider: str, number: int, when: str, events: Sequence[str]) -> dict[str, Any]:
    tags = [str(tag) for tag in rule.tags]
    techniques = [found[1].upper() for tag in tags if (found := _TECHNIQUE.fullmatch(tag))]
    name = re.sub(r"[^a-z0-9]+", "-", rule.title.lower()).strip("-") or "rule"
    return {
        "id": f"{provider}.sigma.{name}" + (f"-{number + 1}" if number else ""),
        "events": list(events),
        "credential_type": _kind(rule.custom_attributes),
        "change": "created",
        "scope": "core" if CORE in [tag.lower() for tag in tags] else "adjacent",
        "technique": techniques[0] if techniques else "T1098",
        "when": when,
        "rests_on": "documentation",
        "reference": str(rule.references[0]) if rule.references else "",
        "note": f"Sigma rule {rule.id or ''}: {rule.description or rule.title}",
    }


def _kind(own: Mapping[str, Any]) -> str:
    nested = own.get("keywitness")
    kind = own.get("keywitness.credential_type") or (
        nested.get("credential_type") if isinstance(nested, Mapping) else None
    )
    if kind is not None and not (isinstance(kind, str) and _KIND.fullmatch(kind)):
        raise RefusedError(f"keywitness.credential_type {kind!r} is no word such as access_key")
    return kind or "credential"


def _toml(entry: Mapping[str, Any]) -> str:
    """A JSON string or list of strings is a TOML one too."""
    lines = (
        f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f") for key, value in entry.items()
    )
    return "[[operation]]\n" + "\n".join(lines) + "\n"


class _Reader:
    """One provider's rules: which fields name the operation, and what the others are called in the record."""

    def __init__(self, its: Mapping[str, Any]) -> None:
        self.its = its
        self.names = {name.casefold() for name in (its["operation"], *its.get("also", ()))}
        self.sources = {its["source"].casefold()} if "source" in its else set()
        self.paths = {name.casefold(): path for path, name in its.get("renamed", {}).items()} | its.get("kept", {})

    def entries(self, condition: Any) -> dict[str, list[str]]:
        """``when`` → the events for which it is asked."""
        found: dict[str, list[str]] = {}
        for parts in self._alternatives(condition):
            event = self._event(parts)
            when = " && ".join(dict.fromkeys(self._said(part) for part in parts if not self._names(part)))
            found.setdefault(when, []).append(event)
        return {when: list(dict.fromkeys(events)) for when, events in found.items()}

    def _alternatives(self, node: Any) -> list[list[Any]]:
        """The rule as alternatives, each a list of what must hold, so that each alternative names its operation."""
        from sigma.conditions import ConditionAND, ConditionOR

        if self._names(node) or not any(map(self._names, _below(node))):
            return [[node]]
        if isinstance(node, ConditionOR):
            return [parts for inner in node.args for parts in self._alternatives(inner)]
        if not isinstance(node, ConditionAND):
            raise RefusedError("it says which operation it is not about; only what it is about can be taken")
        each = [self._alternatives(inner) for inner in node.args]
        count = 1
        for alternatives in each:
            count *= len(alternatives)
        if count > MOST:
            raise RefusedError(f"it has more than {MOST:,} alternatives")
        return [[part for parts in chosen for part in parts] for chosen in product(*each)]

    def _names(self, node: Any) -> bool:
        return (getattr(node, "field", None) or "").casefold() in self.names | self.sources

    def _event(self, parts: Iterable[Any]) -> str:
        """The one operation that an alternative is about, with its source where names need one."""
        named = [part for part in parts if self._names(part)]
        names = [_pattern(part) for part in named if part.field.casefold() in self.names]
        if not names:
            raise RefusedError(f"it does not say which {self.its['operation']} it is about")
        sources = [_pattern(part) for part in named if part.field.casefold() in self.sources]
        if len(set(names)) > 1 or len(set(sources)) > 1:
            raise RefusedError("it asks for two operations at once")
        if not self.sources:
            return names[0]
        return f"{(sources or [_ANY])[0].removesuffix(self.its['source_end'])}:{names[0]}"

    def _said(self, node: Any) -> str:
        """A condition as JMESPath."""
        from sigma.conditions import ConditionAND, ConditionNOT, ConditionOR

        if isinstance(node, ConditionNOT):
            return f"!({self._said(node.args[0])})"
        if isinstance(node, ConditionAND | ConditionOR):
            between = " && " if isinstance(node, ConditionAND) else " || "
            return f"({between.join(self._said(inner) for inner in node.args)})"
        if not getattr(node, "field", None):
            raise RefusedError("it looks for words anywhere in a record; only fields can be taken")
        return self._test(node)

    def _test(self, node: Any) -> str:
        from sigma.types import SigmaBool, SigmaCasedString, SigmaExists, SigmaNull, SigmaNumber, SigmaString

        values = f"at(@, {_literal(self._path(node.field))})"
        match node.value:
            case SigmaNull():
                return f"!({values})"
            case SigmaExists():
                return values if node.value.exists else f"!({values})"
            case SigmaNumber() | SigmaBool():
                return f"{values}[?lower(to_string(@)) == {_literal(str(node.value).lower())}]"
            case SigmaString() if not isinstance(node.value, SigmaCasedString):
                return f"{values}[?{_text(node.value)}]"
        raise RefusedError(f"it tests {node.field} by {_kind_of(node.value)}; only words and wildcards can be taken")

    def _path(self, name: str) -> str:
        known: str | None = self.paths.get(name.casefold())
        return known or name.removeprefix(self.its.get("prefix", ""))


def _below(node: Any) -> Iterator[Any]:
    for inner in getattr(node, "args", ()):
        yield inner
        yield from _below(inner)


def _pattern(node: Any) -> str:
    """An operation's name, in which ``*`` stands for any text."""
    from sigma.types import SigmaString, SpecialChars

    if not isinstance(node.value, SigmaString):
        raise RefusedError(f"it tests {node.field} by {_kind_of(node.value)}; only names and * can be taken")
    if SpecialChars.WILDCARD_SINGLE in node.value.s:
        raise RefusedError(f"? in {node.field} can't be taken; * can")
    text = "".join(part if isinstance(part, str) else _ANY for part in node.value.s)
    if not text.strip(_ANY + " "):
        raise RefusedError(f"{node.field} may be anything")
    return text


def _kind_of(value: object) -> str:
    """``SigmaRegularExpression`` → ``regular expression``."""
    return re.sub(r"(?<!^)([A-Z])", r" \1", type(value).__name__.removeprefix("Sigma")).lower()


def _text(value: "SigmaString") -> str:
    """Sigma compares text in any case; ``*`` and ``?`` are its wildcards."""
    from sigma.types import SpecialChars

    if all(isinstance(part, str) for part in value.s):
        return f"lower(to_string(@)) == {_literal(''.join(map(str, value.s)).lower())}"
    wild = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}
    parts = []
    for part in value.s:
        if isinstance(part, str | SpecialChars):
            parts.append(re.escape(part) if isinstance(part, str) else wild[part])
        else:
            raise RefusedError(f"it leaves {part} to be filled in")
    return f"capture(to_string(@), {_literal('(?is)^(' + ''.join(parts) + ')$')})"


def _literal(text: str) -> str:
    return "`" + json.dumps(text, ensure_ascii=False).replace("`", "\\`") + "`"
