"""How answers look: tables for a terminal, sparklines, CSV and JSON."""

import csv
import io
import json
import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

BARS = "▁▂▃▄▅▆▇█"
NOTHING = "–"
GAP = "\u00a0"  # a space at which no line breaks
SMALLEST = 0.0001  # what is below would look like nothing
LONGEST_LINE = 60  # points of a sparkline


def sparkline(values: Sequence[float | None]) -> str:
    """One character per value, the lowest to the highest of them; a space where there is none."""
    known = [value for value in values if value is not None]
    if not known:
        return " " * len(values)
    low, high = min(known), max(known)
    step = (high - low) / (len(BARS) - 1)
    if step == 0:
        return "".join(" " if value is None else BARS[3] for value in values)
    return "".join(" " if value is None else BARS[round((value - low) / step)] for value in values)


def number(value: Any) -> float | None:
    """A value as a sparkline wants it: null for nothing, for what is no number and for what is not finite."""
    if value is None or isinstance(value, str | bool | date):
        return None
    return float(value) if math.isfinite(float(value)) else None


def cell(value: Any) -> str:
    """A value as a person reads it: 1,234.50, 0.0312, 3.1e-07, 2026-01-31; a dash for nothing."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == datetime.min.time() else str(value)
    if isinstance(value, bool | str | date):
        return str(value)
    if isinstance(value, int) or value == int(value) if math.isfinite(value) else False:
        return f"{int(value):,}"
    if abs(value) < SMALLEST:
        return f"{value:.1e}"
    return f"{value:,.2f}" if abs(value) >= 10 else f"{value:.4f}"


def percent(share: float | None, places: int = 1, signed: bool = False) -> str:
    """A share as people read it: 11.6 %, −11.6 %, if signed +11.6 %; a dash for nothing."""
    if share is None:
        return NOTHING
    text = f"{abs(share):,.{places}%}"
    sign = "" if not text.strip("0.%") else "−" if share < 0 else "+" if signed else ""
    return f"{sign}{text.removesuffix('%')}{GAP}%"


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], most: int | None = None) -> str:
    """Columns side by side, numbers to the right; `most` rows and then how many there are besides."""
    shown = rows[:most]
    texts = [[cell(value) for value in row] for row in shown]
    right = [
        any(number(row[place]) is not None for row in shown)
        and all(row[place] is None or number(row[place]) is not None for row in shown)
        for place in range(len(columns))
    ]
    widths = [max(len(name), *(len(row[place]) for row in texts), 0) for place, name in enumerate(columns)]

    def line(texts: Sequence[str]) -> str:
        return "  ".join(
            text.rjust(width) if to_the_right else text.ljust(width)
            for text, width, to_the_right in zip(texts, widths, right, strict=True)
        ).rstrip()

    lines = [line(columns), line(["─" * width for width in widths]), *map(line, texts)]
    if len(rows) > len(shown):
        lines.append(f"… and {len(rows) - len(shown):,} more rows")
    return "\n".join(lines)


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Heading and rows; nothing is an empty field, numbers are unrounded."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(columns)
    out.writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue().rstrip("\n")


def as_json(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A list of objects, one per row."""
    told = [{name: _plain(value) for name, value in zip(columns, row, strict=True)} for row in rows]
    return json.dumps(told, indent=2, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return cell(value) if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
