import tempfile
from datetime import date, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywitness.context.identities import Directory, Identity, load_identities
from keywitness.errors import Reject
from keywitness.model import PrincipalId

HEADER = "name,email,aliases,kind,role,admin,utc_offset,country,manager"
GUID = "0452ef05-f542-441d-911b-8aaa62f28d1a"
MAIL = "rosa@northwind.example"
ROSA = f"rosa,{MAIL},rosa;{MAIL};{GUID},human,platform admin,true,-6,us,cto@northwind.example"
ROTATE = "KeyRotation,,KeyRotation,service,automation,false,,,platform@northwind.example"
ETL = "etl@p.iam.gserviceaccount.com,,etl@p.iam.gserviceaccount.com,service,service account,false,,,"
STAFF = f"{HEADER}\n{ROSA}\n{ROTATE}\n{ETL}\n"


def directory_of(text: str) -> tuple[Directory, list[Reject]]:
    rejects: list[Reject] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "identities.csv")
        path.write_text(text, encoding="utf-8", errors="replace")
        return load_identities(path, rejects), rejects


def one(text: str) -> tuple[Identity, list[Reject]]:
    directory, rejects = directory_of(text)
    (identity,) = directory.identities.values()
    return identity, rejects


def test_an_identity() -> None:
    rosa, rejects = one(f"{HEADER}\n{ROSA}\n")
    assert (rosa.name, rosa.email, rosa.kind, rosa.role) == (
        "rosa",
        "rosa@northwind.example",
        "human",
        "platform admin",
    )
    assert rosa.aliases == ("rosa", "rosa@northwind.example", GUID)
    assert (rosa.admin, rosa.country, rosa.manager, rosa.left) == (True, "US", "cto@northwind.example", None)
    assert rosa.timezone is not None
    assert rosa.timezone.utcoffset(None) == timedelta(hours=-6)
    assert not rejects


@pytest.mark.parametrize(
    ("column", "value", "field", "expected"),
    [
        ("utc_offset", "5.5", "timezone", timezone(timedelta(hours=5, minutes=30))),
        ("utc_offset", '"5,5"', "timezone", timezone(timedelta(hours=5, minutes=30))),
        ("timezone", "Europe/Berlin", "timezone", ZoneInfo("Europe/Berlin")),
        ("left", "2026-08-31", "left", date(2026, 8, 31)),
        ("end_date", "2026-08-31", "left", date(2026, 8, 31)),
        ("left", "yes", "left", date.min),
        ("left", "no", "left", None),
        ("status", "Left", "left", date.min),
        ("status", "active", "left", None),
        ("team", "data", "team", "data"),
        ("owner", "rosa", "owner", "rosa"),
        ("admin", "Yes", "admin", True),
    ],
)
def test_columns(column: str, value: str, field: str, expected: object) -> None:
    identity, rejects = one(f"name,{column}\nrosa,{value}\n")
    assert getattr(identity, field) == expected
    assert not rejects


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("utc_offset", "99"),
        ("utc_offset", "nan"),
        ("utc_offset", "east"),
        ("timezone", "Mars/Base"),
        ("admin", "maybe"),
        ("left", "soon"),
    ],
)
def test_a_bad_cell_costs_the_cell(column: str, value: str) -> None:
    identity, rejects = one(f"name,{column}\nrosa,{value}\n")
    assert (identity.timezone, identity.admin, identity.left) == (None, False, None)
    assert [(r.source.record, r.reason.startswith(f"row 2: {column} of rosa")) for r in rejects] == [(2, True)]


def test_no_file_is_no_directory(tmp_path: Path) -> None:
    assert not load_identities(None, []).available
    assert not load_identities(tmp_path / "none.csv", []).available


@pytest.mark.parametrize("text", ["", "mail,id\na,b\n"])
def test_without_names_there_is_no_directory(text: str) -> None:
    directory, rejects = directory_of(text)
    assert not directory.available
    assert "no column for name" in rejects[0].reason


def test_a_row_without_name_and_a_repeated_row() -> None:
    directory, rejects = directory_of(f"{HEADER}\n{ROSA}\n,x@y.example,,,,,,,\n{ROSA}\n")
    assert list(directory.identities) == ["rosa"]
    assert [r.source.record for r in rejects] == [3, 4]
    assert directory.resolve(GUID, None, None) == "rosa"


