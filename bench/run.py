"""``make bench``: reading and triage beside the floor and a peer, interleaved, as ratios.

The floor is decompression alone, with the same library and as many processes.
The peer is DuckDB's JSON reader with an explicit schema, as a competent user
would write it. Pass a folder of CloudTrail files to measure those instead of
the corpus made here (the example company's records, repeated with new ids).

    python bench/run.py [FOLDER] [--records 200000] [--rounds 3]
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from keywitness.readers import compiled

ROOT: Final = Path(__file__).parents[1]
COMPANY: Final = ROOT / "examples" / "company" / "logs" / "aws"
PER_FILE: Final = 2_900


def main() -> None:
    given = argparse.ArgumentParser()
    given.add_argument("folder", nargs="?", type=Path)
    given.add_argument("--records", type=int, default=200_000)
    given.add_argument("--rounds", type=int, default=3)
    options = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="keywitness-bench-") as made:
        folder = options.folder or _corpus(Path(made) / "logs", options.records)
        files = sorted(str(p) for p in folder.rglob("*.json.gz"))
        _measure(files, folder, Path(made), options.rounds)


def _measure(files: Sequence[str], folder: Path, scratch: Path, rounds: int) -> None:
    cores = str(os.cpu_count() or 1)
    contenders: dict[str, Callable[[], list[str]]] = {
        "decompression alone": lambda: [_script("floor"), cores, *files],
        "keywitness: to the Event table": lambda: [_script("read"), str(folder)],
        "keywitness triage: to the verdicts": lambda: ["-m", "keywitness.cli", "triage", str(folder), "--json"],
        "DuckDB read_json, explicit schema": lambda: [
            _script("peer"),
            cores,
            str(scratch / "p.parquet"),
            *files,
        ],
    }
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    memory: dict[str, int] = {}
    for _ in range(rounds):
        for name, command in contenders.items():
            taken, peak = _run(command())
            seconds[name].append(taken)
            memory[name] = max(memory.get(name, 0), peak)
    floor = statistics.median(seconds["decompression alone"])
    packed = sum(Path(f).stat().st_size for f in files) / 1e6
    module = "with" if compiled.walk else "without"
    print(f"{len(files)} files, {packed:,.0f} MB packed, {cores} cores, {rounds} rounds, {module} the native module")
    print(f"{'':36} {'median s':>9} {'against the floor':>18} {'peak MB':>8}")
    for name, taken_all in seconds.items():
        median = statistics.median(taken_all)
        print(f"{name:36} {median:9.2f} {median / floor:18.1f} {memory[name]:8,}")


def _run(arguments: list[str]) -> tuple[float, int]:
    """Wall seconds, and the largest process's peak resident memory in MB (children of this process, so far)."""
    started = time.perf_counter()
    script = "import resource,subprocess,sys;subprocess.run(sys.argv[1:],check=True,stdout=subprocess.DEVNULL);"
    script += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", script, sys.executable, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    unit = 1_000_000 if sys.platform == "darwin" else 1_000
    return time.perf_counter() - started, int(done.stdout) // unit


def _script(name: str) -> str:
    return str(Path(__file__).with_name(f"{name}.py"))


def _corpus(folder: Path, records: int) -> Path:
    """The example's CloudTrail records, repeated with new event ids until there are enough."""
    folder.mkdir()
    source = _records()
    for number in range(max(1, records // PER_FILE)):
        page = [_renewed(next(source), number) for _ in range(PER_FILE)]
        text = json.dumps({"Records": page}, separators=(",", ":")).encode()
        (folder / f"{number:05}.json.gz").write_bytes(gzip.compress(text, 6, mtime=0))
    return folder


def _records() -> Iterator[dict[str, Any]]:
    pages = [json.loads(gzip.decompress(p.read_bytes()))["Records"] for p in sorted(COMPANY.rglob("*.json.gz"))]
    while True:
        for page in pages:
            yield from page


def _renewed(record: dict[str, Any], number: int) -> dict[str, Any]:
    return {**record, "eventID": f"{number:08x}{record['eventID'][8:]}"}


if __name__ == "__main__":
    main()
