"""Devices of sign-ins, before and in the last hour."""

from pathlib import Path

from keywitness.behaviour.devices import FAMILY, Devices
from tests.support import ago, ask_family, change, event, lake, later


def test_devices_of_the_lookback_and_of_the_last_hour(tmp_path: Path) -> None:
    sign_in = {"class_": "sign-in", "operation": "sign-in"}
    rows = [event(time=ago(days=d), device="laptop", **sign_in) for d in (3, 4, 4, 100)]
    rows += [event(time=ago(minutes=20), device=None, event_id="new", **sign_in)]
    rows += [event(time=ago(minutes=40), device="laptop", event_id="old", **sign_in)]
    rows += [event(time=ago(minutes=10), device="x", outcome="failure", **sign_in)]
    rows += [event(time=later(minutes=10), device="y", **sign_in), event(time=ago(minutes=5), device="z")]
    found: Devices = ask_family(FAMILY, lake(rows, tmp_path), change())[0]
    assert found.days == {"laptop": 2}
    assert [(s.device, s.last_event) for s in found.before] == [("laptop", "old"), (None, "new")]
