"""A script: run the narrow part of the project day by day in one process, since dbt takes long to start.

    python replayed_days.py <first day> <days>

with CAP_DUCKDB_PATH, DBT_TARGET_PATH and DBT_LOG_PATH set, in the project's folder. Each run is told its day
by the var as_of; a table that shows a day's rows knows it by the number of the run (quality.derivations).
"""

import sys
from datetime import date, timedelta

from dbt.cli.main import dbtRunner

SELECTED = [
    "int_core__build_dates",  # the day is in the view
    "silver_customer_lifecycle_events",
    "silver_customer_segment_assignments",
    "int_lifecycle__activity_days",
    "int_lifecycle__moments",
    "int_lifecycle__stages",
    "int_segments__spans",
    "silver_customer_lifecycle_history",
    "silver_customer_segments_history",
    "snapshot_customer_lifecycle",
    "snapshot_customer_segments",
]
# views, and what never changes in the test's world
ONCE = [
    "path:models/staging",
    "int_core__deliveries",
    "lifecycle_stages",
    "lifecycle_transitions",
    "lifecycle_stage_words",
    "customer_segments",
    "int_lifecycle__members",
    "int_lifecycle__products",
    "int_lifecycle__starts",
    "int_lifecycle__silences",
    "int_lifecycle__behaviour",
    "int_lifecycle__told",
    "int_lifecycle__current",
    "int_segments__current",
]


def run(manifest: object, day: date, selected: list[str]) -> None:
    arguments = [
        "--quiet",
        "--no-write-json",
        "build",
        "--exclude-resource-type",
        "test",
        "unit_test",
        "--vars",
    ]
    arguments += [f"{{as_of: '{day}'}}", "--select", *selected]
    done = dbtRunner(manifest=manifest).invoke(arguments)
    if not done.success:
        raise SystemExit(
            f"{day}: {done.exception or [r.message for r in done.result if r.status == 'error']}"
        )


def main() -> None:
    first, days = date.fromisoformat(sys.argv[1]), int(sys.argv[2])
    manifest = dbtRunner().invoke(["--quiet", "parse"]).result
    # what is not run here, but would be thought of in each run
    for name in [name for name in manifest.nodes if name.startswith("test.")]:
        del manifest.nodes[name]
    for kind in (manifest.unit_tests, manifest.metrics, manifest.semantic_models, manifest.saved_queries):
        kind.clear()
    for number in range(days):
        run(manifest, first + timedelta(days=number), (ONCE if number == 0 else []) + SELECTED)


if __name__ == "__main__":
    main()
