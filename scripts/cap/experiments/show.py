"""How an analysis looks on a terminal."""

import shutil
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cap.experiments.analyze import Analysis
from cap.experiments.results import ExperimentResult
from cap.experiments.sums import WHOLE
from cap.metrics.show import GAP, NOTHING, cell, percent, table

WIDTH = 110
SAID = {"ship": "SHIP", "stop": "STOP", "keep_running": "KEEP RUNNING", "broken": "BROKEN"}
BEWARE = (
    "p is for looking once, the daily p (always-valid) for looking every day; adjusted p is corrected by "
    "Holm (goals, guardrails) or Benjamini and Hochberg (the rest). docs/analysis.md says when each misleads."
)

# of a metric as text, in two tables of eighty columns; the rest is in --format csv and json
HOW_MUCH = ("control", "treatment", "lift", "interval")
HOW_SURE = ("p", "adjusted p", "daily p", "CUPED p", "saved", "finding")


def told(analysis: Analysis, results: Sequence[ExperimentResult]) -> str:
    """The verdict, the arms, the metrics asked for, segments, and what to beware of."""
    one = analysis.experiment
    lines = [
        f"{_name(analysis)}: {one.kind} test, {one.status}, {one.start} to {one.last_day}",
        *_wrapped(f"{SAID[analysis.verdict.verdict]}: {analysis.verdict.reason}"),
        "",
        table(
            ("arm", "name", "units", "expected", "left out (two variants)"),
            [
                (
                    f"{arm.variant_id}{' (control)' if arm.is_control else ''}",
                    arm.name,
                    arm.units,
                    None if arm.expected is None else round(arm.expected, 1),
                    arm.units_in_two_arms,
                )
                for arm in analysis.arms
            ],
        ),
        *_wrapped(_split(analysis)),
        "",
    ]
    whole = [result for result in results if result.segment == WHOLE]
    parts = [result for result in results if result.segment != WHOLE]
    if whole:
        lines += _tables(whole)
    for segment in dict.fromkeys(result.segment for result in parts):
        lines += ["", f"by {segment}, corrected for all comparisons of segments:"]
        lines += _tables([result for result in parts if result.segment == segment], segment)
    notes = {f"{result.metric}: {result.note}" for result in results if result.note}
    lines += [
        "",
        *_wrapped(
            f"Intervals at {100 * analysis.confidence:.4g}{GAP}%; lift relative to the control. {BEWARE}"
        ),
    ]
    for warning in [*analysis.warnings, *sorted(notes)]:
        lines += _wrapped(f"! {warning}")
    return "\n".join(lines)


def judged(analysis: Analysis) -> str:
    """An experiment and its verdict, one paragraph."""
    said = SAID[analysis.verdict.verdict]
    return "\n".join(_wrapped(f"{_name(analysis)}: {said}. {analysis.verdict.reason}"))


def listed(analyses: Sequence[Analysis], rows: str) -> list[dict[str, Any]]:
    """Verdicts, arms or days of analyses, as rows for a file."""
    return [row for one in analyses for row in LISTED[rows](one)]


def _verdicts(one: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "experiment_id": one.experiment.experiment_id,
            "experiment_name": one.experiment.name,
            "analysis_date": one.analysis_date,
            "verdict": one.verdict.verdict,
            "variant_id": one.verdict.variant_id,
            "reason": one.verdict.reason,
            "ratio_p_value": one.ratio_p_value,
            "two_arms_share": one.two_arms_share,
            "warnings": " ".join(one.warnings) or None,
        }
    ]


def _arms(one: Analysis) -> list[dict[str, Any]]:
    return [{"experiment_id": one.experiment.experiment_id, **asdict(arm)} for arm in one.arms]


def _days(one: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "experiment_id": one.experiment.experiment_id,
            "day": day.day,
            "variant_id": variant_id,
            "units": units,
            "split_p_value": day.p_value,
        }
        for day in one.balance
        for variant_id, units in day.units.items()
    ]


LISTED = {"verdicts": _verdicts, "arms": _arms, "days": _days}


def _name(analysis: Analysis) -> str:
    one = analysis.experiment
    return f"{one.experiment_id} {one.name}" if one.name else one.experiment_id


def _split(analysis: Analysis) -> str:
    """The sample ratio of the whole test, and of its days."""
    days = [one for one in analysis.balance if one.p_value is not None]
    told = f"sample ratio: p = {cell(analysis.ratio_p_value)}"
    if not days:
        return f"{told}; by day: too few units a day, or no one split, to judge the days"
    worst = min(days, key=lambda one: one.p_value)
    return f"{told}; by day: {len(days):,} judged, the least even {worst.day} (p = {cell(worst.p_value)})"


def _tables(results: Sequence[ExperimentResult], segment: str | None = None) -> list[str]:
    """How much the arms differ, and how sure that is. Of one treatment alone nobody need be told which."""
    has_several = len({result.variant_id for result in results}) > 1

    def heads(result: ExperimentResult) -> tuple:
        metric = f"{result.metric}{'' if result.role == 'secondary' else f' ({result.role})'}"
        return (
            *((result.segment_value,) if segment else ()),
            metric,
            *((result.variant_id,) if has_several else ()),
        )

    names = (*((segment,) if segment else ()), "metric", *(("variant",) if has_several else ()))
    return [
        table((*names, *HOW_MUCH), [(*heads(one), *_how_much(one)) for one in results]),
        "",
        table((*names, *HOW_SURE), [(*heads(one), *_how_sure(one)) for one in results]),
    ]


def _how_much(result: ExperimentResult) -> tuple:
    return (
        result.control_value,
        result.treatment_value,
        percent(result.lift, signed=True),
        _interval(result),
    )


def _how_sure(result: ExperimentResult) -> tuple:
    return (
        result.p_value,
        result.adjusted_p_value,
        result.always_valid_p_value,
        result.cuped_p_value,
        percent(result.variance_saved, 0),
        result.finding.replace("_", " "),
    )


def _interval(result: ExperimentResult) -> str:
    if result.lift_lower is None or result.lift_upper is None:
        if result.difference_lower is None:
            return NOTHING
        return f"{cell(result.difference_lower)} … {cell(result.difference_upper)} absolute"
    return f"{percent(result.lift_lower, signed=True)} … {percent(result.lift_upper, signed=True)}"


def _wrapped(text: str) -> list[str]:
    width = min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
    return textwrap.wrap(text, width, subsequent_indent="  ", break_on_hyphens=False)
