"""The decision as data: ``policy.toml``, and a file of the user's own over it."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from keywitness.errors import Source, UsageError

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "unauthorised": ("change_request", "no"),
    "atypical_actor": ("atypical_actor", "yes"),
    "pattern": ("pattern", "yes"),
}
"""The runbook's criteria: which answer of which question makes each of them true."""

SIGNS: Final = (
    "change_request",
    "off_hours",
    "unusual_location",
    "suspicious_history",
    "atypical_actor",
    "pattern",
    "identity_known",
    "unusual_client",
    "threat_intel",
    "used_since",
    "others_affected",
)
"""The questions whose "yes" may be a hostile sign: all of them, if somebody's policy says so."""


SUPPRESSIBLE: Final = ("foreign_use",)
"""What a policy may let a suppression hide besides the rest; see ``[suppress]``."""


@dataclass(frozen=True, slots=True)
class SelfService:
    """What counts for a credential that a person renews for themselves; ``calm`` and ``strange`` are questions."""

    credentials: tuple[str, ...]
    criteria: tuple[str, ...]
    calm: tuple[str, ...]
    strange: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """``policy.toml`` as loaded; see there for what each value decides."""

    criteria: tuple[str, ...]
    settled_by_approval: frozenset[str]
    hostile: tuple[tuple[str, ...], ...]
    adjacent_criteria: tuple[str, ...]
    failed_criteria: tuple[str, ...]
    thresholds: Mapping[str, float]
    minutes: Mapping[str, float]  # an analyst's, for a case of each action
    also_hides: tuple[str, ...]  # of SUPPRESSIBLE
    self_service: SelfService


def load_policy(path: Path | None = None) -> Policy:
    """The shipped policy, with the values of ``path`` over it. Raises UsageError for a file or value that can't be."""
    data = tomllib.loads(files("keywitness").joinpath("policy.toml").read_text("utf-8"))
    if path is not None:
        try:
            given = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise UsageError(f"the policy can't be read ({error})", Source(str(path))) from error
        _merge(data, given, Source(str(path)))
        _check(data, Source(str(path)))
    escalate, scope = data["escalate"], data["scope"]
    return Policy(
        tuple(escalate["criteria"]),
        frozenset(escalate["settled_by_approval"]),
        tuple(tuple(group) for group in escalate["hostile"]),
        tuple(scope["adjacent_criteria"]),
        tuple(scope["failed_criteria"]),
        {**data["thresholds"], **{key: float(escalate[key]) for key in ("indicator_confidence", "tor_is_indicator")}},
        data["minutes"],
        tuple(data["suppress"]["also_hides"]),
        SelfService(**{key: tuple(data["self_service"][key]) for key in SelfService.__slots__}),
    )


def _merge(base: dict[str, Any], given: Mapping[str, Any], source: Source) -> None:
    for section, values in given.items():
        if section not in base or not isinstance(values, dict):
            raise UsageError(f"[{section}] is no section of a policy; known: {', '.join(base)}", source)
        for key, value in values.items():
            known = base[section].get(key)
            if known is None or _sort(value) != _sort(known):
                raise UsageError(f"[{section}] {key} = {value!r} is not something a policy can set", source)
            base[section][key] = value


def _sort(value: object) -> str:
    """Of a value: switch, number, or anything else, which is checked by what it holds."""
    return "switch" if isinstance(value, bool) else "number" if isinstance(value, int | float) else ""


def _check(data: Mapping[str, Any], source: Source) -> None:
    """A name that nobody knows would switch a criterion or a sign off without a word."""
    escalate, scope = data["escalate"], data["scope"]
    lists: list[tuple[str, str, Any, Collection[str]]] = []
    lists += [("escalate", key, escalate[key], REASONS) for key in ("criteria", "settled_by_approval")]
    lists += [("scope", key, scope[key], REASONS) for key in ("adjacent_criteria", "failed_criteria")]
    own = data["self_service"]
    lists += [("self_service", "criteria", own["criteria"], REASONS)]
    lists += [("self_service", key, own[key], SIGNS) for key in ("calm", "strange")]
    if not isinstance(own["credentials"], list) or not all(isinstance(name, str) for name in own["credentials"]):
        raise UsageError(f"[self_service] credentials: {own['credentials']!r} is no list of credential types", source)
    also = ("suppress", "also_hides", data["suppress"]["also_hides"], SUPPRESSIBLE)
    groups = escalate["hostile"] if isinstance(escalate["hostile"], list) else [escalate["hostile"]]
    for section, key, names, known in [
        *lists,
        also,
        *(("escalate", "hostile", group or None, SIGNS) for group in groups),
    ]:
        wrong = [n for n in names if not isinstance(n, str) or n not in known] if isinstance(names, list) else [names]
        if wrong:
            raise UsageError(f"[{section}] {key}: {wrong[0]!r} is none of {', '.join(known)}", source)
