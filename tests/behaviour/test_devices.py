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


def test_the_directorys_word_on_the_devices_of_the_past_and_of_sign_ins_right_there(tmp_path: Path) -> None:
    sign_in = {"class_": "sign-in", "operation": "sign-in", "device": "laptop"}
    rows = [event(time=ago(days=d), device_state="compliant", **sign_in) for d in (3, 4, 4)]
    rows += [event(time=ago(days=3), device_state=None, **sign_in)]
    rows += [event(time=ago(hours=6), device_state="compliant", source_ip="192.0.2.9", event_id="here", **sign_in)]
    rows += [event(time=ago(hours=7), device_state="compliant", source_ip="192.0.2.8", **sign_in)]
    rows += [event(time=ago(minutes=6), device_state="unmanaged", event_id="odd", **sign_in)]
    found: Devices = ask_family(FAMILY, lake(rows, tmp_path), change(source_ip="192.0.2.9"))[0]
    assert found.days == {"laptop": 2}
    assert found.states == {"compliant": 2, None: 1}
    assert [(s.last_event, s.state) for s in found.here] == [("here", "compliant")]
    assert [(s.last_event, s.state) for s in found.before] == [("odd", "unmanaged")]
