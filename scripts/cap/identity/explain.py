"""Why two source customers are one golden customer or two, as the models' own SQL judges them."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import duckdb

from cap.errors import CapError
from cap.identity.warehouse import compiled, opened, part, pattern_digits

TABLES = (
    "intermediate.int_identity_records__standardised",
    "intermediate.int_identity_keys",
    "intermediate.int_identity_keys__dropped",
    "intermediate.int_identity_pairs__decided",
    "intermediate.int_identity_steward_decisions",
    "silver.silver_customer_identities",
    "reference.identity_weights",
)
# What a comparison looks at, for --show-values.
VALUES = {
    "email": ("email",),
    "address": ("house_number", "street", "city", "region", "zip_code"),
    "account": (),
    "device": (),
}


@dataclass(frozen=True)
class Evidence:
    """One line of the waterfall. `level` is null for what is no comparison; values only when asked for."""

    name: str
    level: int | None
    meaning: str
    bits: float
    left_value: str | None = None
    right_value: str | None = None


@dataclass(frozen=True)
class Link:
    """Two source customers that are linked, as `system:customer_id`, and how."""

    left: str
    right: str
    method: str
    bits: float


@dataclass(frozen=True)
class Explanation:
    """What speaks for and against, in bits, and what came of it."""

    left: str
    right: str
    evidence: list[Evidence]
    match_weight: float
    match_probability: float
    sure_method: str | None
    veto: str | None
    decision: str  # link, review or no: of this pair, before anyone else's links
    was_compared: bool  # shares a key, so that a run compares it
    versions: int  # pairs of the two's record versions; the best one is shown
    steward_decision: str | None
    left_golden_id: str | None
    right_golden_id: str | None
    chain: list[Link] = field(default_factory=list)  # shortest way from one to the other, if they are one

    @property
    def is_one_customer(self) -> bool:
        """Whether both are the same golden customer."""
        return self.left_golden_id is not None and self.left_golden_id == self.right_golden_id


def explain(left: str, right: str, show_values: bool = False) -> Explanation:
    """Explain two source customers, each `system:customer_id`. Raises CapError for one that is not there."""
    if left == right:
        raise CapError("these are the same source customer: give two.")
    with opened(TABLES) as connection:
        names = {_key(connection, name): name for name in (left, right)}
        low, high = sorted(names)
        versions = _pair_them(connection, low, high)
        rows = _judge(connection)
        best = rows[0]
        evidence = _evidence(connection, best, show_values)
        golden = dict(
            connection.execute(
                "select source_customer_key, golden_id from silver.silver_customer_identities "
                "where source_customer_key in ($1, $2)",
                [low, high],
            ).fetchall()
        )
        steward = connection.execute(
            "select decision from intermediate.int_identity_steward_decisions "
            "where left_source_customer_key = $1 and right_source_customer_key = $2 "
            "and decision <> 'withdrawn'",
            [low, high],
        ).fetchone()
        is_one = golden.get(low) is not None and golden.get(low) == golden.get(high)
        return Explanation(
            left=names[low],
            right=names[high],
            evidence=evidence,
            match_weight=best["match_weight"],
            match_probability=best["match_probability"],
            sure_method=best["sure_method"],
            veto=best["veto"],
            decision=best["decision"],
            was_compared=best["shared_rules"] > 0,
            versions=versions,
            steward_decision=steward[0].replace("_", " ") if steward else None,
            left_golden_id=golden.get(low),
            right_golden_id=golden.get(high),
            chain=_chain(connection, low, high) if is_one else [],
        )


def _key(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """The source customer's key. Raises CapError; says which systems there are, not which customers."""
    system, colon, customer = name.partition(":")
    if not colon or not system or not customer:
        raise CapError(f"«{name}» names no customer: write system:customer_id.")
    found = connection.execute(
        "select source_customer_key from intermediate.int_identity_records__standardised "
        "where source_system = $1 and source_customer_id = $2 limit 1",
        [system, customer],
    ).fetchone()
    if found:
        return found[0]
    systems = [
        row[0]
        for row in connection.execute(
            "select distinct source_system from intermediate.int_identity_records__standardised "
            "where source_system is not null order by 1 limit 20"
        ).fetchall()
    ]
    if system in systems:
        raise CapError(f"source system {system} has no customer {customer}.")
    raise CapError(f"there is no source system {system}; there are {', '.join(systems)}.")


def _pair_them(connection: duckdb.DuckDBPyConnection, low: int, high: int) -> int:
    """Put each version of the one with each of the other, with the rules they share; how many that are.

    Where pairs share a key only these are taken, as in a run; else all.
    """
    connection.execute(
        """
        create table all_pairs as
        with keys as (
            select * from intermediate.int_identity_keys
            where source_customer_key in ($1, $2)
            and block_key not in (select block_key from intermediate.int_identity_keys__dropped)
        ), shared as (
            select ours.record_key as left_record_key, theirs.record_key as right_record_key,
            bit_or(ours.rule_bit) as shared_rules
            from keys as ours inner join keys as theirs
            on ours.block_key = theirs.block_key and ours.rule_bit = theirs.rule_bit
            where ours.source_customer_key = $1 and theirs.source_customer_key = $2
            group by 1, 2
        )
        select ours.record_key as left_record_key, theirs.record_key as right_record_key,
        ours.source_customer_key as left_source_customer_key,
        theirs.source_customer_key as right_source_customer_key,
        coalesce(shared.shared_rules, 0)::bigint as shared_rules
        from intermediate.int_identity_records__standardised as ours
        inner join intermediate.int_identity_records__standardised as theirs
        on ours.source_customer_key = $1 and theirs.source_customer_key = $2
        left join shared
        on ours.record_key = shared.left_record_key and theirs.record_key = shared.right_record_key
        """,
        [low, high],
    )
    connection.execute(
        "create table chosen_pairs as select * from all_pairs "
        "where shared_rules > 0 or not exists (select 1 from all_pairs where shared_rules > 0)"
    )
    return connection.execute("select count(*) from chosen_pairs").fetchone()[0]


