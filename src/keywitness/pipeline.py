"""The whole walk: logs → events → changes → facts → answers → decisions → cases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from keywitness import __version__
from keywitness.case import cases
from keywitness.catalogue import Catalogue
from keywitness.contain import commands
from keywitness.context import Context
from keywitness.decide import decide
from keywitness.describe import sentence
from keywitness.detect import is_finding
from keywitness.facts import Knowledge, Window, gather
from keywitness.lake import ENGINES, Engine, Lake, scatter
from keywitness.lake.loose import Loose
from keywitness.lake.spark import Spark
from keywitness.lake.stored import Stored
from keywitness.model import Answer, Decision, Finding, Report
from keywitness.past import load
from keywitness.policy import Policy
from keywitness.questions import QUESTIONS, Facts
from keywitness.questions.complete import ask
from keywitness.questions.unusual_location import describe
from keywitness.questions.uses import first_use
from keywitness.readers.pool import ReadReport, read_all
from keywitness.readers.source import LogFile
from keywitness.suppress import suppress
from keywitness.timeline import timeline


def triage(
    files: Sequence[LogFile],
    spool: Path,
    context: Context,
    catalogue: Catalogue,
    policy: Policy,
    window: Window,
    progress: Callable[[int, int], None] = lambda done, records: None,
    engine: Engine | None = None,
) -> Report:
    """Read ``files`` by way of ``spool`` (a folder for Parquet parts) and judge every change in ``window``.

    Spark reads them on its executors, which use no spool.
    """
    if isinstance(engine, Spark):
        read, lake = scatter.read(engine, files, catalogue.wanted())
    else:
        read = read_all(files, spool, catalogue.wanted(), progress)
        lake = Loose(engine or ENGINES["duckdb"](), read.parts)
    knowledge = know(lake, context, catalogue, policy, window)
    return report(read, knowledge, context, judge(knowledge, policy))


def triage_lake(lake: Stored, context: Context, catalogue: Catalogue, policy: Policy, window: Window) -> Report:
    """Judge every change in ``window`` that the lake holds, by the lake's past."""
    knowledge = know(lake, context, catalogue, policy, window)
    return report(held(lake), knowledge, context, judge(knowledge, policy))


def held(lake: Stored) -> ReadReport:
    """What a lake holds, told as what was read."""
    parts = lake.state.of("events")
    return ReadReport(files=len(parts), records=sum(part.rows for part in parts))


def know(lake: Lake, context: Context, catalogue: Catalogue, policy: Policy, window: Window) -> Knowledge:
    """Detect, and fetch everything that the questions need, once per run."""
    past = load(lake, catalogue, context.directory.resolve, window.since, first_use(context.changes, window.since))
    findings = [change for change in past.changes if is_finding(change) and change.time in window]
    return gather(lake, findings, past, context, catalogue, policy)


def judge(knowledge: Knowledge, policy: Policy) -> Iterator[Finding]:
    """Ask every question of every change, and decide."""
    for facts, case_id in zip(knowledge.facts, knowledge.case_ids, strict=True):
        answers = {question.id: ask(question, facts) for question in QUESTIONS}
        yield Finding(
            change=facts.change,
            answers=answers,
            decision=_decide(facts, answers, policy),
            case_id=case_id,
            parent_event_id=facts.parent.event_id if facts.parent else None,
            sentence=sentence(facts.change, facts.moment, facts.place, answers["used_since"]),
            local_time=facts.moment.local,
            place=describe(facts.place) if facts.place else None,
            timeline=timeline(facts),
            containment=commands(facts.change, facts.operation),
        )


def _decide(facts: Facts, answers: Mapping[str, Answer], policy: Policy) -> Decision:
    decision = decide(facts.change, answers, policy, facts.privileged())
    known = facts.context
    return suppress(decision, facts.change, answers, policy, known.suppressions.active, known.directory)


def report(read: ReadReport, knowledge: Knowledge, context: Context, findings: Iterator[Finding]) -> Report:
    """The finished run as the renderers take it."""
    return Report(
        cases=cases(findings),
        coverage=knowledge.coverage,
        rejects=(*read.rejects, *context.rejects),
        files=read.files,
        records=read.records,
        context=context.files,
        organisation=context.organisation.name,
        version=__version__,
    )
