"""Parquet files: which columns they deliver, whether they are whole, and how to read broken text."""

import gzip
import shutil
import struct
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from cap.load.discover import BronzeFile
from cap.load.footer import without_text_marks
from cap.load.problems import Problems
from cap.load.sql import file_list, identifier

MAGIC = b"PAR1"
# The type given to a column with children (struct, list, map), which DuckDB names only by its parts.
NESTED = "NESTED"
CUT = "the file is cut off or damaged: it does not end as a Parquet file does"
DELIVER_AGAIN = "Deliver it again, or remove it"


def inspect_parquet(
    connection: duckdb.DuckDBPyConnection, files: list[BronzeFile], scratch: Path, problems: Problems
) -> list[BronzeFile]:
    """Fill `columns` of each file; return the files that can be read, the others go to `problems`."""
    for file in files:
        if file.compression:
            _unzip(file, file.scratch_folder(scratch) / "unpacked.parquet", problems)
    with ThreadPoolExecutor(4) as pool:
        whole = list(pool.map(_is_whole, files))
    for file, is_whole in zip(files, whole, strict=True):
        if not is_whole and file.read_paths:
            problems.add(CUT, DELIVER_AGAIN, table=file.table, file=file.name)
    candidates = [file for file, is_whole in zip(files, whole, strict=True) if is_whole]
    schemas = _schemas(connection, candidates, problems)
    readable = []
    for file in candidates:
        if file.read_paths[0] in schemas:
            file.columns = schemas[file.read_paths[0]]
            readable.append(file)
    return readable


def mend_broken_text(
    connection: duckdb.DuckDBPyConnection,
    files: list[BronzeFile],
    wanted: Iterable[str],
    scratch: Path,
    problems: Problems,
) -> list[str]:
    """Find the files whose text columns hold bytes that are not UTF-8 and make them readable.

    DuckDB refuses such a file, and only when the column is read, so every text column is read once here. A
    copy in `scratch`, equal but for the marks in its footer that say «this is text», reads as bytes; the
    file's `read_paths` and `columns` then name the copy. `wanted` are the lower-case names of the table's
    columns: nobody reads the others. Returns the names of the files mended.
    """
    suspects = list(files)
    mended = []
    while suspects:
        broken = _first_broken(connection, suspects, set(wanted), problems)
        if broken is None:
            return mended
        suspects.remove(broken)
        copy = broken.scratch_folder(scratch) / "mended.parquet"
        try:
            copy.write_bytes(without_text_marks(Path(broken.read_paths[0]).read_bytes()))
        except (ValueError, IndexError):
            problems.add(CUT, DELIVER_AGAIN, table=broken.table, file=broken.name)
            continue
        broken.read_paths = [str(copy)]
        broken.columns = _schemas(connection, [broken], problems).get(str(copy), {})
        mended.append(broken.name)
    return mended


def _unzip(file: BronzeFile, to: Path, problems: Problems) -> None:
    try:
        with gzip.open(file.path) as packed, to.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
        file.read_paths = [str(to)]
    except (OSError, EOFError, zlib.error):
        file.read_paths = []
        problems.add(
            "the file is cut off or damaged: it does not unpack",
            DELIVER_AGAIN,
            table=file.table,
            file=file.name,
        )


def _is_whole(file: BronzeFile) -> bool:
    """Whether the file begins and ends as Parquet does and its footer fits in it."""
    if not file.read_paths:
        return False
    with Path(file.read_paths[0]).open("rb") as content:
        if content.read(4) != MAGIC:
            return False
        size = content.seek(0, 2)
        if size < 12:
            return False
        content.seek(-8, 2)
        length, magic = struct.unpack("<I4s", content.read(8))
    return magic == MAGIC and length + 12 <= size


def _schemas(
    connection: duckdb.DuckDBPyConnection, files: list[BronzeFile], problems: Problems
) -> dict[str, dict[str, str]]:
    """Path -> column -> DuckDB type, in one query; where that fails, half by half down to the bad files."""
    if not files:
        return {}
    try:
        rows = connection.execute(
            "select file_name, name, coalesce(num_children, 0), "
            "if(repetition_type = 'REPEATED', null, duckdb_type) "
            f"from parquet_schema({file_list(file.read_paths[0] for file in files)}) "
            "order by file_name, column_id"
        ).fetchall()
    except duckdb.Error:
        if len(files) == 1:
            problems.add(
                "the file is damaged: its footer does not read",
                DELIVER_AGAIN,
                table=files[0].table,
                file=files[0].name,
            )
            return {}
        half = len(files) // 2
        return _schemas(connection, files[:half], problems) | _schemas(connection, files[half:], problems)
    elements: dict[str, list[tuple[str, int, str | None]]] = {}
    for path, name, children, type_ in rows:
        elements.setdefault(path, []).append((name, children, type_))
    return {path: _top_level(parts) for path, parts in elements.items()}


def _top_level(elements: list[tuple[str, int, str | None]]) -> dict[str, str]:
    """The columns of a schema given depth first, root first, as (name, number of children, type)."""
    columns = {}
    at = 1
    while at < len(elements):
        name, children, type_ = elements[at]
        columns[name] = NESTED if children or type_ is None else type_
        pending = children
        at += 1
        while pending:
            pending += elements[at][1] - 1
            at += 1
    return columns


def _first_broken(
    connection: duckdb.DuckDBPyConnection, files: list[BronzeFile], wanted: set[str], problems: Problems
) -> BronzeFile | None:
    """A file of `files` whose text is not UTF-8, found by reading all of them once, or None.

    A file that does not read for another reason (a damaged page) is taken out of `files`.
    """
    groups: dict[tuple[str, ...], list[BronzeFile]] = {}
    for file in files:
        texts = [
            name
            for name, type_ in file.columns.items()
            if type_ in ("VARCHAR", "JSON", NESTED) and name.strip().lower() in wanted
        ]
        if texts:
            groups.setdefault(tuple(sorted(texts)), []).append(file)
    for texts, group in groups.items():
        broken = _bisect(connection, group, texts)
        if broken is None:
            continue
        file, is_text = broken
        if is_text:
            return file
        files.remove(file)
        problems.add(
            "the file is damaged: a part of it does not read", DELIVER_AGAIN, table=file.table, file=file.name
        )
        return _first_broken(connection, files, wanted, problems)
    return None


def _bisect(
    connection: duckdb.DuckDBPyConnection, files: list[BronzeFile], columns: tuple[str, ...]
) -> tuple[BronzeFile, bool] | None:
    """The first file that does not read, and whether its text is to blame; None when all do."""
    lengths = ", ".join(f"max(strlen(cast({identifier(column)} as varchar)))" for column in columns)
    paths = file_list(file.read_paths[0] for file in files)
    try:
        connection.execute(
            f"select {lengths} from read_parquet({paths}, hive_partitioning = false)"
        ).fetchall()
    except duckdb.Error as error:
        if len(files) == 1:
            return files[0], "is not valid UTF8" in str(error)
        half = len(files) // 2
        return _bisect(connection, files[:half], columns) or _bisect(connection, files[half:], columns)
    return None
