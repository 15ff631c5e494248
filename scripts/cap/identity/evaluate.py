"""Golden customers against truth: their scores as they are and with the review queue answered."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from cap.errors import CapError
from cap.identity.metrics import Scores, joined, score
from cap.identity.warehouse import opened
from cap.load.sql import file_list, identifier

TABLES = (
    "silver.silver_customer_identities",
    "silver.silver_identity_review_queue",
    "intermediate.int_identity_pairs__decided",
    "intermediate.int_identity_pairs__compared",
    "intermediate.int_identity_patterns",
)
READERS = {".parquet": "read_parquet({}, union_by_name = true)", ".csv": "read_csv({}, all_varchar = true)"}


@dataclass(frozen=True)
class Columns:
    """Which columns of the truth say who a source customer is."""

    system: str = "source_system"
    customer: str = "source_customer_id"
    person: str = "person_id"


@dataclass(frozen=True)
class Share:
    """Of `total` (questions, pairs), `right` are of one person."""

    name: str
    total: int
    right: int


@dataclass(frozen=True)
class Evaluation:
    """Source customers are those that have a person in the truth; `without_truth` are others, left out."""

    automatic: Scores
    answered: Scores
    without_truth: int
    truth_not_found: int
    questions: int
    customers_in_review: int  # with an open pair
    customers_asked_about: int  # named by a question
    reasons: list[Share]  # questions by review reason; right: the answer is yes
    methods: list[Share]  # links by match method
    missed: list[Share]  # true pairs apart, by what came of them; right is all of them
    wrong: list[Share]  # pairs wrongly together, by how they are linked; right is none of them


def evaluate(truth: Path, columns: Columns | None = None, seed: int = 0) -> Evaluation:
    """Score the warehouse's golden customers against a file, or a folder of files, of truth.

    A question of the review queue is answered by truth: yes joins its two golden customers, no does nothing.
    """
    with opened(TABLES) as connection:
        _read_truth(connection, truth, columns or Columns())
        connection.execute(
            """
            create table records as
            select
                identities.source_customer_key, identities.is_in_review,
                dense_rank() over (order by identities.customer_key) - 1 as cluster,
                dense_rank() over (order by truth.person) - 1 as person
            from silver.silver_customer_identities as identities
            inner join truth
            on identities.source_system = truth.system and identities.source_customer_id = truth.customer
            """
        )
        found = connection.execute(
            "select cluster, person, is_in_review from records order by source_customer_key"
        ).fetchnumpy()
        if not len(found["cluster"]):
            raise CapError(
                f"no source customer of {truth} is in the warehouse: is it the truth of other data?"
            )
        clusters, persons = found["cluster"].astype(np.int64), found["person"].astype(np.int64)
        asked = connection.execute(
            """
            select ours.cluster as left_cluster, theirs.cluster as right_cluster,
            ours.person = theirs.person as is_yes, ours.source_customer_key as left_key,
            theirs.source_customer_key as right_key
            from silver.silver_identity_review_queue as queue
            inner join records as ours on queue.left_source_customer_key = ours.source_customer_key
            inner join records as theirs on queue.right_source_customer_key = theirs.source_customer_key
            """
        ).fetchnumpy()
        yes = asked["is_yes"].astype(bool)
        labels = joined(
            int(clusters.max()) + 1,
            asked["left_cluster"][yes].astype(np.int64),
            asked["right_cluster"][yes].astype(np.int64),
        )
        customers, truths = connection.execute(
            "select (select count(*) from silver.silver_customer_identities), (select count(*) from truth)"
        ).fetchone()
        return Evaluation(
            automatic=score(clusters, persons, seed),
            answered=score(labels[clusters], persons, seed),
            without_truth=customers - len(clusters),
            truth_not_found=truths - len(clusters),
            questions=len(yes),
            customers_in_review=int(found["is_in_review"].astype(bool).sum()),
            customers_asked_about=len(np.union1d(asked["left_key"], asked["right_key"])),
            reasons=_reasons(connection),
            methods=_methods(connection),
            missed=_missed(connection),
            wrong=_wrong(connection),
        )


def _read_truth(connection: duckdb.DuckDBPyConnection, path: Path, columns: Columns) -> None:
    """Make the table `truth` of system, customer, person, all text. Raises CapError where it cannot."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    readers = {suffix: [str(file) for file in files if file.suffix == suffix] for suffix in READERS}
    chosen = next((suffix for suffix, found in readers.items() if found), None)
    if not path.exists() or chosen is None:
        raise CapError(f"{path} is no truth: give a .parquet or .csv file, or a folder of such.")
    source = READERS[chosen].format(file_list(readers[chosen]))
    wanted = (columns.system, columns.customer, columns.person)
    try:
        there = [row[0] for row in connection.execute(f"describe select * from {source}").fetchall()]
        missing = [name for name in wanted if name not in there]
        if missing:
            raise CapError(
                f"{path} has no column {', '.join(missing)}, but {', '.join(there)}. "
                "--system-column, --customer-column and --person-column say which is which."
            )
        system, customer, person = (f"cast({identifier(name)} as varchar)" for name in wanted)
        connection.execute(
            f"create table truth as select {system} as system, {customer} as customer, "
            f"min({person}) as person, count(distinct {person}) as persons from {source} "
            f"where {customer} is not null and {person} is not null group by 1, 2"
        )
    except duckdb.Error as error:
        raise CapError(f"cannot read {path}: {str(error).splitlines()[0]}") from None
    (torn,) = connection.execute("select count(*) from truth where persons > 1").fetchone()
    if torn:
        raise CapError(f"{path} says of {torn:,} source customers that each is more than one person.")


