"""Which channels earned the money: models side by side, what channels cost, and holdouts."""

import textwrap
from dataclasses import dataclass, field
from typing import Any

from cap.attribution import CAUSALITY
from cap.attribution.holdouts import holdouts
from cap.report import charts
from cap.report.model import Asked, Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import GAP, day, listed, plain, plural, said, signed, span

# models of credit: metric, words, colour and shape where it is drawn
MODELS = (
    ("first_touch_revenue", "first touch", "second", "triangle-up"),
    ("last_touch_revenue", "last touch", "main", "circle"),
    ("last_non_direct_revenue", "last non-direct", None, None),
    ("linear_revenue", "linear", None, None),
    ("position_based_revenue", "position-based", None, None),
    ("time_decay_revenue", "time decay", None, None),
    ("shapley_revenue", "Shapley", None, None),
    ("markov_revenue", "Markov", "third", "diamond"),
)
SOURCES = ["touchpoints", "web_pageviews", "conversion_events"]
CHANNELS = 12
MOST_CHANCE = 0.05  # the adjusted p-value below which a holdout has shown something
CERTAINTY = """\
select channel.channel_name, estimate.credit_share, estimate.credit_share_lower, estimate.credit_share_upper,
    estimate.attributed_conversions, estimate.attributed_revenue, estimate.path_transform,
    estimate.confidence_level, estimate.sample_count, estimate.analysis_date
from gold.fact_attribution_estimates as estimate
inner join gold.dim_channel as channel on estimate.channel_key = channel.channel_key
where estimate.conversion_type = 'purchase' and estimate.attribution_grain = 'channel'
    and estimate.attribution_model = 'markov_1' and estimate.analysis_date <= date '{as_of}'
qualify estimate.analysis_date = max(estimate.analysis_date) over ()
    and estimate.is_latest = max(estimate.is_latest) over (partition by estimate.analysis_date)
order by estimate.credit_share desc nulls last, channel.channel_name"""


def section(reader: Reader) -> Section:
    """Shares by model, returns by channel, holdouts where there are any."""
    return Section(
        "attribution",
        "Which channels earned the money",
        (_models(reader), _holdouts(reader), _certainty(reader), _returns(reader)),
        CAUSALITY,
    )


def _models(reader: Reader) -> Figure:
    period = reader.period
    asked = reader.ask(
        [metric for metric, *_ in MODELS],
        ["channel__channel_name"],
        start=period.course_start,
        end=period.end,
        order=["-markov_revenue"],
    )
    title = "Revenue by channel, as eight models see it"
    found = asked.records()
    totals = {metric: sum(plain(row[metric]) or 0 for row in found) for metric, *_ in MODELS}
    if not any(totals.values()):
        return Figure("attribution", title, missing=reader.why_nothing("attributed revenue", SOURCES))
    shares: list[dict[str, Any]] = []
    for row in found:
        by_model = {metric: (plain(row[metric]) or 0) / totals[metric] for metric in totals if totals[metric]}
        if any(by_model.values()):
            ends = {"low": min(by_model.values()), "high": max(by_model.values())}
            shares.append({"name": row["channel__channel_name"] or "(none)", **by_model, **ends})
    shares.sort(key=lambda row: (-row.get("markov_revenue", 0), row["name"]))
    drawn = shares[:CHANNELS]
    # where models differ most a budget depends on the model
    widest = max(shares, key=lambda row: row["high"] - row["low"])
    steady = max(shares, key=lambda row: row["low"])
    message = (
        f"Whatever the model, {steady['name']} is credited with at least {said(steady['low'], 'share')} of "
        f"{said(max(totals.values()), 'amount')}. On {widest['name']} models disagree most: "
        f"{said(widest['low'], 'share')} to {said(widest['high'], 'share')}."
    )
    told = "; ".join(
        f"{row['name']} {said(row['low'], 'share')} to {said(row['high'], 'share')}" for row in drawn
    )
    series = [(metric, colour, shape) for metric, _, colour, shape in MODELS if colour and shape]
    chart = Chart(
        f"Range of the share of revenue that models credit to each channel. {told}.",
        charts.dots(drawn, series, "share of attributed revenue"),
        key=(
            *((colour, f"{words} {_mark(shape)}") for _, words, colour, shape in MODELS if colour and shape),
            ("soft", "range of all eight models"),
        ),
    )
    notes = [f"Revenue of {span(period.course_start, period.end)}."]
    if len(shares) > len(drawn):
        notes.append(f"{plural(len(shares) - len(drawn), 'smaller channel')} in the table.")
    return Figure("attribution", title, message, (chart,), (asked,), tuple(notes))


