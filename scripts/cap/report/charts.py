"""The kinds of charts, as functions of a width: bars, courses, triangles, intervals, dots and flows.

Altair draws them, vl-convert writes them as SVG without a browser. Each function takes rows as plain dicts
and gives a `Draw`. Texts are at least 12 px at the width a chart is drawn for.
"""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from cap.report.model import MEDIUM, Draw
from cap.report.theme import FONT, light

SMALL = 12
LETTER = 6.4  # pixels of a letter, a little more than they are on average
STRONGEST = 0.42  # how much of its colour a cell has at most, so that the text on it is read
ZERO = "datum.value === 0 ? '0' : datum.label"  # nothing is neither +0 % nor 0 k
Rows = Sequence[dict[str, Any]]


def _finished(chart: alt.LayerChart | alt.Chart, width: int, **rows: Rows) -> dict[str, Any]:
    """The Vega-Lite of a chart over `rows`, of so many pixels in all, in the report's dress."""
    dressed = (
        chart.properties(width=width, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(
            background="transparent", font=FONT, padding={"left": 2, "right": 12, "top": 4, "bottom": 2}
        )
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=SMALL,
            titleFontSize=SMALL,
            titleFontWeight="normal",
            labelColor=light("ink"),
            titleColor=light("muted"),
            gridColor=light("grid"),
            domain=False,
            ticks=False,
            labelPadding=6,
            titlePadding=8,
            labelLimit=width * 0.42,
        )
        .configure_text(fontSize=SMALL, font=FONT, color=light("ink"))
    )
    return dressed.to_dict(validate=False) | {"datasets": {name: list(of) for name, of in rows.items()}}


def _data(name: str = "rows") -> alt.NamedData:
    """Rows that `_finished` adds, so that they are not copied with each step of a chart."""
    return alt.NamedData(name=name)


def _wrapped(name: str, width: int, room: int = 0) -> list[str]:
    """A long text in two lines where there is little room (`room` letters, or what a label has)."""
    room = room or (17 if width < MEDIUM else 26)
    lines = [""]
    for word in name.split() if len(name) > room else [name]:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room and len(lines) < 2:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _longest(name: str, width: int) -> int:
    """Letters of the longest line of a label."""
    return max(map(len, _wrapped(name, width)))


def _step(step: int, names: Sequence[str], width: int) -> int:
    """The height of a row, so that labels of two lines do not touch."""
    return max(step, 38) if any(len(_wrapped(name, width)) > 1 for name in names) else step


def _labels(names: Sequence[str], width: int) -> alt.Axis:
    """An axis of names, the long ones in two lines."""
    lines = {name: _wrapped(name, width) for name in names}
    cases = "".join(
        f"datum.value === {_quoted(name)} ? {_list(line)} : " for name, line in lines.items() if len(line) > 1
    )
    return alt.Axis(title=None, labelExpr=f"{cases}datum.value", labelLineHeight=14)


