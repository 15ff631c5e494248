"""What follows from the measurements: the ratios with an aim, and seconds per model."""

from dataclasses import dataclass

from cap.bench.measure import ProjectMeasured, SizeMeasured

MOST_FULL_TO_FLOOR = 4.0
MOST_DAY_SHARE = 0.03
MEMORY_BELOW = 12 * 2**30


@dataclass(frozen=True)
class ModelCost:
    """Seconds of one model; `at_startup` where there was nothing to do (a day's), else 0."""

    name: str
    seconds: float
    at_startup: float = 0.0

    @property
    def beyond_startup(self) -> float:
        """What the rows cost."""
        return self.seconds - self.at_startup


def full_to_floor(one: SizeMeasured) -> float:
    """How many times the floor a full build takes, dbt's start-up included."""
    return one.full.seconds / one.floor_seconds


def day_share(one: SizeMeasured, project: ProjectMeasured) -> float | None:
    """One more day as a share of a full build, both beyond start-up; None where a build is nothing else."""
    idle = project.startup.seconds
    return _share(one.day_runs[-1].run.seconds - idle, one.full.seconds - idle)


def day_share_of_cpu(one: SizeMeasured, project: ProjectMeasured) -> float | None:
    """The same in processor seconds, which other work on the machine hardly moves."""
    idle = project.startup.cpu_seconds
    return _share(one.day_runs[-1].run.cpu_seconds - idle, one.full.cpu_seconds - idle)


def _share(day: float, full: float) -> float | None:
    return day / full if full > 0 else None


def peak_memory(one: SizeMeasured) -> int:
    """The most memory that any dbt run of this size took, in bytes."""
    return max(one.full.peak_bytes, *(day.run.peak_bytes for day in one.day_runs))


def full_costs(one: SizeMeasured) -> list[ModelCost]:
    """Models of the full build, dearest first."""
    costs = [ModelCost(name, seconds) for name, seconds in one.full.models.items()]
    return sorted(costs, key=lambda cost: -cost.seconds)


def day_costs(one: SizeMeasured, project: ProjectMeasured) -> list[ModelCost]:
    """Models of the last day added, by what they cost beyond a run with nothing to do, dearest first."""
    idle = project.startup.models
    costs = [
        ModelCost(name, seconds, idle.get(name, 0.0)) for name, seconds in one.day_runs[-1].run.models.items()
    ]
    return sorted(costs, key=lambda cost: -cost.beyond_startup)
