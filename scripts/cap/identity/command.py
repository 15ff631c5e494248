"""The commands `cap identity train`, `evaluate`, `explain` and `bench`, and the tables they print."""

import csv
import io
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cap.identity.evaluate import Columns, Evaluation, Share, evaluate
from cap.identity.explain import Explanation, explain
from cap.identity.metrics import Interval
from cap.identity.train import NAMES, Trained, train, write_seeds

SEEDS = Path("seeds")
BAR_BITS = 2  # of one block of a waterfall's bar
SHOWN_AT_MOST = 12


@click.group()
def identity() -> None:
    """Who is who: learn how much an agreement says, score the result, ask why.

    They read the warehouse $CAP_DUCKDB_PATH and change nothing in it; bench makes its own.
    """


@identity.command("train")
@click.option(
    "--out",
    default=str(SEEDS),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that the seeds are written to.",
)
@click.option(
    "--sample",
    default=2200,
    show_default=True,
    type=click.IntRange(100, 20_000),
    help="Records compared with each other, to see what two strangers share by chance.",
)
@click.option("--seed", default=0, show_default=True, help="Chooses the records of the sample.")
def train_command(out: Path, sample: int, seed: int) -> None:
    """Learn the weights of identity resolution from the built warehouse, without labels.

    What two records share by chance (u) comes from random pairs and from counts over all records; what two
    records of one person share (m) from the pairs that share a key, by expectation maximisation, one kind
    of key at a time. Comparisons that the data says too little of keep the weights they have. Writes
    identity_weights.csv, identity_parameters.csv and identity_name_frequencies.csv; the same warehouse
    gives the same files.
    """
    trained = train(sample, seed, SEEDS, click.echo)
    paths = write_seeds(trained, out)
    click.echo(_trained(trained))
    click.echo(f"Written: {', '.join(str(path) for path in paths)}")
    click.echo(
        "Next: dbt build (or cap build): pairs are judged again by the new weights.\n"
        f"{NAMES} is read when pairs are compared: for new frequencies to count everywhere\n"
        "dbt build --full-refresh -s int_identity_pairs__compared+"
    )


