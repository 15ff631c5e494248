"""One row of what an analysis of attribution found, as it is landed, staged and published."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class AttributionEstimate:
    """What one model gives one channel or campaign, of the conversions of one type, as of `analysis_date`.

    - `grain`: channel or campaign, and `name` its name
    - `attribution_model`: linear, markov …; `model_order` is that of a Markov chain, null for others
    - `path_transform`: what became of a path before it was weighed
    - `conversions` and `revenue` are credited, `share` of all conversions credited, 0 to 1
    - `removal_effect`: 0 to 1, of Markov alone
    - `share_lower`, `share_upper`: bootstrap interval of the share at `confidence_level`; null without
    """

    conversion_type: str
    grain: str
    name: str
    attribution_model: str
    model_order: int | None
    path_transform: str
    analysis_date: date
    conversions: float
    revenue: float
    share: float
    share_lower: float | None
    share_upper: float | None
    removal_effect: float | None
    confidence_level: float | None
