"""Landing what the analysis of attribution found."""

from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from cap.attribution import warehouse as stored
from cap.attribution.estimate import ORDERS, SAMPLES, estimates
from cap.attribution.results import KEYS, AttributionEstimate
from cap.attribution.warehouse import Warehouse, opened
from cap.landing import save

TABLE = "analysis_attribution_results"
# what publishes them
MODELS = (
    "stg_journey_events__analysis_attribution_results",
    "silver_attribution_estimates",
    "fact_attribution_estimates",
)
BUILD_SAMPLES = 100  # a build should not wait long; `cap attribution run --save` takes more
SECONDS_BEFORE_PROGRESS = 2


def estimate_all(
    warehouse: Warehouse,
    types: Sequence[str],
    *,
    orders: Sequence[int] = ORDERS,
    samples: int = SAMPLES,
    seed: int = 0,
    confidence: float = 0.95,
) -> list[AttributionEstimate]:
    """`estimates` of each of these types of conversion, with a bar over the samples if it takes long."""
    with tqdm(
        total=len(types) * len(orders) * samples,
        desc="Drawing people",
        unit="sample",
        delay=SECONDS_BEFORE_PROGRESS,
        disable=None,
        leave=False,
    ) as bar:
        return [
            row
            for one in types
            for row in estimates(
                warehouse,
                one,
                orders=orders,
                samples=samples,
                seed=seed,
                confidence=confidence,
                step=lambda done: bar.update(done) and None,
            )
        ]


def land_estimates(found: Sequence[AttributionEstimate], database: Path) -> int:
    """Write estimates into the warehouse's landing, in the place of the same models' before; how many."""
    return save(database, TABLE, found, KEYS)


def land_all(database: Path) -> tuple[str, ...]:
    """Estimate every type of conversion and land it; the models to refresh, none without estimates."""
    with opened(database) as warehouse:
        types = stored.conversion_types(warehouse)
        found = estimate_all(warehouse, types, samples=BUILD_SAMPLES)
    return MODELS if land_estimates(found, database) else ()
