"""The analysis of one experiment: every metric and treatment against the control, and the verdict."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from cap.experiments import verdict as words
from cap.experiments.compare import Compared, compare, results_of
from cap.experiments.metrics import metrics_of
from cap.experiments.results import ExperimentResult
from cap.experiments.settings import Settings
from cap.experiments.sums import WHOLE, segment_sums
from cap.experiments.units import ArmCount, DayBalance, arm_counts, daily_units, day_balance
from cap.experiments.verdict import Evidence, Finding, Verdict, judge
from cap.experiments.warehouse import Experiment, find
from cap.metrics.show import percent

UNBALANCED_P = 0.01


@dataclass(frozen=True)
class Analysis:
    """An experiment judged as of `analysis_date`, the last day the warehouse knows.

    `results` has a row per metric, treatment and segment; `warnings` are sentences.
    """

    experiment: Experiment
    analysis_date: date
    confidence: float
    arms: tuple[ArmCount, ...]
    ratio_p_value: float | None
    two_arms_share: float
    balance: tuple[DayBalance, ...]
    verdict: Verdict
    results: tuple[ExperimentResult, ...]
    warnings: tuple[str, ...]


def analyze(
    connection: duckdb.DuckDBPyConnection,
    experiment: str,
    settings: Settings,
    confidence: float | None = None,
    segments: Sequence[str] = (),
) -> Analysis:
    """Analyse the experiment of this id or name.

    Differences are tested with Welch's test, of proportions with the pooled z-test of
    silver_ab_test_summary, with which the metric of is_converted agrees; ratios by the delta method; medians
    by order statistics. Goals and guardrails are corrected by Holm, each among themselves, secondary metrics
    and segments by Benjamini and Hochberg. `segments` are names of SEGMENTS. See docs/analysis.md.

    Raises CapError for an unknown experiment, and where the seed of metrics contradicts itself.
    """
    known = find(connection, experiment)
    level = settings.confidence_level if confidence is None else confidence
    metrics = metrics_of(connection, known.experiment_id)
    arms, ratio_p, two_arms_share = arm_counts(connection, known)
    ids = [arm.variant_id for arm in arms]
    compared: list[Compared] = []
    for name in (WHOLE, *segments):
        for segment in segment_sums(connection, known.experiment_id, metrics, name):
            compared += compare(connection, known, metrics, segment, ids, level, settings)
    balance = day_balance(connection, known)
    results = results_of(compared, level)
    verdict = judge(
        _evidence(known, compared, results, arms, balance, ratio_p, two_arms_share, level, settings)
    )
    (last_date,) = connection.execute("select max(date_day) from gold.dim_date").fetchone()
    told = tuple(
        replace(
            one,
            experiment_id=known.experiment_id,
            analysis_date=last_date,
            finding=words.WITHHELD if verdict.verdict == words.BROKEN else one.finding,
            verdict=verdict.verdict,
            verdict_reason=verdict.reason,
            ratio_p_value=ratio_p,
            two_arms_share=two_arms_share,
        )
        for one in results
    )
    warnings = _warnings(arms, ratio_p, two_arms_share, balance, settings)
    return Analysis(known, last_date, level, arms, ratio_p, two_arms_share, balance, verdict, told, warnings)


def _evidence(
    known: Experiment,
    compared: Sequence[Compared],
    results: Sequence[ExperimentResult],
    arms: Sequence[ArmCount],
    balance: Sequence[DayBalance],
    ratio_p: float | None,
    two_arms_share: float,
    level: float,
    settings: Settings,
) -> Evidence:
    from cap.statistics import holm

    whole = [place for place, one in enumerate(compared) if one.segment.name == WHOLE]
    goals = [place for place in whole if compared[place].metric.role == "goal"]
    # what is too small to be judged is no chance to find something
    looks = [None if compared[place].is_too_small else results[place].always_valid_p_value for place in goals]
    always_valid = dict(zip(goals, holm(looks), strict=True))
    findings = [
        Finding(
            results[place].metric,
            results[place].metric_label,
            results[place].role,
            results[place].variant_id,
            results[place].finding,
            results[place].adjusted_p_value,
            always_valid.get(place, results[place].always_valid_p_value),
            results[place].lift,
            results[place].lift_lower,
            results[place].lift_upper,
            results[place].better,
        )
        for place in whole
    ]
    smaller = min((arm.units for arm in arms), default=0)
    lift, required = (
        _required_units(compared[goals[0]], len(goals), level, settings) if goals else (None, None)
    )
    return Evidence(
        kind=known.kind,
        status=known.status,
        control=known.control,
        units={arm.variant_id: arm.units for arm in arms if arm.units or arm.share},
        expected={arm.variant_id: arm.expected for arm in arms}
        if all(arm.expected is not None for arm in arms)
        else None,
        ratio_p=ratio_p,
        broken_split_p=settings.broken_split_p,
        two_arms_share=two_arms_share,
        two_arms_limit=settings.two_arms_share,
        findings=findings,
        confidence=level,
        target_lift=settings.target_lift,
        planned_lift=lift,
        required_units=required,
        smaller_arm=smaller,
        min_units=settings.min_units,
        min_expected=settings.min_expected,
        days_left=None if required is None else _days_left(required, arms, daily_units(balance)),
    )


def _days_left(required: int, arms: Sequence[ArmCount], pace: dict[str, float]) -> int | None:
    """Days until every arm has as many units, each at its own pace; None where one has none."""
    from cap.statistics import days_needed

    days = [days_needed(max(required - arm.units, 0), pace.get(arm.variant_id, 0.0)) for arm in arms]
    return None if None in days else max(days, default=None)


def _required_units(
    goal: Compared, comparisons: int, level: float, settings: Settings
) -> tuple[float | None, int | None]:
    """The lift to be found in a goal, and the units per arm that find it with the target power.

    At the control's value and, as Holm's correction begins, Bonferroni's level for so many comparisons. A
    goal that should fall is to fall by the target; a rate that cannot rise so far, to rise to 1, as
    int_ab_tests__compared has it. None where the control has nothing to start from.
    """
    from cap.statistics import sample_size

    baseline, lift = goal.found.control, settings.target_lift
    if baseline is None or baseline <= 0:
        return None, None
    if goal.metric.better == "down":
        lift = -lift
    kind, deviation = "mean", None
    if goal.metric.kind == "proportion":
        kind, lift = "proportion", min(lift, 1 / baseline - 1)
    elif goal.metric.kind == "mean":
        deviation = math.sqrt(goal.control.variance or 0.0)
    elif goal.found.standard_error:
        # of ratios and quantiles: what each unit adds to the error of the difference
        deviation = goal.found.standard_error / math.sqrt(1 / goal.control.n + 1 / goal.treatment.n)
    if not lift or (kind == "mean" and not deviation):
        return None, None
    asked = {"confidence": level, "power": settings.target_power, "treatments": comparisons}
    return lift, sample_size(baseline, lift, kind, deviation, **asked).treatment


def _warnings(
    arms: Sequence[ArmCount],
    ratio_p: float | None,
    two_arms_share: float,
    balance: Sequence[DayBalance],
    settings: Settings,
) -> tuple[str, ...]:
    from cap.statistics import holm

    told = []
    if any(arm.share is None for arm in arms):
        told.append("No split is configured for every arm, so that nothing tells whether units were lost.")
    if ratio_p is not None and settings.broken_split_p <= ratio_p < words.DOUBTFUL_SPLIT_P:
        told.append(f"The split is in doubt: p = {ratio_p:.4f} against the configured one.")
    if two_arms_share:
        told.append(f"{percent(two_arms_share)} of the units saw two variants and are left out.")
    adjusted = holm([one.p_value for one in balance])
    bad = [
        str(one.day) for one, p in zip(balance, adjusted, strict=True) if p is not None and p < UNBALANCED_P
    ]
    if bad:
        more = f" and {len(bad) - 3} more" if len(bad) > 3 else ""
        told.append(f"Days whose units were not split as configured: {', '.join(bad[:3])}{more}.")
    return tuple(told)
