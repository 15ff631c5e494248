"""Numbers as people read them, and the few phrases that every section needs."""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from cap.metrics.show import GAP, NOTHING, percent

Unit = Literal["count", "amount", "share", "score", "times"]

# endings of names whose values are shares of 1
SHARES = re.compile(
    r"(_rate|_share|_ratio|penetration|lift|lift_lower|lift_upper|_depth_pct|^share_of_wallet|credit_share|"
    r"removal_effect|^consent|_lower|_upper|customer_satisfaction_score|_adoption|difference)$"
)


def plain(value: Any) -> float | None:
    """A value as a number; None for nothing and for what is not finite."""
    if value is None or isinstance(value, bool | str | date | time):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def said(value: Any, unit: Unit = "count") -> str:
    """A number in its unit: 1,234 / 1.2 M / 12.3 % / 4.56; a dash for nothing."""
    found = plain(value)
    if found is None:
        return NOTHING
    if unit == "share":
        return percent(found)
    if unit == "times":
        return f"{_digits(found, 1)}{GAP}×"
    if unit == "score":
        return _digits(found, 1)
    if unit == "amount" and abs(found) < 1000 and found != int(found):
        return _digits(found, 2)
    return short(found)


def short(found: float) -> str:
    """A count or an amount in at most six characters or so: 987, 12,345, 1.23 M."""
    for least, letter in ((1e9, "bn"), (1e6, "M"), (1e5, "k")):
        if abs(found) >= least:
            divisor = 1e3 if letter == "k" else least
            return f"{_digits(found / divisor, 2 if letter != 'k' else 0)}{GAP}{letter}"
    return _digits(found, 0)


def _digits(found: float, places: int) -> str:
    text = f"{found:,.{places}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", "−")


def signed(text: str) -> str:
    """A number with its sign, also a plus."""
    return text if text.startswith("−") or text == NOTHING or text.strip(f"0.%×{GAP}") == "" else f"+{text}"


def at_least(share: Any, of: Any) -> float:
    """The lower end of the 95 % interval (Wilson's score) of a share (0 to 1) of so many; 0 of nothing.

    By it a high share of few does not come before a somewhat lower one of many.
    """
    from scipy.stats import binomtest  # half a second

    found, count = plain(share), int(plain(of) or 0)
    if found is None or not count:
        return 0.0
    return float(binomtest(round(found * count), count).proportion_ci(method="wilson").low)


def day(moment: date | datetime) -> str:
    """5 January 2026."""
    return f"{moment.day} {moment:%B %Y}"


def span(start: date, end: date) -> str:
    """The days from one to the other, both included: 30 March to 26 April 2026."""
    first = f"{start.day} {start:%B}" if start.year == end.year else day(start)
    return f"{first} to {day(end)}"


def listed(names: Sequence[str]) -> str:
    """One, two and three."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 2 else names)


def plural(count: float, one: str, many: str | None = None) -> str:
    """1 table, 2 tables."""
    return f"{said(count)} {one if count == 1 else many or one + 's'}"


def unit_of(name: str) -> Unit:
    """The unit in which a column of an answer is read, by its name."""
    if SHARES.search(name) or name.endswith("conversion_rate"):
        return "share"
    return "score"


def shown(name: str, value: Any) -> str:
    """A value of a column in a table: exact counts, shares in per cent, days without midnight."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time.min else value.strftime("%Y-%m-%d %H:%M")
    found = plain(value)
    if found is None:
        return NOTHING if value is None else str(value)
    if unit_of(name) == "share":
        return f"{_digits(100 * found, 2)} %"
    if isinstance(value, int) or (isinstance(value, Decimal) and value == value.to_integral_value()):
        return _digits(found, 0)
    return _digits(found, 2) if abs(found) >= 1 or found == 0 else f"{found:.4f}".replace("-", "−")


def heading(name: str) -> str:
    """A column's name as a heading: funnel_step__step_label is «Step label»."""
    last = name.rsplit("__", 1)[-1] if not name.startswith("metric_time") else name.split("__")[-1]
    text = last.replace("_", " ")
    return text[:1].upper() + text[1:]
