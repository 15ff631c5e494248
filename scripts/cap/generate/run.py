"""Write a world: block by block, chunk by chunk, table by table.

Files of a whole run are `<out>/<table>/b<block>-c<chunk>.parquet`; of one day
`<out>/<table>/day-<date>-b<block>.parquet`. A day is a day of ingestion: what arrives after the last day
belongs to it. The union of all days is the whole run.
"""

import contextlib
import datetime as dt
import json
import re
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from tqdm import tqdm

from cap.errors import CapError
from cap.generate import truth, vocabulary
from cap.generate.block import simulate
from cap.generate.chunk import Chunk
from cap.generate.mess import DEFECT, finish, schema, tally
from cap.generate.tables import TABLES
from cap.generate.world import DAY, World

GENERATOR_VERSION = 1
_OURS = re.compile(r"(b\d{5}-c\d{3}|day-\d{4}-\d\d-\d\d-b\d{5})\.parquet(\.tmp)?$")


@dataclass(frozen=True)
class Report:
    """What a run wrote."""

    rows: dict[str, int]
    seconds: float
    truth: Path


def generate(
    world: World, out: Path, day: dt.date | None = None, overwrite: bool = False, progress: bool = False
) -> Report:
    """Write a world, or one day of it, to `out`, and its truth beside it.

    Raises CapError where `out` cannot be written or holds something else.
    """
    started = time.perf_counter()
    if out.name in ("", ".."):
        out = out.resolve()  # or it has no sibling
    chunks = world.chunks_of_day(day)
    folder = out.parent / "truth"
    manifest = _prepare(world, out, folder, day, overwrite)
    rows: Counter[str] = Counter()
    defects: Counter[tuple[str, str, str]] = Counter()
    totals = truth.Totals()
    try:
        with tqdm(
            total=world.blocks * len(chunks), unit="part", disable=not progress, desc="generate"
        ) as bar:
            for number in range(world.blocks):
                block = simulate(world, number)
                totals.add(block)
                for name, frame in truth.block_frames(block).items():
                    _write(frame, folder / name / f"b{number:05d}.parquet")
                held: dict[str, list[pl.DataFrame]] = {table: [] for table in schema()}
                for chunk_number in chunks:
                    chunk = Chunk(block, chunk_number)
                    for table in schema():
                        frame = _of_day(world, finish(chunk, table, *_columns(chunk, table)), day)
                        rows[table] += len(frame)
                        defects.update(tally(table, frame))
                        frame = frame.drop(DEFECT)
                        if day is not None:
                            held[table].append(frame)
                        elif len(frame):
                            _write(frame, out / table / f"b{number:05d}-c{chunk_number:03d}.parquet")
                    bar.update()
                for table, frames in held.items():
                    if sum(map(len, frames)):
                        _write(pl.concat(frames), out / table / f"day-{day}-b{number:05d}.parquet")
        if day is None:
            _empty_tables(world, out, rows)
        truth.write_totals(world, folder, totals)
    except OSError as error:
        raise CapError(
            f"Cannot write to {error.filename or out}: {error.strerror or error}. "
            "Free the disk or give another --out."
        ) from error
    part = {"rows": dict(rows), "defects": [[*k, v] for k, v in sorted(defects.items())]}
    manifest["parts"]["whole" if day is None else day.isoformat()] = part
    everything: Counter[tuple[str, str, str]] = Counter()
    total: Counter[str] = Counter()
    for each in manifest["parts"].values():
        total.update(each["rows"])
        everything.update({(t, d, c): k for t, d, c, k in each["defects"]})
    manifest["rows"], manifest["complete"] = dict(total), True
    truth.write_defects(folder, everything)
    truth.write_manifest(folder, manifest)
    return Report(dict(rows), time.perf_counter() - started, folder)


def _columns(chunk: Chunk, table: str) -> tuple:
    if table == "customer_interactions":
        return chunk.customer_interactions
    return TABLES[table](chunk)


