"""What channels with a random control group cause: journeys reached against journeys withheld from.

The group is one of people, so people are the units: of each, journeys and conversions, and the rate of an arm
is the ratio of their sums (`cap.statistics.ratio_difference`, delta method). Not for a channel that chose its
control group by anything but chance, or whose journeys begin otherwise in the two arms.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cap.attribution.warehouse import Warehouse

if TYPE_CHECKING:
    from cap.statistics import RatioArm

EXPECTED = 5  # conversions and non-conversions per arm, as experiment_min_expected has it


@dataclass(frozen=True)
class Holdout:
    """One channel against its control group; rates are conversions per journey, 0 to 1.

    `uplift` is the rate of journeys reached less that of journeys held out, with its interval (`lower`,
    `upper`), `standard_error` and two-sided `p_value`; `adjusted_p_value` is Holm's over the channels that
    have one, since of twenty channels that do nothing one seems to. `caused` is the uplift times the journeys
    reached: conversions that would not have been, with its interval. What says how sure it is is None where
    the arms are too small to trust it, and `note` says so.
    """

    channel_key: int
    channel: str
    reached_journeys: int
    reached_customers: int
    reached_rate: float | None
    held_out_journeys: int
    held_out_customers: int
    held_out_rate: float | None
    uplift: float | None
    lower: float | None
    upper: float | None
    standard_error: float | None
    p_value: float | None
    adjusted_p_value: float | None
    caused: float | None
    caused_lower: float | None
    caused_upper: float | None
    note: str | None


def holdouts(warehouse: Warehouse, confidence: float = 0.95) -> list[Holdout]:
    """Channels that have journeys in both arms, by name. An open journey has not converted, in either."""
    from cap.statistics import RatioArm, holm, ratio_difference

    arms = {}
    for channel, name, arm, journeys, *numbers in warehouse.rows(
        """
        with people as (
            select
                channel_key, holdout_arm, coalesce(customer_key, journey_key) as person,
                sum(journey_count)::double as journeys, sum(conversion_count)::double as conversions
            from gold.fact_channel_holdouts
            where holdout_arm <> 'both'
            group by all
        )
        select
            channel_key, channel_name, holdout_arm, sum(journeys)::bigint, count(*), avg(conversions),
            var_samp(conversions), avg(journeys), var_samp(journeys), covar_samp(conversions, journeys)
        from people
        inner join gold.dim_channel using (channel_key)
        group by all
        order by all
        """
    ):
        arms[channel, arm] = (name, journeys, RatioArm(*numbers))
    found = []
    for channel, arm in arms:
        if arm != "reached" or (channel, "held_out") not in arms:
            continue
        name, reached, treatment = arms[channel, "reached"]
        _, held_out, control = arms[channel, "held_out"]
        compared = ratio_difference(control, treatment, confidence)
        note = _too_small(reached, held_out, treatment, control) or compared.reason
        bounds = (None, None) if note else (compared.lower, compared.upper)
        caused = [None if one is None else reached * one for one in (compared.difference, *bounds)]
        found.append(
            Holdout(
                channel,
                name,
                reached,
                treatment.n,
                compared.treatment,
                held_out,
                control.n,
                compared.control,
                compared.difference,
                *bounds,
                None if note else compared.standard_error,
                None if note else compared.p_value,
                None,
                *caused,
                note,
            )
        )
    adjusted = holm([one.p_value for one in found])
    found = [replace(one, adjusted_p_value=p) for one, p in zip(found, adjusted, strict=True)]
    return sorted(found, key=lambda one: one.channel)


def _too_small(reached: int, held_out: int, treatment: "RatioArm", control: "RatioArm") -> str | None:
    """Why a normal interval would claim too much: an arm in which few conversions, or few of the rest, are
    expected if the channel does nothing. Where an arm has none at all nothing tells how its rate scatters.
    """
    conversions = treatment.n * treatment.numerator_mean + control.n * control.numerator_mean
    rate = conversions / (reached + held_out)
    fewest = min(reached, held_out) * min(rate, 1 - rate)
    if fewest < EXPECTED:
        what = "conversions" if rate <= 0.5 else "others"
        return f"too small: {fewest:.1f} {what} expected, {EXPECTED} needed"
    if not (treatment.numerator_mean and control.numerator_mean):
        return "too small: an arm has no conversion"
    return None