def test_a_session_name_makes_nobody() -> None:
    directory, _ = directory_of(STAFF)
    assert directory.resolve("arn:aws:iam::1:role/Admin", "Admin/rosa", "1") != "rosa"


@pytest.mark.parametrize(
    ("ident", "name"),
    [
        ("rosa", None),
        ("ROSA@northwind.example", None),
        (GUID.upper(), "somebody"),
        ("arn:aws:iam::1:user/rosa", "rosa"),
        ("arn:aws:iam::2:user/team/Rosa", None),
        ("arn:aws:iam::1:role/Admin/rosa@northwind.example", "rosa@northwind.example"),
        ("arn:aws:iam::1:role/KeyRotation/rosa", "rosa"),
        ("unknown-guid", "rosa"),
        (None, "Rosa"),
    ],
)
def test_one_identity_has_one_id(ident: str | None, name: str | None) -> None:
    directory, _ = directory_of(STAFF)
    assert directory.resolve(ident, name, "1") == "rosa"
    found = directory.get(PrincipalId("rosa"))
    assert found is not None
    assert found.admin


def test_a_session_is_its_role_first() -> None:
    directory, _ = directory_of(STAFF)
    assert directory.resolve("arn:aws:iam::1:role/KeyRotation", "KeyRotation/rosa", "1") == "keyrotation"
    assert directory.resolve("arn:aws:sts::1:assumed-role/KeyRotation/rosa", None, "1") == "keyrotation"


def test_the_unknown_stay_apart() -> None:
    directory, _ = directory_of(STAFF)
    first = directory.resolve("arn:aws:iam::1:user/Mallory", "Mallory", "1")
    assert first == "arn:aws:iam::1:user/mallory"
    assert first != directory.resolve("arn:aws:iam::2:user/Mallory", "Mallory", "2")
    assert directory.resolve(None, "Mallory", "1") == "mallory"
    assert directory.resolve(None, None, None) == "unknown"
    assert directory.get(first) is None


def test_a_local_part_counts_within_the_organisation_only() -> None:
    directory, _ = directory_of(f"{HEADER}\n{ROSA.replace('rosa@', 'rosa.meier@')}\n{ETL}\n")
    assert directory.resolve("rosa@northwind.example", None, None) == "rosa"
    assert directory.resolve("rosa@evil.example", None, None) == "rosa@evil.example"
    assert directory.resolve("rosa@p.iam.gserviceaccount.com", None, None) == "rosa@p.iam.gserviceaccount.com"
    bare, _ = directory_of("name,aliases\nrosa meier,rosa\n")
    assert bare.resolve("rosa@anything.example", None, None) == "rosa meier"


def test_a_name_of_two_is_nobodys() -> None:
    text = "name,email,aliases\nJohn Smith,a@x.example,js;ops\nJohn Smith,b@x.example,ops\n"
    directory, rejects = directory_of(text)
    assert directory.resolve("ops", None, None) == "ops"
    assert directory.get(PrincipalId("ops")) is None
    a, b = directory.resolve("a@x.example", None, None), directory.resolve("b@x.example", None, None)
    assert a != b
    assert {"'john smith' is claimed by John Smith (row 2) and John Smith (row 3)" in r.reason for r in rejects} == {
        True,
        False,
    }
    assert not directory.same("John Smith", a, "a@x.example", "John Smith")
    assert directory.same("a@x.example", a, "a@x.example", "John Smith")


def test_two_without_any_name_of_their_own() -> None:
    directory, _ = directory_of("name,email,aliases\nops,,\nops,x@y.example,\nops2,,ops;x@y.example\n")
    assert len(directory.identities) == 3


