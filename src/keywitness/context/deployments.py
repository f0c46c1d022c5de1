"""Deployments: what a pipeline was approved to make, and when it ran.

``deployments.csv`` or ``.json`` has a row a run; ``terraform/*.json`` and
``terraform-plan.json`` are the output of ``terraform show -json PLAN``. A plan
says what was to be made, not that anybody let it run: it counts only with the
deployment that ran it. Of a plan no value is kept but the names of targets.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from keywitness.context.tables import Entry, column_name, objects, parse_time, read_json, read_table
from keywitness.errors import Reject, Source

PLAN: Final = "terraform-plan.json"
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "run_id", "deployment_id", "number"),
    "actor": ("actor", "pipeline", "subject", "sub"),
    "commit": ("commit", "sha", "commit_sha"),
    "environment": ("environment", "env"),
    "started": ("started", "started_at", "created_at"),
    "finished": ("finished", "finished_at", "completed_at", "updated_at"),
    "approver": ("approver", "approved_by", "reviewer", "merged_by"),
    "status": ("status", "conclusion", "state"),
    "resources": ("resources",),
    "plan": ("plan",),
    "issuer": ("issuer", "iss"),
}
REQUIRED: Final = ("id", "actor", "started", "finished")


@dataclass(frozen=True, slots=True)
class Resource:
    """A credential that a deployment makes: its address, its type as the catalogue has it, and names of its target."""

    address: str
    credential_type: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """One run of a pipeline. Times are UTC, both inclusive; ``status`` is folded.

    ``actor`` is what the log calls the pipeline, or its subject at its identity provider; ``issuer`` is that provider.
    ``approver`` let it run or merged its commit; "" when nobody is named.
    """

    id: str
    actor: str
    commit: str
    environment: str
    started: datetime
    finished: datetime
    approver: str
    status: str
    issuer: str
    resources: tuple[Resource, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class _Plan:
    path: Path
    resources: tuple[Resource, ...]


def load_deployments(folder: Path | None, rejects: list[Reject]) -> tuple[Deployment, ...] | None:
    """The deployments of the folder, in its order; None when it has none that could be read."""
    if folder is None:
        return None
    plans = {path.stem: plan for path in _plan_files(folder) if (plan := _plan(path, rejects)) is not None}
    read = [entries for entries in _tables(folder, rejects) if entries is not None]
    entries = [entry for table in read for entry in table]
    free = [entry for entry in entries if not entry.first(("resources",)) and not _of(entry, plans)]
    used: set[str] = set()
    made = []
    for entry in entries:
        name = _of(entry, plans) or (PLAN.removesuffix(".json") if [entry] == free else "")
        used.add(name)
        if deployment := _deployment(entry, plans[name].resources if name in plans else (), rejects):
            made.append(deployment)
    for stem in sorted(plans.keys() - used):
        reason = "no deployment is known to have run this plan: name it by the deployment's id, commit or column plan"
        rejects.append(Reject(Source(str(plans[stem].path)), reason))
    return tuple(made) if made or (read and not entries) else None


def files_of(deployments: Sequence[Deployment]) -> str:
    """The names of the files that they came from."""
    return ", ".join(dict.fromkeys(Path(made.source.file).name for made in deployments)) or "no deployments"


@lru_cache(maxsize=1)
def table() -> Mapping[str, Any]:
    """``resource``: what each type of Terraform makes; ``subject``: who vouches for a subject of which form."""
    return tomllib.loads(files(__package__).joinpath("deployments.toml").read_text("utf-8"))


def _of(entry: Entry, plans: Mapping[str, _Plan]) -> str:
    """The plan that a deployment names, or that is named after it."""
    named = (entry.first(("plan",)).removesuffix(".json"), entry.first(COLUMNS["id"]), entry.first(COLUMNS["commit"]))
    return next((name for name in named if name in plans), "")


def _plan_files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted((folder / "terraform").glob("*.json")) if path.is_file())
    if (folder / PLAN).is_file():
        yield folder / PLAN


def _plan(path: Path, rejects: list[Reject]) -> _Plan | None:
    content = read_json(path, rejects)
    if not isinstance(content, dict) or not isinstance(content.get("resource_changes"), list):
        if content is not None:
            rejects.append(Reject(Source(str(path)), "this is no plan: terraform show -json PLAN writes one"))
        return None
    if content.get("errored") is True:
        rejects.append(Reject(Source(str(path)), "this plan ended in an error, and was set aside"))
        return None
    found = (_planned(change) for change in objects(content["resource_changes"]))
    return _Plan(path, tuple(resource for resource in found if resource))


def _planned(resource: Mapping[str, Any]) -> Resource | None:
    """The credential that a resource change makes; None for any other change."""
    known = table()["resource"].get(str(resource.get("type")))
    change = resource.get("change")
    if known is None or not isinstance(change, dict) or resource.get("mode") == "data":
        return None
    actions, after = change.get("actions"), change.get("after")
    if not isinstance(actions, list) or "create" not in actions or not isinstance(after, dict):
        return None
    values = [value for key in known["target"] if isinstance(value := after.get(key), str) and value]
    return Resource(str(resource.get("address", "")), known["credential_type"], _names(values))


def _names(values: Sequence[str]) -> tuple[str, ...]:
    """Each value, without a scheme, and the last part of a path: /applications/ID, projects/P/serviceAccounts/MAIL."""
    plain = [value.removeprefix("https://").rstrip("/") for value in values]
    return tuple(dict.fromkeys(filter(None, (*values, *plain, *(value.rpartition("/")[2] for value in plain)))))


def _tables(folder: Path, rejects: list[Reject]) -> Iterator[Sequence[Entry] | None]:
    if (folder / "deployments.csv").is_file():
        yield _rows(folder / "deployments.csv", rejects)
    if (folder / "deployments.json").is_file():
        yield _objects(folder / "deployments.json", rejects)


def _rows(path: Path, rejects: list[Reject]) -> Sequence[Entry] | None:
    read = read_table(path, rejects)
    if read is None:
        return None
    if missing := [field for field in REQUIRED if not set(COLUMNS[field]) & set(read.columns)]:
        found = ", ".join(read.columns) or "none"
        reason = f"no deployments were read: it has no column for {', '.join(missing)}; its columns are {found}"
        rejects.append(Reject(Source(str(path)), reason))
        return None
    return None if read.broken and not read.entries else read.entries


def _objects(path: Path, rejects: list[Reject]) -> Sequence[Entry] | None:
    content = read_json(path, rejects)
    content = content.get("deployments") if isinstance(content, dict) else content
    if not isinstance(content, list):
        rejects.append(Reject(Source(str(path)), "no deployments were read: it is not a list of deployments"))
        return None
    found = []
    for number, item in enumerate(content, 1):
        cells = {column_name(str(key)): _text(value) for key, value in item.items()} if isinstance(item, dict) else {}
        found.append(Entry(Source(str(path), number), f"entry {number}", cells))
    return found


def _text(value: object) -> str:
    """A value as its column would hold it in a CSV; resources are texts, or objects with type and target."""
    if isinstance(value, list):
        return ";".join(filter(None, map(_text, value)))
    if isinstance(value, dict):
        name, target = value.get("address") or value.get("type"), value.get("target")
        return f"{name}={target}" if isinstance(name, str) and isinstance(target, str) else ""
    return "" if value is None else str(value).strip()


def _deployment(entry: Entry, planned: tuple[Resource, ...], rejects: list[Reject]) -> Deployment | None:
    value = {field: entry.first(columns) for field, columns in COLUMNS.items()}
    try:
        if empty := [field for field in REQUIRED if not value[field]]:
            raise ValueError(f"it has no {', '.join(empty)}")
        started, finished = parse_time(value["started"]), parse_time(value["finished"])
        if finished < started:
            raise ValueError(f"it ends ({value['finished']}) before it starts ({value['started']})")
        resources = (*_named(value["resources"]), *planned)
    except ValueError as error:
        rejects.append(entry.reject(f"deployment {value['id'] or 'without an id'} was set aside: {error}"))
        return None
    kept = {key: value[key] for key in ("id", "actor", "commit", "environment", "approver", "issuer")}
    status = re.sub(r"\W+", "_", value["status"].lower())
    return Deployment(
        **kept, started=started, finished=finished, status=status, resources=resources, source=entry.source
    )


def _named(text: str) -> Iterator[Resource]:
    """``aws_iam_access_key.ci=svc-ci; ...``: a resource's type or address, and whom it is for."""
    for part in filter(None, map(str.strip, re.split(r"[;|\n]", text))):
        address, equals, target = (side.strip() for side in part.partition("="))
        kind = next((step for step in address.split(".") if step in table()["resource"]), "")
        if kind and equals and target:
            yield Resource(address, table()["resource"][kind]["credential_type"], _names([target]))
