"""One row of what an analysis of an experiment found, as it is landed, staged and published."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ExperimentResult:
    """One treatment against the control, in one metric and segment, as of `analysis_date`.

    - `segment`, `segment_value`: device_type and mobile …; all and all for the whole test
    - `kind`: proportion, mean, ratio or quantile; `role`: goal, secondary or guardrail; `better`: up or down
    - `control_value`, `treatment_value`: the rate, mean, ratio of means, or quantile of each arm, in the
      metric's own unit; `difference` is treatment less control, `lift` treatment over control less 1
    - intervals (`…_lower`, `…_upper`) are at `confidence_level`; p-values are two-sided, `adjusted_p_value`
      within its family (`correction`)
    - `always_valid_…`: of the difference, good however often one looks
    - `cuped_…`: the difference after what the units did before their first exposure is taken out;
      `variance_saved` is the share of the variance that saved, 0 to 1
    - `finding`: better, worse, no_difference, too_small, not_comparable or withheld, in the metric's sense of
      better; `note` says why a figure is null
    - `verdict` of the whole experiment: ship, stop, keep_running or broken, and its reason in one sentence

    What cannot be computed is null.
    """

    experiment_id: str
    metric: str
    variant_id: str
    segment: str
    segment_value: str
    analysis_date: date
    metric_label: str
    kind: str
    role: str
    better: str
    quantile: float | None
    confidence_level: float
    control_units: int
    treatment_units: int
    control_value: float | None
    treatment_value: float | None
    difference: float | None
    difference_lower: float | None
    difference_upper: float | None
    lift: float | None
    lift_lower: float | None
    lift_upper: float | None
    p_value: float | None
    adjusted_p_value: float | None
    correction: str | None
    always_valid_lower: float | None
    always_valid_upper: float | None
    always_valid_p_value: float | None
    cuped_difference: float | None
    cuped_lower: float | None
    cuped_upper: float | None
    cuped_p_value: float | None
    variance_saved: float | None
    finding: str
    note: str | None
    verdict: str
    verdict_reason: str
    ratio_p_value: float | None
    two_arms_share: float
