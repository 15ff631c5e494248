"""What CSV and JSON files have in common: opening them whatever their packing, seeing that they are whole."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import duckdb
import polars as pl

from cap.load.discover import BronzeFile

DELIVER_AGAIN = "Deliver it again, or remove it"
DAMAGED = "the file is cut off or damaged: it does not unpack to its end"
CHUNK = 1 << 20
BATCH_ROWS = 50_000
ZSTD_FRAME, ZSTD_SKIPPABLE = 0xFD2FB528, 0x184D2A50


class Unreadable(Exception):
    """Why a file does not read, in words that quote nothing of it: `args` are what and remedy."""


def open_bytes(file: BronzeFile) -> BinaryIO:
    """The unpacked bytes of a plain or gzipped file. Zstandard is only DuckDB's to unpack: Unreadable."""
    if file.compression == ".gz":
        return gzip.open(file.path)  # type: ignore[return-value]
    if file.compression == ".zst":
        remedy = f"Unpack it: zstd -d {file.path.name}"
        raise Unreadable("a .zst file must be strict UTF-8 without faults", remedy)
    return file.path.open("rb")


def first_bytes(connection: duckdb.DuckDBPyConnection, file: BronzeFile, count: int) -> bytes:
    """The first `count` unpacked bytes or so. Raises Unreadable when the file is damaged."""
    if file.compression == ".zst":
        try:
            # as a CSV of one column per line: a delimiter and a quote that cannot be in text
            rows = connection.execute(
                "select line from read_csv(?, columns = {line: 'VARCHAR'}, auto_detect = false, "
                "header = false, delim = '\x01', quote = '', escape = '') limit 20",
                [str(file.path)],
            ).fetchall()
        except duckdb.Error:
            raise Unreadable(DAMAGED, DELIVER_AGAIN) from None
        return "\n".join(line or "" for (line,) in rows).encode()
    try:
        with open_bytes(file) as content:
            return content.read(count)
    except (OSError, EOFError, zlib.error):
        raise Unreadable(DAMAGED, DELIVER_AGAIN) from None


def is_whole(file: BronzeFile) -> bool:
    """Whether a packed file unpacks to its end. DuckDB reads the rest of a cut one as if it were all."""
    try:
        if file.compression == ".gz":
            with gzip.open(file.path) as content:
                while content.read(CHUNK):
                    pass
        elif file.compression == ".zst":
            return _is_whole_zstd(file.path)
    except (OSError, EOFError, zlib.error):
        return False
    return True


def _is_whole_zstd(path: Path) -> bool:
    """Walk the frames and blocks of a Zstandard file (RFC 8878, section 3.1) without unpacking them."""
    size = path.stat().st_size
    with path.open("rb") as content:
        while magic := content.read(4):
            number = int.from_bytes(magic, "little")
            if number & 0xFFFFFFF0 == ZSTD_SKIPPABLE:
                content.seek(int.from_bytes(content.read(4), "little"), 1)
            elif number != ZSTD_FRAME or not _skip_zstd_frame(content):
                return False
            if content.tell() > size:
                return False
    return True


def _skip_zstd_frame(content: BinaryIO) -> bool:
    descriptor = content.read(1)
    if not descriptor:
        return False
    flags = descriptor[0]
    is_single_segment, has_checksum = flags >> 5 & 1, flags >> 2 & 1
    size_bytes = (is_single_segment, 2, 4, 8)[flags >> 6]
    dictionary_bytes = (0, 1, 2, 4)[flags & 3]
    content.seek((not is_single_segment) + dictionary_bytes + size_bytes, 1)
    while True:
        header = content.read(3)
        if len(header) < 3:
            return False
        block = int.from_bytes(header, "little")
        content.seek(1 if block >> 1 & 3 == 1 else block >> 3, 1)  # type 1 repeats one byte
        if block & 1:
            content.seek(4 * has_checksum, 1)
            return True


def positional_names(file: BronzeFile) -> list[str]:
    """c0, c1, …: the names under which the fields of a header are read, since its own names may clash."""
    return [f"c{position}" for position in range(len(file.header))]


def write_batches(rows: Iterator[list[str | None]], columns: list[str], folder: Path) -> list[str]:
    """Write rows (one text or None per column) as Parquet files of BATCH_ROWS rows in `folder`; their paths.

    Without rows one empty file is written, so that there is something to read.
    """
    schema = dict.fromkeys(columns, pl.String)
    paths: list[str] = []
    batch: list[list[str | None]] = []

    def write() -> None:
        path = folder / f"{len(paths)}.parquet"
        pl.DataFrame(batch, schema=schema, orient="row").write_parquet(path)
        paths.append(str(path))
        batch.clear()

    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS:
            write()
    if batch or not paths:
        write()
    return paths
