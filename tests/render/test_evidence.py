"""What is written down can be read again, whatever is in it."""

import msgspec
import pytest

from keywitness.render.evidence import lines, pack, unpack
from tests.render.poison import TEXTS, poisoned
from tests.render.sample import report


def test_findings_come_back_whole() -> None:
    back = [unpack(line) for line in lines(report())]
    assert back == list(report().findings)
    assert [f.change.raw for f in back] == [f.change.raw for f in report().findings]


@pytest.mark.parametrize("name", list(TEXTS))
def test_hostile_findings_stay_one_line_and_come_back(name: str) -> None:
    for finding in poisoned(name).findings:
        line = pack(finding)
        assert b"\n" not in line
        assert pack(unpack(line)) == line


def test_what_is_no_finding_is_refused() -> None:
    for text in ("", "{}", '{"change": 3}', "[1"):
        with pytest.raises(msgspec.DecodeError):
            unpack(text)
