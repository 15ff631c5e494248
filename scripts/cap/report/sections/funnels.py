"""Where visitors and orders are lost: the funnels of the web, and the purchase funnel by session."""

from itertools import groupby
from typing import Any

from cap.report import charts
from cap.report.model import Asked, Chart, Figure, Section
from cap.report.reader import Reader
from cap.report.words import day, listed, plain, said, span

Funnels = dict[str, list[dict[str, Any]]]  # of a funnel its steps, in their order

SOURCES = ["web_pageviews", "conversion_events"]
# the purchase funnel by session: a metric per step
STEPS = (
    ("funnel_entries", "Product seen"),
    ("carts_seen", "Cart seen"),
    ("checkouts_seen", "Checkout seen"),
    ("funnel_completions", "Purchase"),
)


def section(reader: Reader) -> Section:
    """The purchase funnel by visitor and by session, and the other funnels."""
    period = reader.period
    asked = reader.ask(
        ["funnel_step_visitors", "funnel_step_reach_rate", "funnel_step_dropoff_rate"],
        ["funnel_step__funnel_name", "funnel_step__step_number", "funnel_step__step_label"],
        # gold has of a visitor the deepest attempt of all time: in four weeks alone those would be missing
        # who got as far or farther before
        start=period.course_start,
        end=period.end,
    )
    funnels = {
        name: list(steps)
        for name, steps in groupby(asked.records(), key=lambda row: row["funnel_step__funnel_name"])
        if name is not None
    }
    funnels = {name: steps for name, steps in funnels.items() if steps[0]["funnel_step_visitors"]}
    return Section(
        "funnels",
        "Where visitors are lost",
        (_main(reader, asked, funnels), _sessions(reader), *_others(asked, funnels)),
    )


def _main(reader: Reader, asked: Asked, funnels: Funnels) -> Figure:
    if not funnels:
        why = reader.why_nothing("funnel entries", SOURCES)
        return Figure("web_funnel", "Purchase funnel by visitor", missing=why)
    name = _first(funnels)
    return Figure(
        "web_funnel",
        f"{name[:1].upper()}{name[1:]} funnel by visitor",
        _message(name, funnels[name], day(reader.period.course_start)),
        (_chart(name, funnels[name], ""),),
        (asked,),
        (
            f"Attempts begun {span(reader.period.course_start, reader.period.end)}. A visitor counts once, "
            "with the deepest attempt of all; steps must follow one another. Who entered in the last days "
            "may yet go on.",
        ),
    )


def _others(asked: Asked, funnels: Funnels) -> list[Figure]:
    names = [name for name in funnels if name != _first(funnels)]
    if not names:
        return []
    ends = [
        f"{name} {said(funnels[name][-1]['funnel_step_reach_rate'], 'share')}"
        for name in sorted(names, key=lambda name: -(plain(funnels[name][-1]["funnel_step_reach_rate"]) or 0))
    ]
    return [
        Figure(
            "other_funnels",
            "Other funnels by visitor",
            f"Share of those who entered that got to the end: {listed(ends)}.",
            tuple(_chart(name, funnels[name], f"{name[:1].upper()}{name[1:]}") for name in names),
            (asked,),
            ("Bars and colours as above. What the steps of a funnel are stands in seeds/funnels.csv.",),
            is_wide=True,
        )
    ]


def _first(funnels: Funnels) -> str:
    return "purchase" if "purchase" in funnels else next(iter(funnels), "")


def _worst(steps: list[dict[str, Any]]) -> dict[str, Any] | None:
    open_steps = [row for row in steps if plain(row["funnel_step_dropoff_rate"])]
    return max(open_steps, key=lambda row: row["funnel_step_dropoff_rate"], default=None)


def _message(name: str, steps: list[dict[str, Any]], since: str) -> str:
    first, last, worst = steps[0], steps[-1], _worst(steps)
    text = (
        f"Of {said(first['funnel_step_visitors'])} visitors who entered the {name} funnel since {since} "
        f"{said(last['funnel_step_visitors'])} reached its end "
        f"({said(last['funnel_step_reach_rate'], 'share')})"
    )
    if worst:
        text += (
            f"; most are lost after «{_label(worst)}», where "
            f"{said(worst['funnel_step_dropoff_rate'], 'share')} stop"
        )
    return f"{text}."


def _label(row: dict[str, Any]) -> str:
    """«2 cart or checkout page» is «cart or checkout page»."""
    return str(row["funnel_step__step_label"]).split(" ", 1)[-1]


def _chart(name: str, steps: list[dict[str, Any]], title: str) -> Chart:
    worst = _worst(steps)
    rows = [
        {
            "name": _label(row),
            "value": float(row["funnel_step_visitors"]),
            "text": f"{said(row['funnel_step_visitors'])} · {said(row['funnel_step_reach_rate'], 'share')}",
            "colour": "second" if row is worst else "main",
        }
        for row in steps
    ]
    told = "; ".join(f"{row['name']} {row['text'].replace(' · ', ', ')}" for row in rows)
    return Chart(
        f"Funnel {name}, visitors and share of those who entered: {told}.",
        charts.bars(rows, 32),
        title=title,
        key=()
        if title
        else (
            ("main", "visitors at the step · share of those who entered"),
            ("second", "most stop after it"),
        ),
    )


def _sessions(reader: Reader) -> Figure:
    period = reader.period
    asked = reader.ask(
        [
            *(metric for metric, _ in STEPS),
            "funnel_completion_rate",
            "cart_abandonment_rate",
            "checkout_abandonment_rate",
        ],
        start=period.start,
        end=period.end,
    )
    title = "Purchase funnel by session"
    found = asked.records()[0] if asked.rows else {}
    entered = plain(found.get("funnel_entries"))
    if not entered:
        return Figure("purchase_funnel", title, missing=reader.why_nothing("product pages seen", SOURCES))
    values = [(label, plain(found[metric]) or 0) for metric, label in STEPS]
    rows = [
        {"name": label, "value": value, "text": f"{said(value)} · {said(value / entered, 'share')}"}
        for label, value in values
    ]
    message = (
        f"{said(found['cart_abandonment_rate'], 'share')} of carts and "
        f"{said(found['checkout_abandonment_rate'], 'share')} of checkouts are left; "
        f"{said(found['funnel_completion_rate'], 'share')} of the sessions that saw a product end in a "
        f"purchase."
    )
    return Figure(
        "purchase_funnel",
        title,
        message,
        (Chart(f"Bars of sessions by step of the purchase funnel. {message}", charts.bars(rows, 32)),),
        (asked,),
        (
            "Web sessions that saw a product, cart or checkout page. At the bars: sessions · share of "
            "those entered.",
        ),
    )
