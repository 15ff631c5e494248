"""Identity resolution beside Splink, on the same records: accuracy, seconds, memory.

Of each size a world is generated, its customer_master and customer_identifiers alone are loaded, and the
models up to the crosswalk are built, by dbt, in a process of its own. Then one record in a hundred is
changed and the build runs again, which tells what a change costs. Splink gets the records as standardised
(`int_identity_records__standardised`), trains itself on them without labels and clusters at .95; it runs by
`splink_side.py` in `.venv-splink`, since it wants other versions than we do. Both are scored with the world's
truth. Where that environment is missing, our side is measured alone and the page says so.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from cap.bench import machine, page
from cap.bench.process import Ran, model_seconds, run_cap, run_dbt, run_process
from cap.errors import CapError
from cap.identity.metrics import Scores, score

SPLINK = Path(".venv-splink/bin/python")
RECORDS_PER_CUSTOMER = 3.25  # of the generated world
RULES = 23  # of int_identity_keys
SEED, MESS = "515", "0.5"
MODELS = [
    "+silver_customer_identities",
    "silver_golden_ids",
    "silver_golden_id_events",
    "silver_identity_review_queue",
]
# what Splink does not do: reading and standardising what was delivered
PREPARING = ("stg_", "int_customer_", "int_identity_records__", "int_identity_identifiers__")


@dataclass(frozen=True)
class Ours:
    """Our side: records; the full build and the one after a change; seconds of a dbt run of next to nothing
    and of the models after standardising; share of records in review.
    """

    records: int
    full: Ran
    changed: Ran
    changed_records: int
    start_seconds: float
    matching_seconds: float
    in_review: float
    scores: Scores


@dataclass(frozen=True)
class Theirs:
    """Splink's side: wall seconds of training, of pairs and of clusters, and peak bytes."""

    train_seconds: float
    match_seconds: float
    peak_bytes: int
    scores: Scores


def measure(
    records: int, work: Path, with_splink: bool, say: Callable[[str], None]
) -> tuple[Ours, Theirs | None]:
    """Both sides at one size, in the folder `work`, which is emptied first."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    settings = {
        "CAP_DUCKDB_PATH": str(work / "identity.duckdb"),
        "CAP_BRONZE_PATH": str(work / "bronze"),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
    }
    say(f"{records:,} records: generating")
    customers = str(round(records / RECORDS_PER_CUSTOMER))
    world = ["--customers", customers, "--days", "1", "--seed", SEED, "--mess", MESS]
    run_cap(settings, "generate", *world, "--out", str(work / "world/bronze"))
    (work / "bronze").mkdir()
    for table in ("customer_master", "customer_identifiers"):
        (work / "world/bronze" / table).rename(work / "bronze" / table)
    run_cap(settings, "load")
    run_dbt(settings, "seeds", "seed")
    start = run_dbt(settings, "starting", "run", "-s", "int_identity_steward_decisions")
    say(f"{records:,} records: our side")
    full = run_dbt(settings, "identity", "run", "-s", *MODELS)
    seconds = model_seconds(settings)
    matching = sum(spent for model, spent in seconds.items() if not model.startswith(PREPARING))
    clusters, persons, in_review = _found(work)
    scores = score(clusters, persons)
    _export(work)
    changed_records = _change_one_in_a_hundred(work)
    run_cap(settings, "load")
    changed = run_dbt(settings, "identity, 1 % changed", "run", "-s", *MODELS)
    ours = Ours(len(clusters), full, changed, changed_records, start.seconds, matching, in_review, scores)
    theirs = _splink(work, say) if with_splink else None
    return ours, theirs


def _found(work: Path) -> tuple[np.ndarray, np.ndarray, float]:
    """Of each record its golden customer and its person, int64 of shape (records,); the share in review."""
    with duckdb.connect(work / "identity.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select identities.customer_key, cast(hash(truth.person_id) >> 1 as bigint) as person, "
            "is_in_review "
            "from silver.silver_customer_identities as identities "
            f"inner join read_parquet('{work}/world/truth/records/*.parquet') as truth "
            "using (source_system, source_customer_id)"
        ).fetchnumpy()
    return rows["customer_key"], rows["person"], float(rows["is_in_review"].mean())


def _export(work: Path) -> None:
    """The standardised records for Splink, with the keys they are blocked by: a column per rule, `k0` and so
    on, null where the key was dropped. Of several values of one identifier the greatest.
    """
    with duckdb.connect(work / "identity.duckdb", read_only=True) as connection:
        columns = ", ".join(
            f"max(case when rule_bit = {2**rule} then block_key end) as k{rule}" for rule in range(RULES)
        )
        connection.execute(
            f"copy (with blocks as (select record_key, {columns} from intermediate.int_identity_keys "
            "anti join intermediate.int_identity_keys__dropped using (record_key, block_key) "
            "group by record_key) select records.* exclude (derived_in_batch), blocks.* exclude (record_key) "
            "from intermediate.int_identity_records__standardised as records "
            f"left join blocks using (record_key)) to '{work}/records.parquet'"
        )


def _change_one_in_a_hundred(work: Path) -> int:
    """Deliver one record in a hundred again, with another's e-mail, phone and address; how many."""
    bronze = f"{work}/bronze/customer_master"
    with duckdb.connect() as connection:
        connection.execute(
            "create table changed as with numbered as "
            "(select *, row_number() over (order by record_id) as number "
            f"from read_parquet('{bronze}/**/*.parquet', union_by_name = true) where record_id <> '') "
            "select ours.* exclude (number) replace (theirs.email_address as email_address, "
            "theirs.phone_mobile as phone_mobile, theirs.address_line1 as address_line1, "
            "(select max(ingestion_timestamp) from numbered) + interval 1 second as ingestion_timestamp) "
            "from numbered as ours inner join numbered as theirs on theirs.number = ours.number + 1 "
            "where hash(ours.number) % 100 = 0"
        )
        connection.execute(f"copy changed to '{bronze}/changed.parquet'")
        return connection.sql("select count(*) from changed").fetchone()[0]  # type: ignore[index]


