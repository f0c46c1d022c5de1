"""A real Spark cluster on this machine: one master and two workers, each a process of its own, on loopback.

Processes are ended with the session, and by the kernel when the test run itself is killed.
"""

import ctypes
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WAIT: Final = 180  # seconds; a loaded machine starts Java slowly
_DEFAULTS: Final = """\
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.ui.enabled false
spark.driver.memory 768m
spark.executor.memory 512m
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
"""
"""Small: the data are, and compiling queries would cost more than running them."""

_LOGGING: Final = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %m%n
"""
MARK: Final = "KEYWITNESS_TEST_CLUSTER"
"""In the environment of all processes of a cluster: its folder, by which a test knows them."""
MASTER: Final = ("spark-class", "org.apache.spark.deploy.master.Master")
WORKER: Final = ("spark-class", "org.apache.spark.deploy.worker.Worker")
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of prctl(2)


def missing() -> str | None:
    """Why there can be no cluster here, if so."""
    if not os.environ.get("KEYWITNESS_SPARK"):
        return "tests of Spark have not been seen to pass yet, and run only with KEYWITNESS_SPARK=1"
    if shutil.which("java") is None:
        return "no Java here, which Spark runs on (Debian: apt-get install default-jre-headless)"
    return None if importlib.util.find_spec("pyspark") else "PySpark is not installed (pip install 'keywitness[spark]')"


@dataclass(frozen=True, slots=True)
class Cluster:
    """``url`` of the master, ``page`` of its state as JSON; ``environment`` is what drivers need."""

    url: str
    page: str
    environment: Mapping[str, str]
    folder: Path

    def workers(self) -> int:
        try:
            with urllib.request.urlopen(self.page, timeout=5) as answer:  # noqa: S310  on loopback
                return int(json.load(answer)["aliveworkers"])
        except OSError:
            return 0


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """One master and two workers of one core each; their logs and work are in ``folder``."""
    environment = os.environ | settings(folder)
    port, page = free_port(), free_port()
    here = ["--host", "127.0.0.1"]
    master = [*here, "--port", str(port), "--webui-port", str(page)]
    made = Cluster(f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{page}/json/", environment, folder)
    running = [start([*MASTER, *master], environment, folder / "master.log")]
    try:
        await_port(port)
        for number in (1, 2):
            worker = [*here, "--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", str(folder / "work")]
            running.append(start([*WORKER, *worker, made.url], environment, folder / f"worker{number}.log"))
        limit = time.monotonic() + WAIT
        while made.workers() < 2:
            assert time.monotonic() < limit, (folder / "worker1.log").read_text()
            time.sleep(0.5)
        yield made
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(30)


@contextmanager
def connect(running: Cluster) -> Iterator[str]:
    """A Spark Connect server on the cluster: its URL."""
    port = free_port()
    conf = [f"spark.connect.grpc.binding.port={port}", "spark.connect.grpc.binding.address=127.0.0.1"]
    options = [piece for setting in conf for piece in ("--conf", setting)]
    submit = ["spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    command = [*submit, "--master", running.url, *options, "spark-internal"]
    server = start(command, running.environment, running.folder / "connect.log")
    try:
        await_port(port)
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def start(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A process of the cluster, which ends when this one does, however that ends."""
    import pyspark

    program = Path(pyspark.__file__).parent / "bin" / command[0]
    with log.open("wb") as out:
        return subprocess.Popen(
            [program, *command[1:]],
            env=dict(environment),
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)


def settings(folder: Path) -> dict[str, str]:
    """The environment of everything that belongs to one cluster, with its settings in ``folder``."""
    conf = folder / "conf"
    conf.mkdir(parents=True)
    (conf / "spark-defaults.conf").write_text(_DEFAULTS)
    (conf / "log4j2.properties").write_text(_LOGGING)
    return {
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_MEMORY": "256m",
        "PYSPARK_PYTHON": sys.executable,  # else workers take the first python3 that they find
        "TZ": "UTC",
        MARK: str(folder),
    }


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def await_port(port: int) -> None:
    limit = time.monotonic() + WAIT
    while time.monotonic() < limit:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    raise TimeoutError(f"nothing listens on {port}")
