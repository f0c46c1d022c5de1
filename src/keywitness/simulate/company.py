"""Alder & Finch, the invented company: its people, offices, networks, services and applications.

Nothing here is real. Account ids are the placeholders of the AWS documentation, the domain is reserved,
and networks that aren't a cloud's carry AS numbers reserved for documentation (RFC 5398).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from types import MappingProxyType
from typing import Final

from keywitness.simulate.ids import aws_id, digits, guid

DOMAIN: Final = "alderfinch.example"
BOARD: Final = f"change-board@{DOMAIN}"
MAIN_ACCOUNT: Final = "111122223333"
LAB_ACCOUNT: Final = "444455556666"
PROJECTS: Final = ("alderfinch-core", "alderfinch-insight")
SERVICE_USERS: Final = (
    "svc-backup",
    "svc-metrics",
    "svc-billing",
    "svc-search",
    "svc-archive",
    "svc-payments",
    "svc-reporting",
    "svc-notify",
    "svc-catalog",
    "svc-freight",
    "svc-pricing",
    "svc-ledger",
    "svc-invoice",
    "svc-labels",
    "svc-geocode",
    "svc-chat",
    "svc-quotes",
    "svc-claims",
)
APPLICATIONS: Final = (
    "Ledger Sync",
    "Warehouse Gateway",
    "Timesheet Portal",
    "Supplier Hub",
    "Route Planner",
    "Certificate Steward",
)
CERTIFIED: Final = "Warehouse Gateway"  # signs in with a certificate, the others with secrets
TERRAFORM: Final = "terraform@alderfinch-core.iam.gserviceaccount.com"
SERVICE_ACCOUNTS: Final = (
    TERRAFORM,
    "loader@alderfinch-insight.iam.gserviceaccount.com",
    "dashboards@alderfinch-insight.iam.gserviceaccount.com",
    "snapshots@alderfinch-core.iam.gserviceaccount.com",
)
ROTATOR: Final = ("CredentialRotator", "rotator-lambda")
BUILDER: Final = ("BuildRunner", "gh-actions")

CLI: Final = "aws-cli/2.17.44 md/awscrt#0.21.5 ua/2.0 os/{os} md/arch#{arch} lang/python#3.11.9 cfg/retry-mode#standard"
BOTO: Final = "Boto3/1.35.10 md/Botocore#1.35.10 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.12.5"
TERRAFORM_AGENT: Final = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) provider-aws/5.64.0"
EDGE: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36 Edg/128.0"


@dataclass(frozen=True, slots=True)
class Network:
    """An address range with what the geography files say about it."""

    cidr: str
    country: str
    city: str
    latitude: float
    longitude: float
    asn: int
    owner: str


NETWORKS: Final = {
    "toronto-office": Network("207.164.40.0/24", "CA", "Toronto", 43.65, -79.38, 64496, "Alder & Finch Toronto"),
    "toronto-home": Network("99.234.0.0/16", "CA", "Mississauga", 43.59, -79.64, 64497, "Maple Cable"),
    "lisbon-office": Network("194.38.144.0/24", "PT", "Lisbon", 38.72, -9.14, 64498, "Alder & Finch Lisbon"),
    "lisbon-home": Network("85.243.0.0/16", "PT", "Almada", 38.68, -9.16, 64499, "Tejo Fibra"),
    "singapore-office": Network("203.116.60.0/24", "SG", "Singapore", 1.29, 103.85, 64500, "Alder & Finch Singapore"),
    "singapore-home": Network("116.86.0.0/16", "SG", "Singapore", 1.35, 103.82, 64501, "Merlion Broadband"),
    "tokyo-hotel": Network("126.200.0.0/16", "JP", "Tokyo", 35.68, 139.69, 64502, "Sakura Mobile"),
    "aws": Network("3.98.17.0/24", "CA", "Montreal", 45.5, -73.57, 16509, "Amazon.com, Inc."),
    "github": Network("20.109.36.0/24", "US", "Boydton", 36.66, -78.38, 8075, "Microsoft Corporation"),
    "azure": Network("20.151.60.0/24", "CA", "Toronto", 43.7, -79.4, 8075, "Microsoft Corporation"),
    "google": Network("34.95.22.0/24", "CA", "Montreal", 45.5, -73.57, 396982, "Google LLC"),
    "theft": Network("91.245.118.0/24", "MD", "Chisinau", 47.01, 28.86, 64503, "Dniester Hosting"),
    "relay": Network("185.165.190.0/24", "IS", "Reykjavik", 64.15, -21.94, 64504, "Anonymous Relay Collective"),
    "kit": Network("37.120.201.0/24", "BG", "Sofia", 42.7, 23.32, 64505, "Vitosha VPS"),
    "brazil": Network("177.54.144.0/24", "BR", "Sao Paulo", -23.55, -46.63, 64506, "Paulista Telecom"),
    "kenya": Network("154.72.168.0/24", "KE", "Nairobi", -1.29, 36.82, 64507, "Savanna Mobile"),
}

FURTHER: Final = {  # known in the wide story only
    "toronto-new": Network("142.112.0.0/16", "CA", "Brampton", 43.68, -79.76, 64508, "Lakeshore Fibre"),
    "lisbon-new": Network("188.80.0.0/16", "PT", "Setubal", 38.52, -8.89, 64509, "Sado Telecom"),
    "singapore-new": Network("182.55.0.0/16", "SG", "Singapore", 1.37, 103.85, 64510, "Straits Fibre"),
    "consultancy": Network("195.22.12.0/24", "PT", "Porto", 41.15, -8.61, 64511, "Douro Consulting VPN"),
    "buildyard": Network("64.226.80.0/24", "US", "Ashburn", 39.04, -77.49, 398324, "Buildyard Inc."),
    "spain-holiday": Network("90.164.0.0/16", "ES", "Malaga", 36.72, -4.42, 398325, "Costa Movil"),
    "thailand-holiday": Network("171.96.0.0/16", "TH", "Phuket", 7.89, 98.4, 398326, "Andaman Mobile"),
    "polder": Network("45.137.20.0/24", "NL", "Amsterdam", 52.37, 4.9, 398327, "Polder Hosting"),
    "mekong": Network("103.200.20.0/24", "VN", "Hanoi", 21.03, 105.85, 398328, "Mekong VPS"),
    "bosporus": Network("185.86.4.0/24", "TR", "Istanbul", 41.01, 28.98, 398329, "Bosporus Server"),
    "karoo": Network("154.65.30.0/24", "ZA", "Cape Town", -33.92, 18.42, 398330, "Karoo Cloud"),
}


@dataclass(frozen=True, slots=True)
class Office:
    """Where someone works: ``offset`` in hours from UTC, and the names of its two networks."""

    country: str
    offset: int
    desk: str
    home: str


OFFICES: Final = {
    "CA": Office("CA", -4, "toronto-office", "toronto-home"),
    "PT": Office("PT", 1, "lisbon-office", "lisbon-home"),
    "SG": Office("SG", 8, "singapore-office", "singapore-home"),
}
ROSTER: Final = (  # name, role, admin, office
    ("adele", "platform admin", True, "CA"),
    ("bastien", "identity admin", True, "PT"),
    ("carys", "platform admin", True, "CA"),
    ("dmitra", "sre", False, "SG"),
    ("emeka", "sre", False, "CA"),
    ("femke", "application owner", False, "PT"),
    ("gitta", "developer", False, "PT"),
    ("haruto", "data engineer", False, "SG"),
    ("ivo", "sre", False, "PT"),
    ("jonah", "developer", False, "CA"),
    ("lior", "developer", False, "SG"),
    ("maelle", "developer", False, "CA"),
    ("noor", "data engineer", False, "SG"),
    ("olu", "data engineer", False, "PT"),
    ("silas", "developer", False, "CA"),
    ("tove", "analyst", False, "PT"),
)
DORMANT: Final = "wes"  # a contractor whose work ended: in the directory, in no log


@dataclass(frozen=True, slots=True)
class Person:
    """One employee with the things that stay the same: desk, home address, device and clients."""

    name: str
    role: str
    admin: bool
    office: Office
    object_id: str
    device_id: str
    desk_ip: str
    home_ip: str
    agent: str

    @property
    def email(self) -> str:
        return f"{self.name}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Application:
    """An Entra application and its service principal."""

    name: str
    app_id: str
    object_id: str
    principal_id: str


@dataclass(frozen=True, slots=True)
class Company:
    """Everyone and everything that acts, with ids drawn from the seed."""

    tenant: str
    subscription: str
    people: dict[str, Person]
    dormant: Person
    applications: dict[str, Application]
    aws_ids: dict[str, str]  # IAM user or role name to AIDA or AROA id
    account_ids: dict[str, str]  # GCP service account to its unique id
    services: tuple[str, ...] = SERVICE_USERS
    roles: tuple[tuple[str, str], ...] = (ROTATOR, BUILDER)  # automation: the role and its session's name
    networks: Mapping[str, Network] = field(default_factory=lambda: MappingProxyType(NETWORKS))
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))  # beside the usual


def address(rng: random.Random, network: str) -> str:
    """An address of a named network, never its first or last."""
    block = IPv4Network((NETWORKS.get(network) or FURTHER[network]).cidr)
    return str(block[rng.randrange(4, block.num_addresses - 4)])


@cache
def locate(ip: str) -> Network:
    """The network of an address; raises ``StopIteration`` for one the company's geography doesn't know."""
    return next(n for n in (*NETWORKS.values(), *FURTHER.values()) if IPv4Address(ip) in IPv4Network(n.cidr))


def hire(rng: random.Random, name: str, role: str, admin: bool, office: Office) -> Person:
    """Someone new, with a desk, a home and a computer of their own."""
    system = rng.choice((("macos#23.6.0", "arm64"), ("windows#10", "AMD64"), ("linux#6.8.0", "x86_64")))
    agent = CLI.format(os=system[0], arch=system[1])
    desk, home = address(rng, office.desk), address(rng, office.home)
    return Person(name, role, admin, office, guid(rng), guid(rng), desk, home, agent)


def found(rng: random.Random) -> Company:
    """Hire everyone. The same generator state gives the same company."""
    people = {name: hire(rng, name, role, admin, OFFICES[where]) for name, role, admin, where in ROSTER}
    users = (*people, *SERVICE_USERS, DORMANT)
    aws_ids = {user: aws_id(rng, "AIDA") for user in users}
    aws_ids |= {role: aws_id(rng, "AROA") for role in (ROTATOR[0], BUILDER[0], "Engineer")}
    return Company(
        tenant=guid(rng),
        subscription=guid(rng),
        people=people,
        dormant=hire(rng, DORMANT, "contractor", False, OFFICES["PT"]),
        applications={a: Application(a, guid(rng), guid(rng), guid(rng)) for a in APPLICATIONS},
        aws_ids=aws_ids,
        account_ids={a: digits(rng, 21) for a in SERVICE_ACCOUNTS},
    )
