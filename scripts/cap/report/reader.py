"""What the report asks: metrics, and tables of gold and quality, each with the words to ask it again."""

import shlex
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from cap.errors import CapError
from cap.metrics.engine import Metrics, Question
from cap.metrics.words import condition
from cap.report.model import Asked, Period
from cap.report.words import listed
from cap.warehouse import opened

WEEKS = 4  # of the period
COURSE_WEEKS = 26  # of the courses
# tables of what people do
EVENTS = (
    "web_pageviews",
    "mobile_app_events",
    "customer_events",
    "touchpoints",
    "conversion_events",
    "customer_interactions",
)


@dataclass(frozen=True)
class Delivery:
    """What became of a bronze table: rows delivered, taken, delivered twice and refused; its first day."""

    table: str
    is_absent: bool
    bronze_rows: int
    accepted_rows: int
    duplicate_rows: int
    rejected_rows: int
    first_day: date | None


class Reader:
    """One built warehouse, read-only, as it stood at the end of a day.

    Args:
        database: the DuckDB file.
        semantic_manifest: semantic_manifest.json of the same project.
        as_of: the day; without it the last of the warehouse's calendar. What is only known as it is now
            (identities, data quality, journeys' outcomes) is told as it is now.

    Raises:
        CapError: if there is no warehouse, it is not built, or it knows nothing of that day.
    """

    def __init__(self, database: Path, semantic_manifest: Path, as_of: date | None = None) -> None:
        self.database = database
        self._held = ExitStack()
        self._connection = self._held.enter_context(opened(database))
        self.tables = {
            f"{schema}.{table}"
            for schema, table in self._connection.execute(
                "select schema_name, table_name from duckdb_tables() union all "
                "select schema_name, view_name from duckdb_views() where not internal"
            ).fetchall()
        }
        if not {"gold.dim_date", "quality.quality_load_summary"} <= self.tables:
            self._held.close()
            raise CapError(f"{database} is not built: run `cap build`")
        self.metrics = Metrics(database, semantic_manifest)
        self.deliveries = self._deliveries()
        self.first_days = {one.table: one.first_day for one in self.deliveries if one.first_day}
        self.period = self._period(as_of)

    def _period(self, as_of: date | None) -> Period:
        ((last,),) = self.sql("select max(date_day) as last_day from gold.dim_date").rows
        self.calendar_end = last
        # customers are known for decades; what they do is delivered from some day on
        days = [day for table, day in self.first_days.items() if table in EVENTS]
        self.has_events = bool(days)
        first_day = min(days, default=last)
        if last is None:
            raise CapError(f"{self.database} holds no day: no table with a date was delivered")
        if as_of and not first_day <= as_of <= last:
            raise CapError(f"the warehouse knows {first_day} to {last}: give --as-of a day of these")
        return Period(as_of or last, WEEKS, COURSE_WEEKS, first_day)

    def _deliveries(self) -> list[Delivery]:
        rows = self.sql(
            "select table_name, is_absent, bronze_rows, accepted_rows, duplicate_rows, rejected_rows, "
            "first_event_timestamp::date as first_day "
            "from quality.quality_load_summary order by table_name"
        ).rows
        return [Delivery(*row) for row in rows]

    @property
    def absent(self) -> list[str]:
        """Bronze tables that were not delivered."""
        return [one.table for one in self.deliveries if one.is_absent]

    def ask(
        self,
        metrics: Sequence[str],
        group_by: Sequence[str] = (),
        where: Sequence[str] = (),
        start: date | None = None,
        end: date | None = None,
        order: Sequence[str] = (),
    ) -> Asked:
        """Values of metrics, as `cap metrics query` gives them; `where` as it is typed there.

        The order is that of `order`, and what is equal in it by the groups.
        """
        if order:
            order = (*order, *group_by)
        words = ["cap", "metrics", "query", *metrics]
        for option, values in (("--group-by", group_by), ("--where", where)):
            for value in values:
                words += [option, value]
        for option, moment in (("--from", start), ("--to", end)):
            words += [option, str(moment)] if moment else []
        for value in order:
            words += ["--order", value]
        answer = self.metrics.ask(
            Question(
                metrics=tuple(metrics),
                group_by=tuple(group_by),
                where=tuple(condition(one) for one in where),
                start=start,
                end=end,
                order_by=tuple(order or group_by),
            )
        )
        return Asked("command", shlex.join([*words, "--format", "csv"]), answer.columns, answer.rows)

    def sql(self, text: str) -> Asked:
        """Rows of a select over gold or quality."""
        try:
            cursor = self._connection.execute(text)
        except duckdb.Error as error:
            raise CapError(
                f"the warehouse does not answer: {str(error).splitlines()[0]}. "
                "If it is older than the code, build it again: cap build"
            ) from None
        return Asked("sql", text, tuple(column[0] for column in cursor.description or []), cursor.fetchall())

    def why_nothing(self, what: str, tables: Iterable[str], when: str = "in this time") -> str:
        """Why there is nothing of `what`, which comes from these bronze tables."""
        tables = list(tables)
        absent = [table for table in tables if table in self.absent]
        if absent:
            verb = "was" if len(absent) == 1 else "were"
            return f"No {what}: {listed(absent)} {verb} not delivered."
        were = "was" if len(tables) == 1 else "were"
        return f"No {what} {when}, though {listed(tables)} {were} delivered."

    def close(self) -> None:
        """Let go of the warehouse."""
        self._held.close()
        self.metrics.close()
