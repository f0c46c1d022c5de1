"""An invented company's logs, with what is known about them and what a careful analyst would say.

For demonstrations and tests: the logs have the shapes that AWS, Entra ID, Azure and Google Cloud deliver, the
context is complete, and ``expected.csv`` says for every credential change what should become of it. All people,
accounts and networks are invented.
"""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

from keywitness.simulate import benign, company, context, hostile, intruders, logs, ordinary, wide
from keywitness.simulate.stage import Stage

Story = Literal["company", "wide"]
STORIES: Final[tuple[Story, ...]] = ("company", "wide")
SHORTEST: Final = 30  # days: less history than this can't tell usual from unusual


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: log records, tickets, and the credential changes to escalate and to close."""

    events: int
    changes: int
    hostile: int
    benign: int
    files: int


def simulate(
    out: Path, *, seed: int = 7, days: int = 45, end: date = date(2026, 11, 5), story: Story = "company"
) -> Summary:
    """Write ``logs/``, ``context/`` and ``expected.csv`` below ``out``, for the ``days`` before ``end``.

    ``company`` is the example's story, whose people do the same whatever the seed; in ``wide`` there are many more
    kinds of change, and the seed draws who does what, when and from where. The same arguments give the same records
    everywhere, and the same bytes wherever zlib compresses alike. Files of an earlier run are overwritten, never
    removed: use an empty folder. Raises ``ValueError`` for fewer than 30 days.
    """
    if days < SHORTEST:
        raise ValueError(f"{days} days are too few to tell usual from unusual; at least {SHORTEST} are needed")
    rng = random.Random(seed)
    hire = wide.found if story == "wide" else company.found
    stage = Stage(rng, hire(rng), end - timedelta(days=days), days)
    (wide.play if story == "wide" else _play)(stage)
    files = logs.write(stage, out / "logs")
    context.write(stage, out / "context", datetime.combine(end, time(), UTC))
    context.expected(stage, out / "expected.csv")
    verdicts = Counter(row.expect for row in stage.expected)
    return Summary(
        events=sum(map(len, stage.logs.values())),
        changes=len(stage.tickets),
        hostile=verdicts["escalate"],
        benign=verdicts["close"],
        files=len(files) + len(list((out / "context").iterdir())) + 1,
    )


def _play(stage: Stage) -> None:
    benign.play(stage)
    hostile.play(stage)
    intruders.play(stage)
    ordinary.live(stage)
