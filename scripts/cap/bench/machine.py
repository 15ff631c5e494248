"""The machine and the versions a benchmark ran on, in a line."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path


def describe_machine() -> str:
    """Processor, cores, memory, load, versions, and the commit that was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        f"{_cores()} cores{_processor()}",
        f"{memory:.0f} GiB of memory",
        f"{platform.system()} {platform.machine()}",
        f"load {os.getloadavg()[0]:.1f} before it began",
        f"Python {platform.python_version()}",
        *(f"{name} {version(package)}" for name, package in VERSIONS.items()),
    ]
    commit = _commit()
    return ", ".join([*parts, f"commit {commit}"] if commit else parts)


VERSIONS = {
    "DuckDB": "duckdb",
    "dbt-core": "dbt-core",
    "dbt-duckdb": "dbt-duckdb",
    "MetricFlow": "metricflow",
}


def _cores() -> int:
    """The cores we may use: a container often has fewer than the machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f" ({names[0]})" if names and names[0] not in ("", "unknown") else ""


def _commit() -> str:
    """The commit, with «and changes» where files differ from it; nothing outside a repository."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no", ".", ":!docs/benchmarks.*"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head + (" and changes" if changed else "")
