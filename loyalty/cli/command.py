"""The `loyalty` command."""

import sys
from textwrap import shorten

import typer

from loyalty import signals
from loyalty.cli import files, run, show, upkeep
from loyalty.cli.quarantine import app as quarantine_app
from loyalty.errors import LoyaltyError
from loyalty.warehouse.environment import warehouse_at

# What is longer (twenty tests that failed) stands in the summary already.
LONGEST_MESSAGE = 400

# Heavy imports stand in the functions that need them: `loyalty --help` must not wait for dbt.

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "From raw exports to published loyalty indicators, every night.\n\n"
        "Try it: `loyalty demo-data demo/landing`, then "
        "`loyalty run --source canonical=demo/landing --warehouse demo/warehouse`. "
        "BI tools open `demo/warehouse/loyalty.duckdb`, read-only.\n\n"
        "Exit status: 0 published (or done), 1 failed, 2 wrong usage, 3 stopped by a gate, "
        "4 what is published is too old (`loyalty status --max-age`), 5 another night holds the "
        "warehouse, 130 and 143 stopped by SIGINT and SIGTERM. "
        "Whatever fails, what was published before stays, and the same command again repairs."
    ),
)

app.command()(run.run)
app.command()(run.repair)
app.command()(upkeep.verify)
app.command("demo-data")(files.demo_data)
app.command()(show.status)
app.command()(show.scorecard)
app.command()(upkeep.rollback)
app.command()(files.followups)
app.command()(show.docs)
app.add_typer(quarantine_app, name="quarantine")


def main() -> None:
    """Run the command; what a message explains ends without a trace."""
    try:
        with signals.in_order():
            app()
    except BaseException as problem:
        # Whatever a library made of the signal.
        stopped = signals.asked()
        if stopped:
            _say(f"{stopped}; the same command again finishes what is left")
            sys.exit(stopped.code)
        known = _explained(problem)
        if known is None:
            raise
        _say(str(known))
        sys.exit(known.exit_status)


def _explained(problem: BaseException) -> LoyaltyError | None:
    if not isinstance(problem, Exception):
        return None
    from loyalty import privacy
    from loyalty.warehouse import diagnosis

    if isinstance(problem, LoyaltyError):
        return problem
    known = diagnosis.explain(problem, warehouse_at().build_database)
    return known or privacy.explain(problem)


def _say(sentence: str) -> None:
    text = " ".join(sentence.split())
    typer.echo(f"loyalty: {shorten(text, LONGEST_MESSAGE, placeholder=' …')}", err=True)
