"""Sums over the units of an experiment, by arm and segment: all that its analysis reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from cap.experiments.metrics import OUTCOMES, TOLD, Metric
from cap.experiments.warehouse import rows

# dimensions of segments -> what they tell; all are known before the variant was shown
SEGMENTS = {
    "platform": "web, ios or android, at the first exposure",
    "device_type": "desktop, mobile or tablet, at the first exposure",
    "visitor_kind": "new, or returning with a session in the days before the first exposure",
}
WHOLE = "all"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sums:
    """What one arm of one segment did in one metric.

    `n` units have a value; `mean`, `variance` (over n - 1) are of the value, of a ratio of its numerator. Its
    denominator's are `other_…`, or those of the covariate where the metric has one; `covariance` is of both.
    Null where there is none. Of a quantile there is only `n`.
    """

    n: int
    mean: float | None = None
    variance: float | None = None
    other_mean: float | None = None
    other_variance: float | None = None
    covariance: float | None = None


@dataclass(frozen=True)
class Segment:
    """One segment: its units per arm, and their sums by (metric, arm)."""

    name: str
    value: str
    units: dict[str, int]
    sums: dict[tuple[str, str], Sums]


def segment_sums(
    connection: duckdb.DuckDBPyConnection, experiment_id: str, metrics: Sequence[Metric], segment: str = WHOLE
) -> list[Segment]:
    """Sums of the whole experiment, or of each value of one of SEGMENTS, in the order of the values.

    One pass over silver_ab_test_outcomes; only units that the test may be judged by. The whole is there even
    without any.
    """
    told = [sql for place, metric in enumerate(metrics) for sql in _aggregates(place, metric)]
    found = rows(
        connection,
        f"select {_segment_value(segment)} as segment_value, variant_id, "
        f"{', '.join(['count(*) as units', *told])} "
        f"from ({_units(metrics)}) as outcomes group by all order by all",
        {"experiment_id": experiment_id, **_told_values(metrics)},
    )
    segments: dict[str, Segment] = {}
    for row in found:
        one = segments.setdefault(row["segment_value"], Segment(segment, row["segment_value"], {}, {}))
        one.units[row["variant_id"]] = row["units"]
        for place, metric in enumerate(metrics):
            one.sums[metric.name, row["variant_id"]] = _sums(row, place)
    if not segments and segment == WHOLE:
        return [Segment(WHOLE, WHOLE, {}, {})]
    return list(segments.values())


def order_statistics(
    connection: duckdb.DuckDBPyConnection,
    experiment_id: str,
    metric: Metric,
    segment: Segment,
    arm: str,
    ranks: Sequence[int],
) -> list[float]:
    """The values at these ranks (1 the smallest) of the units of an arm of a segment that have a value."""
    n = segment.sums[metric.name, arm].n
    # quantile_disc takes the value of rank ceil(share * n); its shares must be literals
    shares = ", ".join(repr((rank - 0.5) / n) for rank in ranks)
    found = rows(
        connection,
        f"select quantile_disc(v0, [{shares}]) as picked from ({_units([metric])}) as outcomes "
        f"where v0 is not null and variant_id = $arm and {_segment_value(segment.name)} = $segment_value",
        {
            "experiment_id": experiment_id,
            **_told_values([metric]),
            "arm": arm,
            "segment_value": segment.value,
        },
    )
    return found[0]["picked"]


def _segment_value(segment: str) -> str:
    return f"'{WHOLE}'" if segment == WHOLE else f"coalesce({segment}, '{UNKNOWN}')"


def _units(metrics: Sequence[Metric]) -> str:
    """A query of the units: v0 … are the metrics' values of each, w0 … their denominators or covariates."""
    told = [name for metric in metrics for name in metric.told_names]
    places = {name: place for place, name in enumerate(dict.fromkeys(told))}
    columns = []
    for place, metric in enumerate(metrics):
        value, other = _value(metric.numerator, metric, places), None
        if metric.denominator:
            other = _value(metric.denominator, metric, places)
        elif metric.covariate:
            other = f"coalesce(units.{metric.covariate}, 0)"
        if other and metric.missing != "zero":
            # of a pair both or neither: here it costs half of what filters of the aggregates do
            told_value = value
            if metric.denominator:
                value = f"case when {other} is not null then {value} end"
            other = f"case when {told_value} is not null then {other} end"
        columns.append(f"{value} as v{place}")
        if other:
            columns.append(f"{other} as w{place}")
    joins = "".join(
        f" left join (select assignment_key, metric_value from silver.silver_ab_test_metric_values "
        f"where experiment_id = $experiment_id and metric_name = $told_{place}) as told_{place} "
        f"on units.assignment_key = told_{place}.assignment_key"
        for place in places.values()
    )
    return (
        f"select units.variant_id, {', '.join(f'units.{one}' for one in SEGMENTS)}, {', '.join(columns)} "
        f"from {OUTCOMES} as units{joins} "
        "where units.experiment_id = $experiment_id and units.counts_in_test"
    )


def _told_values(metrics: Sequence[Metric]) -> dict[str, str]:
    told = dict.fromkeys(name for metric in metrics for name in metric.told_names)
    return {f"told_{place}": name for place, name in enumerate(told)}


def _value(column: str, metric: Metric, places: dict[str, int]) -> str:
    told = column.startswith(TOLD)
    found = f"told_{places[column.removeprefix(TOLD)]}.metric_value" if told else f"units.{column}"
    value = f"cast({found} as double)"
    return f"coalesce({value}, 0)" if metric.missing == "zero" else value


def _aggregates(place: int, metric: Metric) -> list[str]:
    """Aggregates of one metric."""
    v, w = f"v{place}", f"w{place}"
    if metric.kind == "quantile":
        return [f"count({v}) as n{place}"]
    told = [f"count({v}) as n{place}", f"avg({v}) as mean{place}", f"var_samp({v}) as variance{place}"]
    if metric.denominator or metric.covariate:
        told += [
            f"avg({w}) as other_mean{place}",
            f"var_samp({w}) as other_variance{place}",
            f"covar_samp({v}, {w}) as covariance{place}",
        ]
    return told


def _sums(row: dict[str, Any], place: int) -> Sums:
    names = ("mean", "variance", "other_mean", "other_variance", "covariance")
    return Sums(row[f"n{place}"], **{name: row.get(f"{name}{place}") for name in names})
