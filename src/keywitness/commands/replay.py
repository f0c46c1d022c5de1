"""``keywitness replay``: the past judged by another policy, and what that would have changed."""

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from keywitness import catalogue, context
from keywitness.catalogue import Catalogue
from keywitness.commands import kept
from keywitness.commands.triage import progress
from keywitness.context import Context
from keywitness.errors import KeywitnessError, UsageError
from keywitness.facts import GATHERED, Knowledge, Window
from keywitness.lake import ENGINES, Lake
from keywitness.lake.loose import Loose
from keywitness.lake.place import open_place
from keywitness.lake.stored import Stored
from keywitness.model import Finding
from keywitness.pipeline import judge, know
from keywitness.policy import Policy, load_policy
from keywitness.readers.pool import read_all
from keywitness.readers.source import discover
from keywitness.render import words
from keywitness.render.safe import visible, well_formed
from keywitness.replay import ORDER, CaseMove, Comparison, Difference, compare, explained, said, settings

MOST: Final = 200
"""Lines of a list; --json has all."""


@dataclass(frozen=True, slots=True)
class Past:
    """Facts, gathered once for each set of the thresholds that gathering reads, and judged as often as asked."""

    lake: Lake
    context: Context
    window: Window
    catalogue: Catalogue
    _gathered: dict[tuple[float, ...], Knowledge] = field(default_factory=dict)

    def judge(self, policy: Policy) -> list[Finding]:
        key = tuple(policy.thresholds[name] for name in GATHERED)
        if key not in self._gathered:
            self._gathered[key] = know(self.lake, self.context, self.catalogue, policy, self.window)
        return list(judge(self._gathered[key].under(policy), policy))


def run(given: argparse.Namespace) -> int:
    old, new = load_policy(given.old), load_policy(given.policy)
    if sum(map(bool, (given.logs, given.folder, given.lake))) != 1:
        raise UsageError("give either LOGS, a kept run with --run, or a lake with --lake")
    with _past(given) as past:
        plain = compare(past.judge(old), past.judge(new))
        found = explained(plain, past.judge, old, new)
    if given.json:
        print(json.dumps(_dict(found, old, new), ensure_ascii=True))
        return 0
    for line in _text(found, old, new):
        print(visible(line))
    return 0


@contextmanager
def _past(given: argparse.Namespace) -> Iterator[Past]:
    if given.folder:
        loaded = kept.load(given.folder)
        known = context.load(given.context, loaded.window.since, loaded.window.until) if given.context else None
        yield Past(loaded.lake, known or loaded.context, loaded.window, loaded.catalogue)
        return
    if given.lake:
        lake = Stored(ENGINES["duckdb"](), open_place(given.lake))
        yield Past(lake, context.load(given.context), Window(given.since), catalogue.load())
        return
    files, operations = discover(given.logs), catalogue.load()
    with tempfile.TemporaryDirectory(prefix="keywitness-") as spool, progress(files) as advance:
        read = read_all(files, Path(spool), operations.wanted(), advance)
        if not read.records:
            raise KeywitnessError(f"no record of a known log in {read.files} file(s)")
        yield Past(Loose(ENGINES["duckdb"](), read.parts), context.load(given.context), Window(), operations)


def _text(found: Comparison, old: Policy, new: Policy) -> Iterator[str]:
    names = settings(old, new)
    yield f"{words.count(len(names), 'setting')} differ" + ("s" if len(names) == 1 else "")
    yield from (f"  {_setting(name, old, new)}" for name in names)
    yield ""
    yield f"{'cases':<10} {'old':>7} {'new':>7}"
    for action in ORDER:
        yield f"{action:<10} {found.old[action]:>7,} {found.new[action]:>7,}"
    before, after = found.minutes(new.minutes)
    yield f"{'minutes':<10} {before:>7,.0f} {after:>7,.0f}   ({after - before:+,.0f}, at {_rate(new)})"
    yield from _moves("Cases gained", found.gained())
    yield from _moves("Cases lost", found.lost())
    yield ""
    told = [d for d in found.differences if d.told]
    yield f"{words.count(len(told), 'change')} decided otherwise or with another priority"
    for difference in told[:MOST]:
        yield from _difference(difference, old, new)
    if len(told) > MOST:
        yield f"  and {len(told) - MOST:,} more; --json has all"
    if rest := len(found.differences) - len(told):
        yield f"{words.count(rest, 'more change')} with the same decision for other reasons"


def _setting(name: str, old: Policy, new: Policy) -> str:
    """``thresholds.habit_count 2 → 1``, or for a list ``criteria without pattern``."""
    was, now = said(old, name), said(new, name)
    if not isinstance(was, list):
        return f"{name} {was:g} → {now:g}"
    gone, come = ([v for v in one if v not in other] for one, other in ((was, now), (now, was)))
    parts = [
        f"{word} {', '.join(map(_item, values))}" for word, values in (("without", gone), ("with", come)) if values
    ]
    return f"{name} {' and '.join(parts)}"


def _item(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " + ".join(value)


def _rate(policy: Policy) -> str:
    return ", ".join(f"{policy.minutes[action]:g} to {action}" for action in ORDER) + " a case"


def _moves(title: str, moves: tuple[CaseMove, ...]) -> Iterator[str]:
    if moves:
        yield ""
        yield f"{title}: {len(moves)}"
        yield from (f"  {m.case_id}: {m.old} → {m.new}" for m in moves[:MOST])


def _difference(difference: Difference, old: Policy, new: Policy) -> Iterator[str]:
    one, other, change = difference.old.decision, difference.new.decision, difference.new.change
    yield f"  {words.utc(change.time)} {change.operation}, {change.actor.label()} → {change.target.label()}"
    yield f"    {one.action} {one.priority} → {other.action} {other.priority} in {difference.new.case_id}"
    made = "; ".join(_setting(name, old, new) for name in difference.settings)
    yield f"    {'only together: ' if difference.together else 'made by '}{made}"
    for question in difference.answers:
        was, now = difference.old.answers[question], difference.new.answers[question]
        yield f"    {question}: {was.answer} → {now.answer}: {now.because}"
    if one.reasons != other.reasons:
        yield f"    reasons: {', '.join(one.reasons) or 'none'} → {', '.join(other.reasons) or 'none'}"


def _dict(found: Comparison, old: Policy, new: Policy) -> dict[str, Any]:
    before, after = found.minutes(new.minutes)
    return {
        "settings": {n: {"old": said(old, n), "new": said(new, n)} for n in settings(old, new)},
        "cases": {"old": dict(found.old), "new": dict(found.new)},
        "minutes": {"old": before, "new": after, "each": dict(new.minutes)},
        "gained": [_move(m) for m in found.gained()],
        "lost": [_move(m) for m in found.lost()],
        "differences": [_line(d) for d in found.differences],
    }


def _move(move: CaseMove) -> dict[str, str]:
    return {"case_id": move.case_id, "old": move.old, "new": move.new}


def _line(difference: Difference) -> dict[str, Any]:
    one, other = difference.old, difference.new
    answers = {q: {"old": one.answers[q].answer, "new": other.answers[q].answer} for q in difference.answers}
    sides = {
        side: {"decision": f.decision.action, "priority": f.decision.priority, "reasons": f.decision.reasons}
        for side, f in (("old", one), ("new", other))
    }
    return {
        "event_id": well_formed(other.change.event_id),
        "case_id": other.case_id,
        **sides,
        "answers": answers,
        "settings": difference.settings,
        "together": difference.together,
    }
