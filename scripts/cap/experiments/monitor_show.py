"""How a monitored experiment looks: on a terminal, and as a picture."""

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cap.experiments.courses import BY_ENTRY, SINCE_EXPOSURE, Course, Day, State
from cap.metrics.show import NOTHING, cell, sparkline, table

if TYPE_CHECKING:
    import altair

LAST_DAYS = 14
LONGEST_LINE = 40
WIDTH = 110
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
            _percent(one.state.lift),
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
        told = note if slope is None else f"{_way(slope)}, p {cell(p_value)}"
        course = sparkline([point.lift for point in points]).rstrip()
        lines.append(f"Lift by {series}: {told}" + (f"  {course}" if slope is not None else ""))
    return "\n".join([*lines, *(f"! {note}" for note in _warnings(state))])


def _found(state: State) -> list[str]:
    if state.state == "broken":
        return ["First significant day: withheld, the split is broken"]
    fixed = state.first_significant or "on no day"
    always = state.first_always_significant or "on no day"
    return [f"First significant: looked at once {fixed}, always valid {always}"]


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
        _percent(day.lift),
        _interval(day.lift_lower, day.lift_upper),
        day.p_value,
        _interval(day.always_lower, day.always_upper),
        day.always_p_value,
        day.new_units,
        day.split_p_value,
        day.ratio_p_value,
    )


def _way(slope: float) -> str:
    return "going up" if slope > 0 else "going down" if slope < 0 else "level"


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{share:+.1%}"


def _interval(low: float | None, high: float | None) -> str:
    return NOTHING if low is None or high is None else f"{low:+.0%} to {high:+.0%}"


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
    """The lift of each treatment along its readable days with both intervals, as .svg or .png."""
    chart(courses).save(str(path), scale_factor=2 if path.suffix == ".png" else 1)


def chart(courses: Sequence[Course]) -> "altair.VConcatChart":
    """One panel per treatment; the always-valid interval pale, the fixed one in it."""
    import altair

    panels = []
    for one in courses:
        days = [day for day in one.days if day.is_readable]
        if not days:
            continue
        # the first intervals are as wide as the sky: the last half says what matters
        settled = days[len(days) // 2 :]
        ends = [
            value
            for day in settled
            for value in (day.lift, day.always_lower, day.always_upper, day.lift_lower, day.lift_upper)
            if value is not None
        ]
        rows = [
            {
                "day": day.day.isoformat(),
                "lift": day.lift,
                "lower": day.lift_lower,
                "upper": day.lift_upper,
                "always_lower": day.always_lower,
                "always_upper": day.always_upper,
            }
            for day in days
        ]
        data = altair.Chart(altair.Data(values=rows))
        x = altair.X("day:T", title=None, axis=altair.Axis(format="%d %b", labelOverlap=True))
        scale = altair.Scale(domain=[min(0, *ends), max(0, *ends)], nice=True)
        y = altair.Y("always_lower:Q", title="lift", scale=scale, axis=altair.Axis(format="+%"))
        arm = one.state.variant_name or one.state.variant_id
        title = altair.Title(
            f"{one.state.experiment_id} {one.state.name or ''}: {arm}",
            subtitle=f"lift with its interval for one look, and (pale) for daily looks; {one.state.state}",
        )
        zero = altair.Chart(altair.Data(values=[{}])).mark_rule(color="#666", strokeDash=[4, 4])
        panels.append(
            altair.layer(
                data.mark_area(opacity=0.2, color="#3b6ea5", clip=True).encode(x, y, y2="always_upper:Q"),
                data.mark_area(opacity=0.35, color="#3b6ea5", clip=True).encode(
                    x, altair.Y("lower:Q"), y2="upper:Q"
                ),
                data.mark_line(color="#16324f", strokeWidth=2, clip=True).encode(x, altair.Y("lift:Q")),
                zero.encode(y=altair.datum(0)),
            ).properties(width=640, height=240, title=title)
        )
    return altair.vconcat(*panels).configure_axis(labelFontSize=12, titleFontSize=12)
