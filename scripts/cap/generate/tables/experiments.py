"""A/B tests: ab_test_exposures, ab_test_results."""

import numpy as np
import polars as pl

from cap.generate import vocabulary as words
from cap.generate.chunk import Chunk
from cap.generate.frames import fmt, numbers, pick, stamps, text_or
from cap.generate.tables.common import Columns, Table, const
from cap.generate.world import US

ALLOCATIONS = pl.Series(
    [
        "{" + ",".join(f'"{a}":{p}' for a, p in zip(e.arms, e.allocation, strict=True)) + "}"
        for e in words.EXPERIMENTS
    ]
)


def ab_test_exposures(chunk: Chunk) -> Table:
    """One row per exposure of a unit to an arm. `exposure_attributes` has the configured allocation and
    the unit.
    """
    trials = chunk.block.trials
    row = np.flatnonzero(np.isin(trials.x_visit, chunk.visit))
    visit, time, experiment, arm = (
        trials.x_visit[row],
        trials.x_time[row],
        trials.x_experiment[row],
        trials.x_arm[row],
    )
    n = len(row)
    known = chunk.known_at(visit, time)
    by_device = np.array([e.unit == "device" for e in words.EXPERIMENTS])[experiment]
    return {
        "exposure_id": chunk.ids("xp_", 5, n),
        "exposure_timestamp": stamps(time),
        **_experiment(experiment, arm),
        "experiment_name": pick([e.name for e in words.EXPERIMENTS], experiment),
        "variant_name": _arm_names(experiment, arm),
        **chunk.who(visit, known),
        "session_id": chunk.session_id(visit),
        "platform": chunk.platform(visit),
        "device_type": chunk.device_type(visit),
        "assignment_method": pick(["hash_user", "hash_device"], by_device.astype(np.int64)),
        "control_group_flag": pl.Series(arm == 0),
        "exposure_count": numbers(trials.x_count[row]),
        "exposure_attributes": fmt(
            '{{"unit":"{}","unit_id":"{}","allocation":{}}}',
            pick([e.unit for e in words.EXPERIMENTS], experiment),
            _unit_id(chunk, visit, by_device),
            pick(ALLOCATIONS, experiment),
        ),
    }, time


def _experiment(experiment: np.ndarray, arm: np.ndarray) -> Columns:
    return {
        "experiment_id": pick([e.id for e in words.EXPERIMENTS], experiment),
        "variant_id": fmt(
            "{}-{}", pick([e.id for e in words.EXPERIMENTS], experiment), pick(["A", "B", "C"], arm)
        ),
    }


def _arm_names(experiment: np.ndarray, arm: np.ndarray) -> pl.Series:
    names = [name for e in words.EXPERIMENTS for name in (*e.arms, None)[:3]]
    return pick(pl.Series(names), experiment * 3 + arm)


def _unit_id(chunk: Chunk, visit: np.ndarray, by_device: np.ndarray) -> pl.Series:
    device = chunk.devices.device_id(chunk.visits.device[visit])
    return text_or(device, by_device, chunk.people.user_id(np.maximum(chunk.visits.person[visit], 0)))


def ab_test_results(chunk: Chunk) -> Table:
    """One row per unit and experiment: whether it reached the goal, in the visit of its first exposure."""
    trials = chunk.block.trials
    row = np.flatnonzero(np.isin(trials.o_visit, chunk.visit))
    visit, time, experiment, arm = (
        trials.o_visit[row],
        trials.o_time[row],
        trials.o_experiment[row],
        trials.o_arm[row],
    )
    n, reached = len(row), trials.o_reached[row]
    by_device = np.array([e.unit == "device" for e in words.EXPERIMENTS])[experiment]
    return {
        "result_id": chunk.ids("xr_", 6, n),
        "result_timestamp": stamps(time),
        **_experiment(experiment, arm),
        **chunk.who(visit, chunk.known_at(visit, time)),
        "session_id": chunk.session_id(visit),
        "metric_name": pick([e.goal for e in words.EXPERIMENTS], experiment),
        "metric_value": numbers(reached.astype(float)),
        "metric_unit": const("conversion", n),
        "conversion_flag": pl.Series(reached),
        "conversion_value": numbers(trials.o_value[row], reached),
        "time_to_outcome_minutes": numbers((time - trials.o_exposed[row]) // (60 * US), reached),
        "result_attributes": fmt(
            '{{"unit":"{}","unit_id":"{}"}}',
            pick([e.unit for e in words.EXPERIMENTS], experiment),
            _unit_id(chunk, visit, by_device),
        ),
    }, time
