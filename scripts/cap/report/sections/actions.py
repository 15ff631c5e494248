"""Next best actions: who chooses, and how often it is accepted."""

import math
from typing import Any

from cap.report import charts
from cap.report.model import Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import at_least, plain, said, span

SOURCES = ["next_best_actions"]
RATE = "acceptance_rate_when_acting"
POLICIES = {
    "model": ("The model in use", "main"),
    "ranking": ("Our ranking", "third"),
    "ranking_without_rules": ("Our ranking, no rules", "third"),
    "most_accepted": ("Always the most accepted", "fourth"),
    "chance": ("Chance", "edge"),
}


def section(reader: Reader) -> Section:
    """Policies of choosing, with intervals; acceptance by action."""
    return Section("actions", "Next best action", (_policies(reader), _by_action(reader)))


def _policies(reader: Reader) -> Figure:
    title = "Who should choose the action"
    asked = reader.sql(
        "select policy_name, trials, matched_trials, acceptance_rate_when_acting,\n"
        "    acceptance_rate_when_acting_lower, acceptance_rate_when_acting_upper, value_per_trial\n"
        "from gold.fact_next_best_action_policies\norder by policy_name"
    )
    found = {row["policy_name"]: row for row in asked.records()}
    rate, low, high = (f"{RATE}{end}" for end in ("", "_lower", "_upper"))
    rows = [
        {
            "name": words,
            "value": plain(found[name][rate]),
            "low": max(0.0, plain(found[name][low]) or 0.0),
            "high": plain(found[name][high]),
            "text": f"{said(found[name][rate], 'share')} of {said(found[name]['matched_trials'])}",
            "colour": colour,
        }
        for name, (words, colour) in POLICIES.items()
        if name in found and found[name][high] is not None
    ]
    if not rows:
        return Figure("policies", title, missing=reader.why_nothing("actions of known outcome", SOURCES))
    message = ""
    if "model" in found and "chance" in found:
        model, chance = found["model"], found["chance"]
        message = (
            f"The model's actions are accepted in {said(model[rate], 'share')}, random ones in "
            f"{said(chance[rate], 'share')}: {_judged(model, chance)}."
        )
    told = "; ".join(
        f"{row['name']} {said(row['value'], 'share')} ({said(row['low'], 'share')} to "
        f"{said(row['high'], 'share')})"
        for row in rows
    )
    return Figure(
        "policies",
        title,
        message,
        (
            Chart(
                f"Acceptance with 95 % intervals. {told}.",
                charts.intervals(rows, "accepted when acting", ".0%"),
            ),
        ),
        (asked,),
        (
            "Of all recommendations up to the build. What was not done is judged on the random arm: "
            "where chance did "
            "the same, weighted by its propensity. The fewer such cases, the wider the interval.",
        ),
    )


def _judged(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Whether two rates differ by more than their intervals leave: each is of other customers."""
    ends = [[plain(row[f"{RATE}{end}"]) for end in ("", "_lower", "_upper")] for row in (one, other)]
    if any(end is None for side in ends for end in side):
        return "too few to tell"
    reach = math.hypot(*((high - low) / 2 for _, low, high in ends))
    difference = ends[0][0] - ends[1][0]
    if abs(difference) <= reach:
        return "luck may explain the difference"
    return "better than luck explains" if difference > 0 else "worse than chance"


def _by_action(reader: Reader) -> Figure:
    period = reader.period
    action = "recommendation__recommended_action"
    asked = reader.ask(
        ["nba_judged_actions", "nba_acceptance_rate", "nba_revenue"],
        [action],
        start=period.course_start,
        end=period.end,
        order=["-nba_revenue"],
    )
    title = "Actions and their answer"
    found = [row for row in asked.records() if row["nba_judged_actions"]]
    if not found:
        return Figure("actions", title, missing=reader.why_nothing("actions of known outcome", SOURCES))
    found.sort(key=lambda row: (-(plain(row["nba_acceptance_rate"]) or 0), str(row[action])))
    rows = [
        {
            "name": _words(row[action]),
            "value": plain(row["nba_acceptance_rate"]) or 0,
            "text": f"{said(row['nba_acceptance_rate'], 'share')} of {said(row['nba_judged_actions'])}",
        }
        for row in found[:12]
    ]
    # by the end of the interval that few answers leave, not by the rate
    best = max(found, key=lambda row: at_least(row["nba_acceptance_rate"], row["nba_judged_actions"]))
    most = max(found, key=lambda row: plain(row["nba_revenue"]) or 0)
    message = (
        f"«{_words(best[action])}» is accepted most: {said(best['nba_acceptance_rate'], 'share')} of "
        f"{said(best['nba_judged_actions'])}. «{_words(most[action])}» brought most: "
        f"{said(most['nba_revenue'], 'amount')}."
    )
    return Figure(
        "actions",
        title,
        message,
        (Chart(f"Bars of acceptance by action. {message}", charts.bars(rows, 32)),),
        (asked,),
        (
            f"Actions of {span(period.course_start, period.end)}. At the bars: share accepted of the actions "
            "carried out with a known outcome, either arm.",
        ),
    )


def _words(action: str | None) -> str:
    return str(action or "(none)").replace("_", " ")
