"""Weights without labels: what the warehouse's own pairs teach, written into identity's seeds."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from cap.errors import CapError
from cap.identity.em import Block, Comparison, Model, Pairs, estimate, pattern_levels
from cap.identity.warehouse import compiled, opened, pattern_digits

Floats = NDArray[np.float64]

TABLES = tuple(
    f"intermediate.int_identity_{name}"
    for name in ("records__standardised", "components", "keys", "pairs__blocked", "pairs__compared")
)
WEIGHTS, PARAMETERS, NAMES = (
    f"identity_{name}.csv" for name in ("weights", "parameters", "name_frequencies")
)
# Rules of int_identity_keys whose pairs are trained on, with the comparisons that the key decides. Their keys
# are of unlike things, so that what one block takes for granted others tell.
BLOCKS = (
    Block(0, ("tax_id", "ssn_last_four")),
    Block(1, ("email",)),
    Block(2, ("phone",)),
    Block(5, ("ssn_last_four", "birth_date", "tax_id")),
    Block(8, ("first_name", "birth_date")),
    Block(9, ("last_name", "birth_date")),
    Block(12, ("first_name", "last_name")),
    Block(19, ("address", "birth_date")),
    Block(20, ("email",)),
)
# Agreement by a shared key (int_identity_pairs__compared): comparison -> rule and level. Of an account or a
# device nothing else is known.
SHARED = {"email": (1, 4), "phone": (2, 2), "tax_id": (0, 3), "account": (3, 1), "device": (4, 1)}
PRESENCE = ("account", "device")
# Levels that are equality of a column: counted over all pairs, not on a sample
EQUAL = {"first_name": 6, "last_name": 5, "birth_date": 4, "ssn_last_four": 2}
MIN_RECORDS, MIN_PAIRS = 100, 500
# A comparison known for fewer random pairs or fewer likely matches keeps its weights.
MIN_RANDOM_PAIRS, MIN_MATCHES = 500, 50.0
THIN_MATCHES = 5.0
# Who carries a name that is listed: so many records, of so many persons, that it is nobody's own
NAME_RECORDS, NAME_CUSTOMERS = 20, 10


@dataclass(frozen=True)
class Level:
    """A row of the weights' seed, with its text as it stands there."""

    comparison: str
    level: int
    meaning: str
    m: str
    u: str
    weight: str


@dataclass(frozen=True)
class Trained:
    """The three seeds' rows, and what to tell of how they were found."""

    weights: list[Level]
    matches_per_record: float
    records: int
    names: list[tuple[str, str, str]]  # first_name or last_name, the name, its share of records
    kept: list[str]  # comparisons that keep the weights they had
    clamped: list[tuple[str, int]]  # levels hardly any match has: weight held within its neighbours'
    model: Model


def train(sample: int, seed: int, seeds: Path, say: Callable[[str], None] = lambda _: None) -> Trained:
    """Learn from the built warehouse. `sample`: records compared with each other for u; `seeds`: today's.

    Deterministic: same warehouse and seed, same weights. Raises CapError where there is too little.
    """
    today = read_weights(seeds / WEIGHTS)
    with opened(TABLES) as connection:
        sql = compiled({"int_identity_pairs__blocked": "random_pairs"})["int_identity_pairs__compared"]
        comparisons = _comparisons(sql, today)
        records, all_pairs = _counts(connection)
        pairs = _blocked_pairs(connection)
        if records < MIN_RECORDS or pairs.counts.sum() < MIN_PAIRS:
            raise CapError(
                f"{records:,} records and {int(pairs.counts.sum()):,} pairs that share a key are too few to "
                f"learn from (at least {MIN_RECORDS:,} and {MIN_PAIRS:,}): keep the weights of {seeds}."
            )
        random = _random_pairs(connection, sql, sample, seed, say)
        shares, known = _among_all(connection, comparisons, random, all_pairs)
        say(f"learning from {int(pairs.counts.sum()):,} pairs that share a key")
        model = _learn(comparisons, pairs, shares, known, all_pairs, records, today)
        names = _names(connection)
    if not model.sessions:
        raise CapError(f"no block has pairs enough to learn from: keep the weights of {seeds}.")
    rows, kept, clamped = _rows(comparisons, model, known, today)
    per_record = 2 * model.match_share * all_pairs / records
    return Trained(rows, per_record, records, names, kept, clamped, model)


def read_weights(path: Path) -> list[Level]:
    """The rows of the weights' seed. Raises CapError where there is none."""
    try:
        with path.open(newline="") as file:
            return [
                Level(
                    row["comparison"],
                    int(row["agreement_level"]),
                    row["meaning"],
                    row["m"],
                    row["u"],
                    row["match_weight"],
                )
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError, ValueError) as error:
        raise CapError(
            f"cannot read the weights in {path}: {error}. Run it in the project's folder."
        ) from None


