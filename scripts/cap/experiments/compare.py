"""Each treatment against the control, in every metric and segment, with corrections for their number."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import duckdb

from cap.experiments import verdict as words
from cap.experiments.metrics import Metric
from cap.experiments.results import ExperimentResult
from cap.experiments.settings import Settings
from cap.experiments.sums import WHOLE, Segment, Sums, order_statistics
from cap.experiments.warehouse import Experiment

if TYPE_CHECKING:
    from cap.statistics import Cuped, Difference, QuantileArm


MOST_NOISE_BELOW = 0.1  # standard error of a ratio's mean below the line, in such means


@dataclass(frozen=True)
class Compared:
    """One treatment against the control in one metric and segment, before corrections."""

    metric: Metric
    segment: Segment
    variant_id: str
    control: Sums
    treatment: Sums
    found: "Difference"
    always_valid: tuple[float | None, float | None, float | None]
    cuped: "Cuped | None"
    is_too_small: bool


def compare(
    connection: duckdb.DuckDBPyConnection,
    known: Experiment,
    metrics: Sequence[Metric],
    segment: Segment,
    arms: Sequence[str],
    level: float,
    settings: Settings,
) -> list[Compared]:
    """Every metric and treatment of one segment; `arms` are all, the control among them.

    Where the test has no control, or nothing but a control, its arms are compared with nobody: rows without a
    difference, by which the verdict is published.
    """
    treatments = [arm for arm in arms if arm != known.control] or list(arms)
    compared = []
    for metric in metrics:
        sums = {arm: segment.sums.get((metric.name, arm), Sums(0)) for arm in arms}
        control = Sums(0) if known.control in treatments else sums.get(known.control, Sums(0))
        if metric.kind == "quantile":
            quantiles = {
                arm: _quantile_arm(connection, known, metric, segment, arm, one.n, level)
                for arm, one in sums.items()
            }
        for arm in treatments:
            if metric.kind == "quantile":
                from cap.statistics import QuantileArm, quantile_difference

                nobody = QuantileArm(0, None, None, None)
                before = quantiles[known.control] if control.n else nobody
                found, reduced = quantile_difference(before, quantiles[arm], metric.quantile, level), None
            else:
                found, reduced = _difference(metric, control, sums[arm], level)
            compared.append(
                Compared(
                    metric,
                    segment,
                    arm,
                    control,
                    sums[arm],
                    found,
                    _always_valid(found, control.n + sums[arm].n, level, settings.planned_units),
                    reduced,
                    _is_too_small(metric, control, sums[arm], settings),
                )
            )
    return compared


def _difference(
    metric: Metric, control: Sums, treatment: Sums, level: float
) -> tuple["Difference", "Cuped | None"]:
    from cap.statistics import Arm, CovariateArm, RatioArm, cuped, difference, ratio_difference

    pair = (control, treatment)
    if metric.kind == "ratio":
        arms = [
            RatioArm(one.n, one.mean, one.variance, one.other_mean, one.other_variance, one.covariance)
            for one in pair
        ]
        return ratio_difference(*arms, level), None
    found = difference(*(Arm(one.n, one.mean, one.variance) for one in pair), level, metric.kind)
    if not metric.covariate:
        return found, None
    arms = [
        CovariateArm(one.n, one.mean, one.variance, one.other_mean, one.other_variance, one.covariance)
        for one in pair
    ]
    return found, cuped(*arms, level)


def _quantile_arm(
    connection: duckdb.DuckDBPyConnection,
    known: Experiment,
    metric: Metric,
    segment: Segment,
    arm: str,
    n: int,
    level: float,
) -> "QuantileArm":
    """The quantile of an arm and the values at the ranks of its interval."""
    from cap.statistics import QuantileArm, quantile_interval

    if not n:
        return QuantileArm(0, None, None, None)
    ranks = quantile_interval(n, metric.quantile, level)
    wanted = [math.ceil(metric.quantile * n), ranks.lower or 1, ranks.upper or n]
    told = order_statistics(connection, known.experiment_id, metric, segment, arm, wanted)
    return QuantileArm(n, told[0], told[1] if ranks.lower else None, told[2] if ranks.upper else None)


def _always_valid(
    found: "Difference", units: int, level: float, planned_units: int
) -> tuple[float | None, float | None, float | None]:
    from cap.statistics import always_valid

    if found.p_value is None:
        return None, None, None
    told = always_valid(found, units, level, planned_units)
    return told.lower, told.upper, told.p_value


def _is_too_small(metric: Metric, control: Sums, treatment: Sums, settings: Settings) -> bool:
    """Too few units, or of a proportion too few expected on either side: as silver_ab_test_summary has it.

    Of a ratio too few for the mean below the line to be known to a tenth: where a few units make most of it,
    the delta method's interval is too narrow (Cochran 1977, «Sampling Techniques», 6.3).
    """
    fewest = min(control.n, treatment.n)
    if fewest < settings.min_units:
        return True
    if metric.kind == "ratio":
        return any(
            one.other_mean is not None
            and (one.other_variance or 0.0) > (MOST_NOISE_BELOW * one.other_mean) ** 2 * one.n
            for one in (control, treatment)
        )
    if metric.kind != "proportion":
        return False
    whole = control.n + treatment.n
    pooled = (control.mean * control.n + treatment.mean * treatment.n) / whole
    return fewest * min(pooled, 1 - pooled) < settings.min_expected


def results_of(compared: Sequence[Compared], level: float) -> list[ExperimentResult]:
    """Rows with corrected p-values and findings; what is of the whole experiment is filled in later."""
    from cap.statistics import benjamini_hochberg, holm

    adjusted: dict[int, tuple[float | None, str]] = {}

    def correct(method: Callable, name: str, is_in: Callable[[Compared], bool]) -> None:
        family = [place for place, one in enumerate(compared) if is_in(one)]
        # what is too small to be judged is no chance to find something
        p_values = [None if compared[p].is_too_small else compared[p].found.p_value for p in family]
        for place, p_value in zip(family, method(p_values), strict=True):
            adjusted[place] = (p_value, name)

    for role, method, name in (
        ("goal", holm, "holm"),
        ("guardrail", holm, "holm"),
        ("secondary", benjamini_hochberg, "benjamini_hochberg"),
    ):
        correct(method, name, lambda one, role=role: one.segment.name == WHOLE and one.metric.role == role)
    correct(benjamini_hochberg, "benjamini_hochberg", lambda one: one.segment.name != WHOLE)
    return [_result(one, *adjusted[place], level) for place, one in enumerate(compared)]


def _result(one: Compared, adjusted_p: float | None, correction: str, level: float) -> ExperimentResult:
    metric, found = one.metric, one.found
    reduced = one.cuped.adjusted if one.cuped and one.cuped.adjusted.p_value is not None else None
    if one.is_too_small:
        finding = words.TOO_SMALL
    elif adjusted_p is None:
        finding = words.NOT_COMPARABLE
    elif adjusted_p >= 1 - level:
        finding = words.NO_DIFFERENCE
    else:
        finding = words.BETTER if (found.difference > 0) == (metric.better == "up") else words.WORSE
    return ExperimentResult(
        experiment_id="",
        metric=metric.name,
        variant_id=one.variant_id,
        segment=one.segment.name,
        segment_value=one.segment.value,
        analysis_date=date.min,
        metric_label=metric.label,
        kind=metric.kind,
        role=metric.role,
        better=metric.better,
        quantile=metric.quantile,
        confidence_level=level,
        control_units=one.control.n,
        treatment_units=one.treatment.n,
        control_value=found.control,
        treatment_value=found.treatment,
        difference=found.difference,
        difference_lower=found.lower,
        difference_upper=found.upper,
        lift=found.lift,
        lift_lower=found.lift_lower,
        lift_upper=found.lift_upper,
        p_value=found.p_value,
        adjusted_p_value=adjusted_p,
        correction=correction if adjusted_p is not None else None,
        always_valid_lower=one.always_valid[0],
        always_valid_upper=one.always_valid[1],
        always_valid_p_value=one.always_valid[2],
        cuped_difference=reduced.difference if reduced else None,
        cuped_lower=reduced.lower if reduced else None,
        cuped_upper=reduced.upper if reduced else None,
        cuped_p_value=reduced.p_value if reduced else None,
        variance_saved=one.cuped.variance_saved if reduced else None,
        finding=finding,
        note=found.reason,
        verdict="",
        verdict_reason="",
        ratio_p_value=None,
        two_arms_share=0.0,
    )
