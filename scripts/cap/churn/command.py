"""The command `cap churn fit`."""

from datetime import date, datetime
from pathlib import Path

import click

from cap.churn.fit import HORIZON_DAYS, Fitted, fit, write_seed
from cap.warehouse import opened

SEED = Path("seeds/churn_coefficients.csv")


@click.group()
def churn() -> None:
    """Who leaves: fit the score to your own customers."""


@churn.command("fit")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the outcomes to learn from; by default the last two cut-offs are left for judging.",
)
@click.option(
    "--out",
    default=str(SEED),
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The seed that the coefficients are written to.",
)
def fit_command(until: datetime | None, out: Path) -> None:
    """Fit the logistic score for leaving within 90 days to the built warehouse $CAP_DUCKDB_PATH.

    Learns from customers as of month ends whose 90 days are over by --until, and says how well the score
    ranks the customers of later days. Changes nothing in the warehouse: after it, dbt build.
    """
    with opened() as connection:
        fitted = fit(connection, SEED, until.date() if until else None)
    write_seed(fitted, out)
    click.echo(told(fitted))
    click.echo(f"Written: {out}\nNext: dbt build -s churn_coefficients+ (or cap build)")


def told(fitted: Fitted) -> str:
    """The score as people read it."""
    lines = [
        f"{fitted.rows:,} customers and days whose {HORIZON_DAYS} days were over by {fitted.until}, "
        f"{fitted.lost:,} of them lost",
        "",
    ]
    lines += [
        f"  {term.term:18}{term.coefficient:>+10.4f}  around {term.center:.4f}".rstrip()
        for term in fitted.terms
    ]
    lines += ["", f"{'later cut-off':14}{'customers':>10}{'lost':>7}{'AUC':>8}"]
    lines += [f"{_day(day):14}{rows:>10,}{lost:>7,}{area:>8.3f}" for day, rows, lost, area in fitted.later]
    if not fitted.later:
        lines.append("none: fit with an earlier --until to see how it does")
    return "\n".join(lines)


def _day(day: date) -> str:
    return day.isoformat()
