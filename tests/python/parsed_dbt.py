"""A script: dbt on a project that was parsed before: parsing takes longer than most of what tests run.

    python parsed_dbt.py <partial_parse.msgpack> <arguments of dbt>

The file is what `dbt parse` left for a warehouse of the same name: that name is in the relations' names.
"""

import sys
from pathlib import Path

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder


def main() -> None:
    parsed = Path(sys.argv[1]).read_bytes()
    manifest = Manifest.from_msgpack(parsed, decoder=extended_mashumuro_decoder)
    done = dbtRunner(manifest=manifest).invoke(sys.argv[2:])
    if done.exception:
        print(done.exception, file=sys.stderr)
    sys.exit(not done.success)


if __name__ == "__main__":
    main()
