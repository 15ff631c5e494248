"""The commands `cap metrics list`, `search`, `explain` and `query`."""

import os
import shutil
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cap.errors import CapError
from cap.load.settings import database_path, require_project_folder
from cap.metrics.catalogue import DOMAINS, Catalogue, Entry, plain
from cap.metrics.show import LONGEST_LINE, cell, number, sparkline, table
from cap.metrics.words import condition, made_of, ungrained, wrapped, wrong_group
from cap.output import FORMAT, SHOWN

if TYPE_CHECKING:
    from cap.metrics.engine import Answer, Metrics, Question

FOLDER = Path("target")
MOST_ROWS = 100  # of a table on the screen
MOST_SERIES = 12
# a line of days has at least so many points before weeks are too few, and weeks so many before months do
FEWEST_WEEKS, MOST_WEEKS = 6, 60


@click.group()
def metrics() -> None:
    """List, search, explain and query the metrics of the warehouse.

    \u0008
    cap metrics search churn                     what is there on churn?
    cap metrics explain customer_churn_rate      what does it count, by what can it be grouped?
    cap metrics query customer_churn_rate        its value, and how it went
    cap metrics query sessions users --group-by channel__channel_name --order -sessions
    cap metrics query "Bounce Rate" --group-by metric_time__week --from 2026-02-01
    cap metrics query sessions --where "channel__channel_name = 'Email'" --format csv

    A metric is named as in the project (bounce_rate), by its label or by its name in the contract («Bounce
    Rate»); a wrong name is answered with the nearest ones. Names and meanings come from the manifest that
    every dbt command writes into target/ ($DBT_TARGET_PATH), values from the warehouse $CAP_DUCKDB_PATH,
    which is only read.
    """


@metrics.command("list")
@click.option("--domain", type=click.Choice(DOMAINS), help="Only of this domain.")
@click.option("--category", help="Only of categories with this in their name.")
@click.option("--hidden", is_flag=True, help="Also inputs that nobody asks by themselves.")
@click.option(
    "--contract", is_flag=True, help="The contract's 382 names and what answers each, or why nothing can."
)
@FORMAT
def list_command(domain: str | None, category: str | None, hidden: bool, contract: bool, form: str) -> None:
    """List metrics and saved queries by domain and category."""
    catalogue = _catalogue()

    def wanted(one: Any) -> bool:
        return (not domain or one.domain == domain) and plain(category or "") in plain(one.category)

    if contract:
        rows = [
            (
                one.domain,
                one.category,
                one.name,
                ", ".join(e.name for e in catalogue.answers(one)),
                one.reason,
            )
            for one in catalogue.contract_names
            if wanted(one)
        ]
        _print(("domain", "category", "contract_name", "answered_by", "reason"), rows, form)
        return
    _print_entries([one for one in catalogue.entries if wanted(one) and (hidden or not one.is_hidden)], form)


@metrics.command("search")
@click.argument("words", nargs=-1, required=True)
@FORMAT
def search_command(words: tuple[str, ...], form: str) -> None:
    """Find metrics by words in their names, labels, categories or descriptions; the best first."""
    catalogue = _catalogue()
    asked = [word for text in words for word in text.split()]
    found = catalogue.search(asked) or catalogue.near(" ".join(asked))
    if not found:
        raise CapError(f"no metric has {' and '.join(asked)!r}; `cap metrics list` shows all")
    _print_entries(found, form, by_category=False)


@metrics.command("explain")
@click.argument("name")
@click.option("--sql", is_flag=True, help="Print the SQL of its total instead.")
@FORMAT
def explain_command(name: str, sql: bool, form: str) -> None:
    """Say what a metric counts, what it is made of and by what it can be grouped."""
    from cap.metrics.engine import Question

    catalogue = _catalogue()
    entry = catalogue.find(name)
    asked = [entry.name] if entry.is_metric else list(entry.metrics)
    opened = _open()
    try:
        question = Question((entry.name,)) if entry.is_metric else Question(saved_query=entry.name)
        text = opened.sql(question) if sql else None
        groups = opened.groups(asked)
    finally:
        opened.close()
    if text:
        click.echo(text)
    elif form == "table":
        click.echo(_explained(catalogue, entry, groups))
    else:
        _print(*_explanation(catalogue, entry, groups), form)


