"""Spark gives what DuckDB gives, byte for byte: on a cluster, by Spark Connect, and when an executor is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date
from pathlib import Path
from typing import Final

import ibis
import pyarrow as pa
import pytest

from keywitness.errors import KeywitnessError, UsageError
from keywitness.event import SCHEMA
from keywitness.lake import ENGINES
from keywitness.lake.duckdb import DuckDB
from keywitness.lake.spark import Spark, located
from tests.house.tree import ROOT
from tests.lake.cluster import MARK, Cluster, cluster, connect, missing, settings
from tests.support import AT, event, parquet

needs_spark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
EXAMPLE: Final = ROOT / "examples" / "company"
TRIAGE: Final = ("triage", str(EXAMPLE / "logs"), "--context", str(EXAMPLE / "context"), "--json")
LIMIT: Final = 900  # seconds: a loaded machine is slow, and a hang is still a failure


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("spark")) as made:
        yield made


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spark]:
    """Spark in this process."""
    for name, value in settings(tmp_path / "spark").items():
        monkeypatch.setenv(name, value)
    engine = Spark("local[2]")
    yield engine
    engine.session.stop()


def keywitness(*arguments: str, environment: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "keywitness.cli", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def said(process: "subprocess.Popen[bytes]") -> bytes:
    out, err = process.communicate(timeout=LIMIT)
    assert process.returncode == 0, err.decode()[-4000:]
    return out


@needs_spark
def test_an_executor_killed_on_a_cluster_changes_no_byte(running: Cluster) -> None:
    spark = keywitness(*TRIAGE, "--engine", "spark", "--spark-master", running.url, environment=running.environment)
    try:
        killed = kill_executor(running, spark)
        found = said(spark)
    finally:
        spark.kill()
    assert killed
    assert found == said(keywitness(*TRIAGE))


@needs_spark
def test_spark_connect_changes_no_byte(running: Cluster) -> None:
    with connect(running) as url:
        found = said(keywitness(*TRIAGE, "--engine", "spark", "--spark-master", url))
    assert found == said(keywitness(*TRIAGE))


@needs_spark
def test_values_are_those_of_duckdb(local: Spark) -> None:
    stamp = pa.timestamp("us", tz="UTC")
    data = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "small": pa.array([1, None, 3], pa.int32()),
            "who": pa.array(["ann", "ann", None], pa.string()),
            "at": pa.array([AT, AT, None], stamp),
            "day": pa.array([date(2026, 11, 3), None, date(1970, 1, 1)], pa.date32()),
            "mfa": pa.array([True, False, None], pa.bool_()),
            "keys": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
        }
    )
    told = []
    for engine in (DuckDB(), local):
        table = engine.register("values_of_all_types", data)
        kept = engine.keep("kept", table.mutate(hour=table.at.hour(), on=table.at.date()))
        grouped = kept.group_by("who").aggregate(
            last=kept.id.argmax(ibis.struct({"at": kept.at, "id": kept.id})), n=kept.small.sum(), any=kept.mfa.max()
        )
        told.append((engine.rows(kept.order_by("id")), engine.rows(grouped.order_by("last"))))
    assert told[0] == told[1]
    assert told[1][0][0]["at"].utcoffset() == AT.astimezone(UTC).utcoffset()


@needs_spark
def test_parquet_parts_are_read_and_written(local: Spark, tmp_path: Path) -> None:
    part = parquet([event(time=AT), event(operation="iam:CreateUser", raw="{}")], tmp_path / "provider=other")
    read = local.parquet("parts", [str(part)], SCHEMA)
    before = local.rows(read.order_by("event_id"))
    local.write(read, tmp_path / "out", ["time"])
    written = sorted((tmp_path / "out").glob("*.parquet"))
    again = local.parquet("again", [str(file) for file in written], SCHEMA)
    assert local.rows(again.order_by("event_id")) == before
    assert {row["provider"] for row in before} == {"aws"}
    assert local.rows(local.parquet("none", [], SCHEMA)) == []


def test_object_stores_have_sparks_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "logs")
    assert located("s3://bucket/a/b") == "s3a://bucket/a/b"
    assert located("gs://bucket/a") == "gs://bucket/a"
    assert located("az://box/a") == "abfss://box@logs.dfs.core.windows.net/a"


def test_without_pyspark_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(UsageError, match=r"keywitness\[spark\]"):
        ENGINES["spark"]()


@needs_spark
def test_what_spark_refuses_is_one_line(local: Spark) -> None:
    table = local.register("words", pa.table({"word": ["no number"]}))
    with pytest.raises(KeywitnessError, match="Spark could not answer") as told:
        local.rows(table.mutate(number=table.word.cast("int64")))
    assert "\n" not in str(told.value)


def kill_executor(running: Cluster, driver: "subprocess.Popen[bytes]") -> bool:
    """SIGKILL one of the cluster's executors once it has begun to read logs."""
    limit = time.monotonic() + LIMIT
    while time.monotonic() < limit and driver.poll() is None:
        for process in Path("/proc").glob("[0-9]*"):
            if _is_busy(process, running.folder):
                os.kill(int(process.name), signal.SIGKILL)
                return True
        time.sleep(0.2)
    return False


def _is_busy(process: Path, folder: Path) -> bool:
    """An executor of this cluster that has Python processes, which read logs for it."""
    try:
        command = process.joinpath("cmdline").read_bytes()
        environment = process.joinpath("environ").read_bytes()
        children = [text for thread in process.glob("task/*/children") for text in thread.read_text().split()]
    except OSError:
        return False
    ours = b"CoarseGrainedExecutorBackend" in command and f"{MARK}={folder}\0".encode() in environment
    return ours and bool(children)
