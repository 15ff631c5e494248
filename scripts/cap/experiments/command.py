"""The group `cap experiments` and its commands `list` and `analyze`."""

from typing import TYPE_CHECKING

import click

from cap.errors import CapError
from cap.experiments.monitor_command import monitor_command
from cap.experiments.power_command import power_command
from cap.experiments.sums import SEGMENTS
from cap.experiments.warehouse import experiments as all_experiments
from cap.experiments.warehouse import find
from cap.load.settings import database_path
from cap.output import FORMAT, render
from cap.warehouse import opened

if TYPE_CHECKING:
    from cap.experiments.analyze import Analysis


@click.group()
def experiments() -> None:
    """Which experiments there are, what they say, and whether it may be believed.

    \u0008
    cap experiments list                    all of them, how large, how they stand
    cap experiments analyze EXP-001         one of them: metrics, intervals, verdict
    cap experiments analyze --all --save    all of them, into gold.fact_experiment_results
    cap experiments monitor                 those that run, day by day
    cap experiments power --baseline 0.04   how many units and days a test needs

    docs/analysis.md explains each method and when it misleads.
    """


@experiments.command("list")
@click.option("--status", type=click.Choice(["running", "ended"]), help="Only those.")
@FORMAT
def list_command(status: str | None, form: str) -> None:
    """List the experiments of the warehouse: since when, how many units, what the last day says.

    \u0008
    cap experiments list --status running
    cap experiments list --format csv

    units are those the experiment is judged by: seen in one variant only, no bot. verdict is that of
    silver_ab_test_summary on the conversion rate; what `analyze` says weighs more than that.
    """
    with opened() as connection:
        found = [one for one in all_experiments(connection) if status in (None, one.status)]
    if not found and form == "table":
        click.echo(f"No experiment is {status}." if status else NONE)
        return
    click.echo(render(found, form))


NONE = "No experiment is in the warehouse: the table ab_test_exposures holds no exposure that counts."


@experiments.command("analyze")
@click.argument("experiment", required=False)
@click.option(
    "--all", "every", is_flag=True, help="All experiments, one line each; csv and json have all rows."
)
@click.option("--metric", "-m", "metrics", multiple=True, help="Show only this metric; several may be given.")
@click.option(
    "--segment",
    "-s",
    "segments",
    multiple=True,
    type=click.Choice([*SEGMENTS, "all"]),
    help="Also each value of this dimension, corrected for their number.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Level of intervals and findings; by default the var experiment_confidence_level.",
)
@click.option("--save", is_flag=True, help="Land the results, with all segments, and refresh gold by dbt.")
@click.option(
    "--rows",
    type=click.Choice(["results", "verdicts", "arms", "days"]),
    help="What csv and json have: a row per metric, treatment and segment, per experiment, per arm, or "
    "per arm and day.  [default: results]",
)
@FORMAT
def analyze_command(
    experiment: str | None,
    every: bool,
    metrics: tuple[str, ...],
    segments: tuple[str, ...],
    confidence: float | None,
    save: bool,
    rows: str | None,
    form: str,
) -> None:
    """Compare the arms of EXPERIMENT (its id or name) with its control in every metric, and judge it.

    \u0008
    cap experiments analyze EXP-001
    cap experiments analyze "Hero image" --metric conversion --metric sessions
    cap experiments analyze EXP-003 --segment device_type --confidence 0.99
    cap experiments analyze EXP-001 --format json > result.json
    cap experiments analyze EXP-001 --format csv --rows days     units that came to each arm on each day
    cap experiments analyze --all
    cap experiments analyze --all --save

    Per metric and treatment: values, the relative lift with its interval, the p-value for looking once,
    corrected for how many there are, the one for looking every day, and CUPED, which takes out what units did
    before.
    Metrics and their roles stand in seeds/experiment_metrics.csv. A verdict says ship, stop, keep running or
    broken, and why. With --save the rows land in bronze.analysis_experiment_results and
    gold.fact_experiment_results is made of them.
    """
    if bool(experiment) == every:
        raise CapError("name one experiment, or say --all; `cap experiments list` shows them")
    if save and metrics:
        raise CapError("--save lands the whole analysis: leave out --metric, which only says what to show")
    if rows and form == "table":
        raise CapError(f"--rows {rows} is for files: add --format csv or json")
    asked = tuple(SEGMENTS) if save or "all" in segments else tuple(dict.fromkeys(segments))
    found = _analyses(experiment, asked, confidence, metrics)
    if save:
        _save(found)
    shown = [row for one in found for row in one.results if not metrics or row.metric in metrics]
    if form != "table":
        from cap.experiments.show import listed

        click.echo(render(shown if rows in (None, "results") else listed(found, rows), form))
    elif every:
        from cap.experiments.show import judged

        click.echo("\n".join(map(judged, found)) or NONE)
    else:
        from cap.experiments.show import told

        only = [row for row in shown if row.segment == "all" or row.segment in segments or "all" in segments]
        click.echo(told(found[0], only))


def _analyses(
    experiment: str | None, segments: tuple[str, ...], confidence: float | None, metrics: tuple[str, ...]
) -> list["Analysis"]:
    """The analysis of one experiment, or of all."""
    with opened() as connection:
        # scipy and tea-tasting take a second: not before the warehouse is there
        from cap.experiments.analyze import analyze
        from cap.experiments.metrics import chosen, metrics_of
        from cap.experiments.save import analyze_all
        from cap.experiments.settings import settings

        if experiment:
            known = find(connection, experiment)
            chosen(metrics_of(connection, known.experiment_id), metrics)
            return [analyze(connection, known.experiment_id, settings(), confidence, segments)]
        known_metrics = [
            metric
            for one in all_experiments(connection)
            for metric in metrics_of(connection, one.experiment_id)
        ]
        chosen(known_metrics, metrics)
    return analyze_all(confidence=confidence, segments=segments)


def _save(found: list["Analysis"]) -> None:
    from cap.experiments.save import MODELS, land_analyses
    from cap.landing import refresh

    count = land_analyses(found, database_path())
    if count:
        click.echo(f"{count:,} rows landed; dbt makes gold.fact_experiment_results of them …", err=True)
        refresh(MODELS)


experiments.add_command(monitor_command)
experiments.add_command(power_command)


@experiments.command("bench")
@click.option("--exposures", default=10_000_000, show_default=True, type=click.IntRange(1000))
def bench_command(exposures: int) -> None:
    """Time `analyze` on one experiment of so many made-up exposures; ten million take 300 MB of /tmp.

    In a process of its own, from its start to its end, as whoever types the command waits for it.

    \u0008
    cap experiments bench --exposures 1000000
    """
    from cap.experiments.bench import measure

    click.echo(f"making {exposures:,} exposures …", err=True)
    found = measure(exposures, click.echo)
    click.echo(
        f"{found.seconds:.1f} s ({found.cpu_seconds:.1f} s of processor time) and "
        f"{found.memory / 1e6:,.0f} MB for {found.metrics} metrics"
    )
    click.echo(f"{found.verdict.replace('_', ' ')}: {found.reason}")
