"""Which channels earned the money: models side by side, what channels cost, and holdouts."""

from typing import Any

from cap.attribution import CAUSALITY
from cap.report import charts
from cap.report.model import MEDIUM, NARROW, WIDE, Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import listed, plain, plural, said, signed, span

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
FEWEST_EXPECTED = 5  # conversions, and journeys without, in the smaller arm if the arms did not differ
# of a channel: journeys that it reached and from which it was withheld, and how many of each converted
HOLDOUTS = (
    "reached_journeys",
    "reached_journey_conversions",
    "held_out_journeys",
    "held_out_journey_conversions",
)


def section(reader: Reader) -> Section:
    """Shares by model, returns by channel, holdouts where there are any."""
    return Section(
        "attribution",
        "Which channels earned the money",
        (_models(reader), _holdouts(reader), _returns(reader)),
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
    cost = sum(float(row["channel_cost"]) for row in found)
    revenue = sum(plain(row["paid_for_revenue"]) or 0 for row in found)
    message = (
        f"{said(cost, 'amount')} spent; the channels that cost something are credited with "
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
                (NARROW, MEDIUM, WIDE),
                key=(("main", "cost · credited revenue ÷ cost"), ("bad", "credited with less than its cost")),
            ),
        ),
        (asked,),
        (
            "Credit is by the model attribution_default_model (linear unless changed). Channels without "
            "cost are left out.",
        ),
        is_wide=True,
    )


def _holdouts(reader: Reader) -> Figure:
    from cap.statistics import Arm, difference  # SciPy takes a second

    title = "What holdout groups say"
    channel = "channel__channel_name"
    asked = reader.ask(list(HOLDOUTS), [channel], end=reader.period.end)
    found = [
        row
        for row in asked.records()
        if all(row[metric] for metric in ("reached_journeys", "held_out_journeys"))
    ]
    rows = []
    for row in found:
        reached, reached_converted, held, held_converted = (int(row[metric]) for metric in HOLDOUTS)
        effect = difference(
            Arm.of_counts(held, held_converted), Arm.of_counts(reached, reached_converted), kind="proportion"
        )
        if effect.difference is None or effect.lower is None or effect.upper is None:
            continue
        share = (reached_converted + held_converted) / (reached + held)
        is_few = min(reached, held) * min(share, 1 - share) < FEWEST_EXPECTED
        rows.append(
            {
                "name": row[channel],
                "value": effect.difference,
                "low": effect.lower,
                "high": effect.upper,
                "text": signed(said(100 * effect.difference, "score")),
                "colour": "edge"
                if is_few or effect.lower <= 0 <= effect.upper
                else "good"
                if effect.lower > 0
                else "bad",
                "is_open": is_few,
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
        f"{row['name']} {row['text']} ({signed(said(100 * row['low'], 'score'))} to "
        f"{signed(said(100 * row['high'], 'score'))})"
        for row in rows
    )
    return Figure(
        "holdouts",
        title,
        message,
        (
            Chart(
                f"Conversions per 100 journeys that a channel caused, with 95 % intervals. {told}.",
                charts.intervals(rows, "conversions per journey, reached less held out", "+.0%"),
                key=(
                    ("good", "more than chance explains"),
                    *(
                        (("bad", "fewer than without it"),)
                        if any(row["colour"] == "bad" for row in rows)
                        else ()
                    ),
                    ("edge", "not told from nothing; hollow: too few journeys to tell"),
                ),
            ),
        ),
        (asked,),
        (
            "An experiment, not a model: journeys that the channel reached against those from which it "
            "was withheld "
            "at random. Points per 100 journeys; z-intervals of two proportions.",
        ),
    )
