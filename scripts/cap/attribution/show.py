"""Attribution as people read it on a screen."""

import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from cap.attribution import CAUSALITY
from cap.attribution.compare import Agreement, Sensitivity
from cap.attribution.explain import Line, Touch
from cap.attribution.holdouts import Holdout
from cap.attribution.results import AttributionEstimate
from cap.attribution.warehouse import MODELS
from cap.metrics.show import NOTHING, percent
from cap.output import render

# names that leave room for all models side by side
SHORT = {
    "first_touch": "first",
    "last_touch": "last",
    "last_non_direct": "non-dir",
    "time_decay": "decay",
    "position_based": "posit.",
}
CAUTION = textwrap.fill(CAUSALITY, 110)


def estimated(found: Sequence[AttributionEstimate]) -> str:
    """A table per model, then what the numbers are not."""
    texts = []
    for model, rows in groupby(found, key=lambda row: row.attribution_model):
        told = [
            {
                "channel" if row.grain == "channel" else "campaign": row.name,
                "share": _percent(row.share),
                "interval": _interval(row.share_lower, row.share_upper),
                "removal effect": _percent(row.removal_effect),
                "its interval": _interval(row.removal_effect_lower, row.removal_effect_upper),
                "conversions": row.conversions,
                "revenue": f"{row.revenue:12,.2f}",
            }
            for row in rows
        ]
        if not any(row["removal effect"].strip() != NOTHING for row in told):
            told = [{name: row[name] for name in row if name not in _OF_CHAINS} for row in told]
        texts.append(f"{model}\n{render(told, 'table')}")
    return "\n\n".join([*texts, CAUTION])


_OF_CHAINS = ("removal effect", "its interval")


def compared(
    rows: Sequence[Mapping[str, Any]],
    measure: str,
    agreements: Sequence[Agreement],
    holdouts: Sequence[Holdout],
    base: str,
) -> str:
    """Channels by models, how far models agree with `base` and with holdouts, and the holdouts."""
    models = [name for name in rows[0] if name != "name" and not name.startswith("holdout_")]
    matrix = [
        {"name": row["name"]} | {_short(model): _measured(row[model], measure) for model in models}
        for row in rows
        if any(row[model] is not None for model in models)
    ]
    texts = [f"{measure} by model\n{render(matrix, 'table')}"]
    texts.append(f"How far models agree with {base}\n{render(_agreed(agreements, models, base), 'table')}")
    if holdouts:
        texts.append("Channels against their holdout groups, conversions per journey\n" + _held_out(holdouts))
    else:
        texts.append("No channel has a holdout group: nothing here tells what a channel causes.")
    return "\n\n".join([*texts, CAUTION])


def _agreed(agreements: Sequence[Agreement], models: Sequence[str], base: str) -> list[dict[str, Any]]:
    told = {frozenset((one.one_model, one.other_model)): one for one in agreements}
    rows = []
    for model in models:
        with_base = told.get(frozenset((model, base)))
        with_holdouts = told.get(frozenset((model, "holdouts")))
        if model != base:
            rows.append(
                {
                    "model": model,
                    "credit moved": _percent(with_base.credit_moved if with_base else None),
                    "rank agreement": with_base.rank_agreement if with_base else None,
                    "with holdouts": _rank(with_holdouts),
                    "channels with one": with_holdouts.channels if with_holdouts else 0,
                }
            )
    return rows


def _rank(agreed: Agreement | None) -> str | None:
    if agreed is None or agreed.rank_agreement is None:
        return None
    return f"{agreed.rank_agreement:+.2f} ({agreed.rank_lower:+.2f} to {agreed.rank_upper:+.2f})"


def _held_out(holdouts: Sequence[Holdout]) -> str:
    return render(
        [
            {
                "channel": one.channel,
                "reached": one.reached_journeys,
                "rate": _percent(one.reached_rate),
                "held out": one.held_out_journeys,
                "their rate": _percent(one.held_out_rate),
                "uplift, points": _percent(one.uplift, signed=True),
                "interval": _interval(one.lower, one.upper, signed=True),
                "p (Holm)": one.adjusted_p_value,
                "caused": one.caused,
                "note": one.note,
            }
            for one in holdouts
        ],
        "table",
    )


def varied(found: Sequence[Sensitivity]) -> str:
    """How much credit goes to other channels by other settings than the warehouse was built by."""
    texts = []
    for setting, of_setting in groupby(found, key=lambda row: row.setting):
        rows = []
        for (value, is_as_built), some in groupby(of_setting, key=lambda row: (row.value, row.is_as_built)):
            changes: dict[str, float] = {}
            touched = whole = 0.0
            for row in some:
                changes[row.attribution_model] = changes.get(row.attribution_model, 0) + abs(row.change) / 2
                touched, whole = row.touched_conversions, row.seen_whole
            # a stable order, whatever that of the names
            ordered = sorted(changes, key=lambda one: (one not in MODELS, _place(one), one))
            rows.append(
                {
                    setting: f"{value}{' (as built)' if is_as_built else ''}",
                    "touched": touched,
                    "whole": _percent(whole),
                }
                | {_short(model): _percent(changes[model]) for model in ordered}
            )
        texts.append(render(rows, "table"))
    head = (
        "Share of the credit that goes to other channels than as built; touched: conversions with a touch;\n"
        "whole: conversions whose lookback lies within the data, of the others early touches are missing"
    )
    return "\n\n".join([head, *texts, CAUTION])


def explained(name: str, lines: Sequence[Line]) -> str:
    """A channel, section by section."""
    texts = [name]
    for section, some in groupby(lines, key=lambda line: line.section):
        rows = [
            {
                section: line.item,
                "count": line.count,
                "share": _percent(line.share, signed=section == "holdout" and line.count is None),
                "interval": _interval(line.lower, line.upper, signed=section == "holdout"),
            }
            for line in some
        ]
        empty = {
            column
            for column in rows[0]
            if all(str(row[column] or NOTHING).strip() == NOTHING for row in rows)
        }
        texts.append(
            render([{name: row[name] for name in row if name not in empty} for row in rows], "table")
        )
    return "\n\n".join([*texts, CAUTION])


def touched(touches: Sequence[Touch]) -> str:
    """A conversion's touches and who gives what to them."""
    rows = [
        {
            "": touch.number,
            "touched at": touch.touched_at and f"{touch.touched_at:%Y-%m-%d %H:%M}",
            "hours before": touch.hours_before,
            "kind": touch.kind,
            "channel": touch.channel,
            "campaign": touch.campaign,
        }
        | {_short(model): _percent(getattr(touch, model)) for model in MODELS}
        for touch in touches
    ]
    return f"{render(rows, 'table')}\n\n{CAUTION}"


def _place(model: str) -> int:
    return MODELS.index(model) if model in MODELS else len(MODELS)


def _short(model: str) -> str:
    return SHORT.get(model, model)


def _measured(value: float | None, measure: str) -> str:
    if value is None:
        return f"{NOTHING:>8}"
    return _percent(value) if measure == "share" else f"{value:10,.2f}"


def _percent(value: float | None, signed: bool = False) -> str:
    """Of one width, so that numbers stand below one another."""
    return f"{percent(value, signed=signed):>7}"


def _interval(lower: float | None, upper: float | None, signed: bool = False) -> str:
    if lower is None or upper is None:
        return NOTHING
    return f"{_percent(lower, signed).strip()} to {_percent(upper, signed).strip()}"
