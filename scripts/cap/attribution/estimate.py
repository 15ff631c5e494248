"""What every model gives every channel or campaign, with intervals: the SQL models of silver, and chains."""

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from statistics import NormalDist

from scipy.special import expit, logit

from cap.attribution import warehouse as stored
from cap.attribution.chain import Chain, Effect, Solved, TooManyStates, bootstrap, chain, solve
from cap.attribution.results import AttributionEstimate
from cap.attribution.warehouse import Credit, Node, Warehouse
from cap.errors import CapError

ORDERS = (1, 2, 3)
SAMPLES = 200
CENT = Decimal("0.01")
# markov of SQL shares a conversion by what all paths say, so its error is not that of a mean over people
WITHOUT_INTERVAL = ("markov",)


def estimates(
    warehouse: Warehouse,
    conversion_type: str,
    *,
    orders: Sequence[int] = ORDERS,
    samples: int = SAMPLES,
    seed: int = 0,
    confidence: float = 0.95,
    step: Callable[[int], None] = lambda _: None,
) -> list[AttributionEstimate]:
    """All models of a type of conversion: those of the warehouse, then chains of these orders.

    Rows of a model go from the largest share to the smallest. `samples` bootstrap samples make the intervals
    of chains, none with 0; `step` is told of each. All assume that people are independent of one another.
    Raises CapError where no such conversion has a touch or a chain has too many states.
    """
    conversion_type = stored.conversion_type(warehouse, conversion_type)
    names = stored.nodes(warehouse)
    found = []
    for model, given in stored.credited(warehouse, conversion_type).items():
        rows = [
            _of_model(warehouse, conversion_type, model, names[one.node], one, confidence) for one in given
        ]
        found += sorted(rows, key=_largest_first)
    for solved in chains(warehouse, conversion_type, orders, samples, seed, confidence, step):
        rows = _of_chain(warehouse, conversion_type, solved, names, confidence)
        found += sorted(rows, key=_largest_first)
    return found


def chains(
    warehouse: Warehouse,
    conversion_type: str,
    orders: Sequence[int],
    samples: int,
    seed: int,
    confidence: float,
    step: Callable[[int], None],
) -> Iterator[Solved]:
    """The chain of each order over the paths of a type of conversion, solved."""
    paths = stored.paths(warehouse, conversion_type)
    histories = stored.histories(warehouse, conversion_type) if samples else None
    for order in orders:
        one = _chain(paths, order)
        yield bootstrap(one, samples, seed, confidence, step, histories) if samples else solve(one)


def _chain(paths: list, order: int) -> Chain:
    try:
        return chain(paths, order)
    except TooManyStates as error:
        remedy = (
            f"ask for a lower order (--order {order - 1}), or by channel" if order > 1 else "ask by channel"
        )
        raise CapError(f"a Markov chain of order {order} would have {error}: {remedy}.") from None


def share_interval(share: float, variance: float, confidence: float) -> tuple[float, float]:
    """Of a share between 0 and 1 with the variance of its estimate, both above 0: normal in its log odds.

    A small share scatters further up than down, and nothing is below 0: of a channel that few met, share
    plus and minus two errors holds the truth in four of five worlds, this in nine of ten (Korn and Graubard,
    Survey Methodology 24, 1998). Equals share plus and minus errors where these are small.
    """
    error = NormalDist().inv_cdf((1 + confidence) / 2) * variance**0.5 / (share * (1 - share))
    lower, upper = expit(logit(share) - error), expit(logit(share) + error)
    return float(lower), float(upper)


def _of_model(
    warehouse: Warehouse, conversion_type: str, model: str, node: Node, credit: Credit, confidence: float
) -> AttributionEstimate:
    lower = upper = None
    # without variance, of a channel that nobody's credit goes to, an interval of no width would claim to know
    if credit.share and credit.variance and model not in WITHOUT_INTERVAL:
        lower, upper = share_interval(credit.share, credit.variance, confidence)
    return AttributionEstimate(
        analysis_date=warehouse.settings.as_of,
        conversion_type=conversion_type,
        grain=warehouse.settings.attribution_grain,
        channel_key=node.channel_key,
        campaign_key=node.campaign_key,
        name=node.name,
        attribution_model=model,
        model_order=None,
        path_transform=warehouse.settings.path_transform,
        lookback_seconds=warehouse.settings.lookback_seconds,
        share=credit.share,
        share_lower=lower,
        share_upper=upper,
        removal_effect=None,
        removal_effect_lower=None,
        removal_effect_upper=None,
        conversions=credit.conversions,
        revenue=float(credit.revenue),
        confidence_level=confidence,
        sample_count=None,
    )


def _of_chain(
    warehouse: Warehouse, conversion_type: str, solved: Solved, names: dict[int, Node], confidence: float
) -> Iterator[AttributionEstimate]:
    touched, value, untouched, untouched_value = stored.totals(warehouse, conversion_type)
    effects = sorted(solved.effects.values(), key=lambda one: one.node)
    revenues = _in_cents(value, [one.share for one in effects])
    told: list[tuple[Effect | None, Node, float, Decimal]] = [
        (one, names[one.node], touched * one.share, revenue)
        for one, revenue in zip(effects, revenues, strict=True)
    ]
    if untouched:
        (none,) = [node for node in names.values() if node.name == stored.NO_TOUCH]
        told.append((None, none, float(untouched), untouched_value))
    for effect, node, conversions, revenue in told:
        share_interval = effect and effect.share_interval
        removal_interval = effect and effect.removal_interval
        yield AttributionEstimate(
            analysis_date=warehouse.settings.as_of,
            conversion_type=conversion_type,
            grain=warehouse.settings.attribution_grain,
            channel_key=node.channel_key,
            campaign_key=node.campaign_key,
            name=node.name,
            attribution_model=f"markov_{solved.order}",
            model_order=solved.order,
            path_transform=warehouse.settings.path_transform,
            lookback_seconds=warehouse.settings.lookback_seconds,
            share=effect.share if effect else None,
            share_lower=share_interval[0] if share_interval else None,
            share_upper=share_interval[1] if share_interval else None,
            removal_effect=effect.removal if effect else None,
            removal_effect_lower=removal_interval[0] if removal_interval else None,
            removal_effect_upper=removal_interval[1] if removal_interval else None,
            conversions=conversions,
            revenue=float(revenue),
            confidence_level=confidence,
            sample_count=solved.samples or None,
        )


def _in_cents(total: Decimal, shares: Sequence[float]) -> list[Decimal]:
    """An amount in parts that are whole cents and sum to it: what is rounded adds up along the row."""
    parts, so_far, before = [], Decimal(0), Decimal(0)
    whole = sum(map(Decimal, shares))
    for share in shares:
        so_far += Decimal(share)
        up_to = (total * so_far / whole).quantize(CENT, ROUND_HALF_UP) if whole else Decimal(0)
        parts.append(up_to - before)
        before = up_to
    return parts


def _largest_first(row: AttributionEstimate) -> tuple[bool, float, str]:
    """What nothing touched comes last."""
    return row.share is None, -(row.share or 0.0), row.name
