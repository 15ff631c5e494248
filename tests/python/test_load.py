"""Bronze takes what people have, and says clearly what it cannot take."""

import csv
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner

from cap.cli import main
from cap.errors import CapError
from cap.load import textfiles
from cap.load.bronze import load_bronze
from cap.load.contract import Table
from cap.load.discover import find_files
from cap.load.problems import Problems, look_alike

EVENT = "2024-03-01 10:00:00"
PAGEVIEW = {
    "pageview_id": "p1",
    "pageview_timestamp": EVENT,
    "ingestion_timestamp": EVENT,
    "device_id": "d1",
    "page_url": "https://example.com/",
}
RANDOM_ROWS = 10_000


def pageviews(*ids: str, **values: object) -> list[dict]:
    return [PAGEVIEW | {"pageview_id": one} | values for one in ids]


def put(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def put_parquet(path: Path, rows: list[dict], schema: dict | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows, schema=schema, infer_schema_length=None).write_parquet(path)
    return path


def put_csv(path: Path, rows: list[dict], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return put(path, text.getvalue().encode(encoding))


def put_ndjson(path: Path, rows: list[dict]) -> Path:
    return put(path, "".join(json.dumps(row) + "\n" for row in rows))


def pack(path: Path) -> Path:
    packed = path.with_name(path.name + ".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return packed


def column_types(query, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in query(f"describe bronze.{table}")}


def told(report, table: str):
    return next(one for one in report.tables if one.table == table)


def cap(*arguments: str, **settings: Path | str) -> tuple[int, str]:
    """Run `cap` as the user does; exit code and all it printed."""
    env = {name: str(value) for name, value in settings.items()}
    done = CliRunner().invoke(main, arguments, env=env)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


# ---------------------------------------------------------------- what is taken


def test_every_table_and_column_of_the_contract_exists_in_its_order(bronze, load, query, contract):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    report = load()
    for table in contract.values():
        assert list(column_types(query, table.name)) == list(table.columns)
        assert query(f"select count(*) from bronze.{table.name}") == [(int(table.name == "web_pageviews"),)]
    assert {one.table for one in report.tables if not one.is_absent} == {"web_pageviews"}


def test_absent_tables_and_columns_have_the_contract_s_types(bronze, load, query):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    load()
    types = column_types(query, "web_pageviews")
    assert types["latitude"] == "DECIMAL(10,6)"
    assert types["bounce_flag"] == "BOOLEAN"
    assert types["pageview_attributes"] == "VARCHAR"  # json stays text
    assert column_types(query, "customer_master")["record_timestamp"] == "TIMESTAMP"
    assert query("select latitude, bounce_flag, page_title from bronze.web_pageviews") == [(None, None, None)]


def test_load_report_has_a_row_per_table(bronze, load, query):
    path = put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1", shoe_size=44))
    load()
    assert query("select count(*), count(*) filter (where is_absent) from bronze.load_report") == [(27, 26)]
    row = query("select * from bronze.load_report where table_name = 'web_pageviews'")[0]
    assert row[1:4] == (1, path.stat().st_size, False)
    assert "page_title" in row[4].split(",")
    assert "pageview_id" not in row[4].split(",")
    assert row[5] == "shoe_size"


def test_csv_with_byte_order_mark_semicolons_and_quoted_newlines(bronze, load, query):
    content = (
        "\ufeffPageview_ID; Pageview_Timestamp ;ingestion_timestamp;page_title;latitude\r\n"
        f'p1;{EVENT};{EVENT};"two\r\nlines; ""quoted""";12,5\r\n'
        f"p2;{EVENT};{EVENT};;\r\n"
    )
    put(bronze / "web_pageviews/a.csv", content)
    load()
    rows = query("select pageview_id, page_title, latitude from bronze.web_pageviews order by 1")
    assert rows == [("p1", 'two\r\nlines; "quoted"', "12,5"), ("p2", None, None)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter(bronze, load, query, delimiter):
    put_csv(bronze / "web_pageviews/a.csv", pageviews("p1", page_title="a,b;c|d"), delimiter)
    load()
    assert query("select page_title, device_id from bronze.web_pageviews") == [("a,b;c|d", "d1")]


def test_csv_in_latin_1_is_read_and_noted(bronze, load, query):
    put_csv(bronze / "web_pageviews/a.csv", pageviews("p1", city="Besançon"), encoding="latin-1")
    put_csv(bronze / "web_pageviews/b.csv", pageviews("p2", city="Nîmes"))
    report = load()
    assert query("select city from bronze.web_pageviews order by pageview_id") == [("Besançon",), ("Nîmes",)]
    assert "web_pageviews/a.csv is not UTF-8: read as latin-1" in told(report, "web_pageviews").notes


def test_csv_in_utf_16_with_nul_bytes_and_backslash_escapes(bronze, load, query):
    put_csv(bronze / "web_pageviews/a.csv", pageviews("p1", city="Łódź"), encoding="utf-16")
    put(bronze / "web_pageviews/b.csv", f"pageview_id,pageview_timestamp,city\np2,{EVENT},a\x00b\n")
    put(bronze / "web_pageviews/c.csv", f'pageview_id,pageview_timestamp,city\np3,{EVENT},"x\\"y"\n')
    load()
    rows = query("select city from bronze.web_pageviews order by pageview_id")
    assert rows == [("Łódź",), ("a\x00b",), ('x"y',)]


def test_mixed_formats_packed_or_not_with_columns_in_any_order(bronze, load, query):
    backwards = dict(reversed(PAGEVIEW.items()))
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    put_parquet(bronze / "web_pageviews/deep/er/b.parquet", [backwards | {"pageview_id": "p2", "os": "BeOS"}])
    put_csv(bronze / "web_pageviews/c.csv", [backwards | {"pageview_id": "p3"}])
    pack(put_csv(bronze / "web_pageviews/d.csv", pageviews("p4", extra=1)))
    put_ndjson(bronze / "web_pageviews/e.ndjson", [backwards | {"pageview_id": "p5"}])
    pack(put_ndjson(bronze / "web_pageviews/f.json", pageviews("p6")))
    pack(put_parquet(bronze / "web_pageviews/g.parquet", pageviews("p7")))
    put(bronze / "web_pageviews/h.json", json.dumps(pageviews("p8", "p9"), indent=2))
    put(
        bronze / "web_pageviews/i.json", "\n".join(json.dumps(row, indent=2) for row in pageviews("pa", "pb"))
    )
    put(bronze / "web_pageviews/_SUCCESS", "")
    put(bronze / "web_pageviews/.a.csv.swp.csv", "half written")
    put(bronze / "web_pageviews/_temporary/0/a.csv", "half written")
    put(bronze / "web_pageviews/read me.txt", "x")
    report = load()
    rows = query("select * exclude (pageview_id) from bronze.web_pageviews")
    ids = [row[0] for row in query("select pageview_id from bronze.web_pageviews order by 1")]
    assert ids == ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "pa", "pb"]
    assert query("select distinct pageview_timestamp, device_id, page_url from bronze.web_pageviews") == [
        (EVENT, "d1", "https://example.com/")
    ]
    assert sum("BeOS" in row for row in rows) == 1
    assert told(report, "web_pageviews").file_count == 9
    assert "ignored files: .a.csv.swp.csv, _SUCCESS, read me.txt" in told(report, "web_pageviews").notes


def test_zstandard(bronze, load, query):
    source = put_csv(bronze.parent / "a.csv", pageviews("p1", "p2"))
    (bronze / "web_pageviews").mkdir()
    packed = bronze / "web_pageviews/a.csv.zst"
    duckdb.execute(f"copy (from read_csv('{source}', all_varchar = true)) to '{packed}' (compression zstd)")
    load()
    assert query("select count(*) from bronze.web_pageviews") == [(2,)]
    packed.write_bytes(packed.read_bytes()[:-2])
    with pytest.raises(CapError, match=r"a\.csv\.zst: the file is cut off"):
        load()


def test_partition_folders_give_the_columns_the_files_lack(bronze, load, query):
    for country in ("FR", "__HIVE_DEFAULT_PARTITION__"):
        for number, put_one in enumerate((put_parquet, put_csv, put_ndjson)):
            path = bronze / f"web_pageviews/day=1/country={country}/{number}"
            put_one(path, pageviews(f"{country[0]}{number}"))
            path.rename(path.with_suffix((".parquet", ".csv", ".ndjson")[number]))
    latin = put_csv(bronze / "web_pageviews/day=2/country=R%C3%A9union/a.csv", pageviews("x"))
    latin.write_bytes(latin.read_bytes().replace(b"d1", b"\xe9"))
    load()
    rows = query("select country, count(*) from bronze.web_pageviews group by 1 order by 1 nulls last")
    assert rows == [("FR", 3), ("Réunion", 1), (None, 3)]


def test_ndjson_keeps_nested_values_as_json(bronze, load, query):
    rows = pageviews("p1", pageview_attributes={"a": [1, {"b": "é"}]}, latitude=1.5, bounce_flag=True)
    put_ndjson(bronze / "web_pageviews/a.ndjson", [*rows, *pageviews("p2", Page_Title="x")])
    load()
    names = "pageview_attributes, latitude, bounce_flag, page_title"
    found = query(f"select {names} from bronze.web_pageviews order by pageview_id")
    assert found == [('{"a":[1,{"b":"é"}]}', "1.5", "true", None), (None, None, None, "x")]


def test_odd_json_reads_as_strict_json_does(bronze, load, query):
    """What only the patient reader takes comes out as the fast one would have written it."""
    strict = pageviews(
        "p1", pageview_attributes={"a": [1, 2.5]}, latitude=12345678901234.25, bounce_flag=False
    )
    put_ndjson(bronze / "web_pageviews/a.ndjson", strict)
    line = json.dumps(strict[0] | {"pageview_id": "p2"}).encode()
    put(
        bronze / "web_pageviews/b.ndjson",
        b"\xef\xbb\xbf" + line.replace(b'"d1"', b'"d1", "city": "\\ud800\x01"'),
    )
    put(bronze / "web_pageviews/c.ndjson", line.replace(b'"p2"', b'"p3", "city": "\xe9"') + b"\n\n")
    load()
    names = "pageview_attributes, latitude, bounce_flag, city"
    rows = query(f"select {names} from bronze.web_pageviews order by pageview_id")
    assert {row[:3] for row in rows} == {('{"a":[1,2.5]}', "12345678901234.25", "false")}
    assert [row[3] for row in rows] == [None, "?\x01", "é"]


def test_native_types_stay_native(bronze, load, query):
    moment = datetime(2024, 3, 1, 10)
    row = {
        "pageview_id": 17,
        "pageview_timestamp": moment.replace(tzinfo=UTC),
        "ingestion_timestamp": moment,
        "time_on_page_seconds": 3,
        "page_load_time_ms": 1e30,
        "bounce_flag": True,
        "pageview_attributes": {"a": [1]},
        "page_title": b"caf\xc3\xa9",
        "city": b"caf\xe9",
    }
    schema = {"time_on_page_seconds": pl.Int16, "ingestion_timestamp": pl.Datetime("ns")}
    frame = pl.DataFrame([row], schema_overrides=schema)
    (bronze / "web_pageviews").mkdir()
    frame.write_parquet(bronze / "web_pageviews/a.parquet")
    load()
    types = column_types(query, "web_pageviews")
    assert types["time_on_page_seconds"] == "INTEGER"
    assert types["page_load_time_ms"] == "DOUBLE"
    assert types["pageview_timestamp"] == types["ingestion_timestamp"] == "TIMESTAMP"
    names = "pageview_id, pageview_timestamp, ingestion_timestamp, time_on_page_seconds, bounce_flag"
    assert query(f"select {names} from bronze.web_pageviews") == [("17", moment, moment, 3, True)]
    texts = query("select pageview_attributes, page_title, city from bronze.web_pageviews")
    assert texts == [('{"a":[1]}', "café", "caf\\xE9")]


def test_one_file_with_text_makes_the_column_text(bronze, load, query):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1", time_on_page_seconds=3))
    put_parquet(bronze / "web_pageviews/b.parquet", pageviews("p2", time_on_page_seconds="12,5"))
    put_parquet(bronze / "web_pageviews/c.parquet", pageviews("p3"))
    load()
    rows = query("select time_on_page_seconds from bronze.web_pageviews order by pageview_id")
    assert rows == [("3",), ("12,5",), (None,)]


def test_numbers_of_several_widths_meet_in_one_that_holds_them(bronze, load, query):
    for number, type_ in enumerate((pl.Int8, pl.UInt64, pl.Int32)):
        values = pageviews(f"p{number}", time_on_page_seconds=2**64 - 1 if type_ == pl.UInt64 else 5)
        frame = pl.DataFrame(values, schema_overrides={"time_on_page_seconds": type_})
        (bronze / "web_pageviews").mkdir(exist_ok=True)
        frame.write_parquet(bronze / f"web_pageviews/{number}.parquet")
    load()
    assert query("select max(time_on_page_seconds) from bronze.web_pageviews") == [(2**64 - 1,)]


@pytest.mark.parametrize("factor", [1, 10**3, 10**6, 10**9])
def test_epochs_are_told_by_their_magnitude(bronze, load, query, factor):
    moments = [datetime(2024, 3, 1, 10, tzinfo=UTC), datetime(2001, 9, 9, tzinfo=UTC)]
    rows = [PAGEVIEW | {"pageview_timestamp": int(moment.timestamp()) * factor} for moment in moments]
    extremes = [PAGEVIEW | {"pageview_timestamp": value} for value in (2**63 - 1, -(2**63))]
    put_parquet(bronze / "web_pageviews/a.parquet", rows + extremes)
    load()
    found = [row[0] for row in query("select pageview_timestamp from bronze.web_pageviews")]
    assert {moment.replace(tzinfo=None) for moment in moments} < set(found)
    assert len(found) == 4


def test_timestamps_of_years_9999_and_1899_are_kept(bronze, load, query):
    moments = [datetime(9999, 12, 31, 23, 59, 59), datetime(1899, 12, 30)]
    rows = [PAGEVIEW | {"pageview_timestamp": moment} for moment in moments]
    put_parquet(bronze / "web_pageviews/a.parquet", rows)
    texts = [PAGEVIEW | {"event_id": "e", "event_timestamp": str(moment)} for moment in moments]
    put_csv(bronze / "mobile_app_events/a.csv", texts)
    load()
    assert query("select pageview_timestamp from bronze.web_pageviews order by 1 desc") == [
        (moment,) for moment in moments
    ]
    assert query("select event_timestamp from bronze.mobile_app_events order by 1 desc") == [
        (str(moment),) for moment in moments
    ]


def test_a_file_delivered_twice_is_twice_in_bronze(bronze, load, query):
    first = put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1", "p2"))
    put(bronze / "web_pageviews/a (1).parquet", first.read_bytes())
    load()
    assert query("select pageview_id, count(*) from bronze.web_pageviews group by 1 order by 1") == [
        ("p1", 2),
        ("p2", 2),
    ]


def test_without_ingestion_timestamp_the_event_s_own_stands_in(bronze, load, query):
    rows = [{key: value for key, value in PAGEVIEW.items() if key != "ingestion_timestamp"}]
    put_csv(bronze / "web_pageviews/a.csv", rows)
    put_ndjson(bronze / "web_pageviews/b.ndjson", pageviews("p2", ingestion_timestamp="2024-03-02"))
    put_ndjson(bronze / "web_pageviews/c.ndjson", rows)
    report = load()
    rows = query("select distinct pageview_id, ingestion_timestamp from bronze.web_pageviews order by 1")
    assert rows == [("p1", EVENT), ("p2", "2024-03-02")]
    assert any(
        "ingestion_timestamp is pageview_timestamp" in note for note in told(report, "web_pageviews").notes
    )


def test_views_do_not_depend_on_the_working_folder(bronze, database, contract, query, monkeypatch):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    monkeypatch.chdir(bronze.parent)
    monkeypatch.setenv("CAP_BRONZE_PATH", "bronze")
    from cap.load.settings import bronze_folder

    load_bronze(bronze_folder(), database, contract)
    monkeypatch.chdir("/")
    assert query("select count(*) from bronze.web_pageviews") == [(1,)]


def test_odd_names_of_folders_and_files(tmp_path, contract, database, query):
    bronze = tmp_path / "it's [a] *?;--"
    put_parquet(bronze / "web_pageviews/it's [b] *?.parquet", pageviews("p1"))
    put_csv(bronze / "web_pageviews/it's [b] *?.csv", pageviews("p2"))
    put_csv(bronze / "web_pageviews/x.csv", pageviews("p3"))
    load_bronze(bronze, database, contract)
    assert query("select count(*) from bronze.web_pageviews") == [(3,)]


def test_thousands_of_small_files_load_in_seconds(bronze, load, query):
    content = put_parquet(bronze / "web_pageviews/0.parquet", pageviews("p1")).read_bytes()
    for number in range(1, 3000):
        put(bronze / f"web_pageviews/{number}.parquet", content)
    line = json.dumps(PAGEVIEW | {"search_id": "s", "search_timestamp": EVENT})
    for number in range(1000):
        put(bronze / f"search_queries/{number}.ndjson", line)
    begun = time.monotonic()
    load()
    assert time.monotonic() - begun < 20  # 3 s alone on this machine
    assert query("select count(*) from bronze.web_pageviews") == [(3000,)]
    assert query("select count(*) from bronze.search_queries") == [(1000,)]


def broken_text_parquet(path: Path, rows: int) -> Path:
    """Parquet whose text columns hold bytes that are no UTF-8, as no careful writer leaves them."""
    values = [
        {"usage_id": f"k{number:06}@@@@", "feature_name": "@@@@", "usage_attributes": '{"a": "@@@@"}'}
        | {"usage_timestamp": datetime(2024, 3, 1), "ingestion_timestamp": datetime(2024, 3, 1)}
        | {"nested": {"deep": "é"}, "usage_count": number}
        for number in range(rows)
    ]
    put_parquet(path, values)
    pl.read_parquet(path).write_parquet(path, compression="uncompressed", statistics=False)
    generator = random.Random(1)
    pieces = path.read_bytes().split(b"@@@@")
    assert len(pieces) > rows
    noise = (b"\xff" + generator.randbytes(3) for _ in pieces[1:])
    content = pieces[0] + b"".join(bad + piece for bad, piece in zip(noise, pieces[1:], strict=True))
    path.write_bytes(content)
    return path


def test_parquet_whose_text_is_not_utf_8_is_read_all_the_same(bronze, load, query):
    path = broken_text_parquet(bronze / "feature_usage/a.parquet", 100)
    with pytest.raises(duckdb.Error, match="not valid UTF8"):
        duckdb.execute(f"select max(usage_id) from '{path}'")
    report = load()
    rows = query("select usage_id, feature_name from bronze.feature_usage order by 1")
    assert len({row[0] for row in rows}) == 100
    assert all(row[0].startswith("k0000") and "\\xFF" in row[0] for row in rows)
    assert any("not UTF-8" in note for note in told(report, "feature_usage").notes)


# ---------------------------------------------------------------- what is refused


def test_no_such_folder(tmp_path, load, bronze):
    bronze.rmdir()
    with pytest.raises(CapError, match="no such folder: .*bronze.*Set CAP_BRONZE_PATH"):
        load()


def test_an_empty_folder(load):
    with pytest.raises(CapError, match="is empty.*one folder per table"):
        load()


def test_a_file_for_a_folder(bronze, database, contract):
    path = put(bronze / "web_pageviews.csv", "x")
    with pytest.raises(CapError, match="is a file"):
        load_bronze(path, database, contract)
    with pytest.raises(CapError, match="Move web_pageviews.csv into a folder"):
        load_bronze(bronze, database, contract)


def test_a_table_s_folder_instead_of_its_parent(bronze, database, contract):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    with pytest.raises(CapError, match=f"is the folder of one table, web_pageviews.*parent: {bronze}$"):
        load_bronze(bronze / "web_pageviews", database, contract)
    with pytest.raises(CapError, match=f"Set CAP_BRONZE_PATH to {bronze}$"):
        load_bronze(bronze.parent, database, contract)


def test_a_folder_without_tables(bronze, load):
    put(bronze / "holiday/photos/a.jpg", "x")
    with pytest.raises(CapError, match="no folder named for one of the 27 tables"):
        load()
    put(bronze / "web_page_views/a.csv", "x")
    with pytest.raises(CapError, match="web_page_views: did you mean web_pageviews"):
        load()


def test_a_table_folder_with_a_wrong_name_beside_right_ones(bronze, load):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    put(bronze / "archive/a.csv", "x")
    assert load().ignored == ["archive/"]
    put_csv(bronze / "search_query/a.csv", pageviews("p1"))
    with pytest.raises(CapError, match="folder search_query is no table.*Did you mean search_queries"):
        load()


def test_a_parquet_file_cut_in_half(bronze, load):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    cut = put_parquet(bronze / "web_pageviews/b.parquet", pageviews("p1"))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    with pytest.raises(
        CapError, match=r"table web_pageviews, file web_pageviews/b\.parquet: .*cut off.*again"
    ):
        load()


def test_a_parquet_file_with_a_damaged_footer(bronze, load):
    broken = put_parquet(bronze / "web_pageviews/b.parquet", pageviews("p1"))
    content = bytearray(broken.read_bytes())
    content[-60:-8] = b"\xff" * 52
    broken.write_bytes(content)
    with pytest.raises(CapError, match=r"b\.parquet: the file is damaged"):
        load()


@pytest.mark.parametrize("name", ["a.csv", "a.ndjson"])
def test_a_packed_file_cut_in_half(bronze, load, name):
    # more than what is read to find the header, so that only unpacking all of it tells
    rows = [row | {"page_title": random.Random(1).randbytes(50_000).hex()} for row in pageviews("p1") * 60]
    cut = pack((put_csv if name == "a.csv" else put_ndjson)(bronze / "web_pageviews" / name, rows))
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    with pytest.raises(CapError, match=rf"file web_pageviews/{name}.gz: .*cut off"):
        load()


def test_files_without_content(bronze, load):
    for name in ("a.parquet", "b.csv", "c.ndjson"):
        put(bronze / "web_pageviews" / name, "")
    put(bronze / "search_queries/d.csv", "\n\n")
    put(bronze / "search_queries/e.ndjson", "\n")
    with pytest.raises(CapError) as error:
        load()
    assert "a.parquet (and 2 more): the file is empty (0 bytes)" in error.value.message
    assert "d.csv: the file has no content" in error.value.message
    assert "e.ndjson: the file has no content" in error.value.message


def test_an_unreadable_file(bronze, load):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    (bronze / "web_pageviews/b.parquet").symlink_to("gone")
    with pytest.raises(CapError, match=r"b\.parquet: the file cannot be read \(No such file"):
        load()


def test_a_forbidden_file_and_folder(contract):
    problems = Problems()
    with tempfile.TemporaryDirectory() as name:  # not tmp_path, which lies in a folder only its owner enters
        root = Path(name)
        put(root / "web_pageviews/a.csv", "x").chmod(0)
        put(root / "search_queries/a.csv", "x")
        (root / "search_queries").chmod(0)
        root.chmod(0o755)
        user = os.geteuid()
        if user == 0:  # root may read everything: look as nobody
            os.seteuid(65534)
        try:
            find_files(root, contract, problems)
        finally:
            os.seteuid(user)
            (root / "search_queries").chmod(0o700)
    with pytest.raises(CapError) as error:
        problems.raise_if_any(name)
    assert "folder search_queries cannot be read (Permission denied)" in error.value.message
    assert "file web_pageviews/a.csv: the file cannot be read (Permission denied)" in error.value.message


def test_a_renamed_optional_column_is_ignored_and_told(bronze, load, query, database):
    put_csv(bronze / "web_pageviews/a.csv", pageviews("p1", utm_src="mail", shoe_size="44"))
    report = told(load(), "web_pageviews")
    assert report.columns_unknown == {"shoe_size": None, "utm_src": "utm_source"}
    assert "utm_source" in report.columns_missing
    notes = query("select notes from bronze.load_report where table_name = 'web_pageviews'")[0][0]
    assert "utm_src looks like the missing utm_source" in notes
    code, printed = cap("load", CAP_BRONZE_PATH=bronze, CAP_DUCKDB_PATH=database)
    assert code == 0
    assert "web_pageviews: unknown, ignored: shoe_size, utm_src (did you mean utm_source?)" in printed


def test_a_renamed_key_column(bronze, load):
    rows = [{"pageviewId": "p1", "pageview_ts": EVENT, "device_id": "d"}]
    put_csv(bronze / "web_pageviews/a.csv", rows)
    with pytest.raises(CapError) as error:
        load()
    message = error.value.message
    assert "file web_pageviews/a.csv, column pageview_id: missing; it is the table's key" in message
    assert "Its column «pageviewId» looks like it: rename that to pageview_id" in message
    assert "Its column «pageview_ts» looks like it: rename that to pageview_timestamp" in message


@pytest.mark.parametrize("put_one", [put_parquet, put_csv, put_ndjson])
def test_a_missing_key_column_in_one_file_of_many(bronze, load, put_one):
    ending = {put_parquet: "parquet", put_csv: "csv", put_ndjson: "ndjson"}[put_one]
    put_one(bronze / f"web_pageviews/a.{ending}", pageviews("p1"))
    rows = [{key: value for key, value in PAGEVIEW.items() if key != "pageview_id"}]
    put_one(bronze / f"web_pageviews/b.{ending}", rows)
    with pytest.raises(CapError, match=rf"file web_pageviews/b\.{ending}, column pageview_id: missing"):
        load()


def test_all_problems_of_all_tables_are_told_at_once(bronze, load):
    put(bronze / "web_pageviews/a.parquet", "no parquet")
    put_csv(bronze / "customer_master/a.csv", [{"record_id": "r"}])
    put(bronze / "search_queries/a.ndjson", "{]")
    put(bronze / "form_interactions/a.csv", "1,2\n3,4\n")
    put(bronze / "customer_events/a.csv", f"event_id,event_timestamp\ne,{EVENT},surplus\n")
    with pytest.raises(CapError) as error:
        load()
    message = error.value.message
    for said in (
        "table web_pageviews, file web_pageviews/a.parquet",
        "table customer_master, file customer_master/a.csv, column record_timestamp",
        "table customer_master, file customer_master/a.csv, column source_customer_id",
        "search_queries/a.ndjson: line 1 is not one JSON object",
        "form_interactions/a.csv: its first line names no column of the contract",
    ):
        assert said in message.replace(
            "the JSON breaks off or is malformed at line 1", "line 1 is not one JSON object"
        )
    assert message.startswith("5 problems in")


def test_columns_that_differ_only_by_case(bronze, load):
    put_csv(bronze / "web_pageviews/a.csv", [PAGEVIEW | {"Device_ID": "x"}])
    put_ndjson(bronze / "web_pageviews/b.ndjson", [PAGEVIEW, {"PAGE_URL ": "x"}])
    put_parquet(bronze / "web_pageviews/c.parquet", [PAGEVIEW | {"Page_URL": "x"}])
    with pytest.raises(CapError) as error:
        load()
    assert (
        "a.csv, column device_id: the file has it 2 times («device_id» and «Device_ID»)"
        in error.value.message
    )
    assert "b.ndjson, column page_url: the file has it 2 times" in error.value.message
    assert "c.parquet, column page_url: the file has it 2 times" in error.value.message


def test_malformed_ndjson_names_file_and_line_and_quotes_nothing(bronze, load):
    rows = pageviews("p1", "p2", city="Secretville")
    path = put_ndjson(bronze / "web_pageviews/a.ndjson", rows)
    path.write_bytes(path.read_bytes() + b'{"city": "Secretville", \n' + b"{}\n")
    with pytest.raises(CapError, match=r"web_pageviews/a\.ndjson: line 3 is not one JSON object") as error:
        load()
    assert "Secretville" not in error.value.message


def test_csv_records_of_the_wrong_length_name_file_and_line_and_quote_nothing(bronze, load):
    head = "pageview_id,pageview_timestamp,city\n"
    put(bronze / "web_pageviews/a.csv", head + f'p1,{EVENT},"x\ny"\np2,{EVENT},Secret,ville\n')
    put(bronze / "web_pageviews/b.csv", head + f"p1,{EVENT},x\np2,{EVENT}")
    put(bronze / "web_pageviews/c.csv", head + f'p1,{EVENT},"Secret')
    with pytest.raises(CapError) as error:
        load()
    assert "a.csv: the record on line 4 has 4 fields, the header 3" in error.value.message
    assert "b.csv: the record on line 3 has 2 fields, the header 3" in error.value.message
    assert "c.csv: the record that begins on line 2 has quotes that do not pair" in error.value.message
    assert "Secret" not in error.value.message


def test_a_failed_load_leaves_the_old_bronze_as_it_was(bronze, load, query, monkeypatch):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    put_csv(bronze / "search_queries/a.csv", [{"search_id": "s1", "search_timestamp": EVENT}])
    load()
    before = query("select table_name, table_type from information_schema.tables order by all")
    put_csv(bronze / "search_queries/b.csv", [{"search_id": "s2", "search_timestamp": EVENT}])
    bad = put(bronze / "web_pageviews/b.csv", f"pageview_id,pageview_timestamp\np2,{EVENT}\np3\n")
    with pytest.raises(CapError):
        load()

    def same() -> bool:
        now = query("select table_name, table_type from information_schema.tables order by all")
        rows = query(
            "select (select count(*) from bronze.search_queries), count(*) from bronze.web_pageviews"
        )
        return now == before and rows == [(1, 1)]

    assert same()
    bad.unlink()

    def out_of_disk(*_: object) -> None:
        raise duckdb.OutOfMemoryException("no space left")

    with monkeypatch.context() as patch:  # the very last step of the swap
        patch.setattr("cap.load.bronze._write_report", out_of_disk)
        with pytest.raises(CapError, match="no space left"):
            load()
    assert same()
    load()
    assert query("select count(*) from bronze.search_queries") == [(2,)]


def test_a_view_may_become_a_table_and_a_view_again(bronze, load, query):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    load()
    text = put_csv(bronze / "web_pageviews/b.csv", pageviews("p2"))
    load()
    assert query("select count(*) from bronze.web_pageviews") == [(2,)]
    text.unlink()
    load()
    assert query("select count(*) from bronze.web_pageviews") == [(1,)]
    assert query("select count(*) from duckdb_views() where view_name = 'web_pageviews'") == [(1,)]


def test_a_warehouse_another_process_has_open(bronze, database):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb; c = duckdb.connect({str(database)!r}); print(1, flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        holder.stdout.readline()
        code, printed = cap("load", CAP_BRONZE_PATH=bronze, CAP_DUCKDB_PATH=database)
    finally:
        holder.communicate(b"\n")
    assert code == 1
    assert f"{database} is in use by process {holder.pid}" in printed


def test_a_warehouse_that_is_no_duckdb_file(bronze, database, load):
    put_parquet(bronze / "web_pageviews/a.parquet", pageviews("p1"))
    put(database, "hello" * 1000)
    with pytest.raises(CapError, match="is not a DuckDB file"):
        load()


def test_errors_are_one_message_without_a_stack_trace(bronze, database, tmp_path, monkeypatch):
    put(bronze / "web_pageviews/a.parquet", "no parquet")
    done = subprocess.run(
        [str(Path(sys.executable).with_name("cap")), "load"],
        env=os.environ | {"CAP_BRONZE_PATH": str(bronze), "CAP_DUCKDB_PATH": str(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: 1 problem in")
    assert "Traceback" not in done.stderr + done.stdout
    assert not database.exists()
    monkeypatch.chdir(tmp_path)
    code, printed = cap("load", CAP_BRONZE_PATH=bronze)
    assert code == 1
    assert "is not the project's folder" in printed


def test_names_that_look_alike():
    columns = ["utm_source", "utm_medium", "pageview_timestamp", "ip_address", "country", "page_url"]
    assert look_alike("event_ts", ["event_name", "event_timestamp"]) == "event_timestamp"
    for given, meant in {
        "utm_src": "utm_source",
        "UTM Medium": "utm_medium",
        "pageviewTimestamp": "pageview_timestamp",
        "pageview_ts": "pageview_timestamp",
        "ip_adress": "ip_address",
        "colour": None,
        "shoe_size": None,
    }.items():
        assert look_alike(given, columns) == meant


def test_a_zstandard_frame_is_walked_to_its_end(tmp_path):
    """Skippable frames, several frames, and no byte of one may be missing."""
    one = tmp_path / "a.csv.zst"
    duckdb.execute(f"copy (select range as pageview_id from range(300000)) to '{one}' (compression zstd)")
    content = one.read_bytes()
    two = put(tmp_path / "b.zst", b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + content + content)
    assert textfiles._is_whole_zstd(two)
    for length in (len(content) - 1, len(content) // 2, 5, 3):
        assert not textfiles._is_whole_zstd(put(tmp_path / "c.zst", content[:length])), length


# ---------------------------------------------------------------- what the build then makes of it


def random_texts(table: Table, key: str, timestamp: str) -> list[dict[str, bytes]]:
    """RANDOM_ROWS rows with 16 random bytes in every text column, the key among them."""
    generator = random.Random(7)
    texts = [
        name for name, type_ in table.columns.items() if type_ in ("varchar", "json") or "array" in type_
    ]
    assert key in texts
    fixed = {timestamp: EVENT.encode(), "ingestion_timestamp": EVENT.encode()}
    return [{name: generator.randbytes(16) for name in texts} | fixed for _ in range(RANDOM_ROWS)]


def put_bytes_csv(path: Path, rows: list[dict[str, bytes]]) -> None:
    lines = [",".join(rows[0]).encode()]
    lines += [b",".join(b'"' + value.replace(b'"', b'""') + b'"' for value in row.values()) for row in rows]
    put(path, b"\n".join(lines))


def put_bytes_ndjson(path: Path, rows: list[dict[str, bytes]]) -> None:
    escapes = {b"\\": b"\\\\", b'"': b'\\"', b"\n": b"\\n"}

    def quoted(value: bytes) -> bytes:
        for raw, escaped in escapes.items():
            value = value.replace(raw, escaped)
        return b'"' + value + b'"'

    lines = [
        b"{" + b",".join(quoted(name.encode()) + b":" + quoted(value) for name, value in row.items()) + b"}"
        for row in rows
    ]
    put(path, b"\n".join(lines))


def test_broken_rows_are_built_and_counted(bronze, database, contract, load, query, dbt):
    """One build for all of: random bytes in three formats, text that is no UTF-8, the years 9999 and 1899,
    and a file delivered twice. Nothing stops it and every row is accounted for."""
    rows = random_texts(contract["web_pageviews"], "pageview_id", "pageview_timestamp")
    put_parquet(bronze / "web_pageviews/a.parquet", rows)
    put_bytes_csv(
        bronze / "customer_interactions/a.csv",
        random_texts(contract["customer_interactions"], "interaction_id", "interaction_timestamp"),
    )
    put_bytes_ndjson(
        bronze / "search_queries/a.ndjson",
        random_texts(contract["search_queries"], "search_id", "search_timestamp"),
    )
    broken_text_parquet(bronze / "feature_usage/a.parquet", 1000)
    for year in (9999, 1899, 2024):
        moment = datetime(year, 1, 1)
        app_event = {
            "event_id": f"e{year}",
            "event_timestamp": moment,
            "ingestion_timestamp": datetime(2024, 1, 1),
        }
        put_parquet(bronze / f"mobile_app_events/{year}.parquet", [app_event])
    journey = {"event_id": "e1", "event_timestamp": EVENT, "ingestion_timestamp": EVENT}
    texts = [journey, journey | {"event_id": "e2", "event_timestamp": "9999-12-31 00:00:00"}]
    texts += [journey | {"event_id": "e3", "event_timestamp": "1899-12-30"}]
    put_csv(bronze / "customer_events/a.csv", texts)
    twice = put_csv(
        bronze / "form_interactions/a.csv",
        [
            {"interaction_id": f"f{number}", "interaction_timestamp": EVENT, "ingestion_timestamp": EVENT}
            for number in range(50)
        ],
    )
    put(bronze / "form_interactions/a (1).csv", twice.read_bytes())

    load()
    dbt(database, "build", "--select", "+quality_load_summary", "--indirect-selection", "buildable")

    summary = {
        row[0]: row[1:]
        for row in query(
            "select table_name, bronze_rows, accepted_rows, duplicate_rows, rejected_rows "
            "from quality.quality_load_summary where not is_absent"
        )
    }
    assert summary == {
        "web_pageviews": (RANDOM_ROWS, RANDOM_ROWS, 0, 0),
        "customer_interactions": (RANDOM_ROWS, RANDOM_ROWS, 0, 0),
        "search_queries": (RANDOM_ROWS, RANDOM_ROWS, 0, 0),
        "feature_usage": (1000, 1000, 0, 0),
        "mobile_app_events": (3, 1, 0, 2),
        "customer_events": (3, 1, 0, 2),
        "form_interactions": (100, 50, 50, 0),
    }
    reasons = query(
        "select distinct table_name, rejection_reason from quality.quality_rejected_rows order by all"
    )
    assert reasons == [
        ("customer_events", "timestamp_out_of_range"),
        ("mobile_app_events", "timestamp_out_of_range"),
    ]
    assert (
        date(2024, 1, 1)
        == query("select max(event_timestamp)::date from bronze.mobile_app_events where event_id = 'e2024'")[
            0
        ][0]
    )


def test_files_that_changed_or_went_ask_for_a_rebuild(bronze: Path, load) -> None:
    """New files do not; and the demand stands until dbt has answered it."""
    first = put_parquet(bronze / "web_pageviews/1.parquet", pageviews("p1"))
    assert not load().must_rebuild
    put_parquet(bronze / "web_pageviews/2.parquet", pageviews("p2"))
    assert not load().must_rebuild
    put_parquet(first, pageviews("p1", "p3"))
    assert load().must_rebuild
    assert load().must_rebuild


def test_a_file_that_went_asks_for_a_rebuild(bronze: Path, load) -> None:
    first = put_parquet(bronze / "web_pageviews/1.parquet", pageviews("p1"))
    put_parquet(bronze / "web_pageviews/2.parquet", pageviews("p2"))
    assert not load().must_rebuild
    first.unlink()
    assert load().must_rebuild