@pytest.mark.parametrize(
    ("text", "ident", "name", "expected"),
    [
        ("rosa", "arn:aws:iam::1:user/rosa", "rosa", True),
        ("ROSA@Northwind.example", "arn:aws:iam::1:user/rosa", "rosa", True),
        (GUID, "arn:aws:iam::1:user/rosa", "rosa", True),
        ("arn:aws:iam::1:user/rosa", GUID, "Rosa R.", True),
        ("arn:aws:iam::1:user/rosa", "arn:aws:iam::1:user/rosa", "rosa", True),
        ("arn:aws:iam::*:user/rosa", "arn:aws:iam::2:user/rosa", "rosa", True),
        ("arn:aws:iam::1:user/rosa", "arn:aws:iam::2:user/rosa", "rosa", False),
        ("ros", "arn:aws:iam::1:user/rosa", "rosa", False),
        ("rosalind", "arn:aws:iam::1:user/rosa", "rosa", False),
        ("rosa", "arn:aws:iam::1:user/rosalind", "rosalind", False),
        ("KeyRotation", "arn:aws:iam::1:role/KeyRotation", "KeyRotation/run-7", True),
        ("KeyRotation", "arn:aws:iam::1:user/rosa", "rosa", False),
        ("svc-*", "arn:aws:iam::1:user/svc-backup", "svc-backup", True),
        ("SVC-*", "svc-backup", None, True),
        ("svc-*", "arn:aws:iam::1:user/rosa", "rosa", False),
        ("svc-*", "arn:aws:iam::1:role/Admin", "Admin/svc-backup", False),
        ("arn:aws:iam::*:role/deploy-*", "arn:aws:iam::7:role/deploy-eu", "deploy-eu/x", True),
        ("*@northwind.example", "arn:aws:iam::1:user/rosa", "rosa", True),
        ("s*c-*p", "svc-backup", None, True),
        ("a*a", "a", None, False),
        ("jack", "arn:aws:iam::1:user/jack", "jack", True),
        ("jack", "arn:aws:iam::1:user/jackson", "jackson", False),
        ("role/Deploy", "arn:aws:iam::1:role/Deploy", "Deploy/x", True),
        ("user", "arn:aws:iam::1:user/jack", "jack", False),
        ("arn:aws:iam::2:user/jack", "arn:aws:iam::1:user/jack", "jack", False),
        ("HR Sync", "6b9a", "hr sync", True),
        ("HR Sync", "6b9a", "HR Sync 2", False),
        ("svc-[ab]", "svc-a", None, False),
        ("", "svc-a", "", False),
        ("  ", None, None, False),
    ],
)
def test_what_a_ticket_means(text: str, ident: str | None, name: str | None, expected: bool) -> None:
    directory, _ = directory_of(STAFF)
    assert directory.same(text, directory.resolve(ident, name, "1"), ident, name) is expected


def test_a_known_name_means_its_identity_alone() -> None:
    directory, _ = directory_of(STAFF)
    assert not directory.same(
        "rosa", PrincipalId("etl@p.iam.gserviceaccount.com"), "etl@p.iam.gserviceaccount.com", "rosa"
    )


def test_names_compare_without_a_directory_too() -> None:
    empty = Directory()
    assert empty.same(
        "Rosa", empty.resolve("arn:aws:iam::1:user/rosa", "rosa", "1"), "arn:aws:iam::1:user/rosa", "rosa"
    )


def test_a_hostile_pattern_ends() -> None:
    empty = Directory()
    assert not empty.same("*a" * 40 + "b", PrincipalId("x"), "a" * 100_000, None)


ASCII = st.text(st.characters(codec="ascii"), max_size=40)
KNOWN = st.sampled_from(["rosa", GUID, "arn:aws:iam::1:user/rosa", "KeyRotation/rosa", "rosa@northwind.example"])


STAFFED = directory_of(STAFF)[0]


@settings(deadline=None)  # files and first imports take their time
@given(KNOWN | ASCII, KNOWN | ASCII)
def test_case_makes_no_difference(ident: str, name: str) -> None:
    found = STAFFED.resolve(ident, name, None)
    assert found == STAFFED.resolve(ident.upper(), name.lower(), None) == STAFFED.resolve(ident.swapcase(), name, None)
    assert found == found.lower()
    assert STAFFED.same(ident, found, ident, name) == STAFFED.same(ident.swapcase(), found, ident.upper(), name)


@settings(deadline=None)  # files and first imports take their time
@given(st.text(max_size=300))
def test_no_content_raises(text: str) -> None:
    for content in (text, f"{HEADER},left,timezone\n{text}", f"{HEADER}\n{ROSA}\n{text}"):
        directory, _ = directory_of(content)
        assert isinstance(directory.same(text, directory.resolve(text, text, text), text, text), bool)
