"""How a monitored experiment looks: on a terminal, and as a picture."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cap.experiments.courses import BY_ENTRY, SINCE_EXPOSURE, Course, Day, Point, State
from cap.metrics.show import NOTHING, cell, percent, sparkline, table

if TYPE_CHECKING:
    import altair

LAST_DAYS = 14
LONGEST_LINE = 40
WIDTH = 110
BLUE, DARK = "#3b6ea5", "#16324f"
SAID = {
    "broken": "BROKEN, the units are not split as configured: nothing may be concluded",
    "too_small": "too few units or conversions to say anything",
    "significant": "a difference that holds however often it is looked at",
    "open": "no difference that would hold however often it is looked at",
}
BEWARE = (
    "p and its interval are for looking once: who looks daily and stops at the first p below the border "
    "finds something in a quarter of all tests of nothing, or more. The always-valid ones may be looked at "
    "every day."
)
# of a day as text; the rest is in csv and json
DAY_COLUMNS = (
    "day",
    "control",
    "treatment",
    "lift",
    "interval",
    "p",
    "always-valid interval",
    "always-valid p",
    "new units",
    "split p",
    "split p to date",
)


def overview(courses: Sequence[Course]) -> str:
    """One line per treatment: how it stands, and the course of its lift."""
    columns = (
        "experiment",
        "treatment",
        "state",
        "days",
        "units",
        "lift",
        "interval",
        "always-valid p",
        "since",
        "split p to date",
        "course of the lift",
    )
    rows = [
        (
            one.state.experiment_id,
            one.state.variant_name or one.state.variant_id,
            one.state.state,
            one.state.days,
            one.state.control_units + one.state.treatment_units,
            percent(one.state.lift, signed=True),
            _interval(one.state.lift_lower, one.state.lift_upper),
            one.state.always_p_value,
            one.state.first_always_significant,
            one.state.ratio_p_value,
            _line(one.days),
        )
        for one in courses
    ]
    notes = [f"! {note}" for one in courses for note in _warnings(one.state)]
    told = [table(columns, rows), "", *_wrapped(BEWARE), *notes]
    return "\n".join([*told, "", "Each day of one: cap experiments monitor ID"])


def whole(courses: Sequence[Course]) -> str:
    """Every treatment of one experiment: its last days, lines, novelty and what to think of it."""
    return "\n\n".join([*map(_course, courses), "\n".join(_wrapped(BEWARE))])


def _course(one: Course) -> str:
    state = one.state
    arm = f"{state.variant_id} ({state.variant_name})" if state.variant_name else state.variant_id
    readable = [day for day in one.days if day.is_readable]
    lines = [
        *_wrapped(f"{state.experiment_id} {state.name or ''}: {arm} after {state.days} days, {state.status}"),
        *_wrapped(f"{SAID[state.state][0].upper()}{SAID[state.state][1:]}."),
        "",
        table(DAY_COLUMNS, [_day(day) for day in one.days[-LAST_DAYS:]]),
    ]
    if len(one.days) > LAST_DAYS:
        lines.append(f"the last {LAST_DAYS} of {len(one.days)} days; --format csv has all")
    if len(readable) > 1:
        first, last = readable[0].day, readable[-1].day
        lines += ["", f"lift            {_line(one.days)}  {first} to {last}"]
        for label, values in (
            ("p", [day.p_value for day in readable]),
            ("always-valid p", [day.always_p_value for day in readable]),
        ):
            lines.append(f"{label:16}{sparkline(_thinned(values))}")
    lines += ["", *_found(state)]
    for series, slope, p_value, note in (
        (SINCE_EXPOSURE, state.novelty_slope, state.novelty_p_value, state.novelty_note),
        (BY_ENTRY, state.entry_slope, state.entry_p_value, state.entry_note),
    ):
        points = [point for point in one.points if point.series == series]
        told = note if slope is None else f"{_way(slope, p_value)}, p {cell(p_value)}"
        course = sparkline([point.lift for point in points]).rstrip()
        lines.append(f"Lift by {series}: {told}" + (f"  {course}" if slope is not None else ""))
    return "\n".join([*lines, *(f"! {note}" for note in _warnings(state))])


def _found(state: State) -> list[str]:
    if state.state == "broken":
        return ["First significant day: withheld, the split is broken"]
    fixed = state.first_significant or "on no day"
    always = state.first_always_significant or "on no day"
    return [f"First significant day: by the p for looking once {fixed}, by the always-valid one {always}"]


def _warnings(state: State) -> list[str]:
    notes = []
    arm = f"{state.experiment_id} {state.variant_name or state.variant_id}"
    if state.state == "broken":
        notes.append(f"{arm}: the split to date is not the configured one (p {cell(state.ratio_p_value)})")
    if state.unbalanced_days:
        notes.append(f"{arm}: on {state.unbalanced_days} days units were not split as configured")
    # two series, two chances
    for p_value, words in (
        (state.novelty_p_value, "the lift changes with the days since first exposure: novelty or habit"),
        (state.entry_p_value, "the lift changes with the week of first exposure: who comes, or what else"),
    ):
        if p_value is not None and p_value < 0.005:
            notes.append(f"{arm}: {words} (p {cell(p_value)})")
    return notes


def _day(day: Day) -> tuple:
    return (
        day.day,
        day.control_units,
        day.treatment_units,
        percent(day.lift, signed=True),
        _interval(day.lift_lower, day.lift_upper),
        day.p_value,
        _interval(day.always_lower, day.always_upper),
        day.always_p_value,
        day.new_units,
        day.split_p_value,
        day.ratio_p_value,
    )


def _way(slope: float, p_value: float) -> str:
    if p_value >= 0.05:
        return "no trend to be seen"
    return "going up" if slope > 0 else "going down"


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return NOTHING
    return f"{percent(low, 0, signed=True)} to {percent(high, 0, signed=True)}"


def _line(days: Sequence[Day]) -> str:
    return sparkline(_thinned([day.lift for day in days if day.is_readable]))


def _thinned(values: Sequence[float | None]) -> list[float | None]:
    """At most LONGEST_LINE values, evenly taken, the last among them."""
    if len(values) <= LONGEST_LINE:
        return list(values)
    step = (len(values) - 1) / (LONGEST_LINE - 1)
    return [values[round(place * step)] for place in range(LONGEST_LINE)]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)


def save(courses: Sequence[Course], path: Path) -> None:
    """A picture of all treatments, as .svg or .png: see `chart`."""
    chart(courses).save(str(path), scale_factor=2 if path.suffix == ".png" else 1)


def chart(courses: Sequence[Course]) -> "altair.VConcatChart":
    """Per treatment its days, and beside them the lift by days since and by week of first exposure."""
    import altair

    panels = []
    for one in courses:
        days = [day for day in one.days if day.is_readable]
        if days:
            panels.append(altair.hconcat(_days_panel(one.state, days), *_novelty_panels(one.points)))
    return altair.vconcat(*panels).configure_axis(labelFontSize=12, titleFontSize=12)


def _days_panel(state: State, days: Sequence[Day]) -> "altair.LayerChart":
    """The lift with both intervals, that for daily looks pale."""
    import altair

    data = altair.Chart(altair.Data(values=[_values(day, "day") for day in days]))
    # the first intervals are as wide as the sky, and some for daily looks stay so: the last half of the
    # days says how far the axis goes, twice as far as their intervals for one look at most
    settled = days[len(days) // 2 :]
    fixed = [end for day in settled for end in (day.lift, day.lift_lower, day.lift_upper) if end is not None]
    always = [end for day in settled for end in (day.always_lower, day.always_upper) if end is not None]
    most = 2 * max((abs(end) for end in fixed), default=1.0)
    lifts = [day.lift for day in days if day.lift is not None]
    scale = _scale([*lifts, *fixed, *(max(-most, min(end, most)) for end in always)])
    x = altair.X("day:T", title=None, axis=altair.Axis(format="%d %b", labelOverlap=True))
    y = altair.Y("always_lower:Q", title="lift", scale=scale, axis=altair.Axis(format="+%"))
    title = altair.Title(
        f"{state.experiment_id} {state.name or ''}: {state.variant_name or state.variant_id}",
        subtitle=f"lift with its interval for one look, and (pale) for daily looks; {state.state}",
    )
    return altair.layer(
        data.mark_area(opacity=0.2, color=BLUE, clip=True).encode(x, y, y2="always_upper:Q"),
        data.mark_area(opacity=0.35, color=BLUE, clip=True).encode(x, y="lift_lower:Q", y2="lift_upper:Q"),
        data.mark_line(color=DARK, strokeWidth=2, clip=True).encode(x, y="lift:Q"),
        _zero(),
    ).properties(width=560, height=240, title=title)


def _novelty_panels(points: Sequence[Point]) -> list["altair.LayerChart"]:
    """A panel per series that has more than one point with a lift: points with their intervals."""
    import altair

    panels = []
    for series in (SINCE_EXPOSURE, BY_ENTRY):
        shown = [one for one in points if one.series == series and one.lift_lower is not None]
        if len(shown) < 2:
            continue
        data = altair.Chart(altair.Data(values=[_values(one, "starts") for one in shown]))
        most = 2 * max(abs(one.lift) for one in shown)
        lifts = [one.lift for one in shown]
        scale = _scale(
            [*lifts, *(min(end, most) for one in shown for end in (one.lift_lower, one.lift_upper))]
        )
        x = altair.X("starts:O", title=series, axis=altair.Axis(labelAngle=0))
        y = altair.Y("lift_lower:Q", title="lift", scale=scale, axis=altair.Axis(format="+%"))
        panels.append(
            altair.layer(
                data.mark_rule(color=BLUE, strokeWidth=2, clip=True).encode(x, y, y2="lift_upper:Q"),
                data.mark_point(color=DARK, filled=True, size=60, clip=True).encode(x, y="lift:Q"),
                _zero(),
            ).properties(width=240, height=240)
        )
    return panels


def _values(row: Day | Point, at: str) -> dict[str, object]:
    names = ("lift", "lift_lower", "lift_upper", "always_lower", "always_upper")
    place = getattr(row, at)
    return {at: place if isinstance(place, int) else place.isoformat()} | {
        name: getattr(row, name, None) for name in names
    }


def _scale(values: Sequence[float]) -> "altair.Scale":
    import altair

    return altair.Scale(domain=[min(0, *values), max(0, *values)], nice=True) if values else altair.Scale()


def _zero() -> "altair.Chart":
    import altair

    line = altair.Chart(altair.Data(values=[{}])).mark_rule(color="#666", strokeDash=[4, 4])
    return line.encode(y=altair.datum(0))
