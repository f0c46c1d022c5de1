"""Behaviour: what this principal, its peers and the organisation usually do.

One file a family of history queries. A family is one Ibis expression over the
tables of the run, and a function that turns its rows into a frozen record per
change. Nothing here judges; thresholds are the questions' business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import ibis.expr.types as ir

from keywitness.behaviour.tables import Tables


@dataclass(frozen=True, slots=True)
class Family:
    """``query`` yields rows with a column ``change``; ``collect`` gets the rows of one change, maybe none.

    ``depends`` are the columns of ``changes`` that alone decide the result, where they do: findings that agree in them
    are asked once. A thousand reads of secrets by one actor on one day are one question, not a thousand.
    """

    name: str
    query: Callable[[Tables], ir.Table]
    collect: Callable[[list[dict[str, Any]]], Any]
    depends: tuple[str, ...] = ()


from keywitness.behaviour import account, acts, address, cadence, clients, clock, devices, habit  # noqa: E402, I001
from keywitness.behaviour import networks, peers, places, previous, rhythm, rotation, signs, usage  # noqa: E402

_ORDER: Final = (
    *(rhythm, places, clients, previous, signs, habit, usage),
    *(address, networks, devices, cadence, clock, peers, rotation, account, acts),
)
FAMILIES: Final[tuple[Family, ...]] = tuple(member.FAMILY for member in _ORDER)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the families found for one change; the field names are the families' names."""

    rhythm: rhythm.Rhythm
    places: places.Places
    clients: clients.Clients
    previous: previous.Previous | None
    signs: signs.Signs
    habit: habit.Habit
    usage: usage.Usage
    address: address.Address
    networks: networks.Networks
    devices: devices.Devices
    cadence: cadence.Cadence
    clock: clock.Clock
    peers: peers.Peers
    rotation: rotation.Rotation
    account: account.Account
    acts: acts.Acts
