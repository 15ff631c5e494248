"""Models side by side: how far they agree, with one another and with holdouts, and what settings change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from cap.attribution.estimate import estimates
from cap.attribution.holdouts import Holdout
from cap.attribution.recompute import VARS, compiled, dropped, rebuilt
from cap.attribution.results import AttributionEstimate
from cap.attribution.warehouse import Settings, opened

MEASURES = ("share", "conversions", "revenue")
DAY = 86_400
# what each setting is tried with, beside what the warehouse was built by
TRIED = {
    "lookback": ("lookback_seconds", tuple(days * DAY for days in (7, 14, 30, 60, 90))),
    "half-life": ("half_life_seconds", tuple(days * DAY for days in (1, 3, 7, 14, 30))),
    "transform": ("path_transform", ("none", "collapse_repeats", "first", "drop_direct_unless_only")),
}


@dataclass(frozen=True)
class Agreement:
    """How alike two models are over the channels that earn credit.

    `credit_moved` is the share of all credit that one gives to other channels than the other, 0 to 1: half
    the sum of absolute differences of shares. `rank_agreement` is Kendall's tau-b of their shares, -1 to 1,
    None with fewer than two channels or where one gives all the same (Kendall, Biometrika 30, 1938). The
    other may be `holdouts`: then only channels count whose control group is large enough, by the conversions
    they caused, and no credit is compared.
    """

    one_model: str
    other_model: str
    channels: int
    rank_agreement: float | None
    credit_moved: float | None


@dataclass(frozen=True)
class Sensitivity:
    """The share that a model gives a channel by another setting than the warehouse was built by.

    `share` and `share_as_built` are of conversions that a touch came before, 0 to 1; `change` is the first
    less the second.
    """

    setting: str
    value: str
    is_as_built: bool
    touched_conversions: float
    name: str
    attribution_model: str
    share: float
    share_as_built: float
    change: float


def side_by_side(
    found: Sequence[AttributionEstimate], holdouts: Sequence[Holdout], measure: str
) -> list[dict[str, Any]]:
    """A row per channel or campaign with a column per model, by the first model's largest; then its holdout.

    `measure` is one of MEASURES. A campaign has no holdout of its own, so it gets none.
    """
    models = list(dict.fromkeys(row.attribution_model for row in found))
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for row in found:
        told = rows.setdefault(
            (row.channel_key, row.campaign_key), {"name": row.name, **dict.fromkeys(models)}
        )
        told[row.attribution_model] = getattr(row, measure)
    caused = {one.channel_key: one for one in holdouts}
    is_by_channel = all(row.grain == "channel" for row in found)
    for (channel, campaign), told in rows.items():
        held = caused.get(channel) if campaign == -1 and is_by_channel else None
        told["holdout_uplift"] = held.uplift if held else None
        told["holdout_lower"] = held.lower if held else None
        told["holdout_upper"] = held.upper if held else None
    return list(rows.values())


def agreements(found: Sequence[AttributionEstimate], holdouts: Sequence[Holdout]) -> list[Agreement]:
    """Every two models, then every model and the holdouts where channels have them."""
    shares: dict[str, dict[tuple[int, int], float]] = {}
    for row in found:
        if row.share is not None:
            shares.setdefault(row.attribution_model, {})[row.channel_key, row.campaign_key] = row.share
    agreed = []
    for one, other in combinations(shares, 2):
        keys = sorted(shares[one].keys() | shares[other].keys())
        left, right = ([shares[model].get(key, 0.0) for key in keys] for model in (one, other))
        moved = sum(abs(a - b) for a, b in zip(left, right, strict=True)) / 2
        agreed.append(Agreement(one, other, len(keys), _kendall(left, right), moved))
    caused = {
        (one.channel_key, -1): one.caused for one in holdouts if one.caused is not None and not one.note
    }
    for model, given in shares.items():
        keys = sorted(given.keys() & caused.keys())
        if keys:
            tau = _kendall([given[key] for key in keys], [caused[key] for key in keys])
            agreed.append(Agreement(model, "holdouts", len(keys), tau, None))
    return agreed


def _kendall(left: Sequence[float], right: Sequence[float]) -> float | None:
    from scipy.stats import kendalltau

    if len(set(left)) < 2 or len(set(right)) < 2:
        return None
    return float(kendalltau(left, right).statistic)


def sensitivity(
    conversion_type: str,
    tried: Sequence[str],
    orders: Sequence[int] = (1,),
    step: Callable[[], None] = lambda: None,
) -> list[Sensitivity]:
    """What each model would give each channel by other settings of TRIED, one varied at a time.

    The models' SQL is run anew in memory (`cap.attribution.recompute`, with its limits); `step` is told of
    each setting done. With a longer lookback more conversions have a touch: shares are of those. A lookback
    beyond what the data reach says nothing more.
    """
    with opened() as warehouse:
        settings = warehouse.settings
    wanted = [
        (setting, {column: value})
        for setting in tried
        for column, values in [TRIED[setting]]
        for value in dict.fromkeys((*values, getattr(settings, column)))
    ]
    built_by = {name: getattr(settings, name) for name in VARS}
    models = compiled([one for _, one in wanted], built_by)
    with opened() as warehouse:
        before = _shares(estimates(warehouse, conversion_type, orders=orders, samples=0))
        found = []
        for (setting, one), sql in zip(wanted, models, strict=True):
            again = rebuilt(warehouse, sql, "attribution_again", **one)
            rows = estimates(again, conversion_type, orders=orders, samples=0)
            dropped(again)
            found += _changes(setting, one, settings, rows, before)
            step()
    return found


def _changes(
    setting: str,
    tried: dict[str, Any],
    settings: Settings,
    rows: Sequence[AttributionEstimate],
    before: dict[tuple[str, str], float],
) -> list[Sensitivity]:
    ((column, value),) = tried.items()
    after = _shares(rows)
    # of any one model: each credits all
    touched = sum(
        row.conversions
        for row in rows
        if row.attribution_model == rows[0].attribution_model and row.share is not None
    )
    return [
        Sensitivity(
            setting=setting,
            value=f"{value / DAY:g} days" if column.endswith("seconds") else value,
            is_as_built=value == getattr(settings, column),
            touched_conversions=touched,
            name=name,
            attribution_model=model,
            share=after.get((model, name), 0.0),
            share_as_built=before.get((model, name), 0.0),
            change=after.get((model, name), 0.0) - before.get((model, name), 0.0),
        )
        for model, name in sorted(before.keys() | after.keys())
    ]


def _shares(rows: Sequence[AttributionEstimate]) -> dict[tuple[str, str], float]:
    return {(row.attribution_model, row.name): row.share for row in rows if row.share is not None}