def _quoted(text: str) -> str:
    """Text as a literal of Vega's expressions."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ")
    return f"'{escaped}'"


def _list(texts: list[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def bars(rows: Rows, step: int = 34) -> Draw:
    """Horizontal bars, one per row in their order, with a text at the end of each.

    Rows: name, value, text, colour (a name of `theme.COLOURS`); `before`, if there, is a tick across the bar.
    """

    def draw(width: int) -> dict[str, Any]:
        names = [row["name"] for row in rows]
        drawn = [
            row
            | {
                "fill": light(row.get("colour", "main")),
                "end": max(row["value"], row.get("before") or 0),
            }
            for row in rows
        ]
        most = max((row["end"] for row in drawn), default=0) or 1
        longest = LETTER * max((len(row["text"]) for row in rows), default=0) + 10
        # room for the text of the longest bar, in the units of the value
        plot = width - LETTER * max((_longest(name, width) for name in names), default=0) - 14
        scale = alt.Scale(domain=[0, most * plot / max(plot - longest, 40)], nice=False)
        base = alt.Chart(_data()).encode(y=alt.Y("name:N", sort=names, axis=_labels(names, width)))
        x = alt.X("value:Q", axis=None, scale=scale)
        parts = [base.mark_bar(height={"band": 0.66}).encode(x=x, color=alt.Color("fill:N", scale=None))]
        if any(row.get("before") is not None for row in rows):
            known, at = (
                base.transform_filter("isValid(datum.before)"),
                alt.X("before:Q", axis=None, scale=scale),
            )
            # the ground on both sides of the line, so that it is seen on a bar
            for thickness, colour in ((6, "card"), (2, "ink")):
                line = known.mark_tick(
                    thickness=thickness, opacity=1, color=light(colour), height={"band": 0.86}
                )
                parts.append(line.encode(x=at))
        parts.append(
            base.mark_text(align="left", dx=6, color=light("ink")).encode(
                x=alt.X("end:Q", axis=None, scale=scale), text="text:N"
            )
        )
        return _finished(
            alt.layer(*parts).properties(height={"step": _step(step, names, width)}), width, rows=drawn
        )

    return draw


def course(rows: Rows, title: str, form: str = "~s", height: int = 190) -> Draw:
    """Bars by week. Rows: week (a date as text), value, is_period (whether the bar is of the period)."""

    def draw(width: int) -> dict[str, Any]:
        drawn = [row | {"fill": light("main" if row["is_period"] else "pale")} for row in rows]
        base = alt.Chart(_data())
        every = math.ceil(len(rows) * LETTER * 9 / (width - 60))  # room for «16 Feb» and what is between
        shown = [row["week"] for row in rows][::-1][::every][::-1]
        x = alt.X(
            "week:O",
            axis=alt.Axis(
                title=None,
                values=shown,
                labelAngle=0,
                labelExpr="timeFormat(toDate(datum.value + 'T00:00'), '%-d %b')",
                grid=False,
            ),
        )
        y = alt.Y("value:Q", axis=alt.Axis(title=title, tickCount=4, format=form, labelExpr=ZERO))
        return _finished(
            base.mark_bar(width={"band": 0.8})
            .encode(x=x, y=y, color=alt.Color("fill:N", scale=None))
            .properties(height=height),
            width,
            rows=drawn,
        )

    return draw


def sparkline(values: Sequence[float | None], last: int) -> Draw:
    """A line with the `last` points in the main colour, and a dot at its end."""

    def draw(width: int) -> dict[str, Any]:
        rows = [{"place": place, "value": value} for place, value in enumerate(values) if value is not None]
        low, high = min(row["value"] for row in rows), max(row["value"] for row in rows)
        gap = (high - low) * 0.12 or 1
        base = alt.Chart(_data()).encode(
            x=alt.X(
                "place:Q", axis=None, scale=alt.Scale(domain=[0, len(values) - 1], nice=False, padding=4)
            ),
            y=alt.Y("value:Q", axis=None, scale=alt.Scale(domain=[low - gap, high + gap], nice=False)),
        )
        now = f"datum.place >= {len(values) - 1 - last}"
        layers = alt.layer(
            base.mark_line(strokeWidth=1.5, color=light("edge")),
            base.transform_filter(now).mark_line(strokeWidth=2.5, color=light("main")),
            base.transform_filter(f"datum.place === {rows[-1]['place']}").mark_point(
                filled=True, size=42, opacity=1, color=light("main")
            ),
        )
        return _finished(layers.properties(height=40), width, rows=rows)

    return draw


def triangle(rows: Rows, most_narrow: int) -> Draw:
    """A triangle of shares: a row per cohort, a column per period since.

    Rows: cohort (text), since (integer), value (0 to 1), text, colour (a name of `theme.COLOURS`). At a
    narrow width only the last cohorts and the first `most_narrow` columns are drawn, so that texts stay
    readable.
    """

    def draw(width: int) -> dict[str, Any]:
        is_narrow = width < MEDIUM
        cohorts = list(dict.fromkeys(row["cohort"] for row in rows))
        if is_narrow:
            cohorts = cohorts[-12:]
        kept = set(cohorts)
        drawn = [
            row | {"fill": light(row["colour"])}
            for row in rows
            if row["cohort"] in kept and (not is_narrow or row["since"] <= most_narrow)
        ]
        high = max(row["value"] for row in drawn) or 1
        base = alt.Chart(_data()).encode(
            x=alt.X("since:O", axis=alt.Axis(title="weeks since", orient="top", labelAngle=0, grid=False)),
            y=alt.Y("cohort:N", sort=cohorts, axis=alt.Axis(title=None)),
        )
        shade = alt.Opacity(
            "value:Q", scale=alt.Scale(domain=[0, high], range=[0.04, STRONGEST]), legend=None
        )
        cell = base.mark_rect(stroke=light("card"), strokeWidth=2).encode(
            opacity=shade, fill=alt.Fill("fill:N", scale=None)
        )
        text = base.mark_text(fontSize=SMALL, color=light("ink")).encode(text="text:N")
        return _finished(alt.layer(cell, text).properties(height={"step": 27}), width, rows=drawn)

    return draw


def intervals(rows: Rows, title: str, form: str = "+.0%", step: int = 46) -> Draw:
    """Estimates with their intervals, one per row, and a line at 0.

    Rows: name, value, low, high (all numbers), text, colour, is_open (drawn hollow: not to be relied on).
    """

    def draw(width: int) -> dict[str, Any]:
        names = [row["name"] for row in rows]
        drawn = [
            row
            | {
                "stroke": light(row["colour"]),
                "fill": light("card") if row.get("is_open") else light(row["colour"]),
            }
            for row in rows
        ]
        ends = [row[end] for row in rows for end in ("low", "high")]
        low, high = min(0, *ends), max(0, *ends)
        room = (high - low) * 0.04 or 0.01
        scale = alt.Scale(domain=[low - room, high + room], nice=False)
        base = alt.Chart(_data()).encode(
            y=alt.Y("name:N", sort=names, axis=_labels(names, width), scale=alt.Scale(paddingOuter=0.3))
        )
        axis = alt.Axis(
            title=_wrapped(title, width, width // 8),
            format=form,
            labelExpr=ZERO,
            tickCount=max(3, width // 110),
        )
        line = base.mark_rule(strokeWidth=3).encode(
            x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q", color=alt.Color("stroke:N", scale=None)
        )
        dot = base.mark_point(size=95, opacity=1, filled=True, strokeWidth=2.5).encode(
            x=alt.X("value:Q", axis=axis, scale=scale),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("stroke:N", scale=None),
        )
        at = alt.X("value:Q", axis=axis, scale=scale)
        # the ground around the letters, so that no line goes through them
        ground = base.mark_text(
            dy=-14, fontSize=SMALL, color=light("card"), stroke=light("card"), strokeWidth=4
        )
        text = base.mark_text(dy=-14, fontSize=SMALL, color=light("ink"))
        parts = [line, dot, ground.encode(x=at, text="text:N"), text.encode(x=at, text="text:N")]
        rule = alt.Chart(_data("zero")).mark_rule(color=light("edge"), strokeWidth=1.5)
        parts.insert(0, rule.encode(x=alt.X("at:Q", axis=axis, scale=scale)))
        return _finished(
            alt.layer(*parts).properties(height={"step": step}), width, rows=drawn, zero=[{"at": 0}]
        )

    return draw


def dots(rows: Rows, series: Sequence[tuple[str, str, str]], title: str, step: int = 30) -> Draw:
    """A row per name with a dot for each of `series` (its key, colour, shape) and a bar over their range.

    Rows: name, low, high (the range over all models), and the value of each series by its key.
    """

    def draw(width: int) -> dict[str, Any]:
        names = [row["name"] for row in rows]
        base = alt.Chart(_data()).encode(y=alt.Y("name:N", sort=names, axis=_labels(names, width)))
        scale = alt.Scale(domainMin=0, zero=True)
        axis = alt.Axis(title=title, format=".0%", labelExpr=ZERO, tickCount=max(3, width // 110))
        parts = [
            base.mark_bar(height=9, color=light("soft"), stroke=light("edge"), strokeWidth=0.6).encode(
                x=alt.X("low:Q", axis=axis, scale=scale), x2="high:Q"
            )
        ]
        parts += [
            base.mark_point(size=80, opacity=1, filled=True, shape=shape, color=light(colour)).encode(
                x=alt.X(f"{key}:Q", axis=axis, scale=scale)
            )
            for key, colour, shape in series
        ]
        return _finished(
            alt.layer(*parts).properties(height={"step": _step(step, names, width)}), width, rows=rows
        )

    return draw


def flow(stages: Sequence[str], moves: Rows, height: int = 360) -> Draw:
    """Who went from which stage to which: ribbons from left to right, as thick as they are many.

    Stages are names in the order they stand; moves: from, to (stages), count, colour. Altair has no such
    chart: the edges of each ribbon are computed here and drawn as areas.
    """
    points, blocks, texts = _ribbons(stages, moves)

    def draw(width: int) -> dict[str, Any]:
        room = LETTER * max(len(text["text"]) for text in texts) + 12  # beside the ribbons, for the longest
        side = room / (width - 16 - 2 * room)
        x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-side, 1 + side], nice=False))
        down = alt.Scale(domain=[0, 1], nice=False, reverse=True)
        y = alt.Y("low:Q", axis=None, scale=down)
        area = (
            alt.Chart(_data("points"))
            .mark_area(opacity=0.55, strokeOpacity=0)
            .encode(x=x, y=y, y2="high:Q", detail="move:N", fill=alt.Fill("fill:N", scale=None))
        )
        block = (
            alt.Chart(_data("blocks")).mark_rect(color=light("edge")).encode(x=x, x2="x2:Q", y=y, y2="high:Q")
        )
        parts = [area, block]
        for is_left, align, dx in (("true", "right", -5), ("false", "left", 5)):
            parts.append(
                alt.Chart(_data("texts"))
                .transform_filter(f"datum.is_left === {is_left}")
                .mark_text(align=align, dx=dx, fontSize=SMALL, color=light("ink"))
                .encode(x=x, y=alt.Y("y:Q", axis=None, scale=down), text="text:N")
            )
        return _finished(
            alt.layer(*parts).properties(height=height), width, points=points, blocks=blocks, texts=texts
        )

    return draw


def _ribbons(stages: Sequence[str], moves: Rows) -> tuple[list[dict], list[dict], list[dict]]:
    """Points of the ribbons' edges, the blocks at both sides, and the names beside them; all in 0 to 1."""
    left = {stage: sum(m["count"] for m in moves if m["from"] == stage) for stage in stages}
    right = {stage: sum(m["count"] for m in moves if m["to"] == stage) for stage in stages}
    total = sum(left.values())
    blocks, texts = [], []
    tops: dict[bool, dict[str, float]] = {True: {}, False: {}}
    for is_left, sizes in ((True, left), (False, right)):
        there = [stage for stage in stages if sizes[stage]]
        # a thin block still has room for its name: what is left over is shared among the gaps
        gap = max(0.02, min(0.07, 0.45 / max(len(there), 1)))
        scale = (1 - gap * len(there)) / total
        at = gap / 2
        for stage in there:
            tops[is_left][stage] = at
            end = at + sizes[stage] * scale
            x = (-0.012, 0.0) if is_left else (1.0, 1.012)
            blocks.append({"x": x[0], "x2": x[1], "low": at, "high": end})
            texts.append(
                {
                    "x": x[0] if is_left else x[1],
                    "y": (at + end) / 2,
                    "text": f"{stage} {sizes[stage]:,}",
                    "is_left": is_left,
                }
            )
            at = end + gap
        if is_left:
            left_scale = scale
        else:
            right_scale = scale
    points = []
    order = {stage: place for place, stage in enumerate(stages)}
    begun, ended = dict(tops[True]), dict(tops[False])
    for move in sorted(moves, key=lambda m: (order[m["from"]], order[m["to"]])):
        y0, y1 = begun[move["from"]], ended[move["to"]]
        thick0, thick1 = move["count"] * left_scale, move["count"] * right_scale
        begun[move["from"]] += thick0
        ended[move["to"]] += thick1
        for step in range(21):
            x = step / 20
            bend = x * x * (3 - 2 * x)
            low = y0 + (y1 - y0) * bend
            points.append(
                {
                    "move": f"{move['from']} to {move['to']}",
                    "x": x,
                    "low": low,
                    "high": low + thick0 + (thick1 - thick0) * bend,
                    "fill": light(move["colour"]),
                }
            )
    return points, blocks, texts
