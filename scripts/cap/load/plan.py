"""From inspected files to SQL: which files are read together, each bronze column's type and expression."""

from collections.abc import Iterator
from dataclasses import dataclass

from cap.load.contract import INGESTION_TIMESTAMP, Table
from cap.load.discover import BronzeFile
from cap.load.inspect import Inspected, partition_columns, plain_name
from cap.load.sql import as_bronze, bronze_type, file_list, identifier, literal
from cap.load.textfiles import positional_names


@dataclass
class Group:
    """Files of one table that one reader call reads: same reader, columns, types and layout.

    `delivered`: contract column -> (quoted name to read it by, DuckDB type). A call over files that are alike
    binds by the first one's schema: with thousands of files that is what keeps a view fast.
    """

    files: list[BronzeFile]
    delivered: dict[str, tuple[str, str]]
    has_partitions: bool


@dataclass
class Plan:
    """How one bronze table is made.

    - `types`: column -> its type in bronze, in contract order
    - `is_view`: whether all of it is Parquet where it was delivered; else it is a table
    - `dates_itself`: whether a group lacks the ingestion timestamp and its event timestamp stands in
    """

    table: Table
    types: dict[str, str]
    groups: list[Group]
    is_view: bool
    dates_itself: bool

    def select(self, group: Group) -> str:
        """The query that reads a group as rows of the bronze table."""
        columns = []
        for name, wanted in self.types.items():
            source = group.delivered.get(name) or _stand_in(name, group, self.table)
            expression = as_bronze(*source, wanted) if source else f"cast(null as {wanted})"
            columns.append(f"{expression} as {identifier(name)}")
        return f"select {', '.join(columns)} from {_reader(group)}"

    def view(self) -> str:
        """The query over all groups."""
        return " union all ".join(self.select(group) for group in self.groups)


def make_plan(inspected: Inspected) -> Plan:
    """Group the table's files and decide each column's type over all of them."""
    table = inspected.table
    groups = list(_groups(inspected.files, table))
    types = {}
    for column, contract_type in table.columns.items():
        sources = [group.delivered.get(column) or _stand_in(column, group, table) for group in groups]
        types[column] = bronze_type(contract_type, {source[1] for source in sources if source})
    return Plan(
        table=table,
        types=types,
        groups=groups,
        is_view=all(
            file.reader == "parquet" and file.read_paths == [str(file.path)] for file in inspected.files
        ),
        dates_itself=any(INGESTION_TIMESTAMP not in group.delivered for group in groups),
    )


def regroup(group: Group, table: Table) -> Iterator[Group]:
    """The group's files one by one, as they are now: after one was rewritten it is read another way."""
    for file in group.files:
        yield from _groups([file], table)


def _groups(files: list[BronzeFile], table: Table) -> Iterator[Group]:
    alike: dict[tuple[object, ...], list[BronzeFile]] = {}
    for file in files:
        alike.setdefault(_likeness(file, table), []).append(file)
    for members in alike.values():
        yield Group(
            members,
            _delivered(members, table),
            any(partition_columns(file, table) for file in members),
        )


def _likeness(file: BronzeFile, table: Table) -> tuple[object, ...]:
    """What files must share to be read together."""
    partitions = frozenset(file.partition_values if partition_columns(file, table) else ())
    if file.reader == "json":
        # missing keys are null to the reader anyway; only names written otherwise, and stand-ins, tell apart
        named = {name for name in file.columns if plain_name(name) in table.columns}
        odd = frozenset(name for name in named if name not in table.columns)
        return "json", file.layout, odd, INGESTION_TIMESTAMP in map(plain_name, named), partitions
    if file.header:
        return file.reader, file.layout, file.header, partitions
    wanted = frozenset(item for item in file.columns.items() if plain_name(item[0]) in table.columns)
    return file.reader, wanted, partitions


def _delivered(files: list[BronzeFile], table: Table) -> dict[str, tuple[str, str]]:
    delivered = {}
    for file in files:
        read_names = dict(zip(file.header, positional_names(file), strict=True)) if file.header else {}
        for name, type_ in file.columns.items():
            if plain_name(name) in table.columns and (not file.header or name in read_names):
                delivered[plain_name(name)] = (identifier(read_names.get(name, name)), type_)
        for name, key in partition_columns(file, table).items():
            delivered[name] = (identifier(key), "VARCHAR")
    return delivered


def _stand_in(column: str, group: Group, table: Table) -> tuple[str, str] | None:
    """When a row arrived is taken to be when it happened, if the export does not say."""
    return group.delivered.get(table.event_timestamp) if column == INGESTION_TIMESTAMP else None


def _reader(group: Group) -> str:
    first = group.files[0]
    paths = file_list(path for file in group.files for path in file.read_paths)
    partitions = f"hive_partitioning = {str(group.has_partitions).lower()}, hive_types_autocast = false"
    if first.reader == "csv":
        fields = ", ".join(f"{name}: 'VARCHAR'" for name in positional_names(first))
        return (
            f"read_csv({paths}, columns = {{{fields}}}, auto_detect = false, header = true, "
            f"strict_mode = true, delim = {literal(first.layout)}, quote = '\"', escape = '\"', {partitions})"
        )
    if first.reader == "json":
        folders = {identifier(key) for key in first.partition_values} if group.has_partitions else set()
        keys = sorted({name for name, _ in group.delivered.values()} - folders)
        fields = ", ".join(f"{name}: 'VARCHAR'" for name in keys)
        return (
            f"read_json({paths}, columns = {{{fields}}}, format = '{first.layout}', auto_detect = false, "
            f"{partitions})"
        )
    return f"read_parquet({paths}, {partitions})"