def write_seeds(trained: Trained, folder: Path) -> list[Path]:
    """Write the three seeds into the folder; their paths."""
    columns = ("comparison", "agreement_level", "meaning", "m", "u", "match_weight")
    rows = [(one.comparison, one.level, one.meaning, one.m, one.u, one.weight) for one in trained.weights]
    parameters = [
        ("matches_per_record", f"{trained.matches_per_record:.4f}"),
        ("trained_on_records", trained.records),
    ]
    files = {
        WEIGHTS: (columns, rows),
        PARAMETERS: (("parameter_name", "parameter_value"), parameters),
        NAMES: (("name_part", "name", "frequency"), trained.names),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (header, lines) in files.items():
            with (folder / name).open("w", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([header, *lines])
    except OSError as error:
        raise CapError(
            f"cannot write the seeds into {folder}: {error.strerror}. Give another --out."
        ) from None
    return [folder / name for name in files]


def _comparisons(sql: str, today: Sequence[Level]) -> list[Comparison]:
    """The pattern's digits by the model's own SQL, their levels by the seed's rows."""
    digits = pattern_digits(sql)
    levels = {one.comparison: 0 for one in today}
    for one in today:
        levels[one.comparison] = max(levels[one.comparison], one.level + 1)
    if set(digits) != set(levels):
        raise CapError(
            f"the weights' seed and int_identity_pairs__compared have other comparisons: "
            f"{', '.join(sorted(set(digits) ^ set(levels)))}."
        )
    return [
        Comparison(name, digit, levels[name], is_presence=name in PRESENCE) for name, digit in digits.items()
    ]


def _counts(connection: duckdb.DuckDBPyConnection) -> tuple[int, float]:
    """Records, and pairs of records of different source customers."""
    records, pairs = connection.execute(
        "select coalesce(sum(n), 0)::bigint, "
        "coalesce(pow(sum(n)::double, 2) - sum(n::double * n), 0) / 2 from (select count(*) as n "
        "from intermediate.int_identity_records__standardised group by source_customer_key)"
    ).fetchone()
    return records, pairs


def _blocked_pairs(connection: duckdb.DuckDBPyConnection) -> Pairs:
    """Patterns of the pairs that share a key, by the training blocks they are in; in an order of its own."""
    mask = sum(1 << block.rule for block in BLOCKS)
    found = connection.execute(
        f"select agreement_pattern, shared_rules & {mask} as rules, count(*)::double as pairs "
        "from intermediate.int_identity_pairs__compared group by 1, 2 order by 1, 2"
    ).fetchnumpy()
    return Pairs(found["agreement_pattern"].astype(np.int64), found["rules"].astype(np.int64), found["pairs"])


def _random_pairs(
    connection: duckdb.DuckDBPyConnection, sql: str, sample: int, seed: int, say: Callable[[str], None]
) -> Pairs:
    """Each pair of some records, compared by the model's own SQL as if they shared no key."""
    connection.execute(
        f"""
        create table random_pairs as
        with chosen as (
            select record_key, source_customer_key
            from intermediate.int_identity_records__standardised
            order by md5(concat('{seed}', '/', record_key)), record_key limit {sample}
        )
        select
            ours.record_key as left_record_key, theirs.record_key as right_record_key,
            ours.source_customer_key as left_source_customer_key,
            theirs.source_customer_key as right_source_customer_key, 0::bigint as shared_rules
        from chosen as ours inner join chosen as theirs
        on ours.source_customer_key < theirs.source_customer_key
        """
    )
    (count,) = connection.execute("select count(*) from random_pairs").fetchone()
    say(f"comparing {count:,} random pairs of {sample:,} records")
    found = connection.execute(
        f"select agreement_pattern, count(*)::double as pairs from ({sql}) group by 1 order by 1"
    ).fetchnumpy()
    patterns = found["agreement_pattern"].astype(np.int64)
    return Pairs(patterns, np.zeros_like(patterns), found["pairs"])


def _among_all(
    connection: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison], random: Pairs, all_pairs: float
) -> tuple[list[Floats], Floats]:
    """Per comparison the share of all pairs at each level, [levels], and how many random pairs know it."""
    levels = pattern_levels(random.patterns, comparisons)
    shares, known = [], np.zeros(len(comparisons))
    for place, one in enumerate(comparisons):
        seen = np.array([random.counts[levels[:, place] == level].sum() for level in range(one.levels)])
        known[place] = seen.sum()
        share = (seen + 0.5) / (seen + 0.5).sum()
        if one.name in EQUAL:
            exact = _share_equal(connection, one.name)
            share = _with_exact(share, EQUAL[one.name], exact)
        if one.name in SHARED:
            rule, level = SHARED[one.name]
            (sharing,) = connection.execute(
                "select count(*)::double from intermediate.int_identity_pairs__blocked "
                f"where shared_rules & {1 << rule} > 0"
            ).fetchone()
            compared = all_pairs if one.is_presence else all_pairs * known[place] / random.counts.sum()
            if one.is_presence:
                known[place] = random.counts.sum() if sharing else 0
            share = _with_exact(share, level, sharing / max(compared, sharing, 1))
        shares.append(share)
    return shares, known


def _with_exact(share: Floats, level: int, exact: float) -> Floats:
    """`share` [levels] with one level's known and the others in proportion."""
    exact = min(max(exact, 1e-12), 0.5)
    others = share.copy()
    others[level] = 0
    others *= (1 - exact) / others.sum()
    others[level] = exact
    return others


def _share_equal(connection: duckdb.DuckDBPyConnection, column: str) -> float:
    """Of all pairs of records with the column, those that have the same."""
    equal, records = connection.execute(
        f"select coalesce(sum(n * (n - 1.0)), 0)::double, coalesce(sum(n), 0)::double from ("
        "select count(*) as n from intermediate.int_identity_records__standardised "
        f"where {column} is not null group by {column})"
    ).fetchone()
    return equal / (records * (records - 1)) if records > 1 else 0.0


def _learn(
    comparisons: Sequence[Comparison],
    pairs: Pairs,
    shares: list[Floats],
    known: Floats,
    all_pairs: float,
    records: int,
    today: Sequence[Level],
) -> Model:
    fixed = {
        place: _today(one, today) for place, one in enumerate(comparisons) if known[place] < MIN_RANDOM_PAIRS
    }
    first = min(0.5 * records / all_pairs, 0.01)
    return estimate(pairs, comparisons, BLOCKS, shares, all_pairs, first, fixed)


def _today(comparison: Comparison, today: Sequence[Level]) -> tuple[Floats, Floats]:
    """Weights as m and u [levels], as the seed has them; a level that it does not have says nothing."""
    m, u = np.full(comparison.levels, 0.5), np.full(comparison.levels, 0.5)
    for one in today:
        if one.comparison == comparison.name:
            m[one.level], u[one.level] = float(one.m), float(one.u)
    return m, u


def _rows(
    comparisons: Sequence[Comparison], model: Model, known: Floats, today: Sequence[Level]
) -> tuple[list[Level], list[str], list[tuple[str, int]]]:
    """The seed's new rows, the comparisons that keep theirs, and levels held within their neighbours'."""
    rows, kept, clamped = [], [], []
    for place, one in enumerate(comparisons):
        mine = sorted((row for row in today if row.comparison == one.name), key=lambda row: row.level)
        matches = model.expected[place].sum()
        if known[place] < MIN_RANDOM_PAIRS or matches < MIN_MATCHES:
            rows += mine
            kept.append(one.name)
            continue
        weights = np.log2(model.m[place] / model.u[place])
        thin = {row.level for row in mine if model.expected[place][row.level] < THIN_MATCHES}
        known_levels = [row.level for row in mine if row.level not in thin]
        for row in mine:
            m, u, weight = model.m[place][row.level], model.u[place][row.level], weights[row.level]
            if row.level in thin:
                below = [weights[level] for level in known_levels if level < row.level]
                above = [weights[level] for level in known_levels if level > row.level]
                held = _held(row, weight, below, above)
                if held != weight:
                    clamped.append((one.name, row.level))
                    weight, m = held, u * 2**held
            rows.append(Level(one.name, row.level, row.meaning, f"{m:.3g}", f"{u:.3g}", f"{weight:.3f}"))
    return rows, kept, clamped


def _held(today: Level, weight: float, below: list[float], above: list[float]) -> float:
    """A weight of hardly any match, held between the nearest levels' below and above that are known better.

    The uppermost level, with nothing above, keeps at least the weight that it has in the seed.
    """
    if not above:
        return max(float(today.weight), *below[-1:]) if below else float(today.weight)
    if not below:
        return min(weight, above[0])
    return min(max(weight, min(below[-1], above[0])), max(below[-1], above[0]))


def _names(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Common first and last names and their share of the records that have one."""
    found = []
    for column in ("first_name", "last_name"):
        found += connection.execute(
            f"""
            select '{column}', records.{column}, count(*) / sum(count(*)) over ()
            from intermediate.int_identity_records__standardised as records
            inner join intermediate.int_identity_components as components
            on records.source_customer_key = components.source_customer_key
            where length(records.{column}) > 1
            group by 2
            qualify count(*) >= {NAME_RECORDS}
            and count(distinct components.component_key) >= {NAME_CUSTOMERS}
            order by 3 desc, 2
            """
        ).fetchall()
    return [(name_part, name, f"{share:.3g}") for name_part, name, share in found]
