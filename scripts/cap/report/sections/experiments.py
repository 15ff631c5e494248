"""What was tried: lift of every treatment with its interval, and what may be concluded."""

import re
from typing import Any

from cap.report import charts
from cap.report.model import MEDIUM, NARROW, WIDE, Asked, Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import GAP, day, listed, plain, said, signed

SOURCES = ["ab_test_exposures", "ab_test_results"]
TITLE = "What was tried"
# of a whole experiment, in the order they are told
DECISIONS = {"ship": "Ship", "stop": "Stop", "broken": "Broken", "keep_running": "Keep running"}
# of one metric and treatment: words, colour, whether its estimate must not be relied on
FINDINGS = {
    "better": ("better", "good", False),
    "worse": ("worse", "bad", False),
    "no_difference": ("no difference shown", "edge", False),
    "too_small": ("too few units yet", "edge", True),
    "not_comparable": ("nothing to compare with", "edge", True),
    "withheld": ("withheld", "bad", True),
}
# what the SQL says: words, colour, whether its estimate must not be relied on
VERDICTS = {
    "better": ("better", "good", False),
    "worse": ("worse", "bad", False),
    "not_significant": ("no difference shown", "edge", False),
    "too_small": ("too few units yet", "edge", True),
    "broken_split": ("withheld: the split is broken", "bad", True),
    "not_comparable": ("nothing to compare with", "edge", True),
}


ANALYSED = """\
select experiment.experiment_id, experiment.experiment_name, variant.variant_id, variant.variant_name,
    result.metric_label, result.metric_role, result.verdict, result.verdict_reason, result.finding,
    result.control_units, result.treatment_units, result.control_value, result.treatment_value,
    result.lift, result.lift_lower, result.lift_upper, result.adjusted_p_value,
    result.always_valid_p_value, result.variance_saved, result.confidence_level, result.analysis_date
from gold.fact_experiment_results as result
inner join gold.dim_variant as variant on result.variant_key = variant.variant_key
inner join gold.dim_experiment as experiment
    on result.experiment_key = experiment.experiment_key and experiment.is_current
where result.segment_name = 'all' and result.metric_kind <> 'quantile'
    and result.analysis_date <= date '{as_of}'
qualify result.analysis_date = max(result.analysis_date) over (partition by result.experiment_key)
order by experiment.experiment_id, variant.variant_name, result.metric_role, result.metric_label"""
BY_DAY = """\
select experiment.experiment_id, experiment.experiment_name, variant.variant_name,
    result.verdict, result.units, result.conversions, result.lift, result.lift_lower, result.lift_upper,
    result.adjusted_p_value, result.ratio_p_value, result.power_at_target, result.days_to_required_units,
    result.test_days, result.is_aa_comparison, result.confidence_level, result.summary_date
from gold.fact_ab_test_days as result
inner join gold.dim_variant as variant on result.variant_key = variant.variant_key
inner join gold.dim_experiment as experiment
    on result.experiment_key = experiment.experiment_key and experiment.is_current
where not variant.is_control and result.summary_date <= date '{as_of}'
qualify row_number() over (partition by result.variant_key order by result.summary_date desc) = 1
order by experiment.experiment_id, variant.variant_name"""


def section(reader: Reader) -> Section:
    """Verdicts and goals as `cap experiments analyze --save` landed them; without it, what the SQL says."""
    analysed = reader.sql(ANALYSED.format(as_of=reader.period.as_of))
    figure = _analysed(analysed) if analysed.rows else _by_day(reader)
    return Section("experiments", TITLE, (figure,))


def _forest(rows: list[dict[str, Any]], told: list[str], title: str, level: str) -> tuple[Chart, ...]:
    """Intervals of lifts; nothing where none has one."""
    shown = [row for row in rows if row["low"] is not None and row["high"] is not None]
    if not shown:
        return ()
    return (
        Chart(
            f"Lift with {level} intervals. {'; '.join(told)}.",
            charts.intervals(shown, title),
            (NARROW, MEDIUM, WIDE),
            key=(
                ("good", "better"),
                ("bad", "worse, or withheld (hollow)"),
                ("edge", "no difference shown; hollow: too few units, or still running"),
            ),
        ),
    )


def _analysed(asked: Asked) -> Figure:
    found = asked.records()
    found.sort(key=lambda row: _rank(row["verdict"]))
    experiments = {row["experiment_id"]: row for row in found}
    names = {row["variant_id"]: row["variant_name"] for row in found if row["variant_name"]}
    goals = [row for row in found if row["metric_role"] == "goal"]
    labels = {row["metric_label"] for row in goals}
    rows = [_goal(row, len(labels) > 1) for row in goals]
    told = [f"{row['name']}: {row['text']}, {row['words']}" for row in rows]
    by_verdict: dict[str, list[str]] = {}
    for row in experiments.values():
        by_verdict.setdefault(row["verdict"], []).append(_experiment(row))
    message = " ".join(
        f"{words}: {listed(by_verdict[verdict])}."
        for verdict, words in DECISIONS.items()
        if verdict in by_verdict
    )
    lines = [("Experiment", "Verdict", "Why")]
    lines += [
        (
            _experiment(row),
            DECISIONS.get(row["verdict"], row["verdict"]),
            _with_names(row["verdict_reason"], names),
        )
        for row in experiments.values()
    ]
    last = max(row["analysis_date"] for row in found)
    axis = f"lift of {labels.pop()} against the control" if len(labels) == 1 else "lift against the control"
    return Figure(
        "experiments",
        "Experiments: goals against the control",
        message,
        _forest(rows, told, axis, _level(found)),
        (asked,),
        (
            f"Analysed as of {day(last)} by «cap experiments analyze». p-values of goals are corrected after "
            "Holm. Where units are not split as configured the verdict is withheld. docs/analysis.md says "
            "how it is computed and when it misleads.",
        ),
        tuple(lines),
        is_wide=True,
    )


