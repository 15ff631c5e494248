"""How it goes: key figures with their change, revenue by week, and where visitors come from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import mean, stdev
from typing import Literal

from cap.metrics.show import NOTHING
from cap.report import charts
from cap.report.model import Asked, Chart, Figure, Section, Tile, first_monday
from cap.report.reader import Reader
from cap.report.words import GAP, Unit, at_least, day, plain, plural, said, signed, span

Points = Sequence[float | None]
Better = Literal["more", "less", "neither"]


@dataclass(frozen=True)
class Key:
    """A metric shown as a tile: its words, its unit, the bronze table it lives on, and which way is better.

    Its values can be compared once the table has been delivered for `settles` days.
    """

    metric: str
    label: str
    unit: Unit
    table: str
    better: Better = "more"
    by_month: bool = False
    settles: int = 0


# change in a share is told in percentage points, in a score in points, in all else in per cent
KEYS = (
    Key("revenue", "Revenue", "amount", "conversion_events"),
    Key("purchases", "Purchases", "count", "conversion_events"),
    Key("average_order_value", "Average order", "amount", "conversion_events"),
    Key("return_on_ad_spend", "Return on ad spend", "times", "touchpoints"),
    Key("users", "Web visitors", "count", "web_pageviews"),
    Key("visitor_conversion_rate", "Visitors who convert", "share", "web_pageviews"),
    Key("app_users", "App users", "count", "mobile_app_events"),
    Key("total_customers", "Customers", "count", "customer_master"),
    # who did anything within active_customer_days: in the first of them it only grows
    Key("active_customers", "Active customers", "count", "customer_events", settles=90),
    Key("customer_churn_rate", "Customers lost", "share", "customer_master", "less", by_month=True),
    Key("net_promoter_score", "Net promoter score", "score", "customer_interactions"),
    Key("complaints", "Complaints", "count", "customer_complaints", "less"),
)
SPARKS = (130, 226)  # pixels: on a phone and on a desk
CHANNELS = 9
MOST_CHANCE = 0.05  # a change is called better or worse if weeks differ so by chance less often
MONTHS = 12  # of the course of what comes by month


def section(reader: Reader) -> Section:
    """Tiles, revenue by week, sessions by channel."""
    period = reader.period
    by_week = [key.metric for key in KEYS if not key.by_month]
    by_month = [key.metric for key in KEYS if key.by_month]
    now = reader.ask(by_week, start=period.start, end=period.end)
    before = reader.ask(by_week, start=period.before_start, end=period.before_end)
    course = reader.ask(by_week, ["metric_time__week"], start=period.course_start, end=period.end)
    months = reader.ask(
        by_month,
        ["metric_time__month"],
        start=max(_month(period.month_end, 1 - MONTHS), min(_month(period.first_day, 0), period.month_start)),
        end=period.month_end,
    )
    tiles = tuple(
        _if_delivered(
            reader,
            key,
            _by_month(reader, key, months) if key.by_month else _by_week(reader, key, now, before, course),
        )
        for key in KEYS
    )
    return Section(
        "overview",
        "How it goes",
        (_revenue(reader, course, now, before), _channels(reader)),
        f"The {period.length} {span(period.start, period.end)}, against the {period.length} before "
        f"({span(period.before_start, period.before_end)}). Whole weeks only, from Monday; lines go by week, "
        "the strong part is the period. «Better» and «worse» are said only of what goes beyond the usual up "
        "and down of weeks. Amounts are in the currency delivered.",
        tiles,
        (now, before, course, months),
    )


def _if_delivered(reader: Reader, key: Key, tile: Tile) -> Tile:
    """The tile; a 0 of what was not delivered is not a 0."""
    if tile.number or key.table not in reader.absent:
        return tile
    why = f"{key.table} was not delivered"
    return replace(tile, value=NOTHING, number=None, change="", tone="plain", before=why, chart=None)


def _by_week(reader: Reader, key: Key, now: Asked, before: Asked, course: Asked) -> Tile:
    period = reader.period
    one, other = (plain(a.records()[0][key.metric]) if a.rows else None for a in (now, before))
    by_week = {row["metric_time__week"].date(): plain(row[key.metric]) for row in course.records()}
    begin = first_monday(reader.first_days.get(key.table, period.first_day))
    points = [value for week, value in by_week.items() if week >= begin]
    if first_monday(begin + timedelta(days=key.settles)) > period.before_start:
        other = None  # what was first delivered amid the weeks before did not grow since
    weeks = [
        [value for week, value in by_week.items() if low <= week <= high]
        for low, high in ((period.start, period.end), (period.before_start, period.before_end))
    ]
    return _tile(key, one, other, "", points, period.weeks, is_more_than_chance(*weeks))


def _by_month(reader: Reader, key: Key, months: Asked) -> Tile:
    rows = months.records()
    if not rows or reader.period.month_end < reader.period.first_day:
        return _tile(key, None, None, "", [], 1, False)
    points = [plain(row[key.metric]) for row in rows]
    names = [f"{row['metric_time__month']:%B}" for row in rows]
    one, other = points[-1], points[-2] if len(points) > 1 else None
    # one month against one says nothing of how months differ
    tile = _tile(key, one, other, f" in {names[-2]}" if len(names) > 1 else "", points, 1, False)
    return replace(tile, label=f"{key.label} in {names[-1]}")


def is_more_than_chance(now: Points, before: Points) -> bool:
    """Whether the weeks of the period differ from those before by more than weeks differ among themselves.

    Welch's t-test of one value a week (`scipy.stats.ttest_ind`), p < MOST_CHANCE. It takes weeks as
    independent: a season or a trend that began earlier is a difference to it as any other.
    """
    from scipy.stats import ttest_ind_from_stats  # half a second

    weeks = [[value for value in side if value is not None] for side in (now, before)]
    if min(map(len, weeks)) < 2:
        return False
    stats = [(mean(side), stdev(side), len(side)) for side in weeks]
    if not any(spread for _, spread, _ in stats):
        return stats[0][0] != stats[1][0]
    return bool(ttest_ind_from_stats(*stats[0], *stats[1], equal_var=False).pvalue < MOST_CHANCE)


def _tile(
    key: Key,
    one: float | None,
    other: float | None,
    against: str,
    points: Points,
    last: int,
    is_sure: bool,
) -> Tile:
    change, tone = _change(key, one, other, is_sure)
    value = said(one, key.unit)
    before = f"from {said(other, key.unit)}{against}" if other is not None else "nothing to compare with"
    known = [point for point in points if point is not None]
    grain = "month" if key.by_month else "week"
    chart = (
        Chart(
            f"{key.label} by {grain}, {len(points)} {grain}s: lowest {said(min(known), key.unit)}, "
            f"highest {said(max(known), key.unit)}, last {said(known[-1], key.unit)}",
            charts.sparkline(points, last),
            SPARKS,
        )
        if len(known) > 1
        else None
    )
    return Tile(key.metric, key.label, value, change, before, tone, one, chart)


def _change(
    key: Key, one: float | None, other: float | None, is_sure: bool
) -> tuple[str, Literal["good", "bad", "plain"]]:
    """The change as text with its sign, and whether it is good."""
    if one is None or other is None:
        return "", "plain"
    if key.unit == "share":
        text = f"{signed(said(100 * (one - other), 'score'))} points"
    elif key.unit == "score":
        text = f"{signed(said(one - other, 'score'))} points"
    elif other == 0:
        return "", "plain"
    else:
        text = signed(said(one / other - 1, "share"))
    if not is_sure or key.better == "neither" or text.strip(f"+−0.% points{GAP}") == "":
        return text, "plain"
    is_good = (one > other) == (key.better == "more")
    return f"{text}, {'better' if is_good else 'worse'}", "good" if is_good else "bad"


def _month(moment: date, months: int) -> date:
    """The first day of the month so many months after that of `moment`."""
    place = moment.year * 12 + moment.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def _revenue(reader: Reader, course: Asked, now: Asked, before: Asked) -> Figure:
    period = reader.period
    rows = [
        {
            "week": f"{row['metric_time__week']:%Y-%m-%d}",
            "value": plain(row["revenue"]) or 0,
            "is_period": row["metric_time__week"].date() >= period.start,
        }
        for row in course.records()
        if row["revenue"] is not None
    ]
    one, other = (plain(a.records()[0]["revenue"]) if a.rows else None for a in (now, before))
    title = "Revenue by week"
    if not any(row["value"] for row in rows):
        return Figure("revenue", title, missing=reader.why_nothing("revenue", ["conversion_events"]))
    best = max(rows, key=lambda row: row["value"])
    message = f"{said(one, 'amount')} in the {period.length}"
    if one is not None and other and period.before_start >= period.course_start:
        message += f", {_more(one / other - 1)} the {period.length} before ({said(other, 'amount')})"
        now_weeks = [row["value"] for row in rows if row["is_period"]]
        before_weeks = [row["value"] for row in rows if not row["is_period"]][-period.weeks :]
        if not is_more_than_chance(now_weeks, before_weeks):
            message += ", no more than weeks differ anyway"
    best_day = date.fromisoformat(best["week"])
    message += f". The best week began on {day(best_day)}: {said(best['value'], 'amount')}."
    chart = Chart(f"Bars of revenue by week. {message}", charts.course(rows, "revenue"))
    alone = reader.ask(
        ["revenue", "purchases", "average_order_value"],
        ["metric_time__week"],
        start=period.course_start,
        end=period.end,
    )
    return Figure("revenue", title, message, (chart,), (alone,))


def _more(change: float) -> str:
    if abs(change) < 0.005:
        return "as much as"
    return f"{said(abs(change), 'share')} {'more' if change > 0 else 'less'} than"


def _channels(reader: Reader) -> Figure:
    period = reader.period
    metrics = ["sessions", "session_conversion_rate"]
    groups = ["channel__channel_name"]
    now = reader.ask(metrics, groups, start=period.start, end=period.end, order=["-sessions"])
    before = reader.ask(
        metrics, groups, start=period.before_start, end=period.before_end, order=["-sessions"]
    )
    earlier = {row["channel__channel_name"]: plain(row["sessions"]) for row in before.records()}
    found = [row for row in now.records() if row["sessions"]]
    title = "Where visits come from"
    if not found:
        return Figure("channels", title, missing=reader.why_nothing("web sessions", ["web_pageviews"]))
    found.sort(key=lambda row: (-row["sessions"], row["channel__channel_name"]))
    rows = [
        {
            "name": row["channel__channel_name"] or "(none)",
            "value": float(row["sessions"]),
            "before": earlier.get(row["channel__channel_name"]),
            "text": f"{said(row['sessions'])} · {said(row['session_conversion_rate'], 'share')}",
        }
        for row in found[:CHANNELS]
    ]
    total = sum(float(row["sessions"]) for row in found)
    first = found[0]
    # the highest rate that few sessions do not explain
    best = max(found, key=lambda row: at_least(row["session_conversion_rate"], row["sessions"]))
    message = (
        f"{first['channel__channel_name']} brings most: {said(first['sessions'])} of {said(total)} web "
        f"sessions. "
        f"{best['channel__channel_name']} converts best: {said(best['session_conversion_rate'], 'share')} of "
        f"{said(best['sessions'])}."
    )
    notes = [
        f"At the bars: sessions · share of them with a conversion. The line is the {period.length} before."
    ]
    if len(found) > CHANNELS:
        notes.append(f"{plural(len(found) - CHANNELS, 'smaller channel')} in the table.")
    chart = Chart(f"Bars of web sessions by channel. {message}", charts.bars(rows, 30))
    return Figure("channels", title, message, (chart,), (now, before), tuple(notes))
