"""The metrics in which the arms of an experiment are compared: the seed, and what the testing tool tells."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from cap.errors import CapError, nearest
from cap.experiments.warehouse import rows

SEED = "seeds/experiment_metrics.csv"
OUTCOMES = "silver.silver_ab_test_outcomes"
TOLD = "result:"  # before a metric_name of ab_test_results
# columns that are no outcome of a unit
NO_OUTCOME = ("_key", "_id", "assigned_date", "counts_in_test", "is_followed")


@dataclass(frozen=True)
class Metric:
    """One row of the seed experiment_metrics; see seeds/experiment_metrics.yml for its columns.

    A numerator or denominator `result:NAME` is the figure that ab_test_results tells under that name.
    """

    name: str
    label: str
    kind: str
    numerator: str
    denominator: str | None
    covariate: str | None
    quantile: float | None
    role: str
    better: str
    missing: str

    @property
    def told_names(self) -> tuple[str, ...]:
        """Metrics of ab_test_results that it reads."""
        told = (one for one in (self.numerator, self.denominator) if one and one.startswith(TOLD))
        return tuple(one.removeprefix(TOLD) for one in told)


def metrics_of(connection: duckdb.DuckDBPyConnection, experiment_id: str) -> list[Metric]:
    """The seed's metrics, then what ab_test_results tells of the experiment and no metric of the seed reads.

    A metric of the seed that reads what is not told of this experiment is left out. Raises CapError where the
    seed names a column that is not there, or contradicts itself.
    """
    known = _columns(connection)
    seeded = [
        Metric(**row)
        for row in rows(
            connection,
            "select metric as name, label, kind, numerator, denominator, covariate, "
            "quantile_share as quantile, role, better, missing from reference.experiment_metrics",
        )
    ]
    order = ("goal", "guardrail", "secondary")
    for metric in seeded:
        _check(metric, known)
    told = [
        row["metric_name"]
        for row in rows(
            connection,
            "select distinct metric_name from silver.silver_ab_test_metric_values "
            "where experiment_id = ? order by metric_name",
            [experiment_id],
        )
    ]
    read = {name for metric in seeded for name in metric.told_names}
    taken = {metric.name for metric in seeded}
    others = [
        Metric(
            name if name not in taken else f"{TOLD}{name}",
            name,
            "mean",
            f"{TOLD}{name}",
            None,
            None,
            None,
            "secondary",
            "up",
            "zero",
        )
        for name in told
        if name not in read
    ]
    answered = [metric for metric in seeded if set(metric.told_names) <= set(told)]
    return sorted([*answered, *others], key=lambda metric: order.index(metric.role))


def chosen(metrics: Sequence[Metric], asked: Sequence[str]) -> list[Metric]:
    """The metrics of these names, all without any. Raises CapError with the nearest names."""
    by_name = {metric.name: metric for metric in metrics}
    for name in asked:
        if name not in by_name:
            near = nearest(name, by_name)
            told = f"Did you mean {', '.join(near)}?" if near else f"There are {', '.join(by_name)}."
            raise CapError(f"there is no metric {name!r} for this experiment. {told}")
    return [by_name[name] for name in dict.fromkeys(asked)] or list(metrics)


def _columns(connection: duckdb.DuckDBPyConnection) -> set[str]:
    found = rows(connection, f"describe {OUTCOMES}")
    return {
        row["column_name"]
        for row in found
        if not row["column_name"].endswith(NO_OUTCOME) and row["column_type"] != "VARCHAR"
    }


def _check(metric: Metric, known: set[str]) -> None:
    place = f"{SEED}: metric {metric.name!r}"
    for role in ("numerator", "denominator", "covariate"):
        column = getattr(metric, role)
        if column is None or (column.startswith(TOLD) and role != "covariate"):
            continue
        if column not in known:
            near = nearest(column, known, 3)
            more = f"; did you mean {', '.join(near)}?" if near else f"; there are {', '.join(sorted(known))}"
            raise CapError(f"{place}: {OUTCOMES} has no {role} {column!r}{more}")
    if metric.covariate and not metric.covariate.startswith("pre_"):
        raise CapError(f"{place}: covariate {metric.covariate!r} is not from before the exposure (pre_…)")
    if (metric.kind == "ratio") != (metric.denominator is not None):
        raise CapError(f"{place}: a ratio has a denominator, and nothing else has one")
    if metric.covariate and metric.kind not in ("proportion", "mean"):
        raise CapError(f"{place}: only a proportion or a mean can have a covariate")
    if (metric.kind == "quantile") != (metric.quantile is not None):
        raise CapError(f"{place}: a quantile has a quantile_share, and nothing else has one")
    if metric.quantile is not None and not 0 < metric.quantile < 1:
        raise CapError(f"{place}: quantile_share is between 0 and 1, not {metric.quantile:g}")
