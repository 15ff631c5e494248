"""The command `cap experiments power`."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from cap.errors import CapError
from cap.experiments.warehouse import find
from cap.metrics.show import GAP, cell, percent
from cap.output import FORMAT, render
from cap.warehouse import opened

if TYPE_CHECKING:
    from cap.experiments.power import Plan


@click.command("power")
@click.argument("experiment", required=False)
@click.option("--baseline", type=float, help="The control's rate (0 to 1), or its mean with --deviation.")
@click.option("--deviation", type=float, help="Standard deviation of units: the metric is a mean, no rate.")
@click.option("--metric", help="Of an experiment: a rate, mean or ratio of it.  [default: its first goal]")
@click.option("--lift", "lifts", type=float, multiple=True, help="Relative: 0.1 is ten per cent. May repeat.")
@click.option("--days", type=click.IntRange(1), multiple=True, help="What can be found in so many days?")
@click.option("--units", type=click.IntRange(4), multiple=True, help="And with so many units in all arms?")
@click.option("--arms", type=click.IntRange(2), help="The control and all treatments.  [default: 2]")
@click.option("--split", help="Weights of the arms, the control first: 50,25,25.  [default: even]")
@click.option("--daily-units", type=float, help="Units that come a day, to all arms together.")
@click.option("--power", "wanted", type=float, default=0.8, show_default=True, help="Chance to find it.")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="Of the two-sided test.")
@FORMAT
def power_command(
    experiment: str | None,
    baseline: float | None,
    deviation: float | None,
    metric: str | None,
    lifts: tuple[float, ...],
    days: tuple[int, ...],
    units: tuple[int, ...],
    arms: int | None,
    split: str | None,
    daily_units: float | None,
    wanted: float,
    confidence: float,
    form: str,
) -> None:
    """Say how many units a test needs, what it can find and how many days that takes.

    \u0008
    cap experiments power --baseline 0.04 --lift 0.1
    cap experiments power --baseline 0.04 --daily-units 800 --days 14 --days 28
    cap experiments power --baseline 31.5 --deviation 80 --arms 3
    cap experiments power EXP-004                       its control, split and traffic
    cap experiments power EXP-004 --metric sessions --lift 0.05 --format json

    EXPERIMENT is an id or a name: baseline, split and daily units (of its last 28 days) are then its own,
    unless you give them. Each row is a lift with the units and days it needs, or a number of days or units
    with the smallest lift that they find; without --lift, --days and --units a curve of both. Several
    treatments are each compared with the control, at Bonferroni's level. Days suppose that units keep coming
    as they do; mostly they come fewer, since those who come often come first.
    """
    _check(baseline, deviation, metric, daily_units, wanted, confidence, experiment)
    weights = _weights(split, arms)
    from cap.experiments.power import Plan, curve

    if experiment:
        with opened() as connection:
            plan = _own(connection, experiment, metric)
        if deviation is not None and plan.deviation is None:
            raise CapError(f"--deviation belongs to a mean, and {plan.metric} is a rate: leave it out")
    else:
        plan = Plan(baseline)
    given = {"baseline": baseline, "deviation": deviation, "daily_units": daily_units}
    given = {name: value for name, value in given.items() if value is not None}
    if weights:
        whole = sum(weights)
        given |= {
            "treatments": len(weights) - 1,
            "control_share": weights[0] / whole,
            "treatment_share": min(weights[1:]) / whole,
        }
    plan = replace(plan, **given, confidence=confidence, power=wanted)
    if plan.deviation is None and not 0 < plan.baseline < 1:
        raise CapError(f"a rate is between 0 and 1, not {plan.baseline:g}: give a mean's --deviation too")
    steps = curve(plan, lifts, days, units)
    if form == "table":
        click.echo(_told(plan))
    click.echo(render(steps, form))


def _own(connection: object, experiment: str, metric: str | None) -> "Plan":
    from cap.experiments.power import plan_of

    return plan_of(connection, find(connection, experiment), metric)


def _told(plan: "Plan") -> str:
    what = "rate" if plan.deviation is None else f"mean (deviation {cell(plan.deviation)})"
    what = f"{plan.metric}: {what}" if plan.metric else f"Baseline {what}"
    traffic = f", {cell(plan.daily_units)} units a day" if plan.daily_units is not None else ""
    return (
        f"{what} {cell(plan.baseline)}, {plan.treatments + 1} arms, "
        f"{percent(plan.control_share, 0)} in the control{traffic}; "
        f"power {100 * plan.power:g}{GAP}%, confidence {100 * plan.confidence:g}{GAP}%\n"
    )


def _check(
    baseline: float | None,
    deviation: float | None,
    metric: str | None,
    daily_units: float | None,
    wanted: float,
    confidence: float,
    experiment: str | None,
) -> None:
    if not experiment and baseline is None:
        raise CapError("give an experiment, or --baseline: what the control does without a change")
    if not experiment and metric:
        raise CapError("--metric is one of an experiment: name it, or leave --metric out")
    for name, value in (("--power", wanted), ("--confidence", confidence)):
        if not 0 < value < 1:
            raise CapError(f"{name} is between 0 and 1, as 0.9 for ninety per cent, not {value:g}")
    if deviation is not None and not 0 < deviation < math.inf:
        raise CapError(f"--deviation is above 0, not {deviation:g}")
    if baseline == 0:
        raise CapError("a lift is relative and needs a --baseline other than 0")
    if daily_units is not None and not 0 < daily_units < math.inf:
        raise CapError(f"--daily-units are above 0, not {daily_units:g}")


def _weights(split: str | None, arms: int | None) -> list[float] | None:
    if split is None:
        return [1.0] * arms if arms else None
    try:
        weights = [float(part) for part in split.replace("/", ",").split(",")]
    except ValueError:
        weights = []
    if len(weights) < 2 or not all(0 < weight < math.inf for weight in weights):
        raise CapError(f"--split is a weight per arm, the control first, as 50,25,25; not {split!r}")
    if arms not in (None, len(weights)):
        raise CapError(f"--split has {len(weights)} arms, --arms says {arms}: leave --arms out")
    return weights
