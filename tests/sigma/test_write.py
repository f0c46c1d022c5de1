"""The catalogue as Sigma: each rule is valid, finds its entry's example, and nothing else that it doesn't say."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from sigma.collection import SigmaCollection
from sigma.rule import SigmaRule
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

from keywitness import catalogue
from keywitness.catalogue import Operation
from keywitness.cli import main
from keywitness.sigma import layout
from keywitness.sigma.block import dump
from keywitness.sigma.write import exported, rule, write
from tests.catalogue.walk import shipped
from tests.sigma.flat import FAILED, Siem, delivered

DOWNLOADS: Final = {"attacktag", "d3_fendtag"}
"""pySigma's validators that fetch ATT&CK and D3FEND from the network."""


@cache
def rules() -> dict[str, SigmaRule]:
    operations = shipped().operations
    return {o.id: SigmaRule.from_yaml(dump(rule(o, operations))) for o in exported(operations)}


@cache
def siem(provider: str, failed: bool = False) -> Siem:
    """The provider's examples of every entry, removals too."""
    own = [o for o in shipped().operations if o.provider == provider]
    mine = [rules()[o.id] for o in own if o.id in rules()]
    return Siem({o.id: delivered(o) for o in own}, mine, FAILED.get(provider) if failed else None)


def told(found: SigmaRule) -> str:
    return found.description or ""


def test_every_rule_passes_pysigmas_validators(tmp_path: Path) -> None:
    written = write(shipped().operations, tmp_path, shipped().operations)
    assert len(written) == len(exported(shipped().operations)) > 300
    collection = SigmaCollection.load_ruleset([tmp_path])
    chosen = [validator for name, validator in validators.items() if name not in DOWNLOADS]
    assert not SigmaValidator(chosen).validate_rules(r for r in collection if isinstance(r, SigmaRule))


def test_what_only_takes_away_or_leads_on_is_no_rule() -> None:
    kinds = {(o.change, o.scope) for o in exported(shipped().operations)}
    assert not {change for change, _ in kinds} & {"removed", "disabled", "housekeeping"}
    assert {scope for _, scope in kinds} == {"core", "adjacent"}


@pytest.mark.parametrize("provider", catalogue.PROVIDERS)
def test_each_rule_finds_its_own_example(provider: str) -> None:
    missed = [ident for ident, found in own(provider) if ident not in siem(provider).found(found)]
    assert not missed


@pytest.mark.parametrize("provider", catalogue.PROVIDERS)
def test_a_rule_finds_no_other_example_unless_it_says_so(provider: str) -> None:
    strangers = {
        ident: others
        for ident, found in own(provider)
        if (others := siem(provider).found(found) - {ident} - set(re.findall(r"[a-z0-9]+\.[\w.-]+", told(found))))
    }
    assert not strangers


@pytest.mark.parametrize("provider", sorted(FAILED))
def test_no_rule_finds_a_failed_attempt(provider: str) -> None:
    assert not [ident for ident, found in own(provider) if siem(provider, True).found(found)]


def test_a_root_password_that_failed_to_change_is_told_apart_without_an_error_code() -> None:
    entry = shipped().get("aws.signin.root-password-updated")
    record = delivered(entry) | {"responseElements": {"PasswordUpdated": "Failure"}}
    found = rules()[entry.id]
    assert Siem({"failed": record}, [found]).found(found) == set()


@pytest.mark.parametrize(
    "spelling",
    [
        "Update application \u2013 Certificates and secrets management ",
        "Update application \u2013 Certificates and secrets management",
        "Update application - Certificates and secrets management",
    ],
)
def test_every_spelling_of_entras_most_important_operation_is_found(spelling: str) -> None:
    found = rules()["entra.application.add-credential"]
    record = delivered(shipped().get("entra.application.add-credential")) | {"operationName": spelling}
    assert Siem({"it": record}, [found]).found(found) == {"it"}


def test_what_sigma_cant_say_is_said_in_the_description() -> None:
    assert "can't compare the values before and after" in told(rules()["entra.application.add-credential"])
    assert "can't" not in told(rules()["aws.iam.enable-access-key"])


def test_a_rule_is_the_same_every_time_and_its_id_follows_from_its_entry(tmp_path: Path) -> None:
    one, two = (write(shipped().operations, tmp_path / name, shipped().operations) for name in ("one", "two"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]
    assert str(rules()["aws.iam.create-access-key"].id) == "750a6a20-ca37-51ea-aae5-1b7a93ef4ad8"


def test_status_follows_from_what_the_entry_rests_on() -> None:
    entry = shipped().get("aws.iam.create-access-key")
    kinds = ("log", "shape", "model", "documentation")
    status = {kind: rule(replace(entry, rests_on=kind), ())["status"] for kind in kinds}
    assert status == {"log": "test", "shape": "test", "model": "experimental", "documentation": "experimental"}


def test_every_technique_and_provider_of_the_catalogue_is_laid_out() -> None:
    assert set(layout()["provider"]) == set(catalogue.PROVIDERS)
    missing = {o.technique for o in exported(shipped().operations)} - set(layout()["tactics"])
    assert not {technique for technique in missing if technique.partition(".")[0] not in layout()["tactics"]}


def test_the_command_writes_a_file_an_entry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "--provider", "okta", "--scope", "core", "--sigma", str(tmp_path)]) == 0
    assert "okta_api_token_create.yml" in {path.name for path in tmp_path.iterdir()}
    assert str(len(list(tmp_path.iterdir()))) in capsys.readouterr().out


def test_a_folder_that_cant_be_written_to_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["operations", "--sigma", str(tmp_path / "file" / "rules")]) == 1
    assert "can't write" in capsys.readouterr().err


def own(provider: str) -> Iterator[tuple[str, SigmaRule]]:
    by_id: dict[str, Operation] = {o.id: o for o in shipped().operations}
    yield from ((ident, found) for ident, found in rules().items() if by_id[ident].provider == provider)
