"""A report as one HTML file: charts as SVG, styles and script inside, nothing from anywhere else."""

import re
from collections.abc import Callable
from importlib.resources import files

import jinja2
import vl_convert
from altair import SCHEMA_VERSION
from altair.utils.schemapi import debug_mode
from markupsafe import Markup

from cap.report import theme
from cap.report.model import Asked, Chart, Report, Section
from cap.report.words import day, heading, plain, shown, span

MOST_ROWS = 150  # of a table behind a click
VEGA_LITE = ".".join(SCHEMA_VERSION.split(".")[:2])  # v6.1.0 is v6.1
# what Vega writes for who reads a drawing piece by piece: here the whole has one text
ROLES = re.compile(r' (?:role|aria-[a-z]+|pointer-events)="[^"]*"| xmlns:xlink="[^"]*"|(?<=") opacity="1"')
EMPTY = re.compile(r'<path class="(?:fore|back)ground"[^>]*d="(?:M0,0h0v0h0Z)?"[^>]*/>')
IDENTIFIER = re.compile(r'(id="|url\(#)([^")]+)')


def render(report: Report, progress: Callable[[str], None] = lambda _: None) -> str:
    """The page. `progress` is called with the title of each section once it is drawn."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_file),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    drawings: dict[int, list[tuple[int, Markup]]] = {}
    number = 0
    for section in report.sections:
        for chart in _charts(section):
            drawings[id(chart)] = [
                (width, _svg(chart, width, f"c{number}w{width}")) for width in sorted(chart.widths)
            ]
            number += 1
        progress(section.title)
    # a link to nowhere is a request: the page has none
    environment.globals.update(
        drawings=lambda chart: drawings[id(chart)],
        cells=_cells,
        heading=heading,
        day=day,
        span=span,
        most_rows=MOST_ROWS,
    )
    return environment.get_template("page.html.j2").render(
        report=report,
        style=Markup(theme.css() + _file("page.css") + _widths(report)),
        script=Markup(_file("page.js")),
    )


def _file(name: str) -> str:
    return files("cap.report").joinpath("files", name).read_text(encoding="utf-8")


def _charts(section: Section) -> list[Chart]:
    """Of its tiles and of its figures."""
    charts = [tile.chart for tile in section.tiles if tile.chart]
    return charts + [chart for figure in section.figures for chart in figure.charts]


def _svg(chart: Chart, width: int, name: str) -> Markup:
    """The chart as SVG of one width; `name` keeps its identifiers apart from those of other drawings."""
    with debug_mode(False):  # tests check charts against Vega-Lite's schema, a third of the time
        told = chart.draw(width)
    drawn = vl_convert.vegalite_to_svg(told, vl_version=VEGA_LITE)
    drawn = EMPTY.sub("", ROLES.sub("", drawn))
    drawn = IDENTIFIER.sub(lambda found: f"{found[1]}{name}-{found[2]}", drawn)
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))


def _widths(report: Report) -> str:
    """Of each chart the widest drawing that fits: one rule per set of widths."""
    sets = {tuple(sorted(chart.widths)) for section in report.sections for chart in _charts(section)}
    rules = []
    for widths in sorted(sets):
        name = "-".join(map(str, widths))
        for place, width in enumerate(widths):
            rules.append(f".chart[data-widths='{name}'] .w{width}{{display:{'none' if place else 'block'}}}")
            if place:
                hidden = ",".join(f".chart[data-widths='{name}'] .w{one}" for one in widths[:place])
                rules.append(
                    f"@container figure (min-width:{width}px)"
                    f"{{.chart[data-widths='{name}'] .w{width}{{display:block}}{hidden}{{display:none}}}}"
                )
    return "".join(rules)


def _cells(asked: Asked, row: tuple) -> list[tuple[str, str | None]]:
    """A row as (text, number): the number unrounded as Python writes it, None where the cell is no number."""
    told = []
    for name, value in zip(asked.columns, row, strict=True):
        number = plain(value)
        told.append(
            (
                shown(name, value),
                None if number is None else repr(value if isinstance(value, int) else number),
            )
        )
    return told
