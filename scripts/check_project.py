"""Run every scripts/checks/*.sql over dbt's manifest and the contract; a check that returns rows fails.

Each check is one select whose rows are the violations. It may read the tables built here:
models, columns, edges, touches, macros, tests, metrics, saved_queries and group_reads (target/manifest.json),
contract_tables, contract_columns, contract_metrics and contract_unanswered (contract/*.csv).
"""

import json
import sys
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
SHOWN = 5


def manifest_tables(manifest: dict) -> dict[str, tuple[str, list[tuple]]]:
    """Table name -> (column definitions, rows)."""
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    sources = list(manifest["sources"].values())
    return {
        "models": (
            "unique_id varchar, name varchar, path varchar, yaml_path varchar, description varchar, "
            "domain varchar, access varchar, contract_enforced boolean, code varchar",
            [
                (
                    n["unique_id"],
                    n["name"],
                    n["original_file_path"],
                    n["patch_path"] or "",
                    n["description"],
                    n["group"],
                    n["access"],
                    n["config"]["contract"]["enforced"],
                    n["raw_code"],
                )
                for n in models
            ],
        ),
        "columns": (
            "unique_id varchar, relation varchar, name varchar, data_type varchar, "
            "description varchar, pii varchar",
            [
                (n["unique_id"], n["name"], c["name"], c["data_type"] or "", c["description"], pii(c))
                for n in [*models, *sources]
                for c in n["columns"].values()
            ],
        ),
        "edges": (
            "parent_unique_id varchar, child_unique_id varchar",
            [(parent, n["unique_id"]) for n in models for parent in n["depends_on"]["nodes"]],
        ),
        "touches": (
            "parent_name varchar, child_unique_id varchar",
            [
                (parent, n["unique_id"])
                for n in models
                for config in ("touched_by", "selected_by")
                for parents in n["config"]["meta"].get(config, {}).values()
                for parent in parents
            ],
        ),
        "metrics": (
            "name varchar, type varchar, label varchar, description varchar, path varchar, "
            "category varchar, contract_name varchar, definition varchar",
            [
                (
                    m["name"],
                    m["type"],
                    m["label"] or "",
                    m["description"],
                    m["original_file_path"],
                    m["config"]["meta"].get("category", ""),
                    m["config"]["meta"].get("contract_name", ""),
                    json.dumps({"type_params": m["type_params"], "filter": m["filter"]}, sort_keys=True),
                )
                for m in manifest["metrics"].values()
            ],
        ),
        "saved_queries": (
            "name varchar, path varchar, description varchar, category varchar, contract_name varchar",
            [
                (
                    q["name"],
                    q["original_file_path"],
                    q["description"] or "",
                    q["config"]["meta"].get("category", ""),
                    q["config"]["meta"].get("contract_name", ""),
                )
                for q in manifest["saved_queries"].values()
            ],
        ),
        "macros": (
            "name varchar, path varchar, code varchar",
            [
                (m["name"], m["original_file_path"], m["macro_sql"])
                for m in manifest["macros"].values()
                if m["package_name"] == manifest["metadata"]["project_name"]
            ],
        ),
        "tests": (
            "model_unique_id varchar, column_name varchar, test_name varchar",
            [
                (n["attached_node"], n["column_name"], n["test_metadata"]["name"])
                for n in manifest["nodes"].values()
                if n["resource_type"] == "test" and n.get("test_metadata")
            ],
        ),
        "group_reads": (
            "reader varchar, read_domain varchar",
            [
                (g["name"], domain)
                for g in manifest["groups"].values()
                for domain in [g["name"], *g["config"]["meta"]["reads"]]
            ],
        ),
    }


def pii(column: dict) -> str:
    """The kind of personal data a column is tagged with, or ''."""
    meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
    return meta.get("pii", "")


def database(manifest: dict) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB with the tables that checks read."""
    db = duckdb.connect()
    for name, (definition, rows) in manifest_tables(manifest).items():
        db.execute(f"create table {name} ({definition})")
        if rows:
            db.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
    for name in ("tables", "columns", "metrics", "unanswered"):
        db.execute(
            f"create table contract_{name} as from read_csv('{ROOT}/contract/{name}.csv', all_varchar = true)"
        )
    return db


def main() -> int:
    """Print one line per check and the first violations; 1 if there is any, else 0."""
    manifest_path = ROOT / "target" / "manifest.json"
    if not manifest_path.exists():
        print("target/manifest.json is missing: run `dbt parse` first (`make check` does).")
        return 1
    db = database(json.loads(manifest_path.read_text()))
    failed = 0
    for check in sorted((ROOT / "scripts" / "checks").glob("*.sql")):
        rows = db.execute(check.read_text()).fetchall()
        print(f"{'FAIL' if rows else 'ok  '} {check.stem}{f' ({len(rows)})' if rows else ''}")
        for row in rows[:SHOWN]:
            print("       ", *row)
        failed += bool(rows)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
