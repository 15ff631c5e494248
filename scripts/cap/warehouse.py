"""The built warehouse, read-only, and in a sentence what is wrong with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from cap.errors import CapError
from cap.load.settings import database_path, require_project_folder


@contextmanager
def opened(path: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the built warehouse, `path` or $CAP_DUCKDB_PATH; times are UTC.

    Raises CapError where there is none, where another holds it, and where a table is missing.
    """
    if path is None:
        require_project_folder()
        path = database_path()
    if not path.is_file():
        raise CapError(f"there is no warehouse {path}. Build it first: cap build.")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise CapError(f"cannot open {path}: {reason}. Is a build or another program using it?") from None
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
    except duckdb.CatalogException as error:
        reason = str(error).splitlines()[0].rstrip("!. ")
        raise CapError(f"{path} is not built whole: {reason}. Build it first: cap build.") from None
    finally:
        connection.close()
