"""The command `cap generate`."""

import datetime as dt
import sys
from pathlib import Path

import click

from cap.generate.run import generate as write_world
from cap.generate.world import World


@click.command()
@click.option("--customers", default=1000, show_default=True, help="How many customers the bank has.")
@click.option("--days", default=90, show_default=True, help="How many days to simulate.")
@click.option(
    "--start",
    default="2026-01-01",
    show_default=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day.",
)
@click.option("--seed", default=42, show_default=True, help="Another seed, another world.")
@click.option(
    "--out",
    default="data/bronze",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Where the tables go; the truth goes to its sibling `truth`.",
)
@click.option(
    "--mess", default=0.2, show_default=True, help="How broken the data is, 0 (clean) to 1 (filthy)."
)
@click.option(
    "--day", default=None, type=click.DateTime(["%Y-%m-%d"]), help="Only what is ingested on this day."
)
@click.option("--overwrite", is_flag=True, help="Replace another world in the same place.")
def generate(
    customers: int,
    days: int,
    start: dt.datetime,
    seed: int,
    out: Path,
    mess: float,
    day: dt.datetime | None,
    overwrite: bool,
) -> None:
    """Simulate a world and write its 27 bronze tables and its truth.

    The same arguments give the same files, to the byte. The days of a world, generated one by one, are
    together the same rows as the whole.
    """
    world = World(customers, days, start.date(), seed, mess)
    report = write_world(world, out, day.date() if day else None, overwrite, progress=sys.stderr.isatty())
    total = sum(report.rows.values())
    what = f"day {day.date()}" if day else f"{world.start} to {world.last_day}"
    click.echo(
        f"{total:,} rows in {len(report.rows)} tables, {what}: {report.seconds:.1f} s, "
        f"{total / max(report.seconds, 1e-9):,.0f} rows/s"
    )
    click.echo(f"bronze: {out}")
    click.echo(f"truth:  {report.truth} (what really happened; planted defects in defects.csv)")
    click.echo(
        "next:   " + ("cap build" if str(out) == "data/bronze" else f"CAP_BRONZE_PATH={out} cap build")
    )
