"""Metrics of the warehouse in one process, without dbt: MetricFlow's engine over a DuckDB connection.

`mf query` takes seconds to start for one answer; this starts in one and then answers some thirty metrics
a second. It reads target/semantic_manifest.json, which every dbt command writes. MetricFlow does not
declare its Python interface stable: its version is pinned.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.errors.error_classes import InformativeUserError
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


@dataclass(frozen=True)
class Question:
    """What is asked of metrics; names as in `mf query`: metric_time__week, channel__channel_name …

    Args:
        metrics: names of metrics; empty if `saved_query` says them.
        group_by: one row per value of these.
        where: conditions as MetricFlow writes them; all must hold.
        start: first day of metric_time.
        end: last day of metric_time, itself included.
        limit: at most so many rows.
        order_by: names of metrics or groups, with a - before them to have the largest first.
        saved_query: a saved query, whose metrics, groups and conditions are taken; the rest may be added.
    """

    metrics: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    limit: int | None = None
    order_by: tuple[str, ...] = ()
    saved_query: str | None = None


class Metrics:
    """The metrics of one warehouse, read-only.

    Args:
        database: the DuckDB file that `dbt build` filled.
        semantic_manifest: semantic_manifest.json of the same project.

    Raises:
        CapError: if one of the two is missing, another process writes the warehouse, or the manifest is
            another warehouse's.
    """

    def __init__(self, database: Path, semantic_manifest: Path) -> None:
        for path, remedy in ((database, "make build"), (semantic_manifest, "dbt parse")):
            if not path.exists():
                raise CapError(f"{path} is missing: run `{remedy}` first")
        text = semantic_manifest.read_text()
        told = json.loads(text)
        self.names = [metric["name"] for metric in told["metrics"]]
        # dbt writes the file's name into every table's
        meant = {model["node_relation"]["database"] for model in told["semantic_models"]}
        if meant - {database.stem}:
            raise CapError(
                f"{semantic_manifest} is of a warehouse named {', '.join(sorted(meant))}, "
                f"not of {database.name}: run `dbt parse` with CAP_DUCKDB_PATH={database}"
            )
        try:
            connection = duckdb.connect(database, read_only=True)
        except duckdb.IOException as error:
            raise CapError(
                f"{database} cannot be read, probably because dbt is writing it: {error}"
            ) from error
        manifest = parse_manifest_from_dbt_generated_manifest(manifest_json_string=text)
        self._client = _DuckDbClient(connection)
        # the same session as in profiles.yml: timestamps are UTC
        self._client.execute("set TimeZone = 'UTC'")
        self._engine = MetricFlowEngine(SemanticManifestLookup(manifest), self._client)

    def query(self, metrics: list[str], group_by: list[str]) -> Answer:
        """Values of metrics, one row per group, ordered by the groups.

        Args:
            metrics: names of metrics.
            group_by: names as in `mf query --group-by`: metric_time__week, channel__channel_name …
        """
        return self.ask(Question(tuple(metrics), tuple(group_by), order_by=tuple(group_by)))

    def ask(self, question: Question) -> Answer:
        """The answer to a question.

        Raises:
            CapError: if MetricFlow does not understand it; the message is MetricFlow's, with its suggestions.
        """
        try:
            table = self._engine.query(_request(question)).result_df
        except InformativeUserError as error:
            raise CapError(str(error).strip()) from error
        except duckdb.Error as error:
            raise CapError(f"the warehouse does not answer: {error}") from error
        if table is None:
            raise CapError(f"no answer for {question.saved_query or ', '.join(question.metrics)}")
        return Answer(tuple(table.column_names), [tuple(row) for row in table.rows])

    def sql(self, question: Question) -> str:
        """The SQL that answers a question."""
        try:
            return self._engine.explain(_request(question)).sql_statement.without_descriptions.sql
        except InformativeUserError as error:
            raise CapError(str(error).strip()) from error

    def groups(self, metrics: list[str]) -> dict[str, str]:
        """What all these metrics can be grouped by: name -> what it means."""
        found = self._engine.simple_dimensions_for_metrics(metrics)
        return {one.dunder_name: one.description or "" for one in found}

    def close(self) -> None:
        """Let go of the warehouse."""
        self._client.close()


def _request(question: Question) -> MetricFlowQueryRequest:
    def midnight(day: date | None) -> datetime | None:
        return datetime.combine(day, time.min) if day else None

    return MetricFlowQueryRequest.create(
        saved_query_name=question.saved_query,
        metric_names=list(question.metrics) or None,
        group_by_names=list(question.group_by) or None,
        where_constraints=list(question.where) or None,
        time_constraint_start=midnight(question.start),
        time_constraint_end=midnight(question.end),
        limit=question.limit,
        order_by_names=list(question.order_by) or None,
    )
