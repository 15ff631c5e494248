"""Landing what the analysis of experiments found."""

from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from cap.experiments.analyze import Analysis, analyze
from cap.experiments.settings import settings
from cap.experiments.sums import SEGMENTS
from cap.experiments.warehouse import experiments
from cap.landing import save
from cap.warehouse import opened

TABLE = "analysis_experiment_results"
# an experiment analysed again as of the same day replaces that day's rows
KEYS = ("experiment_id", "analysis_date")
# what publishes them
MODELS = (
    "stg_digital_analytics__analysis_experiment_results",
    "silver_experiment_results",
    "fact_experiment_results",
)
SECONDS_BEFORE_PROGRESS = 2


def analyze_all(
    database: Path | None = None, confidence: float | None = None, segments: Sequence[str] = tuple(SEGMENTS)
) -> list[Analysis]:
    """Every experiment of the warehouse, by id; none where there is none. With a bar if it takes long."""
    with opened(database) as connection:
        told = settings()
        found = [one.experiment_id for one in experiments(connection)]
        bar = tqdm(
            found, desc="Analysing", unit="test", delay=SECONDS_BEFORE_PROGRESS, disable=None, leave=False
        )
        return [analyze(connection, one, told, confidence, segments) for one in bar]


def land_analyses(analyses: Sequence[Analysis], database: Path) -> int:
    """Write the results of analyses into the landing of the warehouse; how many rows."""
    return save(database, TABLE, [row for one in analyses for row in one.results], KEYS)


def land_all(database: Path) -> tuple[str, ...]:
    """Analyse every experiment and land what was found; the models to refresh, none without experiments."""
    found = analyze_all(database)
    return MODELS if land_analyses(found, database) else ()
