"""JSON files (one object per line, or one array of them): their keys, and a patient reader for odd ones."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from cap.load.discover import BronzeFile
from cap.load.sql import file_list
from cap.load.textfiles import (
    DAMAGED,
    DELIVER_AGAIN,
    Unreadable,
    first_bytes,
    open_bytes,
    positional_names,
    write_batches,
)

LINES, ARRAY = "newline_delimited", "array"


def inspect_json(connection: duckdb.DuckDBPyConnection, file: BronzeFile) -> None:
    """Tell by its first character whether the file is an array or lines. Unreadable when it is neither."""
    start = first_bytes(connection, file, 1 << 16).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if not start:
        raise Unreadable("the file has no content", "Deliver it again, or remove it if it has no rows")
    if start[:1] not in (b"{", b"["):
        raise Unreadable(
            "the file does not begin as JSON does",
            "It must hold one JSON object per line, or one array of objects",
        )
    file.layout = ARRAY if start[:1] == b"[" else LINES


def find_keys(connection: duckdb.DuckDBPyConnection, files: list[BronzeFile]) -> None:
    """Fill `columns` of JSON files of one layout with the keys that occur in them, in one pass.

    Raises duckdb.Error when a file is not strict JSON.
    """
    by_path = {file.read_paths[0]: file for file in files}
    rows = connection.execute(
        "select distinct filename, unnest(json_keys(json)) from read_json_objects("
        f"{file_list(by_path)}, format = '{files[0].layout}', filename = true, hive_partitioning = false) "
        "where json_type(json) = 'OBJECT'"
    ).fetchall()
    for path, key in sorted(rows):
        by_path[path].columns[key] = "VARCHAR"


def rewrite_json(file: BronzeFile, contract: set[str], scratch: Path) -> list[str]:
    """Read the file in Python, write it as Parquet batches and make the file point there; notes for people.

    More patient than JSON's own rules: a byte order mark, raw control characters in strings, half of a
    surrogate pair (becomes «?»), a key twice (the last wins), text in UTF-16 or Latin-1, an object over
    several lines. Only keys that are columns of `contract` (lower case) are written, all are noted in
    `columns`. Raises Unreadable with the line's number otherwise.
    """
    try:
        with open_bytes(file) as content:
            first = content.read(2)
        for encoding in ("utf-16",) if first in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "latin-1"):
            try:
                keys = _keys(file, encoding)
                wanted = [key for key in keys if key.strip().lower() in contract]
                rows = ([_as_text(row.get(key)) for key in wanted] for row in _objects(file, encoding))
                file.header, file.columns = tuple(wanted), dict.fromkeys(keys, "VARCHAR")
                if wanted:
                    folder = file.scratch_folder(scratch)
                    file.read_paths = write_batches(rows, positional_names(file), folder)
                    file.reader = "parquet"
            except UnicodeDecodeError:
                continue
            return [f"{file.name} is not UTF-8: read as latin-1"] if encoding == "latin-1" else []
    except (OSError, EOFError, zlib.error):
        raise Unreadable(DAMAGED, DELIVER_AGAIN) from None
    raise Unreadable("the text is neither UTF-8 nor UTF-16", "Export it as UTF-8")


def _keys(file: BronzeFile, encoding: str) -> list[str]:
    keys: dict[str, None] = {}
    for row in _objects(file, encoding):
        keys.update(dict.fromkeys(row))
    return list(keys)


def _objects(file: BronzeFile, encoding: str) -> Iterator[dict[str, Any]]:
    with open_bytes(file) as content:
        if file.layout == ARRAY or encoding == "utf-16":
            yield from _objects_in(content.read().decode(encoding).lstrip("\ufeff"))
            return
        lines = enumerate(content, start=1)
        for number, line in lines:
            text = line.decode(encoding).lstrip("\ufeff").strip()
            if not text:
                continue
            if number == 1 and not _is_complete(text):
                # the first object goes on over several lines: not lines, then, but objects in a row
                yield from _objects_in(text + "\n" + content.read().decode(encoding))
                return
            yield _object(text, number)


def _is_complete(text: str) -> bool:
    try:
        _DECODER.decode(text)
    except ValueError:
        return False
    return True


def _object(text: str, line: int) -> dict[str, Any]:
    try:
        row = _DECODER.decode(text)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, dict):
        raise Unreadable(f"line {line:,} is not one JSON object", DELIVER_AGAIN)
    return row


def _objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a text that holds one array of them, or one after the other."""
    at = 0
    while at < len(text):
        if text[at] in " \t\r\n":
            at += 1
            continue
        try:
            value, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, getattr(error, "pos", at)) + 1
            raise Unreadable(f"the JSON breaks off or is malformed at line {line:,}", DELIVER_AGAIN) from None
        rows = value if isinstance(value, list) else [value]
        if not all(isinstance(row, dict) for row in rows):
            line = text.count("\n", 0, at) + 1
            raise Unreadable(f"what ends on line {line:,} is not a JSON object", DELIVER_AGAIN)
        yield from rows


def _as_text(value: Any) -> str | None:
    """A value as bronze holds it: text as it is, numbers and nested values as JSON writes them."""
    if value is None or isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, int):
        text = str(value)
    else:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text and not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text


_DECODER = json.JSONDecoder(strict=False, parse_constant=str)
