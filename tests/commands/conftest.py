"""A kept run of the example company, made once a session."""

from pathlib import Path

import pytest

from keywitness.cli import main

COMPANY = Path(__file__).parents[2] / "examples" / "company"


@pytest.fixture(scope="session")
def company_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``triage --out`` kept. Read it, and write nothing into it."""
    out = tmp_path_factory.mktemp("company") / "out"
    assert main(["triage", str(COMPANY / "logs"), "--context", str(COMPANY / "context"), "--out", str(out)]) == 0
    return out
