"""Splink on standardised records, in .venv-splink: what `cap identity bench` compares with.

    .venv-splink/bin/python scripts/cap/identity/splink_side.py records.parquet clusters.parquet report.json

Uses Splink's own comparisons, its training without labels, and connected components at probability 0.95; it
blocks by the same keys as our side (columns k0 to k22), so that both compare the same pairs.
"""

import json
import sys
import time
from pathlib import Path

import pyarrow.parquet
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

# the keys our side blocks by, so that both compare the same pairs
BLOCKS = [block_on(f"k{rule}") for rule in range(23)]
SURE = [block_on("tax_id"), block_on("ssn_last_four", "birth_date")]


def main() -> None:
    """Train, predict, cluster; write the clusters and the seconds."""
    records, clusters, report = sys.argv[1:]
    began = time.perf_counter()
    api = DuckDBAPI()
    frame = api.register(pyarrow.parquet.read_table(records))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("birth_date", [1, 2]),
            cl.LevenshteinAtThresholds("tax_id", [1, 2]),
            cl.ExactMatch("ssn_last_four"),
            cl.EmailComparison("email"),
            cl.LevenshteinAtThresholds("phone", [1, 2]),
            cl.LevenshteinAtThresholds("street", [1, 3]),
            cl.ExactMatch("zip_code").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=BLOCKS,
        retain_matching_columns=False,
    )
    linker = Linker(frame, settings, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(SURE, recall=0.3)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("first_name", "last_name"), block_on("birth_date"), block_on("email")):
        training.estimate_parameters_using_expectation_maximisation(rule)
    trained = time.perf_counter()
    pairs = linker.inference.predict(threshold_match_probability=0.95)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_probability=0.95
    )
    found.as_duckdbpyrelation().select("cluster_id, record_key").write_parquet(clusters)
    done = time.perf_counter()
    Path(report).write_text(json.dumps({"train": trained - began, "match": done - trained}))


if __name__ == "__main__":
    main()
