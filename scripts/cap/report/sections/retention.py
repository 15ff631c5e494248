"""Who comes back: a triangle of weekly cohorts."""

from datetime import timedelta
from typing import Any

from cap.report import charts
from cap.report.model import NARROW, WIDE, Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import said

SINCE = "retention_cohort__periods_since"
WEEK = ("retention_cohort__period_kind = 'week'",)
MEDIUM_TRIANGLE = 620
WARM_UP = 4  # weeks from the begin of the data in which visitors of before seem new
FEWEST = 30  # visitors that a share of all cohorts together is told of
LATER = 8  # the last week that the message tells


def section(reader: Reader) -> Section:
    """The triangle, with the average of the cohorts as its last row."""
    period = reader.period
    metrics = ["cohort_visitors_followed", "cohort_visitors_retained", "retention_rate"]
    asked = reader.ask(metrics, ["metric_time__week", SINCE], WEEK, start=period.course_start, end=period.end)
    # a period that is not over on the day is not followed, whatever is known by now
    found = [
        row
        for row in asked.records()
        if row["retention_rate"] is not None
        and (period.end - row["metric_time__week"].date()).days >= 7 * row[SINCE] + 6
    ]
    title = "Retention by week of the first visit"
    if not found:
        why = reader.why_nothing("visitors who could have come back", ["web_pageviews"])
        return Section("retention", "Who comes back", (Figure("retention", title, missing=why),))
    # in the first weeks of the data old visitors seem new, and they come back more often
    steady = period.first_monday + timedelta(weeks=WARM_UP)
    new = [row for row in found if row["metric_time__week"].date() >= steady]
    sums = _sums(new or found)
    since = f"Since {max(steady, period.course_start):%-d %b}" if new else "All"
    rows = [
        _cell(row, row["metric_time__week"].date() < steady)
        for row in found
        if row["cohort_visitors_followed"]
    ]
    label = f"{since} · {sums[min(sums)][0]:,}"
    rows += [
        {"cohort": label, "since": weeks, **_share(retained, followed), "colour": "main"}
        for weeks, (followed, retained) in sums.items()
    ]
    message = _message(sums)
    table = "; ".join(
        f"week {weeks}: {said(retained / followed, 'share')}" for weeks, (followed, retained) in sums.items()
    )
    key = (
        ("main", "of 100 new visitors so many came in that week"),
        ("edge", f"first {WARM_UP} weeks of the data: old visitors seem new and come back more often"),
    )
    chart = Chart(
        f"Triangle of the share of each week's new visitors who came in each later week. {message} "
        f"{since}, all cohorts together: {table}.",
        charts.triangle(rows, 6),
        (NARROW, MEDIUM_TRIANGLE, WIDE),
        key=key[: 1 + any(row["colour"] == "edge" for row in rows)],
    )
    notes = (
        f"Beside the week how many came first in it. A visitor of the web is a browser, not a person. Only "
        f"weeks that are over are told; the last row has cohorts together, where they are {FEWEST} or more.",
    )
    figure = Figure("retention", title, message, (chart,), (asked,), notes, is_wide=True)
    return Section("retention", "Who comes back", (figure,))


def _sums(found: list[dict[str, Any]]) -> dict[int, tuple[int, int]]:
    """Of each week since the first: visitors followed and retained, over cohorts; where they are not few."""
    sums: dict[int, tuple[int, int]] = {}
    for row in found:
        followed, retained = sums.get(int(row[SINCE]), (0, 0))
        sums[int(row[SINCE])] = (
            followed + int(row["cohort_visitors_followed"]),
            retained + int(row["cohort_visitors_retained"] or 0),
        )
    many = {weeks: both for weeks, both in sorted(sums.items()) if both[0] >= FEWEST}
    return many or {weeks: both for weeks, both in sorted(sums.items()) if both[0]}


def _message(sums: dict[int, tuple[int, int]]) -> str:
    (first, (followed, retained)), *more = sums.items()
    message = f"Of {said(followed)} new visitors {said(retained / followed, 'share')} came back in " + (
        "the week after their first" if first == 1 else f"week {first}"
    )
    if more:
        later, (followed, retained) = max((one for one in more if one[0] <= LATER), default=more[0])
        message += f"; of the {said(followed)} known for {later} weeks {said(retained / followed, 'share')} "
        message += f"in week {later}"
    return f"{message}."


def _cell(row: dict[str, Any], is_warm_up: bool) -> dict[str, Any]:
    followed, retained = int(row["cohort_visitors_followed"]), int(row["cohort_visitors_retained"] or 0)
    return {
        "cohort": f"{row['metric_time__week']:%-d %b} · {followed:,}",
        "since": int(row[SINCE]),
        **_share(retained, followed),
        "colour": "edge" if is_warm_up else "main",
    }


def _share(retained: int, followed: int) -> dict[str, Any]:
    return {"value": retained / followed, "text": f"{100 * retained / followed:.0f}"}
