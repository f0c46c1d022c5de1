"""What the devices of an actor's sign-ins say: a stranger's, one that the directory thinks less of, or its own."""

from collections.abc import Iterable
from typing import Final

from keywitness.behaviour.devices import SignedIn
from keywitness.questions.known import Facts
from keywitness.words import counted

GOOD: Final = frozenset({"compliant", "managed"})
BAD: Final = frozenset({"non-compliant", "unmanaged"})


def strange(facts: Facts) -> list[SignedIn]:
    """Sign-ins of the last hour with a new or unregistered device, where the actor's devices are few and kept, or with
    one that the directory calls worse than all before.
    """
    known = facts.behaviour.devices
    worse = [s for s in known.before if s.state in BAD] if _always_good(facts) else []
    days = sum(known.days.values())
    if days < facts.thresholds["place_days"] or days < facts.thresholds["device_days"] * len(known.days):
        return worse
    return [s for s in known.before if s.device not in known.days or s in worse]


def own(facts: Facts, sign_ins: Iterable[SignedIn]) -> list[SignedIn]:
    """Those with a device that the actor had used on enough days before and that the directory vouches for."""
    days, enough = facts.behaviour.devices.days, facts.thresholds["own_device_days"]
    return [s for s in sign_ins if s.device and s.state in GOOD and days.get(s.device, 0) >= enough]


def say_strange(sign_in: SignedIn, facts: Facts) -> str:
    """``signed in at 09:12 UTC with the new device X, in the hour before; 1 device known in ...``."""
    seen = facts.behaviour.devices
    usual = seen.days.keys() - {None}
    what = "a device that is not registered"
    if sign_in.device:
        what = f"the {'' if sign_in.device in usual else 'new '}device {sign_in.device}"
    if sign_in.state in BAD:
        good = counted(_good_days(facts), "day")
        what += f", which the directory calls {sign_in.state} (it vouched for the device on {good} before)"
    known = f"{counted(len(usual), 'device')} known in {facts.lookback()}"
    return f"signed in at {sign_in.last:%H:%M} UTC with {what}, in the hour before; {known}"


def say_own(sign_in: SignedIn) -> str:
    """``signed in at 2026-03-02 09:12 UTC with its own device X, which the directory calls compliant``."""
    when = f"{sign_in.last:%Y-%m-%d %H:%M} UTC"
    return f"signed in at {when} with its own device {sign_in.device}, which the directory calls {sign_in.state}"


def _always_good(facts: Facts) -> bool:
    """Whether the directory vouched for the device on enough days, and never called one worse."""
    bad = any(state in BAD for state in facts.behaviour.devices.states)
    return not bad and _good_days(facts) >= facts.thresholds["place_days"]


def _good_days(facts: Facts) -> int:
    return sum(days for state, days in facts.behaviour.devices.states.items() if state in GOOD)
