"""Operations of the user's own, from files and folders, and through the commands."""

import json
from pathlib import Path

import pytest

from keywitness.catalogue import load
from keywitness.cli import main
from keywitness.errors import UsageError
from keywitness.sigma.own import load_with
from tests.catalogue.walk import trail
from tests.sigma.test_read import sigma

RULE = sigma(
    {"selection": {"eventSource": "vault.amazonaws.com", "eventName": "CreateToken"}}, tags=["attack.t1098.001"]
)
ENTRY = """
[[operation]]
id = "okta.custom.make-thing"
events = ["custom.thing.create"]
credential_type = "thing"
change = "created"
scope = "core"
technique = "T1098.001"
reference = "https://example.com"
rests_on = "documentation"
"""


def test_without_any_it_is_the_shipped_catalogue() -> None:
    assert load_with(None).operations == load().operations


def test_a_folder_of_both_kinds_comes_before_the_shipped_catalogue(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "vault.yml").write_text(RULE)
    (tmp_path / "okta.toml").write_text(ENTRY)
    (tmp_path / "README.md").write_text("not read")
    assert [o.id for o in load_with(tmp_path).operations[:2]] == ["okta.custom.make-thing", "aws.sigma.vault-token"]


def test_a_toml_file_of_any_name_says_its_provider(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text('provider = "okta"\n' + ENTRY)
    assert load_with(path).operations[0].provider == "okta"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("ours.toml", ENTRY, "no provider"),
        ("okta.toml", "[[", "no TOML"),
        ("okta.toml", ENTRY.replace('"core"', '"mine"'), "okta.custom.make-thing"),
        ("okta.toml", ENTRY + ENTRY, "more than one"),
    ],
)
def test_a_mistake_is_named(name: str, text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=says):
        load_with(tmp_path / name)


def test_nothing_there_is_a_mistake_too(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no operations"):
        load_with(tmp_path)
    with pytest.raises(UsageError, match="does not exist"):
        load_with(tmp_path / "gone")


def test_triage_finds_what_only_the_users_rule_knows_and_explain_still_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, own, out = tmp_path / "log.json", tmp_path / "own.yml", tmp_path / "out"
    log.write_text(json.dumps(trail("vault:CreateToken", {"name": "t"})))
    own.write_text(RULE)
    assert main(["triage", str(log), "--json", "--operations", str(own), "--out", str(out)]) == 0
    (finding,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (finding["operation"], finding["change"]) == ("vault:CreateToken", "created")
    assert main(["explain", finding["case_id"], "--run", str(out)]) == 0
    assert main(["doctor", str(log), "--operations", str(own)]) == 0


def test_a_rule_that_cant_be_taken_stops_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.yml"
    own.write_text(sigma({"selection": {"eventName|re": "X.*"}}))
    assert main(["triage", str(own), "--operations", str(own)]) == 2
    assert "own.yml, rule 'Vault Token'" in capsys.readouterr().err
