"""Attribution by other settings: the models' own SQL, compiled by dbt with other vars, run in memory.

There is no second implementation that could drift. The warehouse is only read; what is made anew lies in a
schema of the database in memory that `warehouse.opened` attaches it to.

Limits: contacts (which touches there are, whom they belong to) and conversions stay as built, so only vars
that come after them can be varied; vars that no setting names, as attribution_position_weights, are those of
dbt_project.yml, whatever --vars the build was given.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from cap.attribution.warehouse import Warehouse, in_schema
from cap.errors import CapError
from cap.load.settings import database_path

# what is made anew, each after what it reads
MODELS = (
    "int_attribution__touches",
    "int_attribution__paths",
    "silver_attribution_paths",
    "int_attribution__unconverted",
    "int_attribution__transitions",
    "int_attribution__visits",
    "silver_attribution_removal_effects",
    "silver_attribution_markov",
    "int_attribution__person_paths",
    "silver_attribution_distinct_paths",
    "silver_attribution_histories",
)
# setting of the warehouse -> var of the project
VARS = {
    "attribution_grain": "attribution_grain",
    "path_transform": "attribution_path_transform",
    "lookback_seconds": "attribution_lookback_seconds",
    "half_life_seconds": "attribution_half_life_seconds",
}

Settings = Mapping[str, Any]  # some of VARS
Compiled = dict[str, tuple[str, str]]  # model -> the name by which others call it, and its SQL


def compiled(wanted: Sequence[Settings], warehouse_settings: Settings) -> list[Compiled]:
    """The models' SQL for each of these settings; what a setting leaves out is as the warehouse was built.

    Takes seconds to read the project, then some tenths each. Raises CapError where dbt cannot.
    """
    from dbt.cli.main import dbtRunner

    parsed = dbtRunner().invoke(["--log-level", "none", "parse", "--no-write-json"])
    if not parsed.success:
        raise CapError(f"dbt cannot read the project: {str(parsed.exception).splitlines()[0]}")
    manifest = _only_attribution(parsed.result)
    found = []
    # nothing is asked of a warehouse, but dbt opens one: an empty one of the same name
    with tempfile.TemporaryDirectory(prefix="cap-attribution-") as folder, _database(Path(folder)):
        for one in wanted:
            settings = {VARS[name]: value for name, value in {**warehouse_settings, **one}.items()}
            arguments = ["--log-level", "none", "--log-level-file", "none", "compile", "--full-refresh"]
            arguments += ["--no-introspect", "--no-write-json", "--target-path", folder]
            arguments += ["--vars", repr(settings), "--select", *MODELS]
            answer = dbtRunner(manifest=manifest).invoke(arguments)
            if not answer.success:
                raise CapError(f"dbt cannot compile attribution with {settings}: {answer.exception}")
            nodes = {result.node.name: result.node for result in answer.result.results}
            found.append(
                {model: (nodes[model].relation_name, nodes[model].compiled_code) for model in MODELS}
            )
    return found


def rebuilt(warehouse: Warehouse, models: Compiled, schema: str, **settings: Any) -> Warehouse:
    """Build the models into a schema in memory; the warehouse with attribution by these settings."""
    connection = warehouse.connection
    connection.execute(f"create or replace schema memory.{schema}")
    for model, (_, sql) in models.items():
        for other, (relation, _) in models.items():
            sql = sql.replace(relation, f'memory.{schema}."{other}"')
        connection.execute(f'create table memory.{schema}."{model}" as {sql}')
    return in_schema(warehouse, f"memory.{schema}", **settings)


def dropped(warehouse: Warehouse) -> None:
    """Forget what `rebuilt` made."""
    warehouse.connection.execute(f"drop schema if exists {warehouse.silver} cascade")


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    """Let dbt connect to an empty file in `folder` that is called as the warehouse is."""
    before = os.environ.get("CAP_DUCKDB_PATH")
    path = folder / database_path().name
    duckdb.connect(path).close()
    os.environ["CAP_DUCKDB_PATH"] = str(path)
    try:
        yield
    finally:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()
        if before is None:
            del os.environ["CAP_DUCKDB_PATH"]
        else:
            os.environ["CAP_DUCKDB_PATH"] = before


def _only_attribution(manifest: Any) -> Any:
    """The manifest without what these models do not name: dbt looks for circles in all of it, for seconds."""
    made = {unique_id for unique_id, node in manifest.nodes.items() if node.name in MODELS}
    read = {parent for one in made for parent in manifest.nodes[one].depends_on.nodes}
    manifest.nodes = {
        unique_id: node for unique_id, node in manifest.nodes.items() if unique_id in made | read
    }
    for unique_id in read - made:
        if hasattr(manifest.nodes[unique_id], "depends_on"):
            manifest.nodes[unique_id].depends_on.nodes = []
    for kind in ("unit_tests", "metrics", "semantic_models", "saved_queries", "exposures"):
        setattr(manifest, kind, {})
    return manifest
