"""docs/benchmarks.svg: where the seconds go, by model, as two charts of bars."""

from collections.abc import Sequence
from html import escape

from cap.bench import figures
from cap.bench.measure import ProjectMeasured, SizeMeasured

BARS = 12
WIDTH, LABELS, VALUES, ROW, TOP = 860, 330, 70, 24, 46
# readable on white and on black: the page's own colours are not known to a picture
STYLE = (
    "text{font:13px Helvetica,Arial,sans-serif;fill:#333}.t{font-size:16px;font-weight:bold}"
    ".n{text-anchor:end}.f{fill:#5b7fa6}.d{fill:#b5763a}.o{fill:#9aa2ab}"
    "@media (prefers-color-scheme:dark){text{fill:#ddd}.f{fill:#7fa3cc}.d{fill:#d9995c}.o{fill:#6d7580}}"
)


def render(one: SizeMeasured, project: ProjectMeasured) -> str:
    """The SVG of one size: the full build above, one more day beyond start-up below."""
    full = [(cost.name, cost.seconds) for cost in figures.full_costs(one)]
    day = [(cost.name, cost.beyond_startup) for cost in figures.day_costs(one, project)]
    above, height = _bars(f"A full build of {one.bronze_rows:,} bronze rows: seconds by model", full, "f", 0)
    rows = one.day_runs[-1].rows
    below, height = _bars(
        f"One more day, {rows:,} rows: seconds by model beyond an idle run", day, "d", height
    )
    title = "Seconds by model, of a full build and of one more day"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            f'aria-label="{title}">',
            f"<style>{STYLE}</style>",
            *above,
            *below,
            "</svg>\n",
        ]
    )


def _bars(title: str, costs: Sequence[tuple[str, float]], kind: str, top: int) -> tuple[list[str], int]:
    """Lines of one chart that begins at `top`, and where the next may begin."""
    shown = [(name, seconds, kind) for name, seconds in costs[:BARS]]
    rest = costs[BARS:]
    if rest:
        shown.append((f"the {len(rest)} others together", sum(seconds for _, seconds in rest), "o"))
    longest = max((seconds for _, seconds, _ in shown), default=0) or 1
    lines = [f'<text class="t" x="16" y="{top + 28}">{escape(title)}</text>']
    for number, (name, seconds, colour) in enumerate(shown):
        y = top + TOP + number * ROW
        width = max(seconds, 0) / longest * (WIDTH - LABELS - VALUES)
        said = f"{seconds:,.1f}" if longest >= 10 else f"{seconds:,.2f}"
        lines += [
            f'<text class="n" x="{LABELS - 8}" y="{y + 13}">{escape(name)}</text>',
            f'<rect class="{colour}" x="{LABELS}" y="{y}" width="{width:.1f}" height="{ROW - 6}" rx="2"/>',
            f'<text x="{LABELS + width + 6:.1f}" y="{y + 13}">{said.replace("-", "−")}</text>',
        ]
    return lines, top + TOP + len(shown) * ROW + 14
