"""What a report is made of: sections of figures, each with its charts and the queries it came from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

# how wide a chart is drawn, in CSS pixels: the page shows the widest that fits, so that text never shrinks
NARROW, MEDIUM, WIDE = 308, 510, 1060

Draw = Callable[[int], dict[str, Any]]  # a width in pixels -> the Vega-Lite of a chart of that width


@dataclass(frozen=True)
class Asked:
    """A query that anybody may ask again, and what it gave.

    Args:
        kind: whether `text` is a command of the shell or SQL for the warehouse's file.
        text: the query, word for word.
        columns: names of what it gives.
        rows: its answer, each row as long as `columns`, unrounded.
    """

    kind: Literal["command", "sql"]
    text: str
    columns: tuple[str, ...]
    rows: list[tuple]

    def records(self) -> list[dict[str, Any]]:
        """The rows by name of column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Chart:
    """One picture, drawn at each of `widths` pixels.

    Args:
        alt: what who does not see it should know: the message with its numbers.
        draw: a function of the width.
        widths: the widths it is drawn at, in CSS pixels.
        title: words above it where a figure has several.
        key: what the colours mean, as (name, word) of `theme.COLOURS`; empty where they mean nothing.
    """

    alt: str
    draw: Draw
    widths: tuple[int, ...] = (NARROW, MEDIUM)
    title: str = ""
    key: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """What one looks at: a title, one sentence that says what it shows, charts, and where it comes from.

    `lines` is a table that is shown at once, the first of it headings; what `asked` gave stands behind a
    click. `missing` says why there is nothing to see; then there are no charts.
    """

    key: str
    title: str
    message: str = ""
    charts: tuple[Chart, ...] = ()
    asked: tuple[Asked, ...] = ()
    notes: tuple[str, ...] = ()
    lines: tuple[tuple[str, ...], ...] = ()
    missing: str = ""
    is_wide: bool = False


@dataclass(frozen=True)
class Tile:
    """A key figure: its value in the period, the change against the period before, and its course by week.

    `value`, `before` and `change` are text as people read it; `tone` says whether the change is good.
    `number` is the value unrounded, None where there is none.
    """

    name: str
    label: str
    value: str
    change: str
    before: str
    tone: Literal["good", "bad", "plain"]
    number: float | None
    chart: Chart | None


@dataclass(frozen=True)
class Section:
    """A heading, a sentence under it and its figures; `tiles` come first."""

    key: str
    title: str
    figures: tuple[Figure, ...]
    lead: str = ""
    tiles: tuple[Tile, ...] = ()
    asked: tuple[Asked, ...] = ()


def first_monday(day: date) -> date:
    """The day itself if it is one, else the next."""
    return day + timedelta(days=-day.weekday() % 7)


@dataclass(frozen=True)
class Period:
    """The days a report is about: whole weeks, Monday to Sunday, that are over on the day `as_of`.

    `start` to `end` is the period, `before_start` to `before_end` as many weeks before it, `course_start`
    the first day of the courses, which end with the period. `first_day` is the first day of events. Data of
    few weeks are halved, so that a period is not compared with weeks in which nothing was delivered.
    """

    as_of: date
    most_weeks: int
    course_weeks: int
    first_day: date

    @property
    def weeks(self) -> int:
        """How many weeks the period has: `most_weeks`, or half of the whole weeks that there are."""
        whole = ((self.end - self.first_monday).days + 1) // 7
        return max(1, min(self.most_weeks, whole // 2))

    @property
    def length(self) -> str:
        """`weeks` as words behind «the»: 4 weeks, or week."""
        return "week" if self.weeks == 1 else f"{self.weeks} weeks"

    @property
    def first_monday(self) -> date:
        """The first day of the first week of which every day has data."""
        return first_monday(self.first_day)

    @property
    def end(self) -> date:
        """The last Sunday that is over; as_of itself if it is one."""
        return self.as_of - timedelta(days=(self.as_of.weekday() + 1) % 7)

    @property
    def month_end(self) -> date:
        """The last day of the last month that is over: what is measured once a month stands at it."""
        return (self.as_of + timedelta(days=1)).replace(day=1) - timedelta(days=1)

    @property
    def month_start(self) -> date:
        return self.month_end.replace(day=1)

    @property
    def start(self) -> date:
        return self.end - timedelta(days=7 * self.weeks - 1)

    @property
    def before_end(self) -> date:
        return self.start - timedelta(days=1)

    @property
    def before_start(self) -> date:
        return self.start - timedelta(days=7 * self.weeks)

    @property
    def course_start(self) -> date:
        return min(self.start, max(self.end - timedelta(days=7 * self.course_weeks - 1), self.first_monday))


@dataclass(frozen=True)
class Report:
    """The whole of it: what was read, what is said in short, and the sections in their order.

    `short` holds (key of a section, or of a figure after «f-», title, sentence).
    """

    title: str
    period: Period
    database: str
    facts: tuple[tuple[str, str], ...]
    short: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]
    absent: tuple[str, ...] = field(default=())
