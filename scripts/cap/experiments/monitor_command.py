"""The command `cap experiments monitor`."""

from dataclasses import fields
from pathlib import Path

import click
from tqdm import tqdm

from cap.errors import CapError
from cap.experiments.courses import Course, Day, Point, State
from cap.experiments.warehouse import experiments as all_experiments
from cap.experiments.warehouse import find
from cap.output import FORMAT, render
from cap.warehouse import opened

PICTURES = (".svg", ".png")


@click.command("monitor")
@click.argument("experiment", required=False)
@click.option("--all", "is_all", is_flag=True, help="All, not only those that run.")
@click.option(
    "--rows",
    type=click.Choice(["states", "days", "points"]),
    help="What csv and json have: a row per treatment, per day, or per stretch of time of the novelty "
    "lines.  [default: days of one experiment, states of several]",
)
@click.option(
    "--planned-units",
    type=click.IntRange(2),
    help="Units of both arms at which the always-valid interval is narrowest; say so before the test, not "
    "after.  [default: the var experiment_planned_units]",
)
@click.option("--plot", type=click.Path(path_type=Path, dir_okay=False), help="A picture: .svg or .png.")
@FORMAT
def monitor_command(
    experiment: str | None,
    is_all: bool,
    rows: str | None,
    planned_units: int | None,
    plot: Path | None,
    form: str,
) -> None:
    """Follow experiments day by day: lift, intervals, split and novelty, on the conversion rate.

    \u0008
    cap experiments monitor                        all that run, a line each
    cap experiments monitor EXP-002                one, its last days and its lines
    cap experiments monitor EXP-002 --plot lift.svg
    cap experiments monitor EXP-002 --format csv   all its days
    cap experiments monitor --all --format json

    p is for a test that is looked at once, when its units are there; the always-valid p and interval hold
    however often one looks. split p says whether the day's new units came to the arms as configured, and to
    date whether all did: below .001 the experiment is broken and its first significant day withheld. Two
    lines look for novelty: the lift by days since a unit's first exposure, and by the week of it.
    """
    if experiment and is_all:
        raise CapError("name one experiment or say --all, not both")
    if rows and form == "table":
        raise CapError(f"--rows {rows} is for files: add --format csv or json")
    if plot and (plot.suffix not in PICTURES or not plot.absolute().parent.is_dir()):
        raise CapError(f"--plot is a .svg or .png in a folder that exists, not {plot}")
    courses = _courses(experiment, is_all, planned_units)
    if plot:
        _save(courses, plot)
    if form != "table":
        click.echo(_rendered(courses, rows or ("days" if experiment else "states"), form))
    elif not courses:
        where = "is in the warehouse." if is_all else "runs; --all shows those that ended."
        click.echo(f"No experiment with a treatment and a control {where}")
    else:
        from cap.experiments.monitor_show import overview, whole

        click.echo(whole(courses) if experiment else overview(courses))
    if plot:
        click.echo(f"picture: {plot}", err=True)


def _courses(experiment: str | None, is_all: bool, planned_units: int | None) -> list[Course]:
    with opened() as connection:
        if experiment:
            chosen = [find(connection, experiment)]
        else:
            chosen = [one for one in all_experiments(connection) if is_all or one.status == "running"]
        from cap.experiments.monitor import monitor
        from cap.experiments.settings import settings

        with tqdm(total=len(chosen), desc="experiments", disable=None, leave=False) as bar:
            courses = monitor(connection, chosen, planned_units or settings().planned_units, bar.update)
    if experiment and not courses:
        one = chosen[0]
        lacking = "no day with units" if one.control and one.arms > 1 else "no control and treatment"
        raise CapError(f"{one.experiment_id} has {lacking} to compare: cap experiments list shows its arms")
    return courses


def _rendered(courses: list[Course], rows: str, form: str) -> str:
    kind = {"states": State, "days": Day, "points": Point}[rows]
    found = [one.state for one in courses]
    if rows != "states":
        found = [row for one in courses for row in getattr(one, rows)]
    return render(found, form, [field.name for field in fields(kind)])


def _save(courses: list[Course], plot: Path) -> None:
    from cap.experiments.monitor_show import save

    if not any(day.is_readable for one in courses for day in one.days):
        raise CapError("no day has units enough for a picture: leave --plot out")
    save(courses, plot)
