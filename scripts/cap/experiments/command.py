"""The group `cap experiments` and its command `list`; what takes longer stands in modules of its own."""

from collections.abc import Sequence
from dataclasses import astuple, fields

import click

from cap.experiments.warehouse import Experiment, opened
from cap.experiments.warehouse import experiments as all_experiments
from cap.metrics.show import as_csv, as_json, table

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="json and csv have every column, unrounded.",
)


@click.group()
def experiments() -> None:
    """Which experiments there are, what they say, and whether it may be believed.

    \u0008
    cap experiments list                    all of them, how large, how they stand
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
        what = f"No experiment is {status}." if status else "No experiment is in the warehouse: no exposures."
        click.echo(what)
        return
    click.echo(_listed(found, form))


def _listed(found: Sequence[Experiment], form: str) -> str:
    columns = [one.name for one in fields(Experiment)]
    shown = {"table": table, "json": as_json, "csv": as_csv}[form]
    return shown(columns, [astuple(one) for one in found])
