"""Processes that are timed: wall seconds and peak memory, from the kernel's own count."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from cap.errors import CapError

# «12 of 80 OK created sql table model silver.silver_web_sessions …», of a dbt whose colours are off
DBT_LINE = re.compile(r"(\d+) of (\d+) (START|[A-Z]+)\b(?:.* model (\S+))?")
KEPT_LINES = 30


@dataclass(frozen=True)
class Ran:
    """One finished process: wall seconds, processor seconds of all its threads, and peak resident bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def run_process(
    command: list[str],
    settings: dict[str, str],
    on_line: Callable[[str], None],
    stderr: int | None = subprocess.STDOUT,
) -> tuple[int, Ran]:
    """Run a command with `settings` added to the environment; its exit code, and what it took.

    Each line of its standard output goes to `on_line`, and of its standard error unless `stderr` is None:
    then it is ours. It dies with us, whatever we die of but SIGKILL.
    """
    begun = time.monotonic()
    process = subprocess.Popen(
        command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=stderr, text=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            on_line(line.rstrip())
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts ru_maxrss in KiB, macOS in bytes
    unit = 1 if sys.platform == "darwin" else 1024
    cpu_seconds = usage.ru_utime + usage.ru_stime
    return process.returncode, Ran(time.monotonic() - begun, cpu_seconds, usage.ru_maxrss * unit)


def run_worker(task: str, **arguments: Any) -> dict:
    """Run one function of cap.bench.worker in a process of its own; what it returned.

    Raises CapError with its reason.
    """
    said: list[str] = []
    command = [sys.executable, "-m", "cap.bench.worker", task, json.dumps(arguments, default=str)]
    code, _ = run_process(command, {}, said.append, stderr=None)  # its progress bar is ours
    try:
        answer = json.loads(said[-1])
    except (IndexError, ValueError):
        raise CapError(f"«{task}» ended with {_exit(code)} and said nothing") from None
    if "error" in answer:
        raise CapError(answer["error"])
    return answer


def run_cap(settings: dict[str, str], *arguments: str) -> Ran:
    """Run `cap …`. Raises CapError with its last words."""
    said: list[str] = []
    command = [sys.executable, "-c", "from cap.cli import main; main()", *arguments]
    code, ran = run_process(command, settings, said.append)
    if code:
        raise CapError(f"`cap {' '.join(arguments)}` failed with {_exit(code)}: {_last_words(said)}")
    return ran


def run_dbt(settings: dict[str, str], label: str, *arguments: str) -> Ran:
    """Run dbt with a bar over its nodes. Raises CapError with the first failure and where the log is."""
    said: list[str] = []
    bar = tqdm(desc=label, unit="node", disable=None, leave=False)

    def follow(line: str) -> None:
        said.append(line)
        del said[:-KEPT_LINES]
        if (found := DBT_LINE.search(line)) and " hook: " not in line:
            bar.total = int(found[2])
            if found[3] != "START":
                bar.update()
            elif found[4]:
                bar.set_postfix_str(found[4].rpartition(".")[2][:40])

    command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *arguments]
    try:
        code, ran = run_process(command, settings, follow)
    finally:
        bar.close()
    if code:
        reason = _first_failure(Path(settings["DBT_TARGET_PATH"])) or _last_words(said)
        log = Path(settings["DBT_LOG_PATH"]) / "dbt.log"
        raise CapError(f"`dbt {' '.join(arguments)}` failed with {_exit(code)}: {reason} (all of it: {log})")
    return ran


def model_seconds(settings: dict[str, str]) -> dict[str, float]:
    """Seconds per model of the last `dbt run`, from its run_results.json."""
    results = json.loads((Path(settings["DBT_TARGET_PATH"]) / "run_results.json").read_text())["results"]
    return {
        one["unique_id"].rpartition(".")[2]: one["execution_time"]
        for one in results
        if one["unique_id"].startswith("model.")
    }


def _first_failure(target: Path) -> str | None:
    """The first failed node and its message in a line, if dbt came so far."""
    try:
        results = json.loads((target / "run_results.json").read_text())["results"]
    except (OSError, ValueError):
        return None
    for one in results:
        if one["status"] in ("error", "fail", "runtime error"):
            message = " ".join((one["message"] or "").split())
            return f"{one['unique_id'].rpartition('.')[2]}: {message[:200]}"
    return None


def _last_words(said: list[str]) -> str:
    lines = [line for line in said if line.strip()]
    return " ".join(lines[-1].split())[:200] if lines else "no words"


def _exit(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