@identity.command("evaluate")
@click.option(
    "--truth",
    required=True,
    type=click.Path(path_type=Path),
    help="Who is who: a .parquet or .csv file or a folder of such, as <world>/truth/records of cap generate.",
)
@click.option("--system-column", default=Columns.system, show_default=True, help="The truth's column …")
@click.option("--customer-column", default=Columns.customer, show_default=True, help="… and …")
@click.option("--person-column", default=Columns.person, show_default=True, help="… that says who it is.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
def evaluate_command(
    truth: Path, system_column: str, customer_column: str, person_column: str, form: str
) -> None:
    """Score the golden customers against truth, as they are and with the review queue answered.

    Pairs are all pairs of source customers within a golden customer. Precision: how many of them are one
    person; recall: how many of a person's pairs are found; with 95 % intervals. Answered: each question
    of the queue is answered by the truth, and nothing else is asked.
    """
    found = evaluate(truth, Columns(system_column, customer_column, person_column))
    click.echo({"table": _evaluated, "json": _as_json, "csv": _as_csv}[form](found))


@identity.command("explain")
@click.argument("left")
@click.argument("right")
@click.option("--show-values", is_flag=True, help="Print what the records say too: personal data.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def explain_command(left: str, right: str, show_values: bool, form: str) -> None:
    """Say why two source customers are one golden customer, or two.

    LEFT and RIGHT are system:customer_id, as crm:C1 web:77. Evidence is in bits: each bit doubles the odds.
    It is judged anew by the models' own rules, so pairs that no run compares can be asked about too.
    """
    found = explain(left, right, show_values)
    click.echo(_as_json(found) if form == "json" else _explained(found))


@identity.command("bench")
@click.option(
    "--records",
    multiple=True,
    type=click.IntRange(1000),
    default=(50_000, 500_000),
    show_default=True,
    help="Sizes, about, each with Splink beside it.",
)
@click.option(
    "--alone",
    multiple=True,
    type=click.IntRange(1000),
    default=(1_000_000,),
    show_default=True,
    help="Sizes without Splink.",
)
@click.option(
    "--keep",
    default="data/bench",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where worlds and warehouses are put; some gigabytes.",
)
@click.option(
    "--out",
    default="docs/identity.md",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page that the figures are written into, between its markers.",
)
def bench_command(records: tuple[int, ...], alone: tuple[int, ...], keep: Path, out: Path) -> None:
    """Measure accuracy, seconds and memory beside Splink, on the same generated records.

    A quarter of an hour, on a machine that does nothing else. Splink wants an environment of its own,
    .venv-splink, which `make bench` sets up; without it our side is measured alone.
    """
    from cap.identity.bench import run

    click.echo(run(list(records), list(alone), keep, out, click.echo))


def _trained(trained: Trained) -> str:
    lines = [
        f"{trained.records:,} records; {trained.matches_per_record:.2f} matches per record expected, of "
        f"{sum(session.pairs for session in trained.model.sessions):,.0f} pairs in "
        f"{len(trained.model.sessions)} blocks",
        "",
        f"{'comparison':15}  {'bits, from the least agreement to the most':60}",
    ]
    clamped = set(trained.clamped)
    for name in dict.fromkeys(row.comparison for row in trained.weights):
        bits = [
            f"{float(row.weight):+.1f}{'*' if (name, row.level) in clamped else ''}"
            for row in trained.weights
            if row.comparison == name
        ]
        note = "  (kept: too little data)" if name in trained.kept else ""
        lines.append(f"{name:15}  {'  '.join(bits)}{note}")
    if clamped:
        lines.append("* seen in hardly any match: held within its neighbours' weights")
    lines += ["", f"{len(trained.names):,} common names"]
    return "\n".join(lines)


def _evaluated(found: Evaluation) -> str:
    scores = found.automatic
    lines = [
        f"{scores.records:,} source customers of {scores.persons:,} persons, "
        f"in {scores.clusters:,} golden customers"
    ]
    if found.without_truth or found.truth_not_found:
        lines.append(
            f"left out: {found.without_truth:,} without truth; "
            f"{found.truth_not_found:,} of the truth are not in the warehouse"
        )
    lines += ["", f"{'':24}{'automatic':>25}{'queue answered':>25}"]
    for name, label in (("precision", "pair precision"), ("recall", "pair recall"), ("f1", "pair F1")):
        both = [_interval(getattr(one, name)) for one in (found.automatic, found.answered)]
        lines.append(f"{label:24}{both[0]:>25}{both[1]:>25}")
    for name, label in (
        ("b_cubed_precision", "B-cubed precision"),
        ("b_cubed_recall", "B-cubed recall"),
        ("b_cubed_f1", "B-cubed F1"),
        ("persons_exactly_right", "persons exactly right"),
    ):
        both = [f"{getattr(one, name):.4f}" for one in (found.automatic, found.answered)]
        lines.append(f"{label:24}{both[0]:>25}{both[1]:>25}")
    for name, label in (("clusters", "golden customers"), ("largest_cluster", "largest")):
        both = [f"{getattr(one, name):,}" for one in (found.automatic, found.answered)]
        lines.append(f"{label:24}{both[0]:>25}{both[1]:>25}")
    share = found.customers_in_review / scores.records
    asked = found.customers_asked_about / scores.records
    lines += [
        "",
        f"In review: {found.customers_in_review:,} source customers ({share:.1%}); "
        f"{found.questions:,} questions, which name {found.customers_asked_about:,} ({asked:.1%})",
        "",
        f"{'size':8}{'golden':>10}{'answered':>10}{'persons':>10}",
    ]
    for size in dict.fromkeys([*scores.sizes, *found.answered.sizes]):
        golden, persons = scores.sizes.get(size, (0, 0))
        answered = found.answered.sizes.get(size, (0, 0))[0]
        lines.append(f"{size:8}{golden:>10,}{answered:>10,}{persons:>10,}")
    lines += _shares("Links, and how many are one person", found.methods)
    lines += _shares("Questions, and how many are one person", found.reasons)
    lines += _shares("Pairs of one person that are apart", found.missed, is_share=False)
    lines += _shares("Pairs of two persons that are together", found.wrong, is_share=False)
    return "\n".join(lines)


def _shares(title: str, shares: list[Share], is_share: bool = True) -> list[str]:
    lines = ["", f"{title}:" if shares else f"{title}: none"]
    for one in shares[:SHOWN_AT_MOST]:
        share = f"{one.right / one.total:>9.2%}" if is_share else ""
        lines.append(f"  {one.name:46}{one.total:>10,}{share}")
    return lines


def _interval(interval: Interval) -> str:
    if math.isnan(interval.estimate):
        return "–"
    return f"{interval.estimate:.4f} ({interval.low:.4f}–{interval.high:.4f})"


def _explained(found: Explanation) -> str:
    lines = [f"{found.left} and {found.right}", ""]
    for one in found.evidence:
        bar = ("+" if one.bits > 0 else "-") * min(round(abs(one.bits) / BAR_BITS), 12)
        lines.append(f"  {one.name:21}{one.bits:>+8.2f}  {bar:12}  {one.meaning}".rstrip())
        if one.left_value or one.right_value:
            lines.append(f"  {'':31}  {'':12}  {one.left_value or '–'} | {one.right_value or '–'}")
    lines += [
        f"  {'sum':21}{found.match_weight:>+8.2f}  {'':12}  probability {found.match_probability:.4f}",
        "",
    ]
    if not found.was_compared:
        lines.append("No shared key: never compared in a run.")
    if found.versions > 1:
        lines.append(f"Of {found.versions:,} pairs of their record versions this one decides.")
    if found.sure_method:
        lines.append(f"Enough in itself: {found.sure_method.replace('_', ' ')}.")
    if found.veto:
        lines.append(f"Against it: {found.veto.replace('_', ' ')}.")
    told = {"link": "one person", "review": "ask a steward", "no": "not linked"}[found.decision]
    lines.append(f"This pair in itself: {told}.")
    if found.steward_decision:
        lines.append(f"A steward said: {found.steward_decision}.")
    lines.append(_outcome(found))
    if len(found.chain) > 1:
        lines += [
            f"  {link.left} – {link.right}: {link.method.replace('_', ' ')}, {link.bits:+.2f} bits"
            for link in found.chain
        ]
    return "\n".join(lines)


def _outcome(found: Explanation) -> str:
    if not found.is_one_customer:
        return f"Two golden customers: {found.left_golden_id} and {found.right_golden_id}."
    if len(found.chain) == 1:
        return f"One golden customer, {found.left_golden_id}, linked to each other."
    others = len(found.chain) - 1
    through = "another" if others == 1 else f"{others:,} others"
    return f"One golden customer, {found.left_golden_id}, through {through}:"


def _as_json(found: Evaluation | Explanation) -> str:
    return json.dumps(_without_nan(asdict(found)), indent=2, ensure_ascii=False)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _as_csv(found: Evaluation) -> str:
    """One figure a line: its name, the estimate, and its interval where it has one."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("figure", "estimate", "low", "high"))
    for label, scores in (("automatic", found.automatic), ("answered", found.answered)):
        for name, value in asdict(scores).items():
            if isinstance(getattr(scores, name), Interval):
                out.writerow((f"{label}.{name}", value["estimate"], value["low"], value["high"]))
            elif not isinstance(value, dict):
                out.writerow((f"{label}.{name}", value, "", ""))
    for name in (
        "without_truth",
        "truth_not_found",
        "questions",
        "customers_in_review",
        "customers_asked_about",
    ):
        out.writerow((name, getattr(found, name), "", ""))
    for name in ("methods", "reasons", "missed", "wrong"):
        for share in getattr(found, name):
            out.writerow((f"{name}.{share.name}", share.total, "", ""))
            if name in ("methods", "reasons"):
                out.writerow((f"{name}.{share.name}.right", share.right, "", ""))
    return text.getvalue().rstrip("\n")
