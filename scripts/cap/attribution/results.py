"""One row of what an analysis of attribution found, as it is landed, staged and published."""

from dataclasses import dataclass
from datetime import date

# rows with the same values here are one analysis, made again
KEYS = ("analysis_date", "conversion_type", "grain", "path_transform", "attribution_model")


@dataclass(frozen=True)
class AttributionEstimate:
    """What one model gives one channel or campaign, of the conversions of one type, as of `analysis_date`.

    - `grain`: channel or campaign; `campaign_key` is -1 where the row is a channel's; `name` is its name
    - `attribution_model`: as fact_attribution has it, or markov_1, markov_2 … for chains over all paths;
      `model_order` is that of a Markov chain, null for others
    - `path_transform` and `lookback_seconds`: which touches were weighed
    - `conversions` and `revenue` (to the cent, currency as delivered) are credited: over all rows of a model
      they are all conversions of the type; `share` is of conversions that a touch came before, 0 to 1, null
      for those that nothing touched
    - `removal_effect`: the share of the chance to convert that is lost without it, 0 to 1, of chains alone
    - intervals (`…_lower`, `…_upper`) are at `confidence_level`: of chains, percentiles of `sample_count`
      bootstrap samples of people; of models that look at one path at a time, by the delta method over people;
      null for markov, which needs all paths, and where there is too little
    """

    analysis_date: date
    conversion_type: str
    grain: str
    channel_key: int
    campaign_key: int
    name: str
    attribution_model: str
    model_order: int | None
    path_transform: str
    lookback_seconds: int
    share: float | None
    share_lower: float | None
    share_upper: float | None
    removal_effect: float | None
    removal_effect_lower: float | None
    removal_effect_upper: float | None
    conversions: float
    revenue: float
    confidence_level: float
    sample_count: int | None
