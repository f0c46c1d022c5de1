"""The wide story: what else real companies see, ordinary and hostile, with everything drawn by the seed.

Who does what, when, from where and how often differs from seed to seed; the kinds are always the same. Ordinary
kinds begin with ``o-``, hostile ones with ``h-``, ``r-`` those that a person must
settle, and ``x-`` those about which careful analysts disagree.
"""

from keywitness.simulate import benign, ordinary
from keywitness.simulate.stage import Stage
from keywitness.simulate.wide import abroad, desk, doubts, everyday, pretenders, staff, thieves, upkeep
from keywitness.simulate.wide.cast import assemble, found

__all__ = ["found", "play"]


def play(stage: Stage) -> None:
    """All kinds in an order that the seed draws, and then ordinary life around them."""
    cast = assemble(stage)
    upkeep.new_builders(stage, cast)
    benign.rotation(stage)
    benign.ci_key_pairs(stage)
    kinds = [*staff.KINDS, *upkeep.KINDS, *desk.KINDS, *thieves.KINDS, *pretenders.KINDS, *abroad.KINDS, *doubts.KINDS]
    for kind in stage.rng.sample(kinds, len(kinds)):
        kind(stage, cast)
    ordinary.live(stage)
    everyday.live(stage)
