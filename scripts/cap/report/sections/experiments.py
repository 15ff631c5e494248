"""What was tried: lift of every treatment with its interval, and what may be concluded."""

from typing import Any

from cap.report import charts
from cap.report.model import MEDIUM, NARROW, WIDE, Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import day, listed, plain, said, signed

SOURCES = ["ab_test_exposures", "ab_test_results"]
# what the SQL says: words, colour, whether its estimate must not be relied on
VERDICTS = {
    "better": ("better", "good", False),
    "worse": ("worse", "bad", False),
    "not_significant": ("no difference shown", "edge", False),
    "too_small": ("too few units yet", "edge", True),
    "broken_split": ("withheld: the split is broken", "bad", True),
    "not_comparable": ("nothing to compare with", "edge", True),
}


def section(reader: Reader) -> Section:
    """The forest of all treatments and the table of verdicts."""
    title = "Experiments: conversion against the control"
    asked = reader.sql(_query(reader))
    found = asked.records()
    if not found:
        why = reader.why_nothing("experiments", SOURCES)
        return Section("experiments", "What was tried", (Figure("experiments", title, missing=why),))
    rows = [_row(row) for row in found if row["lift_lower"] is not None and row["lift_upper"] is not None]
    message = _message(found)
    charts_ = (
        (
            Chart(
                f"Lift of conversion with 95 % intervals. {'; '.join(_told(row) for row in found)}.",
                charts.intervals(rows, "lift of the conversion rate against the control"),
                (NARROW, MEDIUM, WIDE),
                key=(
                    ("good", "better"),
                    ("bad", "worse, or not to be relied on (hollow)"),
                    ("edge", "no difference shown; hollow: too few units"),
                ),
            ),
        )
        if rows
        else ()
    )
    lines = [("Experiment", "Treatment", "Units", "Converted", "Lift", "95 % interval", "p", "Verdict")]
    lines += [_line(row) for row in found]
    return Section(
        "experiments",
        "What was tried",
        (
            Figure(
                "experiments",
                title,
                message,
                charts_,
                (asked,),
                (
                    "Units seen in one variant only, outcomes after the first exposure; p is corrected "
                    "for several "
                    "treatments and for looking once. Where units are not split as configured "
                    "(chi-square, p < .001) "
                    "no verdict is given.",
                ),
                tuple(lines),
                is_wide=True,
            ),
        ),
    )


def _query(reader: Reader) -> str:
    return (
        "select experiment.experiment_id, experiment.experiment_name, variant.variant_name,\n"
        "    result.verdict, result.units, result.conversions, result.lift, result.lift_lower, "
        "result.lift_upper,\n"
        "    result.adjusted_p_value, result.ratio_p_value, result.power_at_target,\n"
        "    result.days_to_required_units, result.test_days, result.is_aa_comparison, result.summary_date\n"
        "from gold.fact_ab_test_days as result\n"
        "inner join gold.dim_variant as variant on result.variant_key = variant.variant_key\n"
        "inner join gold.dim_experiment as experiment\n"
        "    on result.experiment_key = experiment.experiment_key and experiment.is_current\n"
        f"where not variant.is_control and result.summary_date <= date '{reader.period.as_of}'\n"
        "qualify row_number() over (partition by result.variant_key order by result.summary_date desc) = 1\n"
        "order by experiment.experiment_id, variant.variant_name"
    )


def _name(row: dict[str, Any]) -> str:
    return f"{row['experiment_name'] or row['experiment_id']}: {row['variant_name']}"


def _row(row: dict[str, Any]) -> dict[str, Any]:
    _, colour, is_open = VERDICTS[row["verdict"]]
    return {
        "name": _name(row),
        "value": plain(row["lift"]),
        "low": plain(row["lift_lower"]),
        "high": plain(row["lift_upper"]),
        "text": "withheld" if row["verdict"] == "broken_split" else signed(said(row["lift"], "share")),
        "colour": colour,
        "is_open": is_open,
    }


def _told(row: dict[str, Any]) -> str:
    lift = (
        f"{signed(said(row['lift'], 'share'))} ({_interval(row)})" if row["lift"] is not None else "no lift"
    )
    return f"{_name(row)}: {lift}, {VERDICTS[row['verdict']][0]}"


def _interval(row: dict[str, Any]) -> str:
    if row["lift_lower"] is None:
        return "–"
    return f"{signed(said(row['lift_lower'], 'share'))} to {signed(said(row['lift_upper'], 'share'))}"


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    p_value = plain(row["adjusted_p_value"])
    words = VERDICTS[row["verdict"]][0]
    if row["is_aa_comparison"]:
        words += " (a test of nothing)"
    wait = plain(row["days_to_required_units"])
    if row["verdict"] in ("too_small", "not_significant") and wait and not row["is_aa_comparison"]:
        words += f"; {row['test_days']} of the {said(wait)} days it takes"
    return (
        row["experiment_name"] or row["experiment_id"],
        row["variant_name"],
        said(row["units"]),
        said(row["conversions"]),
        signed(said(row["lift"], "share")),
        _interval(row),
        "–" if p_value is None else "< .001" if p_value < 0.001 else f"{p_value:.3f}".lstrip("0"),
        words,
    )


def _message(found: list[dict[str, Any]]) -> str:
    by_verdict: dict[str, list[str]] = {}
    for row in found:
        by_verdict.setdefault(row["verdict"], []).append(_name(row))
    parts = [
        f"{words.capitalize()}: {listed(by_verdict[verdict])}."
        for verdict, (words, _, _) in VERDICTS.items()
        if verdict in by_verdict and verdict in ("better", "worse", "broken_split")
    ]
    rest = len(found) - sum(len(by_verdict.get(v, [])) for v in ("better", "worse", "broken_split"))
    if rest:
        parts.append(f"{rest} of {len(found)} treatments show no difference yet.")
    last = max(row["summary_date"] for row in found)
    return " ".join([*parts, f"As of {day(last)}."])