def _splink(work: Path, say: Callable[[str], None]) -> Theirs:
    """Splink on the exported records. Raises CapError with its last words."""
    say("Splink's side")
    said: list[str] = []
    script = Path(__file__).with_name("splink_side.py")
    command = [
        str(SPLINK),
        str(script),
        *(str(work / f) for f in ("records.parquet", "found.parquet", "found.json")),
    ]
    code, ran = run_process(command, {}, said.append)
    if code:
        raise CapError(f"Splink ended with {code}: {' '.join(said[-3:])[:300]}")
    spent = json.loads((work / "found.json").read_text())
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select cast(hash(min(found.cluster_id)) >> 1 as bigint) as cluster, "
            "cast(hash(any_value(truth.person_id)) >> 1 as bigint) as person "
            f"from read_parquet('{work}/found.parquet') as found "
            f"inner join read_parquet('{work}/records.parquet') as records using (record_key) "
            f"inner join read_parquet('{work}/world/truth/records/*.parquet') as truth "
            "using (source_system, source_customer_id) group by records.source_customer_key"
        ).fetchnumpy()
    return Theirs(spent["train"], spent["match"], ran.peak_bytes, score(rows["cluster"], rows["person"]))


def render(found: list[tuple[Ours, Theirs | None]], where: str) -> str:
    """The figures as Markdown: one column per size and side."""
    head, rule = ["|  |"], ["| --- |"]
    rows: dict[str, list[str]] = {}

    def put(label: str, ours: str, theirs: str) -> None:
        rows.setdefault(label, []).append(f"{ours} | {theirs}")

    for ours, theirs in found:
        head.append(f" {ours.records:,} records, ours | Splink |")
        rule.append(" ---: | ---: |")
        put(
            "pair precision",
            f"{ours.scores.precision.estimate:.4f}",
            _or(theirs, lambda t: f"{t.scores.precision.estimate:.4f}"),
        )
        put(
            "pair recall, automatic",
            f"{ours.scores.recall.estimate:.4f}",
            _or(theirs, lambda t: f"{t.scores.recall.estimate:.4f}"),
        )
        put("pair F1", f"{ours.scores.f1.estimate:.4f}", _or(theirs, lambda t: f"{t.scores.f1.estimate:.4f}"))
        put(
            "B-cubed F1", f"{ours.scores.b_cubed_f1:.4f}", _or(theirs, lambda t: f"{t.scores.b_cubed_f1:.4f}")
        )
        put(
            "largest cluster",
            str(ours.scores.largest_cluster),
            _or(theirs, lambda t: str(t.scores.largest_cluster)),
        )
        put("records in review", f"{ours.in_review:.1%}", "")
        put("seconds: training", "once, before", _or(theirs, lambda t: f"{t.train_seconds:.0f}"))
        put(
            "seconds: pairs, decisions, clusters",
            f"{ours.matching_seconds:.0f}",
            _or(theirs, lambda t: f"{t.match_seconds:.0f}"),
        )
        put("seconds: from bronze to crosswalk, dbt included", f"{ours.full.seconds:.0f}", "")
        put("processor seconds of that", f"{ours.full.cpu_seconds:.0f}", "")
        put(
            "peak memory, GiB",
            f"{ours.full.peak_bytes / 2**30:.1f}",
            _or(theirs, lambda t: f"{t.peak_bytes / 2**30:.1f}"),
        )
        put("seconds after a change", f"{ours.changed.seconds:.0f}", "")
        put("… records changed", f"{ours.changed_records:,}", "")
        put("… seconds of a dbt run of next to nothing", f"{ours.start_seconds:.0f}", "")
        put("… share of the full run, beyond dbt's start", f"{_share(ours):.1%}", "")
    lines = ["".join(head), "".join(rule)]
    lines += [f"| {label} | {' | '.join(cells)} |" for label, cells in rows.items()]
    return f"Measured on {where}.\n\n" + "\n".join(lines) + "\n"


def _or(theirs: Theirs | None, text: Callable[[Theirs], str]) -> str:
    return text(theirs) if theirs else "not run"


def _share(ours: Ours) -> float:
    """Seconds after a change by seconds of a full run, both beyond dbt's own start."""
    return (ours.changed.seconds - ours.start_seconds) / (ours.full.seconds - ours.start_seconds)


def run(sizes: list[int], alone: list[int], work: Path, out: Path, say: Callable[[str], None]) -> str:
    """Measure all sizes (those of `alone` without Splink) and write the figures to the page `out`."""
    where = machine.describe_machine()
    with_splink = SPLINK.exists()
    if not with_splink:
        say(f"No {SPLINK}: our side alone (make bench sets it up)")
    found = [measure(size, work / f"identity-{size}", with_splink, say) for size in sizes]
    found += [measure(size, work / f"identity-{size}", False, say) for size in alone]
    text = render(found, where)
    page.write(out, text, "cap identity bench")
    return text
