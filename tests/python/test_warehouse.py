"""What must hold of any warehouse, on a generated world: contract, conservation, sessions, order."""

from collections import defaultdict
from datetime import datetime, timedelta

import duckdb
import numpy as np
import pytest
from conftest import LANDED, PROJECT, Warehouse, build_warehouse, comparable_rows

from cap.metrics.catalogue import Catalogue, Entry
from cap.metrics.engine import Metrics, Question

SESSION_GAP = timedelta(seconds=1800)
REDELIVERED_PERCENT = 5


@pytest.fixture(scope="module")
def shuffled(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same rows in another order, in other files, a few of them delivered once more."""
    folder = tmp_path_factory.mktemp("shuffled")
    connection = duckdb.connect()
    for source in sorted((warehouse.folder / "bronze").iterdir()):
        target = folder / "bronze" / source.name
        target.mkdir(parents=True)
        connection.execute(
            "create or replace table delivery as "
            f"from read_parquet('{source}/**/*.parquet', union_by_name = true)"
        )
        connection.execute(
            "insert into delivery from delivery using sample "
            f"{REDELIVERED_PERCENT} percent (bernoulli, {REDELIVERED_PERCENT})"
        )
        for part in (0, 1):
            connection.execute(
                f"copy (select * from delivery where hash(delivery) % 2 = {part} order by hash(delivery, 1)) "
                f"to '{target}/{part}.parquet'"
            )
    return build_warehouse(folder)


def tables(warehouse: Warehouse, *schemas: str) -> list[str]:
    wanted = ", ".join(f"'{schema}'" for schema in schemas)
    rows = warehouse.query(
        "select schema_name || '.' || table_name from duckdb_tables() "
        f"where schema_name in ({wanted}) order by all"
    )
    return [name for (name,) in rows]


def test_silver_and_gold_have_the_columns_and_types_of_the_contract(warehouse: Warehouse) -> None:
    contract = f"read_csv('{PROJECT}/contract/columns.csv', all_varchar = true)"
    built = "(select * from information_schema.columns where table_schema in ('silver', 'gold'))"
    relation = "case layer when 'silver' then 'silver_' || contract.\"table\" else contract.\"table\" end"
    wrong = warehouse.query(
        f'select {relation}, contract."column", contract.type, built.data_type from {contract} as contract '
        f"left join {built} as built "
        f'on built.table_name = {relation} and built.column_name = contract."column" '
        f"where layer <> 'bronze' and {relation} in (select table_name from {built}) "
        "and replace(lower(coalesce(built.data_type, 'absent')), ' ', '') <> "
        "regexp_replace(replace(contract.type, ' ', ''), '^array<(.+)>$', '\\1[]')"
    )
    assert wrong == []


def test_every_metric_is_answered(warehouse: Warehouse) -> None:
    metrics = Metrics(warehouse.database, warehouse.folder / "target/semantic_manifest.json")
    unanswered = [
        name
        for name in metrics.names
        if all(row[1] is None for row in metrics.query([name], ["metric_time__week"]).rows)
    ]
    metrics.close()
    assert unanswered == []


def test_every_name_of_the_contract_is_answered_or_says_why(warehouse: Warehouse) -> None:
    """All 382: by metrics that have a value, by a saved query that has some, or by the reason why not."""
    catalogue = Catalogue(warehouse.folder / "target/manifest.json")
    metrics = Metrics(warehouse.database, warehouse.folder / "target/semantic_manifest.json")

    # a list of winners is rightly empty where no experiment has one, and only there
    has_winner = any(row[1] for row in metrics.query(["winning_variants"], ["metric_time__week"]).rows)

    def is_answered(entry: Entry) -> bool:
        question = Question((entry.name,), ("metric_time__month",))
        answer = metrics.ask(question if entry.is_metric else Question(saved_query=entry.name))
        asked = [answer.columns.index(name) for name in entry.metrics or (entry.name,)]
        has_value = any(row[place] is not None for row in answer.rows for place in asked)
        return has_value == has_winner if entry.name == "winner_variant" else has_value

    assert len(catalogue.contract_names) == 382
    wrong = [
        (name.category, name.name, name.reason, [entry.name for entry in entries])
        for name in catalogue.contract_names
        for entries in [catalogue.answers(name)]
        if bool(name.reason) == bool(entries) or not all(map(is_answered, entries))
    ]
    metrics.close()
    assert wrong == []


def test_the_75th_percentile_of_a_vital_is_that_of_the_rows_delivered(warehouse: Warehouse) -> None:
    """Against NumPy, on bronze itself: the last delivery of each accepted measurement, bots left out."""
    vitals = {
        "lcp_p75": ["largest_contentful_paint_ms"],
        "fid_p75": ["first_input_delay_ms"],
        "cls_p75": ["cumulative_layout_shift"],
        "fcp_p75": ["first_contentful_paint_ms"],
        "inp_p75": ["metric_attributes ->> '$.inp'"],
        "ttfb_p75": ["dns_lookup_time_ms", "tcp_connect_time_ms", "request_time_ms"],
    }
    metrics = Metrics(warehouse.database, warehouse.folder / "target/semantic_manifest.json")
    answered = metrics.query(list(vitals), []).rows[0]
    metrics.close()
    # what is no number, or a negative one, is nothing; of a first byte only the request must be known
    read = {
        name: [
            f"try_cast(case when try_cast({part} as double) >= 0 then {part} end as double)" for part in parts
        ]
        for name, parts in vitals.items()
    }
    expressions = [
        " + ".join([*(f"coalesce({part}, 0)" for part in parts[:-1]), parts[-1]]) for parts in read.values()
    ]
    rows = warehouse.query(
        f"select {', '.join(expressions)} "
        f"from read_parquet('{warehouse.folder}/bronze/performance_metrics/*.parquet', union_by_name = true) "
        "where metric_id in (select metric_id from silver.silver_page_performance "
        "inner join gold.fact_page_performance using (page_performance_key)) "
        "qualify row_number() over ("
        "partition by metric_id order by try_cast(ingestion_timestamp as timestamp) desc) = 1"
    )
    expected = [
        np.percentile([value for value in values if value is not None], 75)
        for values in zip(*rows, strict=True)
    ]
    assert len(rows) > 300
    assert [float(value) for value in answered] == pytest.approx(expected, rel=1e-12)


def test_every_accepted_page_view_is_in_silver_and_in_one_session(warehouse: Warehouse) -> None:
    [(accepted,)] = warehouse.query(
        "select accepted_rows from quality.quality_load_summary where table_name = 'web_pageviews'"
    )
    [(in_silver, in_sessions)] = warehouse.query(
        "select (select count(*) from silver.silver_web_pageviews), "
        "(select sum(total_pageviews) from silver.silver_web_sessions)"
    )
    assert accepted > 0
    assert (in_silver, in_sessions) == (accepted, accepted)


def test_gold_and_what_it_leaves_out_are_silver(warehouse: Warehouse) -> None:
    [(silver, gold, left_out)] = warehouse.query(
        "select (select count(*) from silver.silver_web_sessions), "
        "(select count(*) from gold.fact_web_sessions), "
        "(select count(*) from silver.silver_web_sessions where is_bot or is_test)"
    )
    assert left_out > 0
    assert silver == gold + left_out


def test_sessions_equal_a_count_in_plain_python(warehouse: Warehouse) -> None:
    """The rule once more, row by row and without windows: another program, the same sessions."""
    views = warehouse.query(
        "select distinct pageview_id, coalesce(device_id, user_id, session_id, pageview_id), "
        "pageview_timestamp "
        "from staging.stg_digital_analytics__web_pageviews where rejection_reason is null"
    )
    by_visitor: dict[str, list[datetime]] = defaultdict(list)
    for _, visitor, seen_at in views:
        by_visitor[visitor].append(seen_at)
    counted = []
    for moments in by_visitor.values():
        moments.sort()
        pages = 0
        for place, moment in enumerate(moments):
            pages += 1
            if place + 1 == len(moments) or moments[place + 1] - moment > SESSION_GAP:
                counted.append((moments[place + 1 - pages], moment, pages))
                pages = 0
    found = warehouse.query(
        "select session_start_timestamp, session_end_timestamp, total_pageviews "
        "from silver.silver_web_sessions"
    )
    assert len(found) > 1000
    assert sorted(found) == sorted(counted)


def test_sessions_are_the_visits_that_really_were(warehouse: Warehouse) -> None:
    """Broken and late rows move a few; two visits within half an hour are one session by definition."""
    visits = f"read_parquet('{warehouse.folder}/truth/visits/*.parquet')"
    [(real, inferred)] = warehouse.query(
        f"select (select count(*) from {visits} where platform = 'web'), "
        "(select count(*) from silver.silver_web_sessions where device_id in "
        f"(select device_id from {visits} where platform = 'web'))"
    )
    assert inferred == pytest.approx(real, rel=0.03)


def test_programs_and_tests_are_found_and_people_are_not(warehouse: Warehouse) -> None:
    bots = f"(select distinct device_id from read_parquet('{warehouse.folder}/truth/bots/*.parquet'))"
    found = dict(
        warehouse.query(
            f"select device_id in {bots} as is_program, list(distinct is_bot or is_test) "
            "from silver.silver_web_sessions where device_id is not null group by all"
        )
    )
    assert found == {True: [True], False: [False]}


def test_order_files_and_redeliveries_do_not_matter(warehouse: Warehouse, shuffled: Warehouse) -> None:
    names = tables(warehouse, "silver", "gold")
    assert names == tables(shuffled, "silver", "gold")
    assert len(names) > 10
    connection = duckdb.connect()
    connection.execute(f"attach '{warehouse.database}' as one (read_only)")
    connection.execute(f"attach '{shuffled.database}' as other (read_only)")
    different = {}
    for name in set(names) - set(LANDED):
        here, there = (comparable_rows(connection, database, name) for database in ("one", "other"))
        [(only_one,)] = connection.execute(f"select count(*) from ({here} except all {there})").fetchall()
        [(only_other,)] = connection.execute(f"select count(*) from ({there} except all {here})").fetchall()
        if only_one or only_other:
            different[name] = (only_one, only_other)
    assert different == {}
