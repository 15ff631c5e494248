"""Metrics of the warehouse in one process, without dbt: MetricFlow's engine over a DuckDB connection.

`mf query` takes seconds to start for one answer; this starts in one and then answers some thirty metrics
a second. It reads target/semantic_manifest.json, which every dbt command writes. MetricFlow does not
declare its Python interface stable: its version is pinned.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from cap.errors import CapError


class _DuckDbClient:
    """What MetricFlow asks of a database (metricflow.protocols.sql_client.SqlClient), over one connection."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def query(self, stmt: str, sql_bind_parameter_set: Any = None) -> MetricFlowDataTable:
        """Rows of a select."""
        cursor = self.connection.execute(stmt)
        names = [column[0] for column in cursor.description or []]
        return MetricFlowDataTable.create_from_rows(names, cursor.fetchall())

    def execute(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Run a statement for what it does."""
        self.connection.execute(stmt)

    def dry_run(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Fail where the statement would."""
        self.connection.execute(f"explain {stmt}")

    def close(self) -> None:
        """Let go of the warehouse."""
        self.connection.close()

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        """A parameter as DuckDB writes it."""
        return f"${bind_parameter_key}"


@dataclass(frozen=True)
class Answer:
    """The rows of a metric query: `columns` names them in order, each row is a tuple as long."""

    columns: tuple[str, ...]
    rows: list[tuple]


class Metrics:
    """The metrics of one warehouse, read-only.

    Args:
        database: the DuckDB file that `dbt build` filled.
        semantic_manifest: semantic_manifest.json of the same project.

    Raises:
        CapError: if one of the two is missing.
    """

    def __init__(self, database: Path, semantic_manifest: Path) -> None:
        for path, remedy in ((database, "make build"), (semantic_manifest, "dbt parse")):
            if not path.exists():
                raise CapError(f"{path} is missing: run `{remedy}` first")
        text = semantic_manifest.read_text()
        self.names = [metric["name"] for metric in json.loads(text)["metrics"]]
        manifest = parse_manifest_from_dbt_generated_manifest(manifest_json_string=text)
        self._client = _DuckDbClient(duckdb.connect(database, read_only=True))
        # the same session as in profiles.yml: timestamps are UTC
        self._client.execute("set TimeZone = 'UTC'")
        self._engine = MetricFlowEngine(SemanticManifestLookup(manifest), self._client)

    def query(self, metrics: list[str], group_by: list[str]) -> Answer:
        """Values of metrics, one row per group, ordered by the groups.

        Args:
            metrics: names of metrics.
            group_by: names as in `mf query --group-by`: metric_time__week, channel__channel_name …
        """
        request = MetricFlowQueryRequest.create(
            metric_names=metrics, group_by_names=group_by, order_by_names=group_by or None
        )
        table = self._engine.query(request).result_df
        if table is None:
            raise CapError(f"no answer for {', '.join(metrics)}")
        return Answer(tuple(table.column_names), [tuple(row) for row in table.rows])

    def close(self) -> None:
        """Let go of the warehouse."""
        self._client.close()
