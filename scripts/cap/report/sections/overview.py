"""How it goes: key figures with their change, revenue by week, and where visitors come from."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from cap.report import charts
from cap.report.model import MEDIUM, NARROW, Asked, Chart, Figure, Section, Tile
from cap.report.reader import Reader
from cap.report.words import GAP, Unit, day, plain, plural, said, signed, span

Better = Literal["more", "less", "neither"]


@dataclass(frozen=True)
class Key:
    """A metric shown as a tile: its words, its unit, and which way is better."""

    metric: str
    label: str
    unit: Unit
    better: Better = "more"
    by_month: bool = False


# change in a share is told in percentage points, in a score in points, in all else in per cent
KEYS = (
    Key("revenue", "Revenue", "amount"),
    Key("purchases", "Purchases", "count"),
    Key("average_order_value", "Average order", "amount"),
    Key("return_on_ad_spend", "Return on ad spend", "times"),
    Key("users", "Web visitors", "count"),
    Key("visitor_conversion_rate", "Visitors who convert", "share"),
    Key("app_users", "App users", "count"),
    Key("total_customers", "Customers", "count"),
    Key("active_customers", "Active customers", "count"),
    Key("customer_churn_rate", "Customers lost", "share", "less", by_month=True),
    Key("net_promoter_score", "Net promoter score", "score"),
    Key("complaints", "Complaints", "count", "less"),
)
SPARK = 168  # pixels
CHANNELS = 9


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
        start=_month(period.as_of, -12),
        end=_month(period.as_of, 0) - timedelta(days=1),
    )
    tiles = tuple(
        _by_month(key, months) if key.by_month else _by_week(key, now, before, course, period.weeks)
        for key in KEYS
    )
    return Section(
        "overview",
        "How it goes",
        (_revenue(reader, course, now, before), _channels(reader)),
        f"The {period.weeks} weeks {span(period.start, period.end)}, against the {period.weeks} weeks before "
        f"({span(period.before_start, period.before_end)}). Whole weeks only, from Monday; lines go by week, "
        "the strong part is the period. Amounts are in the currency delivered.",
        tiles,
        (now, before, course, months),
    )


def _by_week(key: Key, now: Asked, before: Asked, course: Asked, weeks: int) -> Tile:
    one, other = (plain(a.records()[0][key.metric]) if a.rows else None for a in (now, before))
    points = [plain(row[key.metric]) for row in course.records()]
    return _tile(key, one, other, "", points, weeks)


def _by_month(key: Key, months: Asked) -> Tile:
    rows = months.records()
    if not rows:
        return _tile(key, None, None, "", [], 1)
    points = [plain(row[key.metric]) for row in rows]
    names = [f"{row['metric_time__month']:%B}" for row in rows]
    one, other = points[-1], points[-2] if len(points) > 1 else None
    tile = _tile(key, one, other, f" in {names[-2]}" if len(names) > 1 else "", points, 1)
    return Tile(**(vars(tile) | {"label": f"{key.label} in {names[-1]}"}))


def _tile(
    key: Key, one: float | None, other: float | None, against: str, points: list[float | None], last: int
) -> Tile:
    change, tone = _change(key, one, other)
    value = said(one, key.unit)
    before = f"from {said(other, key.unit)}{against}" if other is not None else "nothing to compare with"
    known = [point for point in points if point is not None]
    grain = "month" if key.by_month else "week"
    chart = (
        Chart(
            f"{key.label} by {grain}, {len(points)} {grain}s: lowest {said(min(known), key.unit)}, "
            f"highest {said(max(known), key.unit)}, last {said(known[-1], key.unit)}",
            charts.sparkline(points, last),
            (SPARK,),
        )
        if len(known) > 1
        else None
    )
    return Tile(key.metric, key.label, value, change, before, tone, one, chart)


def _change(key: Key, one: float | None, other: float | None) -> tuple[str, Literal["good", "bad", "plain"]]:
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
    if key.better == "neither" or text.strip(f"+−0.% points{GAP}") == "":
        return text, "plain"
    return text, "good" if (one > other) == (key.better == "more") else "bad"


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
    message = f"{said(one, 'amount')} in these {period.weeks} weeks"
    if one is not None and other:
        message += f", {_more(one / other - 1)} the {period.weeks} before ({said(other, 'amount')})"
    best_day = date.fromisoformat(best["week"])
    message += f". The best week began on {day(best_day)}: {said(best['value'], 'amount')}."
    chart = Chart(f"Bars of revenue by week. {message}", charts.course(rows, "revenue"), (NARROW, MEDIUM))
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
    best = max(
        (row for row in found if row["sessions"] >= total / 50),
        key=lambda row: plain(row["session_conversion_rate"]) or 0,
    )
    message = (
        f"{first['channel__channel_name']} brings most: {said(first['sessions'])} of {said(total)} web "
        f"sessions. "
        f"{best['channel__channel_name']} converts best: {said(best['session_conversion_rate'], 'share')}."
    )
    notes = [
        f"At the bars: sessions · share of them with a conversion. The line is the {period.weeks} weeks "
        f"before."
    ]
    if len(found) > CHANNELS:
        notes.append(f"{plural(len(found) - CHANNELS, 'smaller channel')} in the table.")
    chart = Chart(f"Bars of web sessions by channel. {message}", charts.bars(rows, 30), (NARROW, MEDIUM))
    return Figure("channels", title, message, (chart,), (now, before), tuple(notes))
