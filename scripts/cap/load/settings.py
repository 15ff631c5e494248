"""Where things are: the project's folder, the bronze folder and the DuckDB file."""

import os
from pathlib import Path

from cap.errors import CapError

PROJECT_FILE = Path("dbt_project.yml")
CONTRACT = Path("contract/columns.csv")
DEFAULT_BRONZE = Path("data/bronze")
DEFAULT_DATABASE = Path("data/customer_analytics.duckdb")


def require_project_folder() -> None:
    """Raise CapError unless the working folder is the project's: dbt and the defaults are relative to it."""
    if not PROJECT_FILE.is_file():
        raise CapError(
            f"{Path.cwd()} is not the project's folder (it has no {PROJECT_FILE}): cd there first."
        )


def bronze_folder() -> Path:
    """$CAP_BRONZE_PATH or its default, absolute: views keep the paths and are read from other folders too."""
    return Path(os.environ.get("CAP_BRONZE_PATH") or DEFAULT_BRONZE).expanduser().absolute()


def database_path() -> Path:
    """$CAP_DUCKDB_PATH or its default, absolute."""
    return Path(os.environ.get("CAP_DUCKDB_PATH") or DEFAULT_DATABASE).expanduser().absolute()