@metrics.command("query")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--group-by", "-g", multiple=True, help="One row per value: metric_time__week, channel__channel_name …"
)
@click.option("--where", "-w", multiple=True, help="A condition on groups, as SQL; several must all hold.")
@click.option(
    "--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day; with weeks, its whole week."
)
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="Last day, itself included.")
@click.option(
    "--order", "-o", multiple=True, help="By a metric or group; a - before it puts the largest first."
)
@click.option("--limit", "-n", type=click.IntRange(1), help="At most so many rows.")
@FORMAT
def query_command(
    names: tuple[str, ...],
    group_by: tuple[str, ...],
    where: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    order: tuple[str, ...],
    limit: int | None,
    form: str,
) -> None:
    """Values of metrics, or of one saved query, from the warehouse.

    Without --group-by: each metric's value over all time and a line of its course. A metric that says how
    things stand (customers, balances) has the value of the last day of the period and is never summed over
    days. NAMES and groups may also be separated by commas.
    """
    from cap.metrics.engine import Question

    catalogue = _catalogue()
    entries = [catalogue.find(name) for name in _parts(names, catalogue)]
    saved = [one for one in entries if not one.is_metric]
    if saved and len(entries) > 1:
        raise CapError(f"{saved[0].name} is a saved query and must be asked alone")
    groups = [part.strip() for text in group_by for part in text.split(",")]
    if saved and groups:
        raise CapError(
            f"{saved[0].name} is a saved query: it has its own groups ({', '.join(saved[0].group_by)})"
        )
    orders = [_order(part.strip(), catalogue) for text in order for part in text.split(",")]
    question = Question(
        metrics=() if saved else tuple(dict.fromkeys(one.name for one in entries)),
        group_by=tuple(groups),
        where=tuple(condition(one) for one in where),
        start=_day(start),
        end=_day(end),
        limit=limit,
        order_by=tuple(orders or groups),
        saved_query=saved[0].name if saved else None,
    )
    opened = _open()
    try:
        answer = _asked(opened, question, entries)
        if form != "table":
            _print(answer.columns, answer.rows, form)
        elif groups or saved:
            click.echo(_rows(answer, question))
        else:
            click.echo(_totals(answer, question, opened))
    finally:
        opened.close()


def _asked(opened: "Metrics", question: "Question", entries: list[Entry]) -> "Answer":
    try:
        return opened.ask(question)
    except CapError:
        if question.saved_query is None:
            wrong = wrong_group(list(question.group_by), opened.groups([one.name for one in entries]))
            if wrong:
                raise CapError(wrong) from None
        raise


def _rows(answer: "Answer", question: "Question") -> str:
    """The rows, and a line per metric and series if they go along metric_time."""
    text = table(answer.columns, answer.rows, MOST_ROWS)
    times = [place for place, name in enumerate(answer.columns) if ungrained(name) == "metric_time"]
    if len(times) != 1 or not answer.rows or question.limit:
        return text
    time = times[0]
    values = [place for place, name in enumerate(answer.columns) if name in question.metrics]
    others = [place for place in range(len(answer.columns)) if place not in (time, *values)]
    periods = sorted({row[time] for row in answer.rows if row[time] is not None})
    series: dict[tuple, dict[Any, tuple]] = {}
    for row in answer.rows:
        series.setdefault(tuple(row[place] for place in others), {})[row[time]] = row
    if len(series) > MOST_SERIES or len(periods) < 2:
        return text
    lines = []
    for key, found in series.items():
        for place in values:
            course = [number(found[one][place]) if one in found else None for one in periods]
            label = " ".join([answer.columns[place], *map(cell, key)])
            lines.append((label, *_course(course)))
    span = periods[-LONGEST_LINE:]
    return f"{text}\n\n{cell(span[0])} to {cell(span[-1])}\n" + _lines(lines)


def _totals(answer: "Answer", question: "Question", opened: "Metrics") -> str:
    """One line per metric: its value, its course, the lowest and highest of it."""
    totals = dict(zip(answer.columns, answer.rows[0], strict=True)) if answer.rows else {}
    course, grain = _over_time(question, opened)
    lines = []
    for name in question.metrics:
        points = [number(row[course.columns.index(name)]) for row in course.rows]
        lines.append((name, cell(totals.get(name)), *_course(points)))
    columns = ("metric", "value", "course", "lowest", "highest")
    text = table(columns, lines)
    if len(course.rows) < 2:
        return text
    span = course.rows[-LONGEST_LINE:]
    return f"{text}\n\ncourse: one mark per {grain}, {cell(span[0][0])} to {cell(span[-1][0])}"


def _over_time(question: "Question", opened: "Metrics") -> tuple["Answer", str]:
    from dataclasses import replace

    def by(grain: str) -> "Answer":
        group = f"metric_time__{grain}"
        return opened.ask(replace(question, group_by=(group,), order_by=(group,), limit=None))

    weeks = by("week")
    if len(weeks.rows) < FEWEST_WEEKS:
        return by("day"), "day"
    return (by("month"), "month") if len(weeks.rows) > MOST_WEEKS else (weeks, "week")


