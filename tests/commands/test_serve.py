"""``keywitness serve`` starts, answers on this machine, refuses to be open to others, and stops."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from keywitness.cli import main


def test_the_desk_answers_until_it_is_stopped(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "keywitness.cli", "serve", "--store", str(tmp_path / "a.db"), "--bind", at]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        try:
            assert _answer(at) == "ok\n"
        finally:
            running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert f"the desk is at http://{at}" in said
    assert "Traceback" not in said


def _answer(at: str) -> str:
    for _ in range(300):
        try:
            asked = http.client.HTTPConnection(at, timeout=5)
            asked.request("GET", "/health")
            with closing(asked):
                return asked.getresponse().read().decode()
        except ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the desk doesn't answer")


@pytest.mark.parametrize("bind", ["0.0.0.0:8443", "nonsense"])
def test_it_refuses_what_would_be_open(tmp_path: Path, bind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--store", str(tmp_path / "a.db"), "--bind", bind]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "a.db").exists()