def _judge(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Compare, weigh and judge the chosen pairs by the models' SQL; the pair that decides comes first."""
    models = compiled(
        {
            "int_identity_pairs__blocked": "chosen_pairs",
            "int_identity_pairs__compared": "compared_pairs",
            "int_identity_patterns": "judged_patterns",
        }
    )
    patterns, judged = models["int_identity_patterns"], models["int_identity_pairs__judged"]
    connection.execute(f"create table compared_pairs as {models['int_identity_pairs__compared']}")
    connection.execute(f"create table judged_patterns as {patterns}")
    connection.execute(f"create table chance as {part(patterns, 'chance')}")
    connection.execute(f"create table names as {part(judged, 'u_of_equal_names')}")
    connection.execute(f"create table judged as {judged}")
    cursor = connection.execute(
        """
        select judged.*, compared.shared_rules, compared.first_name_frequency, compared.last_name_frequency
        from judged
        inner join compared_pairs as compared
        on judged.left_record_key = compared.left_record_key
        and judged.right_record_key = compared.right_record_key
        order by case decision when 'link' then 1 when 'review' then 2 else 3 end,
        match_weight desc, judged.left_record_key, judged.right_record_key
        """
    )
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _evidence(
    connection: duckdb.DuckDBPyConnection, pair: dict[str, Any], show_values: bool
) -> list[Evidence]:
    """The prior, each comparison that says something, and what common names take back."""
    (prior,) = connection.execute("select weight from chance").fetchone()
    lines = [Evidence("prior", None, "two records out of all", prior)]
    known = connection.execute(
        "select comparison, agreement_level, meaning, match_weight from reference.identity_weights"
    ).fetchall()
    said = {(comparison, level): (meaning or "", weight) for comparison, level, meaning, weight in known}
    values = _values(connection, pair) if show_values else {}
    for comparison, digit in pattern_digits(compiled()["int_identity_pairs__compared"]).items():
        level = pair["agreement_pattern"] // 10**digit % 10 - 1
        if (comparison, level) in said:
            meaning, weight = said[comparison, level]
            lines.append(Evidence(comparison, level, meaning, weight, *values.get(comparison, (None, None))))
    bits = connection.execute("select first_name_u, last_name_u from names").fetchone()
    for name, expected in zip(("first_name", "last_name"), bits, strict=True):
        frequency = pair[f"{name}_frequency"]
        if frequency is not None and expected is not None:
            (adjusted,) = connection.execute("select $1 - log2($2)", [expected, frequency]).fetchone()
            what = "more" if adjusted < 0 else "less"
            meaning = f"{what} common than two that agree usually are"
            lines.append(Evidence(f"{name} frequency", None, meaning, adjusted))
    return lines


def _values(
    connection: duckdb.DuckDBPyConnection, pair: dict[str, Any]
) -> dict[str, tuple[str | None, str | None]]:
    """What the two records say, standardised, by comparison: personal data."""
    records = []
    for side in ("left", "right"):
        cursor = connection.execute(
            "select * from intermediate.int_identity_records__standardised where record_key = $1",
            [pair[f"{side}_record_key"]],
        )
        columns = [column[0] for column in cursor.description]
        records.append(dict(zip(columns, cursor.fetchone(), strict=True)))
    found = {}
    for comparison in pattern_digits(compiled()["int_identity_pairs__compared"]):
        columns = [name for name in VALUES.get(comparison, (comparison,)) if name in records[0]]
        both = [" ".join(record[name] for name in columns if record[name]) or None for record in records]
        found[comparison] = (both[0], both[1])
    return found


def _chain(connection: duckdb.DuckDBPyConnection, low: int, high: int) -> list[Link]:
    """The shortest way from one to the other over links within their golden customer."""
    rows = connection.execute(
        """
        with members as (
            select source_customer_key, concat(source_system, ':', source_customer_id) as name
            from silver.silver_customer_identities
            where customer_key = (
                select customer_key from silver.silver_customer_identities
                where source_customer_key = $1
            )
        )
        select ours.source_customer_key, theirs.source_customer_key, ours.name, theirs.name,
        pairs.match_method, pairs.match_weight
        from intermediate.int_identity_pairs__decided as pairs
        inner join members as ours on pairs.left_source_customer_key = ours.source_customer_key
        inner join members as theirs on pairs.right_source_customer_key = theirs.source_customer_key
        where pairs.decision = 'link'
        order by pairs.match_weight desc, 1, 2
        """,
        [low],
    ).fetchall()
    ways: dict[int, list[tuple[int, Link]]] = {}
    for left, right, left_name, right_name, method, bits in rows:
        ways.setdefault(left, []).append((right, Link(left_name, right_name, method, bits)))
        ways.setdefault(right, []).append((left, Link(right_name, left_name, method, bits)))
    reached: dict[int, list[Link]] = {low: []}
    queue = deque([low])
    while queue and high not in reached:
        here = queue.popleft()
        for there, link in ways.get(here, []):
            if there not in reached:
                reached[there] = [*reached[here], link]
                queue.append(there)
    return reached.get(high, [])
