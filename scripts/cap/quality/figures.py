"""A figure of `cap quality`, and how it is printed."""

import math
from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "score", "count", "amount", "days"]


@dataclass(frozen=True)
class Figure:
    """One measured number.

    `area` is the heading it stands under, `name` what was measured in a few words. `value` is None where
    nothing could be measured. `unit`: share 0..1 (printed in per cent), score (printed with four digits:
    AUC, F1, bias), count, amount (money) or days. `note`: of how many, against what, which limit.
    """

    area: str
    name: str
    value: float | None
    unit: Unit = "share"
    note: str = ""

    def text(self) -> str:
        """The value as people read it; a dash where there is none."""
        if self.value is None or math.isnan(self.value):
            return "–"
        forms = {"share": ".2%", "score": ".4f", "count": ",.0f", "amount": ",.2f", "days": ",.1f"}
        return format(self.value, forms[self.unit])


def markdown(figures: list[Figure]) -> str:
    """A table per area, in the order they came."""
    parts = []
    for area in dict.fromkeys(figure.area for figure in figures):
        rows = [
            f"| {figure.name} | {figure.text()} | {figure.note} |"
            for figure in figures
            if figure.area == area
        ]
        parts.append("\n".join([f"### {area}", "", "| what | value | of what |", "|---|---:|---|", *rows]))
    return "\n\n".join(parts)


def share(part: float, whole: float) -> float | None:
    """The share of a part in the whole, None of nothing."""
    return part / whole if whole else None
