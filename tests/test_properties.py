"""What holds for every simulated company: the order of records, strangers' lives and missing sources change no truth.

The seed of the company, and what is done to its logs, are drawn; each company is judged once.
"""

import gzip
import json
import random
import shutil
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from keywitness import catalogue, context
from keywitness.facts import Window
from keywitness.model import Finding, Report
from keywitness.pipeline import triage
from keywitness.policy import load_policy
from keywitness.readers.source import discover
from keywitness.simulate import simulate

PHASES: Final = (Phase.explicit, Phase.generate)  # a failing company is not shrunk: each try takes seconds
SLOW: Final = settings(deadline=None, max_examples=2, derandomize=True, phases=PHASES)
SEEDS: Final = st.sampled_from([11, 23])
Record = dict[str, Any]
ELSEWHERE: Final = ("others_affected", "used_since")
"""Their "yes" may rest on another cloud's log alone. Without that log nothing says that the company has that cloud."""

UNTAUGHT: Final = {"context/changes.csv": ("atypical_actor",)}
"""What no ticket covered teaches no habit. Without any ticket a habit is what was done, and the change goes to review
for want of tickets.
"""


@cache
def company(seed: int) -> Path:
    folder = Path(_FOLDERS.name) / str(seed)
    simulate(folder, seed=seed, days=30, story="wide")
    return folder


_FOLDERS: Final = TemporaryDirectory()


def run(logs: Path, known: Path) -> Report:
    with TemporaryDirectory() as spool:
        files = discover([str(logs)])
        return triage(files, Path(spool), context.load(known), catalogue.load(), load_policy(), Window())


@cache
def judged(seed: int) -> Mapping[str, Finding]:
    return by_event(run(company(seed) / "logs", company(seed) / "context"))


def by_event(report: Report) -> Mapping[str, Finding]:
    return {str(finding.change.event_id): finding for finding in report.findings}


def told(finding: Finding) -> tuple[Any, ...]:
    """All that a person reads of a finding, but for files and record numbers."""
    said = (finding.decision, finding.case_id, finding.parent_event_id, finding.sentence, finding.place)
    return (*said, finding.timeline, finding.containment, *finding.answers.values())


def differences(one: Mapping[str, Finding], other: Mapping[str, Finding]) -> list[tuple[str, Any, Any]]:
    """The events that only one run found, and for each other what is told differently."""
    found: list[tuple[str, Any, Any]] = [(event, event in one, event in other) for event in one.keys() ^ other.keys()]
    for event in one.keys() & other.keys():
        pairs = zip(told(one[event]), told(other[event]), strict=True)
        found += [(event, before, after) for before, after in pairs if before != after]
    return found


def records(logs: Path) -> Iterator[Record]:
    """Every record of the logs, without files and envelopes."""
    for path in sorted(logs.rglob("*.gz")):
        text = gzip.decompress(path.read_bytes()).decode()
        try:
            whole = json.loads(text)
            yield from whole.get("Records") or whole.get("value") or [whole]
        except ValueError:
            yield from map(json.loads, filter(None, text.splitlines()))


def write(logs: Path, made: list[Record], files: int) -> Path:
    logs.mkdir(parents=True)
    for number in range(files):
        (logs / f"{number}.ndjson").write_text("\n".join(map(json.dumps, made[number::files])), "utf-8")
    return logs


@SLOW
@given(SEEDS, st.integers(0, 9999), st.integers(0, 9), st.integers(1, 12))
def test_shuffling_doubling_and_splitting_changes_nothing(seed: int, order: int, doubled: int, files: int) -> None:
    rng, every = random.Random(order), list(records(company(seed) / "logs"))
    every += rng.sample(every, len(every) * doubled // 10)
    rng.shuffle(every)
    with TemporaryDirectory() as folder:
        again = by_event(run(write(Path(folder) / "logs", every, files), company(seed) / "context"))
    assert differences(judged(seed), again) == []


def stranger(rng: random.Random, like: Record, number: int) -> Record | None:
    """A CloudTrail or Entra sign-in record as another company's: another account, people, addresses and days.

    It ends no later than the record it is like, because a log that goes on longer says more of what came after.
    """
    days = timedelta(days=rng.randint(0, 60))
    address, name = f"100.{64 + rng.randrange(64)}.{rng.randrange(256)}.7", f"stranger{rng.randrange(9)}"
    if "eventSource" in like and like.get("readOnly"):
        account = "999900001111"
        user = {"type": "IAMUser", "userName": name, "accountId": account, "principalId": f"AIDA{name.upper()}"}
        user |= {"arn": f"arn:aws:iam::{account}:user/{name}", "accessKeyId": f"AKIA{name.upper()}"}
        made = like | {"userIdentity": user, "recipientAccountId": account, "sourceIPAddress": address}
        when = datetime.fromisoformat(like["eventTime"]) - days
        return made | {"eventID": f"other-{number}", "eventTime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    if "createdDateTime" in like and "userId" in like:
        made = like | {"id": f"other-{number}", "userId": name, "userPrincipalName": f"{name}@other.example"}
        made |= {"tenantId": "other-tenant", "ipAddress": address, "deviceDetail": {}, "sessionId": None}
        when = datetime.fromisoformat(like["createdDateTime"]) - days
        return made | {"createdDateTime": when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    return None


@SLOW
@given(SEEDS, st.integers(0, 9999), st.integers(1, 4))
def test_the_life_of_strangers_changes_nothing(seed: int, order: int, tenth: int) -> None:
    """Not even a number in a sentence: strangers have other accounts, names, addresses and devices, on the same and on
    earlier days. They make no credentials: what everybody else makes is what `atypical_actor` counts.
    """
    rng, own = random.Random(order), list(records(company(seed) / "logs"))
    chosen = rng.sample(own, len(own) * tenth // 10)
    more = [made for number, like in enumerate(chosen) if (made := stranger(rng, like, number))]
    assert more
    with TemporaryDirectory() as folder:
        again = by_event(run(write(Path(folder) / "logs", own + more, 3), company(seed) / "context"))
    assert differences(judged(seed), again) == []


LOGS: Final = (
    *("aws", "azure", "gcp", "github", "okta", "m365", "entra/signIns.json.gz", "entra/riskDetections.json.gz"),
    *("entra/servicePrincipalSignIns.json.gz", "entra/insights-logs-auditlogs.ndjson.gz"),
)
CONTEXT: Final = ("changes.csv", "identities.csv", "indicators.csv", "*.mmdb", "org.toml")


@pytest.mark.parametrize("part", [*(f"logs/{name}" for name in LOGS), *(f"context/{name}" for name in CONTEXT)])
@settings(SLOW, max_examples=1)
@given(SEEDS)
def test_without_a_source_no_answer_becomes_a_no(part: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "company"
        shutil.copytree(company(seed), copy)
        gone = sorted(copy.glob(part))
        assert gone
        for path in gone:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        without = by_event(run(copy / "logs", copy / "context"))
    whole = judged(seed)
    told: dict[str, Finding] = {copy: finding for finding in whole.values() for copy in finding.change.copies}
    assert list(turned({**told, **whole}, without, (*ELSEWHERE, *UNTAUGHT.get(part, ())))) == []


def turned(
    whole: Mapping[str, Finding], without: Mapping[str, Finding], aside: Collection[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Where a "no" stands that nobody could have said with all sources; ``whole`` by copies' ids too."""
    for event, finding in without.items():
        for question, answer in finding.answers.items():
            before = whole[event].answers[question]
            if answer.answer == "no" and before.answer != "no" and question not in aside:
                yield event, question, before.because, answer.because