def _mark(shape: str) -> str:
    return {"triangle-up": "▲", "circle": "●", "diamond": "◆"}[shape]


def _returns(reader: Reader) -> Figure:
    period = reader.period
    asked = reader.ask(
        ["channel_cost", "paid_for_revenue", "return_on_ad_spend"],
        ["channel__channel_name"],
        start=period.course_start,
        end=period.end,
        order=["-channel_cost"],
    )
    title = "What channels cost, and what they are credited with"
    found = [row for row in asked.records() if plain(row["channel_cost"])]
    if not found:
        return Figure("returns", title, missing=reader.why_nothing("cost of touchpoints", ["touchpoints"]))
    found.sort(key=lambda row: (-float(row["channel_cost"]), row["channel__channel_name"]))
    rows = [
        {
            "name": row["channel__channel_name"] or "(none)",
            "value": float(row["channel_cost"]),
            "text": f"{said(row['channel_cost'], 'amount')} · {said(row['return_on_ad_spend'], 'times')}",
            "colour": "main" if (plain(row["return_on_ad_spend"]) or 0) >= 1 else "bad",
        }
        for row in found[:CHANNELS]
    ]
    losing = [row["name"] for row in rows if row["colour"] == "bad"]
    weeks = plural(((period.end - period.course_start).days + 1) // 7, "week")
    cost = sum(float(row["channel_cost"]) for row in found)
    revenue = sum(plain(row["paid_for_revenue"]) or 0 for row in found)
    message = (
        f"{said(cost, 'amount')} spent in {weeks}; the channels that cost something are credited with "
        f"{said(revenue / cost, 'times')} that. "
        + (
            f"Less than their cost: {listed(losing)}."
            if losing
            else "None is credited with less than its cost."
        )
    )
    return Figure(
        "returns",
        title,
        message,
        (
            Chart(
                f"Bars of cost by channel. {message}",
                charts.bars(rows, 30),
                key=(
                    ("main", "cost · credited revenue ÷ cost"),
                    *((("bad", "credited with less than its cost"),) if losing else ()),
                ),
            ),
        ),
        (asked,),
        (
            f"Costs and revenue of {span(period.course_start, period.end)}. Credit is by the var "
            "attribution_default_model (linear unless changed). Channels without cost are left out.",
        ),
    )


@dataclass
class _Asking:
    """What `holdouts` reads through, which keeps its query for the page."""

    reader: Reader
    asked: list[Asked] = field(default_factory=list)

    def rows(self, sql: str, _: Any = None) -> list[tuple]:
        self.asked.append(self.reader.sql(textwrap.dedent(sql).strip()))
        return self.asked[-1].rows


def _holdouts(reader: Reader) -> Figure:
    title = "What holdout groups say"
    asking = _Asking(reader)
    found = holdouts(asking)
    rows = []
    for one in found:
        is_known = one.lower is not None and one.upper is not None
        value, low, high = (
            100 * end for end in (one.uplift, *((one.lower, one.upper) if is_known else (one.uplift,) * 2))
        )
        # several channels are looked at: adjusted, none of those that do nothing is named in 19 reports of 20
        adjusted = one.adjusted_p_value
        is_shown = is_known and adjusted is not None and adjusted < MOST_CHANCE
        rows.append(
            {
                "name": one.channel,
                "value": value,
                "low": low,
                "high": high,
                "text": _points(value) + ("" if is_known else " (too few)"),
                "colour": "edge" if not is_shown else "good" if value > 0 else "bad",
                "is_open": not is_known,
            }
        )
    if not rows:
        why = reader.why_nothing("channel with a holdout group", ["touchpoints", "customer_journeys"])
        return Figure("holdouts", title, missing=why)
    rows.sort(key=lambda row: (-row["value"], row["name"]))
    sure = [row["name"] for row in rows if row["colour"] == "good"]
    message = (
        f"Shown to cause conversions: {listed(sure)}."
        if sure
        else f"None of the {len(rows)} channels with a holdout group is shown to cause conversions yet."
    )
    told = "; ".join(
        f"{row['name']} {row['text']}"
        + ("" if row["is_open"] else f" ({_points(row['low'])} to {_points(row['high'])})")
        for row in rows
    )
    worse = (("bad", "fewer than without it"),) if any(row["colour"] == "bad" for row in rows) else ()
    return Figure(
        "holdouts",
        title,
        message,
        (
            Chart(
                f"Conversions per 100 journeys that a channel caused, with 95 % intervals. {told}.",
                charts.intervals(rows, "conversions per 100 journeys, reached less held out", "+.0f"),
                key=(
                    ("good", "more than chance explains"),
                    *worse,
                    ("edge", "not told from nothing; hollow: too few to tell"),
                ),
            ),
        ),
        tuple(asking.asked),
        (
            "An experiment, not a model: journeys that the channel reached, against those from which it was "
            "withheld at random. Up to the build; people are the units. An interval is of its channel alone, "
            "colours are corrected for several channels (Holm).",
        ),
    )


def _certainty(reader: Reader) -> Figure:
    title = "How sure the shares of one model are"
    asked = reader.sql(CERTAINTY.format(as_of=reader.period.as_of))
    found = [row for row in asked.records() if row["credit_share_lower"] is not None]
    if not found:
        why = "No intervals yet: «cap attribution run --save» lands them."
        if any(table in reader.absent for table in SOURCES):
            why = reader.why_nothing("attributed purchases", SOURCES)
        return Figure("certainty", title, missing=why)
    rows = [
        {
            "name": row["channel_name"],
            "value": plain(row["credit_share"]),
            "low": plain(row["credit_share_lower"]),
            "high": plain(row["credit_share_upper"]),
            "text": said(row["credit_share"], "share"),
            "colour": "third",
        }
        for row in found[:CHANNELS]
    ]
    first = found[0]
    # where intervals overlap the order is not known
    equals = [row["name"] for row in rows[1:] if row["high"] >= rows[0]["low"]]
    message = f"{rows[0]['name']} has most: {_between(rows[0])}. " + (
        f"It cannot be told from {listed(equals)}." if equals else "All others have less, beyond chance."
    )
    told = "; ".join(f"{row['name']} {_between(row)}" for row in rows)
    return Figure(
        "certainty",
        title,
        message,
        (
            Chart(
                f"Share of purchases by channel, Markov chain of order 1, with intervals. {told}.",
                charts.intervals(rows, "share of purchases that a touch came before", ".0%", 38),
            ),
        ),
        (asked,),
        (
            f"Purchases by a Markov chain of order 1, as of {day(first['analysis_date'])}; intervals of "
            f"{100 * float(first['confidence_level']):g}{GAP}% from {said(first['sample_count'])} samples of "
            "people say how far chance goes, not whether the model is right.",
        ),
    )


def _between(row: dict[str, Any]) -> str:
    return f"{said(row['low'], 'share')} to {said(row['high'], 'share')}"


def _points(of_hundred: float) -> str:
    return signed(said(of_hundred, "score"))
