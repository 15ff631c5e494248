"""Find the files of each bronze table, and say plainly when the folder is not a bronze folder."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from cap.errors import CapError
from cap.load.contract import Table
from cap.load.problems import Problems, look_alike

FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".ndjson": "json",
    ".jsonl": "json",
}
COMPRESSIONS = (".gz", ".zst")


@dataclass
class BronzeFile:
    """One delivered file. The inspection of its format fills what follows `size`.

    - `columns`: name as delivered -> DuckDB type, of the columns it delivers (VARCHAR for text formats)
    - `header`: CSV only, every name of the header in order
    - `layout`: what a reader needs beyond that (CSV: delimiter; JSON: newline_delimited or array)
    - `read_paths`: what DuckDB reads: the file, or the Parquet copies Python made of a difficult one
    - `reader`: parquet, csv or json, by which DuckDB reads `read_paths`
    """

    path: Path
    name: str  # <table>/…/file, for messages
    table: str
    format: str
    compression: str
    size: int
    partition_values: dict[str, str]  # from k=v folders below the table's folder
    columns: dict[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    layout: str = ""
    read_paths: list[str] = field(default_factory=list)
    reader: str = ""

    def scratch_folder(self, scratch: Path) -> Path:
        """A new folder for copies of this file, in folders that name its partition values."""
        folder = scratch / str(sum(1 for _ in scratch.iterdir()))
        folder = folder.joinpath(*(f"{key}={quote(value)}" for key, value in self.partition_values.items()))
        folder.mkdir(parents=True)
        return folder


@dataclass
class Found:
    """What lies in the bronze folder: files by table, and what was passed over."""

    files: dict[str, list[BronzeFile]] = field(default_factory=dict)
    ignored_files: dict[str, list[str]] = field(default_factory=dict)
    ignored_entries: list[str] = field(default_factory=list)


def find_files(root: Path, tables: dict[str, Table], problems: Problems) -> Found:
    """The files below `root`, by table. A table without a folder, or with an empty one, is absent.

    Names that start with `.` or `_` are hidden, as they are to Spark. Raises CapError when `root` is not a
    bronze folder at all; what is wrong with a single folder or file goes to `problems`.
    """
    entries = _entries(root)
    folders = {entry.name: entry for entry in entries if entry.is_dir() and not _is_hidden(entry.name)}
    _require_bronze_folder(root, entries, folders, tables)

    found = Found()
    for name, folder in folders.items():
        if name in tables:
            files, ignored = _walk(folder, name, problems)
            found.files[name], found.ignored_files[name] = files, ignored
            continue
        meant = look_alike(name, (table for table in tables if table not in folders))
        if meant and _holds_data(folder):
            problems.add(
                f"folder {name} is no table of the contract",
                f"Did you mean {meant}? Rename the folder, or move it elsewhere if it is something else",
            )
        else:
            found.ignored_entries.append(f"{name}/")
    found.ignored_entries += sorted(
        entry.name for entry in entries if not entry.is_dir() and not _is_hidden(entry.name)
    )
    return found


def _entries(root: Path) -> list[Path]:
    try:
        return sorted(root.iterdir())
    except FileNotFoundError:
        raise CapError(
            f"no such folder: {root}. Set CAP_BRONZE_PATH to the folder that holds one folder per table, "
            "or run `cap generate` for sample data."
        ) from None
    except NotADirectoryError:
        raise CapError(
            f"{root} is a file. CAP_BRONZE_PATH is the folder that holds one folder per table: "
            "<path>/web_pageviews/part-0.parquet and so on."
        ) from None
    except OSError as error:
        raise CapError(
            f"cannot read the folder {root}: {error.strerror}. Give this user the right to read it."
        ) from None


def _require_bronze_folder(
    root: Path, entries: list[Path], folders: dict[str, Path], tables: dict[str, Table]
) -> None:
    """Raise CapError, with the likeliest mistake, when no folder in `root` is a table's."""
    if any(name in tables for name in folders):
        return
    example = f"{root}/web_pageviews/part-0.parquet"
    data_files = [entry.name for entry in entries if entry.is_file() and _format_of(entry.name)]
    is_table = root.name in tables and (data_files or any("=" in name for name in folders))
    if is_table:
        raise CapError(
            f"{root} is the folder of one table, {root.name}. "
            f"Set CAP_BRONZE_PATH to its parent: {root.parent}"
        )
    if not entries:
        raise CapError(
            f"{root} is empty. Put one folder per table in it ({example} and so on), "
            "or unset CAP_BRONZE_PATH to build on sample data."
        )
    for name, folder in folders.items():
        if any((folder / table).is_dir() for table in tables):
            raise CapError(f"{root} holds no table, but {folder} does. Set CAP_BRONZE_PATH to {folder}")
        meant = look_alike(name, tables)
        if meant:
            raise CapError(
                f"{root} holds no folder of the 27 tables. Its folder {name}: did you mean {meant}? "
                "Rename it."
            )
    for name in data_files:
        stem = name.split(".")[0].lower()
        table = stem if stem in tables else look_alike(stem, tables)
        if table:
            raise CapError(
                f"{root} holds files where folders are expected. Move {name} into a folder named for its "
                f"table: {root}/{table}/{name}"
            )
    raise CapError(
        f"{root} holds no folder named for one of the 27 tables (contract/tables.csv, layer bronze). "
        f"Expected: {example} and so on."
    )


