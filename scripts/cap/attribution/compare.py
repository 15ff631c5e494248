"""Models side by side: how far they agree, with one another and with holdouts, and what settings change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from cap.attribution.estimate import estimates
from cap.attribution.holdouts import Holdout
from cap.attribution.recompute import VARS, compiled, dropped, rebuilt
from cap.attribution.results import AttributionEstimate
from cap.attribution.warehouse import Settings, opened, seen_whole

MEASURES = ("share", "conversions", "revenue")
DAY = 86_400
DRAWS = 2000
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
    they caused, and no credit is compared. The holdouts are not sure of their own order: `rank_lower` and
    `rank_upper` bound the agreement by what they might as well have said.
    """

    one_model: str
    other_model: str
    channels: int
    rank_agreement: float | None
    credit_moved: float | None
    rank_lower: float | None = None
    rank_upper: float | None = None


@dataclass(frozen=True)
class Sensitivity:
    """The share that a model gives a channel by another setting than the warehouse was built by.

    `share` and `share_as_built` are of conversions that a touch came before, 0 to 1; `change` is the first
    less the second. `seen_whole` is the share of conversions whose whole lookback lies within the data, 0 to
    1: of the others, touches before the first day are missing.
    """

    setting: str
    value: str
    is_as_built: bool
    touched_conversions: float
    seen_whole: float
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


def agreements(
    found: Sequence[AttributionEstimate], holdouts: Sequence[Holdout], confidence: float = 0.95
) -> list[Agreement]:
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
    caused = {(one.channel_key, -1): one for one in holdouts if one.standard_error is not None}
    for model, given in shares.items():
        keys = sorted(given.keys() & caused.keys())
        if keys:
            credit, held = [given[key] for key in keys], [caused[key] for key in keys]
            tau = _kendall(credit, [one.caused for one in held])
            bounds = (None, None) if tau is None else _rank_interval(credit, held, confidence)
            agreed.append(Agreement(model, "holdouts", len(keys), tau, None, *bounds))
    return agreed


def _rank_interval(
    credit: Sequence[float], held: Sequence[Holdout], confidence: float
) -> tuple[float, float]:
    """Kendall's tau-b of credit with conversions that holdouts draw from their own errors (parametric
    bootstrap): percentiles. Uplifts are about normal and of different people, so independent.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    uplifts, errors = [one.uplift for one in held], [one.standard_error for one in held]
    caused = rng.normal(uplifts, errors, (DRAWS, len(held))) * [one.reached_journeys for one in held]
    one, other = np.triu_indices(len(held), 1)
    by_credit = np.sign(np.array(credit)[one] - np.array(credit)[other])
    agree = np.sign(caused[:, one] - caused[:, other]) @ by_credit
    # what is drawn has no ties, credit may
    taus = agree / np.sqrt(len(one) * np.abs(by_credit).sum())
    lower, upper = np.quantile(taus, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(lower), float(upper)


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
    each setting done. With a longer lookback more conversions have a touch: shares are of those. Where it
    reaches beyond the data, `seen_whole` says of how few conversions it tells all.
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
            whole = seen_whole(again, conversion_type)
            dropped(again)
            found += _changes(setting, one, settings, rows, before, whole)
            step()
    return found


def _changes(
    setting: str,
    tried: dict[str, Any],
    settings: Settings,
    rows: Sequence[AttributionEstimate],
    before: dict[tuple[str, str], float],
    whole: float,
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
            seen_whole=whole,
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
