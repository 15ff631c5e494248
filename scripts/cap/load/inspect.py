"""Look into every file: is it whole, what columns has it, and which of the contract's are they."""

import itertools
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from cap.load.contract import Table
from cap.load.csvfiles import inspect_csv
from cap.load.discover import BronzeFile
from cap.load.jsonfiles import find_keys, inspect_json, rewrite_json
from cap.load.parquet import inspect_parquet, mend_broken_text
from cap.load.problems import Problems, look_alike
from cap.load.textfiles import DAMAGED, DELIVER_AGAIN, Unreadable, is_whole

# More names than this in one message help nobody.
NAMED_AT_MOST = 3


@dataclass
class Inspected:
    """The readable files of one table and what there is to tell of them.

    - `delivered`: contract columns that at least one file delivers
    - `unknown`: columns of no contract, as delivered, with the missing column each looks like, or None
    """

    table: Table
    files: list[BronzeFile]
    delivered: set[str] = field(default_factory=set)
    unknown: dict[str, str | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def inspect_table(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    files: list[BronzeFile],
    scratch: Path,
    problems: Problems,
) -> Inspected:
    """Fill in the files of one table (see BronzeFile) and match their columns with the contract's."""
    inspected = Inspected(table, [])
    by_format: dict[str, list[BronzeFile]] = defaultdict(list)
    for file in files:
        by_format[file.format].append(file)
    (scratch / table.name).mkdir()

    parquet = inspect_parquet(connection, by_format["parquet"], scratch / table.name, problems)
    mended = mend_broken_text(connection, parquet, table.columns, scratch / table.name, problems)
    if mended:
        inspected.notes.append(f"{_some(mended)}: text that is not UTF-8, its bytes written as \\xFF")
    texts = _whole_files(by_format["csv"] + by_format["json"], problems)
    csv = _each(
        [file for file in texts if file.format == "csv"],
        lambda file: inspect_csv(connection, file, set(table.columns)),
        problems,
    )
    json = _each(
        [file for file in texts if file.format == "json"],
        lambda file: inspect_json(connection, file),
        problems,
    )
    json = _with_keys(connection, json, table, scratch / table.name, inspected.notes, problems)

    inspected.files = parquet + csv + json
    _match(inspected, problems)
    return inspected


def plain_name(name: str) -> str:
    """A column's name as the contract writes names: no byte order mark, trimmed, lower case."""
    return name.replace("\ufeff", "").strip().lower()


def partition_columns(file: BronzeFile, table: Table) -> dict[str, str]:
    """Contract columns that only the k=v folders of the file's path hold: plain name -> name in the path."""
    in_file = {plain_name(name) for name in file.columns}
    names = {plain_name(key): key for key in file.partition_values}
    return {name: key for name, key in names.items() if name in table.columns and name not in in_file}


def _whole_files(files: list[BronzeFile], problems: Problems) -> list[BronzeFile]:
    with ThreadPoolExecutor(4) as pool:
        whole = list(pool.map(is_whole, files))
    for file, ok in zip(files, whole, strict=True):
        if not ok:
            problems.add(DAMAGED, DELIVER_AGAIN, table=file.table, file=file.name)
    return list(itertools.compress(files, whole))


def _each(
    files: list[BronzeFile], look: Callable[[BronzeFile], None], problems: Problems
) -> list[BronzeFile]:
    """Those files that `look` could look into; the others go to `problems`."""
    good = []
    for file in files:
        try:
            look(file)
        except Unreadable as fault:
            problems.add(*fault.args, table=file.table, file=file.name)
        else:
            good.append(file)
    return good


def _with_keys(
    connection: duckdb.DuckDBPyConnection,
    files: list[BronzeFile],
    table: Table,
    scratch: Path,
    notes: list[str],
    problems: Problems,
) -> list[BronzeFile]:
    """Find the keys of JSON files all at once; the files that are not strict JSON one by one, in Python."""
    odd: list[BronzeFile] = []
    for layout in sorted({file.layout for file in files}):
        odd += _not_strict(connection, [file for file in files if file.layout == layout])

    def rewrite(file: BronzeFile) -> None:
        notes.extend(rewrite_json(file, set(table.columns), scratch))

    good_odd = _each(odd, rewrite, problems)
    return [file for file in files if file not in odd or file in good_odd]


def _not_strict(connection: duckdb.DuckDBPyConnection, files: list[BronzeFile]) -> list[BronzeFile]:
    try:
        find_keys(connection, files)
    except duckdb.Error:
        if len(files) == 1:
            return files
        half = len(files) // 2
        return _not_strict(connection, files[:half]) + _not_strict(connection, files[half:])
    return []


def _match(inspected: Inspected, problems: Problems) -> None:
    table = inspected.table
    unknown: set[str] = set()
    for file in inspected.files:
        names: dict[str, list[str]] = defaultdict(list)
        for name in file.header if file.format == "csv" else file.columns:
            names[plain_name(name)].append(name)
        _refuse_twins(file, table, names, problems)
        present = (names.keys() | partition_columns(file, table)) & table.columns.keys()
        _refuse_missing(file, table, names, present, problems)
        inspected.delivered |= present
        unknown |= {given[0].strip() for name, given in names.items() if name and name not in table.columns}
    missing = [column for column in table.columns if column not in inspected.delivered]
    inspected.unknown = {name: look_alike(name, missing) for name in sorted(unknown)}


def _refuse_twins(file: BronzeFile, table: Table, names: dict[str, list[str]], problems: Problems) -> None:
    for name, given in names.items():
        if len(given) > 1 and name in table.columns:
            shown = " and ".join(f"«{one}»" for one in given)
            problems.add(
                f"the file has it {len(given)} times ({shown}), "
                "and neither case nor spaces tell columns apart",
                "Rename or remove all but one",
                table=table.name,
                file=file.name,
                column=name,
            )


def _refuse_missing(
    file: BronzeFile, table: Table, names: dict[str, list[str]], present: set[str], problems: Problems
) -> None:
    strangers = [given[0] for name, given in names.items() if name not in table.columns]
    for column, why in table.required.items():
        if column in present:
            continue
        meant = look_alike(column, strangers)
        remedy = (
            f"Its column «{meant.strip()}» looks like it: rename that to {column}"
            if meant
            else f"Deliver the file with {column}, or remove the file"
        )
        what = f"missing; it is {why} and cannot be left out"
        problems.add(what, remedy, table=table.name, file=file.name, column=column)


def _some(names: list[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more:,} more" if more > 0 else "")
