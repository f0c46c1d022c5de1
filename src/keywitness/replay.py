"""What another policy would have made of the same past: cases gained and lost, minutes, and what made each difference.

Pure: two lists of findings in, the difference out. Who asks for them is :mod:`keywitness.commands.replay`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from keywitness.model import Action, CaseId, Finding
from keywitness.policy import Policy

Judge = Callable[[Policy], Sequence[Finding]]
Key = tuple[str, str, str | None]

ORDER: Final[tuple[Action, ...]] = ("escalate", "review", "close")


@dataclass(frozen=True, slots=True)
class Difference:
    """One change that is decided otherwise, or with another priority or other reasons.

    ``answers`` are the questions answered otherwise, ``settings`` what in the policy made it: each alone does, or,
    when ``together``, only all of them.
    """

    old: Finding
    new: Finding
    answers: tuple[str, ...]
    settings: tuple[str, ...] = ()
    together: bool = False

    @property
    def moved(self) -> bool:
        return self.old.decision.action != self.new.decision.action

    @property
    def told(self) -> bool:
        """Whether it matters to who does what and when; the reasons alone may differ."""
        return self.moved or self.old.decision.priority != self.new.decision.priority


@dataclass(frozen=True, slots=True)
class CaseMove:
    """A case that is decided otherwise. ``case_id`` is the new one's, or the old one's when it is part of another."""

    case_id: CaseId
    old: Action
    new: Action


@dataclass(frozen=True, slots=True)
class Comparison:
    """``old`` and ``new`` count the cases by action; ``moves`` and ``differences`` are oldest first."""

    old: Mapping[Action, int]
    new: Mapping[Action, int]
    moves: tuple[CaseMove, ...]
    differences: tuple[Difference, ...]

    def gained(self) -> tuple[CaseMove, ...]:
        """Cases that need a person now, or more urgently."""
        return tuple(m for m in self.moves if ORDER.index(m.new) < ORDER.index(m.old))

    def lost(self) -> tuple[CaseMove, ...]:
        return tuple(m for m in self.moves if ORDER.index(m.new) > ORDER.index(m.old))

    def minutes(self, each: Mapping[str, float]) -> tuple[float, float]:
        """An analyst's minutes under the old and under the new policy, by what a case of each action takes."""
        old, new = (sum(counts[action] * each[action] for action in ORDER) for counts in (self.old, self.new))
        return old, new


def compare(old: Sequence[Finding], new: Sequence[Finding]) -> Comparison:
    """The difference between two judgements of the same changes."""
    before = {key_of(finding): finding for finding in old}
    pairs = [(before[key_of(finding)], finding) for finding in new if key_of(finding) in before]
    differences = (
        Difference(one, other, _answered_otherwise(one, other))
        for one, other in pairs
        if _decided_otherwise(one, other)
    )
    ordered = sorted(differences, key=lambda d: (d.new.change.time, d.new.change.event_id))
    return Comparison(_count(old), _count(new), tuple(_moves(pairs)), tuple(ordered))


def key_of(finding: Finding) -> Key:
    """One record may be several changes."""
    change = finding.change
    return change.event_id, change.operation_id, change.target.id


def _decided_otherwise(one: Finding, other: Finding) -> bool:
    return any(
        getattr(one.decision, name) != getattr(other.decision, name) for name in ("action", "priority", "reasons")
    )


def _answered_otherwise(one: Finding, other: Finding) -> tuple[str, ...]:
    return tuple(q for q in other.answers if q in one.answers and one.answers[q].answer != other.answers[q].answer)


def _count(findings: Sequence[Finding]) -> Mapping[Action, int]:
    counted = Counter(_actions(findings).values())
    return {action: counted[action] for action in ORDER}


def _actions(findings: Sequence[Finding]) -> dict[CaseId, Action]:
    """The action of each case: that of its worst finding."""
    found: dict[CaseId, Action] = {}
    for finding in findings:
        action = finding.decision.action
        found[finding.case_id] = min(action, found.get(finding.case_id, action), key=ORDER.index)
    return found


def _moves(pairs: Sequence[tuple[Finding, Finding]]) -> Iterator[CaseMove]:
    """Each case of the new judgement against the worst of the cases that it is made of, and those that it swallowed."""
    olds, news = _actions([one for one, _ in pairs]), _actions([other for _, other in pairs])
    made_of: dict[CaseId, dict[CaseId, None]] = defaultdict(dict)
    for one, other in pairs:
        made_of[other.case_id][one.case_id] = None
    for case, action in news.items():
        was = min((olds[part] for part in made_of[case]), key=ORDER.index)
        if was != action:
            yield CaseMove(case, was, action)


def settings(old: Policy, new: Policy) -> tuple[str, ...]:
    """The names of what differs: ``thresholds.habit_count``, ``criteria`` and so on. Minutes change no decision."""
    named = [n for n in _plain(old) if _plain(old)[n] != _plain(new)[n]]
    keys = dict.fromkeys((*old.thresholds, *new.thresholds))
    return (*named, *(f"thresholds.{k}" for k in keys if old.thresholds.get(k) != new.thresholds.get(k)))


def said(policy: Policy, setting: str) -> Any:
    """The value of a setting, for a person to read."""
    part, _, key = setting.partition(".")
    value = getattr(policy, part)
    return value[key] if key else sorted(value) if isinstance(value, frozenset) else list(value)


def explained(comparison: Comparison, judge: Judge, old: Policy, new: Policy) -> Comparison:
    """The comparison with what made each difference: the old policy is tried with one new setting at a time.

    ``judge`` must be given the same facts each time. A difference that no setting makes alone needs them together.
    """
    names = settings(old, new)
    tried = {n: {key_of(f): f.decision for f in judge(_with(old, new, n))} for n in names if comparison.differences}

    def explain(difference: Difference) -> Difference:
        was, key = difference.old.decision, key_of(difference.new)
        now = [(name, tried[name][key]) for name in names]
        alone = tuple(n for n, d in now if (d.action != was.action if difference.moved else d != was))
        return replace(difference, settings=alone or names, together=not alone and len(names) > 1)

    return replace(comparison, differences=tuple(map(explain, comparison.differences)))


def _plain(policy: Policy) -> dict[str, Any]:
    names = ("criteria", "settled_by_approval", "hostile", "adjacent_criteria", "failed_criteria", "also_hides")
    return {name: getattr(policy, name) for name in names}


def _with(old: Policy, new: Policy, setting: str) -> Policy:
    part, _, key = setting.partition(".")
    if key:
        return replace(old, thresholds={**old.thresholds, key: new.thresholds[key]})
    return replace(old, **{part: getattr(new, part)})
