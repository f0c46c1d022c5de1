import pytest

from keywitness.context.names import candidates, labels, local_part, other_account

ROLE = "arn:aws:iam::1:role/Rotate"


@pytest.mark.parametrize(
    ("ident", "name", "expected"),
    [
        ("arn:aws:iam::1:user/team/Rosa", None, ["arn:aws:iam::1:user/team/rosa", "rosa"]),
        (f"{ROLE}/rosa@x.example", "rosa@x.example", ["rosa@x.example", "rotate", "rosa@x.example"]),
        ("arn:aws:sts::1:assumed-role/Rotate/run-7", None, ["rotate"]),
        (ROLE, "Rotate/run-7", ["rotate", "rotate/run-7", "rotate"]),
        (None, "Rotate/run-7", ["rotate/run-7", "rotate"]),
        ("arn:aws:iam::1:root", "root of 1", ["root of 1"]),
        ("projects/-/serviceAccounts/etl@p.iam.gserviceaccount.com/keys/1", None, ["etl@p.iam.gserviceaccount.com"]),
        ("serviceAccount:etl@p.iam.gserviceaccount.com", None, ["etl@p.iam.gserviceaccount.com"]),
        ("0452ef05", "CI/CD Pipeline", ["ci/cd pipeline"]),
        (None, None, []),
    ],
)
def test_candidates_in_order(ident: str | None, name: str | None, expected: list[str]) -> None:
    found = list(candidates(ident, name))
    assert [text for text in found if text != (ident or "").lower()] == [
        t for t in expected if t != (ident or "").lower()
    ]


def test_a_roles_path_is_no_name() -> None:
    assert "rosa" not in set(candidates("arn:aws:iam::1:role/rosa/evil", "evil/session"))


def test_labels_leave_out_what_the_caller_chose() -> None:
    assert labels(ROLE, "Rotate/svc-x") == {ROLE.lower(), "rotate", "role/rotate", "rotate/svc-x"}
    assert "svc-x" not in labels("arn:aws:sts::1:assumed-role/Rotate/svc-x", None)
    assert "user" not in labels("arn:aws:iam::1:user/rosa", "rosa")


def test_a_display_name_with_a_slash_is_one_name() -> None:
    assert labels("0452ef05", "HR Sync/evil") == {"0452ef05", "hr sync/evil"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rosa@X.example", ("rosa", "x.example")),
        ("rosa", ("", "")),
        ("a@b@c", ("", "")),
        ("@x", ("", "")),
        (None, ("", "")),
    ],
)
def test_local_part(text: str | None, expected: tuple[str, str]) -> None:
    assert local_part(text) == expected


def test_a_very_long_id_is_taken_whole() -> None:
    long = "arn:aws:iam::1:user/" + "/" * 10_000 + "rosa"
    assert list(candidates(long, None)) == [long]


def test_other_account() -> None:
    assert other_account("arn:aws:iam::1:user/x", "arn:aws:iam::2:user/x")
    assert not other_account("arn:aws:iam::*:user/x", "arn:aws:iam::2:user/x")
    assert not other_account("arn:aws:s3:::bucket", "arn:aws:iam::2:user/x")
    assert not other_account("x", "arn:aws:iam::2:user/x")
    assert not other_account("arn:aws:iam::1:user/x", None)