def _of_day(world: World, frame: pl.DataFrame, day: dt.date | None) -> pl.DataFrame:
    """The rows ingested on a day; on the last day also all later ones."""
    if day is None:
        return frame
    offset = (day - world.start).days
    ingested = (pl.col("ingestion_timestamp").cast(pl.Int64) - world.start_us) // DAY
    return frame.filter(ingested.clip(0, world.days - 1) == offset)


def _write(frame: pl.DataFrame, path: Path) -> None:
    """Parquet, the same bytes for the same frame; the file appears when it is complete."""
    unfinished = path.with_suffix(".parquet.tmp")
    frame.rechunk().write_parquet(
        unfinished, compression="zstd", compression_level=1, row_group_size=131_072, statistics=True
    )
    unfinished.replace(path)


def _empty_tables(world: World, out: Path, rows: Counter[str]) -> None:
    """A table without a row in a tiny world still has its file, with its columns."""
    missing = [table for table in schema() if not rows[table]]
    if missing:
        chunk = Chunk(simulate(world, 0), 0)
        for table in missing:
            rows[table] = 0
            _write(
                finish(chunk, table, *_columns(chunk, table)).drop(DEFECT).clear(),
                out / table / "b00000-c000.parquet",
            )


def _prepare(world: World, out: Path, folder: Path, day: dt.date | None, overwrite: bool) -> dict:
    """Make the folders, refuse to mix worlds, and return the manifest to go on with."""
    new = {
        "generator": GENERATOR_VERSION,
        "vocabulary": vocabulary.digest(),
        "libraries": {"polars": pl.__version__},
        "arguments": world.arguments(),
        "out": out.name,
        "by_day": day is not None,
        "complete": False,
        "parts": {},
        "rows": {},
    }
    same = ("generator", "vocabulary", "libraries", "arguments", "out", "by_day")
    if out.exists() and not out.is_dir():
        raise CapError(f"--out {out} is a file; give a folder.")
    old = _read_manifest(folder)
    strangers = [p for table in schema() for p in sorted((out / table).glob("*")) if not _OURS.match(p.name)]
    if strangers:
        raise CapError(
            f"{strangers[0]} was not made by `cap generate`; a world is not mixed with other data. "
            "Give another --out."
        )
    ours = [p for table in schema() for p in (out / table).glob("*")]
    fits = old is not None and all(old.get(k) == new[k] for k in same)
    if (ours or old) and not fits and not overwrite:
        made_of = "an unknown world" if old is None else _describe(old)
        raise CapError(
            f"{out} already holds {made_of}; you ask for {_describe(new)}. "
            "Give another --out, or --overwrite."
        )
    try:
        if not fits:
            _clear(ours, folder)
        for table in schema():
            (out / table).mkdir(parents=True, exist_ok=True)
        for name in truth.FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        manifest = old if fits and old is not None else new
        truth.write_manifest(folder, {**manifest, "complete": False})
    except OSError as error:
        raise CapError(
            f"Cannot write to {error.filename or out}: {error.strerror}. Give another --out."
        ) from error
    return manifest


def _clear(ours: list[Path], folder: Path) -> None:
    for path in ours:
        path.unlink()
    for name in truth.FOLDERS:
        for path in (folder / name).glob("b*.parquet*"):
            path.unlink()
    for name in truth.FILES:
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()


def _read_manifest(folder: Path) -> dict | None:
    try:
        return json.loads((folder / "manifest.json").read_text())
    except (OSError, ValueError):
        return None


def _describe(manifest: dict) -> str:
    a = manifest.get("arguments", {})
    kind = "day by day" if manifest.get("by_day") else "whole"
    text = " ".join(f"--{name} {a.get(name)}" for name in ("customers", "days", "start", "seed", "mess"))
    vocabulary_digest = str(manifest.get("vocabulary", {}).get("sha256"))[:8]
    return f"a world made with {text} ({kind}, in {manifest.get('out')}, vocabulary {vocabulary_digest})"
