"""One block of customers as numbers, over all days of the run."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from cap.generate import devices, holdings, journeys, people, records, trials, visits
from cap.generate.frames import hex_ids, mixed
from cap.generate.world import World


@dataclass
class Block:
    """Everything that happened to one block's people. See the modules of the parts."""

    world: World
    number: int
    people: people.People
    devices: devices.Devices
    journeys: journeys.Journeys
    touches: journeys.Touches
    visits: visits.Visits
    trials: trials.Trials
    records: records.Records
    accounts: holdings.Holdings
    complaints: holdings.Complaints
    stages: holdings.Stages

    def words(self, table: int, chunk: int, n: int) -> np.ndarray:
        """N distinct 64-bit words for the ids of a table's rows in one chunk (table < 128, see
        frames.mixed).
        """
        base = (
            (np.uint64(table) << np.uint64(56))
            | (np.uint64(self.number) << np.uint64(40))
            | (np.uint64(chunk) << np.uint64(30))
        )
        return mixed((base | np.arange(n).astype(np.uint64)) ^ np.uint64(self.world.seed))

    @cached_property
    def touch_ids(self) -> pl.Series:
        """The ids of the block's touches."""
        return hex_ids("tp_", self.words(102, 0, len(self.touches.time)))


def simulate(world: World, number: int) -> Block:
    """The numbers of one block; equal for equal (world, number)."""
    crowd = people.simulate(world, number)
    machines = devices.simulate(world, crowd)
    paths, touched = journeys.simulate(world, crowd)
    seen = visits.simulate(world, crowd, machines, paths, touched)
    return Block(
        world,
        number,
        crowd,
        machines,
        paths,
        touched,
        seen,
        trials.simulate(world, crowd, machines, seen),
        records.simulate(world, crowd),
        holdings.accounts(world, crowd, paths),
        holdings.complaints(world, crowd),
        holdings.stages(world, crowd),
    )
