"""Next best actions: who chooses, and how often it is accepted."""

from cap.report import charts
from cap.report.model import Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import plain, said

SOURCES = ["next_best_actions"]
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
    rate, low, high = (f"acceptance_rate_when_acting{end}" for end in ("", "_lower", "_upper"))
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
        is_better = (plain(model[low]) or 0) > (plain(chance[high]) or 1)
        message = (
            f"The model's actions are accepted in {said(model[rate], 'share')}, random ones in "
            f"{said(chance[rate], 'share')}: "
            + ("more than chance explains." if is_better else "the intervals overlap.")
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
            "name": str(row[action] or "(none)").replace("_", " "),
            "value": plain(row["nba_acceptance_rate"]) or 0,
            "text": f"{said(row['nba_acceptance_rate'], 'share')} of {said(row['nba_judged_actions'])}",
        }
        for row in found[:12]
    ]
    best, most = found[0], max(found, key=lambda row: plain(row["nba_revenue"]) or 0)
    message = (
        f"«{rows[0]['name']}» is accepted most: {said(best['nba_acceptance_rate'], 'share')}. "
        f"«{str(most[action]).replace('_', ' ')}» brought most: {said(most['nba_revenue'], 'amount')}."
    )
    return Figure(
        "actions",
        title,
        message,
        (Chart(f"Bars of acceptance by action. {message}", charts.bars(rows, 32)),),
        (asked,),
        ("At the bars: share accepted of the actions carried out with a known outcome, either arm.",),
    )