def _shares(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Share]:
    """The rows name, is_right of a query, counted by name, the largest first."""
    rows = connection.execute(
        f"select name, count(*), count(*) filter (where is_right) from ({sql}) group by 1 order by 2 desc, 1"
    ).fetchall()
    return [Share(*row) for row in rows]


def _reasons(connection: duckdb.DuckDBPyConnection) -> list[Share]:
    return _shares(
        connection,
        """
        select queue.review_reason as name, ours.person = theirs.person as is_right
        from silver.silver_identity_review_queue as queue
        inner join records as ours on queue.left_source_customer_key = ours.source_customer_key
        inner join records as theirs on queue.right_source_customer_key = theirs.source_customer_key
        """,
    )


def _methods(connection: duckdb.DuckDBPyConnection) -> list[Share]:
    return _shares(
        connection,
        """
        select pairs.match_method as name, ours.person = theirs.person as is_right
        from intermediate.int_identity_pairs__decided as pairs
        inner join records as ours on pairs.left_source_customer_key = ours.source_customer_key
        inner join records as theirs on pairs.right_source_customer_key = theirs.source_customer_key
        where pairs.decision = 'link'
        """,
    )


def _missed(connection: duckdb.DuckDBPyConnection) -> list[Share]:
    """Pairs of one person that are apart, and why: asked, cut, vetoed, too weak, or never compared."""
    return _shares(
        connection,
        """
        with missed as (
            select ours.source_customer_key as left_key, theirs.source_customer_key as right_key
            from records as ours inner join records as theirs
            on ours.person = theirs.person and ours.cluster <> theirs.cluster
            and ours.source_customer_key < theirs.source_customer_key
        ), compared as (
            select missed.left_key, missed.right_key, count(pairs.agreement_pattern) as versions,
            max_by(coalesce(patterns.veto, ''), patterns.pattern_weight) as veto
            from missed
            left join intermediate.int_identity_pairs__compared as pairs
            on missed.left_key = pairs.left_source_customer_key
            and missed.right_key = pairs.right_source_customer_key
            left join intermediate.int_identity_patterns as patterns
            on pairs.agreement_pattern = patterns.agreement_pattern
            group by 1, 2
        )
        select
            case
                when decided.decision = 'review'
                    then concat('to be asked: ', coalesce(decided.veto, 'in between'))
                when decided.decision = 'link' then 'linked, but cut from a contradictory cluster'
                when compared.versions = 0 then 'no shared key'
                when compared.veto <> '' then concat('judged two: ', compared.veto)
                else 'too little evidence'
            end as name,
            true as is_right
        from compared
        left join intermediate.int_identity_pairs__decided as decided
        on compared.left_key = decided.left_source_customer_key
        and compared.right_key = decided.right_source_customer_key
        """,
    )


def _wrong(connection: duckdb.DuckDBPyConnection) -> list[Share]:
    """Pairs of two persons in one golden customer, by the link between them or that others link them."""
    return _shares(
        connection,
        """
        select
            case when decided.decision = 'link' then decided.match_method else 'through others' end as name,
            false as is_right
        from records as ours
        inner join records as theirs
        on ours.cluster = theirs.cluster and ours.person <> theirs.person
        and ours.source_customer_key < theirs.source_customer_key
        left join intermediate.int_identity_pairs__decided as decided
        on ours.source_customer_key = decided.left_source_customer_key
        and theirs.source_customer_key = decided.right_source_customer_key
        """,
    )
