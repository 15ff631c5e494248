"""docs/benchmarks.md: the part between the markers is written here, the words around it by hand."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cap.bench import figures
from cap.bench.measure import ProjectMeasured, SizeMeasured
from cap.errors import CapError

MODELS_SHOWN = 10

Cell = Callable[[SizeMeasured], str]


def write(path: Path, text: str, command: str = "cap bench") -> None:
    """Put `text` between the markers of `command` in the page, which is made where there is none.

    Raises CapError where the page has no markers.
    """
    first = f"<!-- {command}: begin (what is between is written by the command) -->"
    last = f"<!-- {command}: end -->"
    page = path.read_text() if path.exists() else f"# Benchmarks\n\n{first}\n{last}\n"
    before, begin, rest = page.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end:
        raise CapError(
            f"{path} has not the lines «{first}» and «{last}»: put them in, or give another --out."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{begin}\n\n{text}\n{end}{after}")


def render(measured: Sequence[SizeMeasured], project: ProjectMeasured, machine: str, picture: str) -> str:
    """Everything between the markers, as Markdown."""
    last = measured[-1]
    parts = [
        f"Measured on {machine}.",
        _summary(measured, project),
        "Whatever the size:",
        _project_table(project),
        f"![Seconds by model, of a full build and of one more day, {last.size.name}]({picture})",
        "### A full build, by model",
        "Seconds of the models that took longest at the largest size. dbt runs two at a time, so that the "
        "seconds of all models are more than the build's. «Rows» are those of the table; a view has none.",
        _full_table(measured),
        "### One more day, by model",
        f"The run of {last.day_runs[-1].day}: seconds beyond those of the same model with nothing to do.",
        _day_table(measured, project),
    ]
    return "\n\n".join(parts) + "\n"


def verdicts(measured: Sequence[SizeMeasured], project: ProjectMeasured) -> list[str]:
    """The aims and whether the largest size meets them, a line each."""
    last = measured[-1]
    share = figures.day_share(last, project)
    return [
        f"{name}: {value} (aim {aim}): {_verdict(is_met)}"
        for name, value, aim, is_met in (
            (
                "one more day, share of a full build",
                _percent(share),
                f"≤ {figures.MOST_DAY_SHARE:.0%}",
                None if share is None else share <= figures.MOST_DAY_SHARE,
            ),
            (
                "full build ÷ floor",
                f"{figures.full_to_floor(last):.1f}",
                f"≤ {figures.MOST_FULL_TO_FLOOR:.0f}",
                figures.full_to_floor(last) <= figures.MOST_FULL_TO_FLOOR,
            ),
            (
                "peak memory",
                _gibibytes(figures.peak_memory(last)),
                f"< {_gibibytes(figures.MEMORY_BELOW)}",
                figures.peak_memory(last) < figures.MEMORY_BELOW,
            ),
        )
    ]


def _verdict(is_met: bool | None) -> str:
    return "too small to tell" if is_met is None else "met" if is_met else "missed"


def _summary(measured: Sequence[SizeMeasured], project: ProjectMeasured) -> str:
    aims = [line.partition(" (aim ")[2].replace("):", ":") for line in verdicts(measured, project)]
    rows: list[tuple[str, Cell, str]] = [
        (
            "**one more day, share of a full build** (both beyond start-up)",
            lambda one: f"**{_percent(figures.day_share(one, project))}**",
            aims[0],
        ),
        (
            "… the same in processor seconds",
            lambda one: _percent(figures.day_share_of_cpu(one, project)),
            "",
        ),
        ("**full build ÷ floor**", lambda one: f"**{figures.full_to_floor(one):.1f}**", aims[1]),
        (
            "**peak memory of dbt**, full build or day",
            lambda one: f"**{_gibibytes(figures.peak_memory(one))}**",
            aims[2],
        ),
        ("customers × days of history", lambda one: f"{one.size.customers:,} × {one.size.days:,}", ""),
        ("bronze rows", lambda one: f"{one.bronze_rows:,}", ""),
        (
            "bronze files, Parquet",
            lambda one: f"{one.bronze_files:,}, {_megabytes(one.bronze_bytes)}",
            "",
        ),
        ("full build", lambda one: _seconds(one.full.seconds), ""),
        ("… processor seconds", lambda one: _seconds(one.full.cpu_seconds), ""),
        ("… bronze rows per second", lambda one: f"{one.bronze_rows / one.full.seconds:,.0f}", ""),
        ("floor", lambda one: _seconds(one.floor_seconds), ""),
        ("… reading bronze", lambda one: _seconds(one.floor_read_seconds), ""),
        (
            "… writing gold",
            lambda one: f"{_seconds(one.floor_write_seconds)}, {_megabytes(one.gold_bytes)}",
            "",
        ),
        ("one more day", lambda one: _seconds(one.day_runs[-1].run.seconds), ""),
        ("… processor seconds", lambda one: _seconds(one.day_runs[-1].run.cpu_seconds), ""),
        ("… its bronze rows", lambda one: f"{one.day_runs[-1].rows:,}", ""),
        ("… the day before it", lambda one: _seconds(one.day_runs[0].run.seconds), ""),
        ("… peak memory", lambda one: _gibibytes(one.day_runs[-1].run.peak_bytes), ""),
        (
            "`cap load`: history, one more day",
            lambda one: f"{_seconds(one.load_seconds)}, {_seconds(one.day_runs[-1].load_seconds)}",
            "",
        ),
        (
            "metric queries per second",
            lambda one: f"{one.metrics['queries'] / one.metrics['seconds']:.1f}",
            "",
        ),
        ("`cap generate`, rows per second", lambda one: f"{one.generated_rows_per_second:,.0f}", ""),
    ]
    names = [one.size.name for one in measured]
    return _table(
        ["", *names, f"aim, {names[-1]}"],
        [[label, *(cell(one) for one in measured), aim] for label, cell, aim in rows],
    )


def _project_table(project: ProjectMeasured) -> str:
    runs = ", ".join(f"{seconds:.1f}" for seconds in project.startup_seconds)
    return _table(
        ["", "seconds"],
        [
            [
                f"start-up: incremental `dbt run` of {len(project.startup.models)} models, no rows at all",
                f"{project.startup.seconds:.1f} (runs: {runs}; processor {project.startup.cpu_seconds:.1f})",
            ],
            ["`dbt parse`, everything", f"{project.parse_cold_seconds:.1f}"],
            ["`dbt parse`, nothing changed", f"{project.parse_warm_seconds:.1f}"],
        ],
    )


def _full_table(measured: Sequence[SizeMeasured]) -> str:
    last = measured[-1]
    costs = figures.full_costs(last)
    total = sum(cost.seconds for cost in costs)
    lines = []
    for cost in costs[:MODELS_SHOWN]:
        rows = last.table_rows.get(cost.name)
        lines.append(
            [
                f"`{cost.name}`",
                *(_short(one.full.models.get(cost.name)) for one in measured),
                f"{cost.seconds / total:.0%}",
                f"{rows:,}" if rows is not None else "view",
                f"{rows / cost.seconds:,.0f}" if rows is not None and cost.seconds else "",
            ]
        )
    others = {cost.name for cost in costs[MODELS_SHOWN:]}
    sums = [sum(seconds for name, seconds in one.full.models.items() if name in others) for one in measured]
    if others:
        label = f"the {len(others)} others"
        lines.append([label, *map(_short, sums), f"{sums[-1] / total:.0%}", "", ""])
    return _table(["model", *(f"{one.size.name}, s" for one in measured), "share", "rows", "rows/s"], lines)


def _day_table(measured: Sequence[SizeMeasured], project: ProjectMeasured) -> str:
    costs = figures.day_costs(measured[-1], project)
    by_size = [{cost.name: cost for cost in figures.day_costs(one, project)} for one in measured]
    lines = [
        [
            f"`{cost.name}`",
            *(_short(size[cost.name].beyond_startup if cost.name in size else None) for size in by_size),
            _short(cost.at_startup),
        ]
        for cost in costs[:MODELS_SHOWN]
    ]
    others = {cost.name for cost in costs[MODELS_SHOWN:]}
    if others:
        sums = [sum(size[name].beyond_startup for name in others & set(size)) for size in by_size]
        idle = sum(cost.at_startup for cost in costs[MODELS_SHOWN:])
        lines.append([f"the {len(others)} others", *map(_short, sums), _short(idle)])
    return _table(["model", *(f"{one.size.name}, s" for one in measured), "with nothing to do, s"], lines)


def _table(header: list[str], lines: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, rule, *lines])


def _seconds(value: float) -> str:
    return f"{value:,.0f} s" if value >= 100 else f"{value:.1f} s"


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}".replace("-", "−")


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}".replace("-", "−")


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def _gibibytes(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count % 2**30 else f"{count // 2**30} GiB"
