"""The `cap` command: one sub-command per module, imported only when it is called."""

import importlib

import click

# command -> (module, attribute, one line for `cap --help`)
COMMANDS = {
    "generate": (
        "cap.generate.command",
        "generate",
        "Simulate a world and write its 27 bronze tables and its truth.",
    ),
    "load": ("cap.load", "load", "Make the files in $CAP_BRONZE_PATH the bronze tables of the warehouse."),
    "build": ("cap.build", "build", "Sample data if there is none, load, dbt build, what to try next."),
    "identity": (
        "cap.identity.command",
        "identity",
        "Train, score and explain identity resolution: who is who.",
    ),
    "attribution": (
        "cap.attribution.command",
        "attribution",
        "Which touch earned the money: score the models against truth, time them.",
    ),
    "experiments": (
        "cap.experiments.command",
        "experiments",
        "List and judge the A/B tests of the warehouse.",
    ),
    "churn": ("cap.churn.command", "churn", "Fit the score that says who leaves."),
    "snapshot": (
        "cap.snapshot.command",
        "snapshot",
        "Time the daily snapshot of customers, over made-up ones.",
    ),
    "quality": (
        "cap.quality.command",
        "quality",
        "Measure what the warehouse infers against the truth of a generated world.",
    ),
    "metrics": (
        "cap.metrics.command",
        "metrics",
        "List, search, explain and query the metrics of the warehouse.",
    ),
    "report": ("cap.report.command", "report", "Write the state of the business as one HTML file."),
    "bench": ("cap.bench.command", "bench", "Measure what the warehouse costs, into docs/benchmarks.md."),
}


class LazyGroup(click.Group):
    """A group that lists its commands without importing them (dbt alone takes seconds)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup)
def main() -> None:
    """customer_analytics: sample data, bronze, build. Run it in the project's folder."""