def _walk(folder: Path, table: str, problems: Problems) -> tuple[list[BronzeFile], list[str]]:
    files: list[BronzeFile] = []
    ignored: list[str] = []
    been: set[tuple[int, int]] = set()

    def unreadable(error: OSError) -> None:
        problems.add(
            f"folder {Path(error.filename).relative_to(folder.parent)} cannot be read ({error.strerror})",
            "Give this user the right to read it",
            table=table,
        )

    for at, folders, names in os.walk(folder, onerror=unreadable, followlinks=True):
        status = Path(at).stat()
        if (status.st_dev, status.st_ino) in been:  # a link that leads back up
            folders.clear()
            continue
        been.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(names):
            path = Path(at, name)
            if _is_hidden(name) or not _format_of(name):
                ignored.append(str(path.relative_to(folder)))
                continue
            file = _describe(path, folder, table, problems)
            if file:
                files.append(file)
    return files, ignored


def _describe(path: Path, folder: Path, table: str, problems: Problems) -> BronzeFile | None:
    name = str(path.relative_to(folder.parent))
    try:
        name.encode()
        with path.open("rb"):
            size = path.stat().st_size
    except UnicodeEncodeError:
        shown = name.encode(errors="replace").decode()
        problems.add("the file's name is not UTF-8", "Rename it", table=table, file=shown)
        return None
    except OSError as error:
        problems.add(
            f"the file cannot be read ({error.strerror})",
            "Give this user the right to read it, or remove it",
            table=table,
            file=name,
        )
        return None
    if size == 0:
        problems.add(
            "the file is empty (0 bytes)",
            "Deliver it again, or remove it if it has no rows",
            table=table,
            file=name,
        )
        return None
    format_, compression = _format_of(path.name)
    parts = path.relative_to(folder).parts[:-1]
    values = dict(part.split("=", 1) for part in parts if "=" in part)
    return BronzeFile(
        path=path,
        name=name,
        table=table,
        format=format_,
        compression=compression,
        size=size,
        partition_values={key: unquote(value) for key, value in values.items()},
        read_paths=[str(path)],
        reader=format_,
    )


def _format_of(name: str) -> tuple[str, str] | None:
    """(format, compression) by the ending of a file's name, or None when it is no data file."""
    path = Path(name.lower())
    compression = path.suffix if path.suffix in COMPRESSIONS else ""
    ending = Path(path.stem).suffix if compression else path.suffix
    if ending not in FORMATS or (compression == ".zst" and FORMATS[ending] == "parquet"):
        return None
    return FORMATS[ending], compression


def _holds_data(folder: Path) -> bool:
    return any(_format_of(name) for _, _, names in os.walk(folder) for name in names)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "_"))
