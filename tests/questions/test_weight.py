"""What signs weigh, alone and together."""

from typing import Any

import pytest

from keywitness.behaviour.account import Account, Seen
from keywitness.behaviour.gaps import LogGap
from keywitness.behaviour.rhythm import Rhythm
from keywitness.behaviour.signs import Sign, Signs
from keywitness.model import Answer
from keywitness.questions.suspicious_history import ask
from keywitness.questions.weight import addends, total
from tests.support import ago, covered, facts

DORMANT = Account({}, {"actor": Seen(ago(days=65), "slept")})
NEW = Account({"target": Seen(ago(days=7), "made")}, {})


def sign(kind: str, count: int = 1, **span: float) -> Sign:
    return Sign(kind, count, count, ago(**span), ago(**span), f"last-{kind}", "iam:ListUsers")


def about(*signs: Sign, account: Account | None = None, **given: Any) -> Any:
    known = {
        "signs": Signs(signs),
        "coverage": (covered(), covered("risk", "entra")),
        "rhythm": Rhythm(30, 0, 0),
        **given,
    }
    return facts(**known, **({"account": account} if account else {}))


def answer(*signs: Sign, account: Account | None = None, **given: Any) -> Answer:
    return ask(about(*signs, account=account, **given))


@pytest.mark.parametrize(("days", "weight"), [(0, 20), (7, 10), (14, 5), (30, 1.0253)])
def test_a_sign_loses_half_of_its_weight_each_week(days: float, weight: float) -> None:
    (one,) = addends(about(sign("risk", days=days)))
    assert one.weight == pytest.approx(weight, abs=0.001)


@pytest.mark.parametrize(
    ("kind", "count", "span"),
    [
        ("risk", 1, {"days": 30}),
        ("tampering", 1, {"days": 7}),
        ("failed_sign_in", 8, {"days": 1}),
        ("denied", 12, {"days": 1}),
        ("discovery", 10, {"days": 1}),
    ],
)
def test_each_kind_convicts_alone_to_the_end_of_its_window(kind: str, count: int, span: dict[str, float]) -> None:
    found = answer(sign(kind, count, **span))
    assert (found.answer, found.kind) == ("yes", kind)
    assert "weights" not in found.because


@pytest.mark.parametrize("account", [DORMANT, NEW])
def test_an_account_alone_convicts_nobody_and_is_said(account: Account) -> None:
    found = answer(account=account)
    assert found.answer == "no"
    assert len(found.against) == 1


def test_a_dormant_account_and_some_failed_sign_ins_are_told_as_addends() -> None:
    found = answer(sign("failed_sign_in", 7, hours=2), account=DORMANT)
    assert (found.answer, found.evidence) == ("yes", ("last-failed_sign_in", "slept"))
    assert "the actor ann had been silent for 65 days until the day before" in found.because
    assert found.because.endswith("(weights 0.5 + 0.6 = 1.1, 1.0 needed)")


def test_a_new_account_says_whose_and_when() -> None:
    (one,) = addends(about(account=NEW))
    assert (one.kind, one.event_id) == ("new account", "made")
    assert one.said == "the account of the target svc was created at 2026-09-08 10:00 UTC"
    assert one.weight == pytest.approx(0.2)


def test_who_was_away_for_less_is_not_dormant_nor_is_who_is_new() -> None:
    assert addends(about(account=Account({}, {"actor": Seen(ago(days=59), "x")}))) == ()
    both = Account({"actor": Seen(ago(days=2), "made")}, {"actor": Seen(ago(days=65), "x")})
    assert [one.kind for one in addends(about(account=both))] == ["new account"]


def test_a_log_that_slept_itself_makes_nobody_dormant() -> None:
    gap = LogGap("aws", "cloudtrail", "111122223333", None, ago(days=60), ago(days=40), "20 days without a record")
    assert addends(about(account=DORMANT, silences=(gap,))) == ()


def test_a_sum_shows_its_parts() -> None:
    assert total(addends(about(sign("tampering", days=7), account=NEW))) in {"1.1 + 0.2 = 1.2", "1.0 + 0.2 = 1.2"}
