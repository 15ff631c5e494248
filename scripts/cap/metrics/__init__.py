"""The metrics of a built warehouse: what there are, what they mean, and their values, without dbt.

`Metrics` and `Answer` stand in `cap.metrics.engine` and are imported when they are asked for: MetricFlow
takes a second, and whoever only looks for a name does not need it.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    if name in ("Answer", "Metrics"):
        from cap.metrics import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