def _course(points: Sequence[float | None]) -> tuple[str, str, str]:
    known = [point for point in points if point is not None]
    if len(known) < 2:
        return "", "", ""
    return sparkline(points[-LONGEST_LINE:]), cell(min(known)), cell(max(known))


def _lines(lines: list[tuple[str, str, str, str]]) -> str:
    width = max(len(line[0]) for line in lines)
    return "\n".join(
        f"{label:{width}}  {course}  {f'{low} … {high}' if course else ''}".rstrip()
        for label, course, low, high in lines
    )


def _parts(names: tuple[str, ...], catalogue: Catalogue) -> list[str]:
    """Names as typed; one with a comma that is no metric's name is several."""
    known = {entry.contract_name for entry in catalogue.entries} | {
        entry.label for entry in catalogue.entries
    }
    parts: list[str] = []
    for name in names:
        parts += [name] if name in known else [part.strip() for part in name.split(",") if part.strip()]
    return parts


def _order(text: str, catalogue: Catalogue) -> str:
    name = text.removeprefix("-")
    if "__" not in name:
        name = next(
            (one.name for one in catalogue.entries if name in (one.name, one.contract_name, one.label)), name
        )
    return f"-{name}" if text.startswith("-") else name


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _print_entries(entries: list[Entry], form: str, by_category: bool = True) -> None:
    if form != "table":
        columns = ("name", "kind", "label", "domain", "category", "contract_name", "description")
        _print(columns, [tuple(getattr(one, column) for column in columns) for one in entries], form)
        return
    width = max((len(one.name) for one in entries), default=0)
    place = None
    for one in entries:
        if by_category and (one.domain, one.category) != place:
            click.echo(f"{'' if place is None else chr(10)}{one.domain}: {one.category}")
            place = (one.domain, one.category)
        kind = "  [saved query]" if not one.is_metric else ""
        told = one.label if not one.contract_name else f"{one.label} (contract: {one.contract_name})"
        told = one.label if one.label.lower() == one.contract_name.lower() else told
        click.echo(f"  {one.name:{width}}  {told}{kind}")
    click.echo(f"\n{len(entries):,} found; `cap metrics explain NAME` says what one counts")


def _explained(catalogue: Catalogue, entry: Entry, groups: dict[str, str]) -> str:
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    contract = f"; in the contract «{entry.contract_name}»" if entry.contract_name else ""
    lines = [
        f"{entry.name}: {entry.label}",
        f"{entry.kind} of {entry.domain}, {entry.category}{contract}",
        "",
        wrapped(entry.description, width),
        "",
        "How it comes about:",
    ]
    if entry.is_metric:
        lines += [
            wrapped(f"{name} = {told}", width, "  " + "  " * depth)
            for depth, name, told in made_of(catalogue, entry)
        ]
    else:
        lines.append(
            wrapped(f"{', '.join(entry.metrics)} by {', '.join(entry.group_by) or 'nothing'}", width, "  ")
        )
    lines += ["", "It can be grouped by:", wrapped(", ".join(groups), width, "  ")]
    used = catalogue.used_by(entry)
    if used:
        lines += ["", "It is used by:", wrapped(", ".join(one.name for one in used), width, "  ")]
    group = " --group-by metric_time__week" if entry.is_metric else ""
    return "\n".join([*lines, "", f"Try: cap metrics query {entry.name}{group}"])


def _explanation(catalogue: Catalogue, entry: Entry, groups: dict[str, str]) -> tuple[tuple, list[tuple]]:
    told = {
        "name": entry.name,
        "kind": entry.kind,
        "label": entry.label,
        "description": entry.description,
        "domain": entry.domain,
        "category": entry.category,
        "contract_name": entry.contract_name,
        "made_of": "; ".join(f"{name} = {text}" for _, name, text in made_of(catalogue, entry))
        if entry.is_metric
        else ", ".join(entry.metrics),
        "groups": ", ".join(groups),
        "used_by": ", ".join(one.name for one in catalogue.used_by(entry)),
    }
    return tuple(told), [tuple(told.values())]


def _print(columns: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> None:
    click.echo(SHOWN[form](columns, rows))


def _target() -> Path:
    return Path(os.environ.get("DBT_TARGET_PATH") or FOLDER)


def _catalogue() -> Catalogue:
    require_project_folder()
    return Catalogue(_target() / "manifest.json")


def _open() -> "Metrics":
    from cap.metrics.engine import Metrics

    return Metrics(database_path(), _target() / "semantic_manifest.json")
