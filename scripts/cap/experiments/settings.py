"""The vars of the dbt project that the analysis of experiments goes by, as the SQL does."""

from dataclasses import dataclass, fields
from pathlib import Path

from cap.errors import CapError
from cap.load.settings import PROJECT_FILE


@dataclass(frozen=True)
class Settings:
    """Vars of dbt_project.yml without their prefix `experiment_`; what each means stands there.

    Shares and levels are between 0 and 1, units and days 1 or more.
    """

    confidence_level: float
    broken_split_p: float
    min_units: int
    min_expected: int
    target_lift: float
    target_power: float
    outcome_days: int
    pre_period_days: int
    two_arms_share: float
    planned_units: int


def settings(project: Path = PROJECT_FILE) -> Settings:
    """The settings of the project file. Raises CapError where one is missing or is no number."""
    import yaml

    told = yaml.safe_load(project.read_text()).get("vars") or {}
    found = {}
    for one in fields(Settings):
        name = f"experiment_{one.name}"
        if isinstance(told.get(name), bool) or not isinstance(told.get(name), int | float):
            raise CapError(f"{project} has no number as var {name}: it says {told.get(name)!r}")
        found[one.name] = told[name]
    return Settings(**found)
