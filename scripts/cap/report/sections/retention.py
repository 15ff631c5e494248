"""Who comes back: a triangle of weekly cohorts."""

from typing import Any

from cap.report import charts
from cap.report.model import NARROW, WIDE, Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import day, plain, said

WEEK = ("retention_cohort__period_kind = 'week'",)
MEDIUM_TRIANGLE = 620


def section(reader: Reader) -> Section:
    """The triangle, with the average of all cohorts as its last row."""
    period = reader.period
    metrics = ["cohort_visitors_followed", "cohort_visitors_retained", "retention_rate"]
    since = "retention_cohort__periods_since"
    cohorts = reader.ask(
        metrics, ["metric_time__week", since], WEEK, start=period.course_start, end=period.end
    )
    overall = reader.ask(metrics, [since], WEEK, start=period.course_start, end=period.end)
    # a period that is not over on the day is not followed, whatever is known by now
    rows = [
        _cell(f"{row['metric_time__week']:%-d %b %Y}", row[since], row)
        for row in cohorts.records()
        if row["retention_rate"] is not None
        and (period.end - row["metric_time__week"].date()).days >= 7 * row[since] + 6
    ]
    title = "Retention by week of the first visit"
    if not rows:
        why = reader.why_nothing("visitors who could have come back", ["web_pageviews"])
        return Section("retention", "Who comes back", (Figure("retention", title, missing=why),))
    kept = {(row["cohort"], row["since"]) for row in rows}
    widest = max(since_ for _, since_ in kept)
    averages = {
        row[since]: row
        for row in overall.records()
        if row["retention_rate"] is not None and row[since] <= widest
    }
    if period.as_of == reader.calendar_end:
        rows += [_cell("All cohorts", weeks, row) for weeks, row in averages.items()]
    first = averages.get(1)
    message = (
        f"Of {said(first['cohort_visitors_followed'])} new visitors "
        f"{said(first['retention_rate'], 'share')} came "
        "back in the week after their first"
        if first
        else ""
    )
    later = max((weeks for weeks in averages if weeks <= 8), default=0)
    if first and later > 1:
        message += f", {said(averages[later]['retention_rate'], 'share')} in week {later}"
    table = "; ".join(
        f"week {weeks}: {said(row['retention_rate'], 'share')}" for weeks, row in sorted(averages.items())
    )
    return Section(
        "retention",
        "Who comes back",
        (
            Figure(
                "retention",
                title,
                f"{message}.",
                (
                    Chart(
                        f"Triangle of the share of each week's new visitors who came in each later week. "
                        f"{message}. "
                        f"All cohorts together: {table}.",
                        charts.triangle(rows, 6),
                        (NARROW, MEDIUM_TRIANGLE, WIDE),
                    ),
                ),
                (cohorts, overall),
                (
                    "A visitor of the web is a browser, not a person. Only weeks that are over are "
                    f"followed, and only visitors who first came since {day(period.course_start)}; at the "
                    "begin of the data everybody seems new.",
                ),
                is_wide=True,
            ),
        ),
    )


def _cell(cohort: str, since: int, row: dict[str, Any]) -> dict[str, Any]:
    rate = plain(row["retention_rate"]) or 0.0
    return {"cohort": cohort, "since": int(since), "value": rate, "text": f"{100 * rate:.0f}"}
