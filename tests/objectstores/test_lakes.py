"""A lake in an object store is the lake that a folder would be, whoever writes at once, and its errors are one line."""

import threading

import obstore
import pytest

from keywitness.cli import main
from keywitness.errors import KeywitnessError
from keywitness.lake.commits import Commit, TakenError, commit, load
from keywitness.lake.place import open_place
from tests.objectstores.servers import ROOT, SECRET, Server, Servers

LOGS = ROOT / "examples" / "company" / "logs" / "entra"


def test_of_many_writers_of_one_commit_one_wins(cloud: Server) -> None:
    if cloud.scheme == "s3":
        pytest.skip("moto looks and then writes, so that two may win; the real service decides in one place")
    place = open_place(f"{cloud.bucket()}/lake")
    before, won, lost = load(place.store), list[int](), list[int]()
    start = threading.Barrier(12)

    def write(number: int) -> None:
        start.wait()
        try:
            commit(place.store, before, Commit((), definitions={"writer": str(number)}))
            won.append(number)
        except TakenError:
            lost.append(number)

    writers = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (len(won), len(lost)) == (1, 11)
    assert load(place.store).definitions == {"writer": str(won[0])}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("triage", "--lake", "s3://no-such-bucket/x"), 2, "there is no such bucket"),
        (("ingest", "logs", "--lake", "s3://no-such-bucket/x"), 2, "there is no such bucket"),
        (("triage", "s3://no-such-bucket/x"), 2, "there is no such bucket"),
        (("doctor", f"s3://{SECRET}:{SECRET}@x/y"), 2, "give credentials by the environment"),
    ],
)
def test_what_cannot_be_reached_is_one_line(
    words: tuple[str, ...],
    code: int,
    said: str,
    clouds: Servers,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in clouds.get("s3").environment.items():
        monkeypatch.setenv(name, value)
    assert main([*words]) == code
    complaint = capsys.readouterr().err
    assert said in complaint
    assert SECRET not in complaint
    assert len(complaint.splitlines()) == 1


def test_what_was_in_reach_and_is_no_more_is_one_line(clouds: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    server = clouds.get("s3")
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    place = open_place(f"{server.bucket()}/lake")
    state = commit(place.store, load(place.store), Commit(()))
    assert main(["ingest", str(LOGS), "--lake", place.base]) == 0
    with pytest.raises(TakenError):
        commit(place.store, state, Commit(()))
    store = open_place(server.bucket()).store
    monkeypatch.setattr(obstore, "list", lambda *_, **__: (_ for _ in ()).throw(OSError("gone\nDebug")))
    with pytest.raises(KeywitnessError, match=r"^the lake can't be read \(gone\)$"):
        load(store)