def _goal(row: dict[str, Any], has_several: bool) -> dict[str, Any]:
    words, colour, is_open = FINDINGS[row["finding"]]
    if colour in ("good", "bad") and not is_open and not _holds(row):
        words, colour, is_open = f"looks {words}, but still runs", "edge", True
    return {
        "name": _name(row) + (f", {row['metric_label']}" if has_several else ""),
        "value": plain(row["lift"]),
        "low": plain(row["lift_lower"]),
        "high": plain(row["lift_upper"]),
        "text": "withheld" if row["finding"] == "withheld" else signed(said(row["lift"], "share")),
        "words": words,
        "colour": colour,
        "is_open": is_open,
    }


def _holds(row: dict[str, Any]) -> bool:
    """Whether a difference may be relied on now: the test is over, or also looking every day shows it."""
    always = plain(row["always_valid_p_value"])
    return row["verdict"] != "keep_running" or (
        always is not None and always < 1 - float(row["confidence_level"])
    )


def _with_names(reason: str, names: dict[str, str]) -> str:
    """The reason with variants by their names, which are drawn, instead of their ids."""
    if not names:
        return reason
    ids = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True))
    return re.sub(rf"(?<![\w-])({ids})(?![\w-])", lambda found: f"«{names[found[1]]}»", reason)


def _level(found: list[dict[str, Any]]) -> str:
    """The level of the intervals: 95 %."""
    return f"{100 * float(found[0]['confidence_level']):g}{GAP}%"


def _experiment(row: dict[str, Any]) -> str:
    return str(row["experiment_name"] or row["experiment_id"])


def _rank(verdict: str) -> int:
    return list(DECISIONS).index(verdict) if verdict in DECISIONS else len(DECISIONS)


def _by_day(reader: Reader) -> Figure:
    title = "Experiments: conversion against the control"
    asked = reader.sql(BY_DAY.format(as_of=reader.period.as_of))
    found = asked.records()
    if not found:
        return Figure("experiments", title, missing=reader.why_nothing("experiments", SOURCES))
    lines = [
        ("Experiment", "Treatment", "Units", "Converted", "Lift", f"{_level(found)} interval", "p", "Verdict")
    ]
    lines += [_line(row) for row in found]
    return Figure(
        "experiments",
        title,
        _message(found),
        _forest(
            [_row(row) for row in found],
            [_told(row) for row in found],
            "lift of the conversion rate against the control",
            _level(found),
        ),
        (asked,),
        (
            "Units seen in one variant only, outcomes after the first exposure; p is corrected for several "
            "treatments and for looking once. Where units are not split as configured (chi-square, p < .001) "
            "no verdict is given. «cap experiments analyze --all --save» says more.",
        ),
        tuple(lines),
        is_wide=True,
    )


def _name(row: dict[str, Any]) -> str:
    return f"{row['experiment_name'] or row['experiment_id']}: {row['variant_name']}"


def _verdict(row: dict[str, Any]) -> tuple[str, str, bool]:
    """Words, colour, and whether the estimate must not be relied on: p is for looking once, at the end."""
    words, colour, is_open = VERDICTS[row["verdict"]]
    wait = plain(row["days_to_required_units"])
    if row["verdict"] in ("better", "worse") and wait and row["test_days"] < wait:
        return f"looks {words} so far", "edge", True
    return words, colour, is_open


def _row(row: dict[str, Any]) -> dict[str, Any]:
    _, colour, is_open = _verdict(row)
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
    return f"{_name(row)}: {lift}, {_verdict(row)[0]}"


def _interval(row: dict[str, Any]) -> str:
    if row["lift_lower"] is None:
        return "–"
    return f"{signed(said(row['lift_lower'], 'share'))} to {signed(said(row['lift_upper'], 'share'))}"


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    p_value = plain(row["adjusted_p_value"])
    words = _verdict(row)[0]
    if row["is_aa_comparison"]:
        words += " (a test of nothing)"
    wait = plain(row["days_to_required_units"])
    if row["verdict"] != "broken_split" and wait and row["test_days"] < wait and not row["is_aa_comparison"]:
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
    by_words: dict[str, list[str]] = {}
    for row in found:
        if row["verdict"] in ("better", "worse", "broken_split"):
            by_words.setdefault(_verdict(row)[0], []).append(_name(row))
    parts = [f"{words[:1].upper()}{words[1:]}: {listed(names)}." for words, names in sorted(by_words.items())]
    rest = len(found) - sum(map(len, by_words.values()))
    if rest:
        parts.append(f"{rest} of {len(found)} treatments show no difference yet.")
    last = max(row["summary_date"] for row in found)
    return " ".join([*parts, f"As of {day(last)}."])
