"""CSV files: their delimiter and header, and a patient reader for those that DuckDB's fast one refuses."""

import csv
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

from cap.load.discover import BronzeFile
from cap.load.textfiles import (
    DAMAGED,
    DELIVER_AGAIN,
    Unreadable,
    first_bytes,
    open_bytes,
    positional_names,
    write_batches,
)

DELIMITERS = (",", ";", "\t", "|")
HEADER_BYTES = 1 << 20
LONGEST_FIELD = 1 << 28
UTF16 = (b"\xff\xfe", b"\xfe\xff")


def inspect_csv(connection: duckdb.DuckDBPyConnection, file: BronzeFile, contract: set[str]) -> None:
    """Fill the file's header, columns and delimiter: the one that finds most columns of the contract.

    Raises Unreadable when the first record holds none of them.
    """
    start = first_bytes(connection, file, HEADER_BYTES)
    if not start.strip(b"\xef\xbb\xbf\r\n \t"):
        raise Unreadable("the file has no content", "Deliver it again with its header line, or remove it")
    text = _decode(start)
    best: tuple[int, tuple[str, ...], str] = (0, (), "")
    for delimiter in DELIMITERS:
        header = _first_record(text, delimiter)
        hits = len({name.strip().lower() for name in header} & contract)
        if hits > best[0]:
            best = (hits, header, delimiter)
    hits, header, delimiter = best
    if not hits:
        raise Unreadable(
            "its first line names no column of the contract",
            "The first line must hold the columns' names, separated by a comma, semicolon, tab or |",
        )
    file.header, file.layout = header, delimiter
    file.columns = dict.fromkeys(header, "VARCHAR")


def rewrite_csv(file: BronzeFile, scratch: Path) -> list[str]:
    """Read the file in Python, write it as Parquet batches and make the file point there; notes for people.

    Tried in this order: UTF-8 (UTF-16 where the file says so), then Latin-1, in which every byte is a letter;
    quotes inside quotes doubled, then escaped with a backslash. Raises Unreadable with the line's number when
    a record has more or fewer fields than the header: no way of reading it keeps every value in its column.
    """
    notes = []
    with open_bytes(file) as content:
        start = content.read(2)
    encodings = ("utf-16",) if start in UTF16 else ("utf-8-sig", "latin-1")
    fault: Unreadable | None = None
    for encoding in encodings:
        for escape in (None, "\\"):
            try:
                paths = _rewrite(file, encoding, escape, file.scratch_folder(scratch))
            except UnicodeError:
                fault = Unreadable("the text is neither UTF-8 nor UTF-16", "Export it as UTF-8")
                break
            except (OSError, EOFError, zlib.error):
                raise Unreadable(DAMAGED, DELIVER_AGAIN) from None
            except Unreadable as error:
                fault = fault or error
                continue
            if encoding == "latin-1":
                notes.append(f"{file.name} is not UTF-8: read as latin-1")
            if escape:
                notes.append(f"{file.name} escapes quotes with a backslash")
            file.read_paths, file.reader = paths, "parquet"
            return notes
        else:
            break  # the encoding is right, the records are wrong: another encoding mends nothing
    raise fault or Unreadable(DAMAGED, DELIVER_AGAIN)


def _rewrite(file: BronzeFile, encoding: str, escape: str | None, folder: Path) -> list[str]:
    with open_bytes(file) as content, io.TextIOWrapper(content, encoding, newline="") as text:
        records = _records(text, file.layout, escape, len(file.header))
        next(records, None)  # the header
        return write_batches(records, positional_names(file), folder)


def _records(
    text: io.TextIOWrapper, delimiter: str, escape: str | None, fields: int
) -> Iterator[list[str | None]]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(text, delimiter=delimiter, doublequote=escape is None, escapechar=escape, strict=True)
    while True:
        first_line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unreadable(
                f"the record that begins on line {first_line:,} has quotes that do not pair",
                "Double the quotes inside a quoted field, or " + DELIVER_AGAIN.lower(),
            ) from None
        if not record:  # an empty line
            continue
        if len(record) != fields:
            raise Unreadable(
                f"the record on line {first_line:,} has {len(record)} fields, the header {fields}",
                "Quote the fields that hold the delimiter or a line break; if the file was cut, resend it",
            )
        yield [field or None for field in record]


def _decode(content: bytes) -> str:
    if content[:2] in UTF16:
        return content[: len(content) // 2 * 2].decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # a character cut by the end of what was read is no sign of another encoding
        return content.decode("utf-8-sig" if error.start > len(content) - 4 else "latin-1", errors="ignore")


def _first_record(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if record:
                return tuple(record)
    except csv.Error:
        pass
    return ()
