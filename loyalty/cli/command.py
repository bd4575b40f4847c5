"""The `loyalty` command."""

import sys
from datetime import datetime
from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer

from loyalty import signals
from loyalty.cli.options import WarehouseOption
from loyalty.cli.quarantine import app as quarantine_app
from loyalty.errors import LoyaltyError, UsageError
from loyalty.warehouse.environment import keep_inside, quiet_prefect, warehouse_at

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

app.add_typer(quarantine_app, name="quarantine")


@app.command()
def run(
    source: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=FOLDER",
            help="A declared source and the folder its files are in. May be given several times.",
        ),
    ],
    warehouse: WarehouseOption = None,
    *,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            show_default=False,
            help="The last day that has happened; by default the day before the newest order.",
        ),
    ] = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Build all models anew, from all rows.")
    ] = False,
    direct: Annotated[
        bool, typer.Option("--direct", help="The same steps without Prefect; starts faster.")
    ] = False,
    to_parquet: Annotated[
        bool, typer.Option("--parquet", help="Also write the marts as Parquet files.")
    ] = False,
    to_postgres: Annotated[
        bool,
        typer.Option(
            "--publish-postgres",
            help="Also publish to the PostgreSQL that $LOYALTY_POSTGRES_DSN names.",
        ),
    ] = False,
    profile: Annotated[
        bool,
        typer.Option(
            "--profile", help="Say where the night went, beside what the same took before."
        ),
    ] = False,
) -> None:
    """Run one night: load, check, build, test, publish.

    Files are recognised by their names (`orders*.csv`, `.csv.gz`, `.parquet`, `.jsonl`); a file
    loaded before is not loaded again. Personal keys are hashed with the secret in
    `LOYALTY_HASH_KEY`; only demo data runs without it.

    Example: `loyalty run --source canonical=landing/shop --source olist=landing/olist`
    """
    house = warehouse_at(warehouse)
    keep_inside(house)
    quiet_prefect()
    from rich.console import Console

    from loyalty.cli.progress import shown_on
    from loyalty.notifications import tell_not_begun
    from loyalty.pipeline.request import NightRequest
    from loyalty.pipeline.run import run_night

    request = NightRequest(
        house,
        _sources(source),
        as_of.date() if as_of else None,
        full_refresh,
        to_parquet,
        to_postgres,
        profile,
    )
    try:
        request.check()
        # Prefect's home lies within, and Prefect wants it there when it is imported.
        house.prepare()
    except Exception as problem:
        # Who types at a terminal reads it there.
        if not sys.stdin.isatty():
            tell_not_begun(house, problem)
        raise
    with shown_on(Console()):
        if direct:
            run_night(request)
        else:
            from flows.nightly import run_request

            run_request(request)


@app.command()
def repair(
    source: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            show_default=False,
            help="Where to look for files that the archive lacks. May be given several times.",
        ),
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Make the build database anew from the archive of what was loaded, and publish from it.

    The old file is moved aside. Numbers are those of the last good night.
    """
    house = warehouse_at(warehouse)
    keep_inside(house)
    quiet_prefect()
    from rich.console import Console

    from loyalty.cli.progress import shown_on
    from loyalty.operations.repair import RepairRequest, run_repair

    request = RepairRequest(house, _sources(source or []), is_parquet=house.parquet.is_dir())
    request.check()
    with shown_on(Console()):
        run_repair(request)


@app.command()
def verify(warehouse: WarehouseOption = None) -> None:
    """Read everything that the warehouse keeps and compare it with what was written.

    Reads the build database, the archive and all generations; changes nothing.
    """
    from loyalty.operations.verification import verify_warehouse

    house = warehouse_at(warehouse)
    if not house.build_database.exists() and house.archive.is_empty:
        raise UsageError(f"{house.folder} holds no warehouse: run a night first")
    with house.lock("verification"):
        for line in verify_warehouse(house):
            typer.echo(line)


@app.command("demo-data")
def demo_data(
    folder: Annotated[Path, typer.Argument(help="Where the files go; made if it is not there.")],
    customers: Annotated[int, typer.Option(min=1, help="Customers in the shop.")] = 10_000,
    days: Annotated[int, typer.Option(min=1, help="Days of history.")] = 1_096,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
) -> None:
    """Write the landing files of a synthetic web shop, all twelve canonical tables.

    Example: `loyalty demo-data demo/landing --customers 2000 --days 400`
    """
    from loyalty.demo import generate

    generate(folder, customers, days, seed, on_progress=typer.echo)


@app.command()
def status(
    warehouse: WarehouseOption = None,
    *,
    max_age: Annotated[
        str | None,
        typer.Option(
            metavar="AGE",
            show_default=False,
            help="End with 4 if no night has ended well for longer: 90m, 26h, 2d.",
        ),
    ] = None,
    notify: Annotated[
        bool,
        typer.Option(
            "--notify", help="With --max-age: tell of a night that is missing, as a night tells."
        ),
    ] = False,
) -> None:
    """Show what is published and since when, the last nights, and what to do after a failure.

    Works at any time, also while a night is running.

    Example: `loyalty status --max-age 26h --notify`, some hours after the night
    """
    from loyalty.notifications import look, parse_age
    from loyalty.operations.status import show_status

    if notify and max_age is None:
        raise UsageError("--notify: give --max-age too, as in --max-age 26h")
    house = warehouse_at(warehouse)
    verdict = None if max_age is None else look(house, parse_age(max_age))
    show_status(house)
    if verdict:
        if notify:
            verdict.tell()
        verdict.require_fresh()


@app.command()
def scorecard(
    warehouse: WarehouseOption = None,
    *,
    grain: Annotated[str, typer.Option(help="week, month, quarter or year.")] = "month",
    lang: Annotated[str, typer.Option(help="en or sv.")] = "en",
    segment: Annotated[
        str | None,
        typer.Option(
            metavar="DIMENSION",
            show_default=False,
            help="A row per value of a dimension, as country_code, of the indicators cut by it.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All columns, unrounded.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="All columns, unrounded.")] = False,
) -> None:
    """Show the indicators of the newest complete period that is published.

    Example: `loyalty scorecard --grain quarter --segment country_code --lang sv`
    """
    from loyalty.scorecard.terminal import show_scorecard

    if as_json and as_csv:
        raise UsageError("--json and --csv: give one of them")
    form = "json" if as_json else "csv" if as_csv else "table"
    show_scorecard(warehouse_at(warehouse), grain, segment, lang, form)


@app.command()
def rollback(
    generation: Annotated[
        str | None,
        typer.Argument(
            show_default=False, help="Its name, as `loyalty status` gives it; else the one before."
        ),
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Let readers see an earlier generation again. The next night publishes a new one.

    Example: `loyalty rollback loyalty_20261120T021503Z_001`
    """
    from loyalty import publication
    from loyalty.pipeline import rollback_outputs

    house = warehouse_at(warehouse)
    if not house.published_link.is_symlink():
        raise UsageError(f"{house.published_link}: nothing is published here")
    with house.lock("rollback"):
        back = publication.rollback(house, generation)
        rollback_outputs.follow(house, back)
    typer.echo(f"{house.published_link} → {back.name}, as of {back.as_of_date}")


@app.command()
def followups(
    target: Annotated[
        Path,
        typer.Option(
            "--export", metavar="FILE", help="The CSV file to write; its owner alone may read it."
        ),
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """Write whom to contact after a bad answer, with the customer ids of their source.

    The published list (feedback.fct_followups) holds hashed keys only. For the ids the private
    folder and the hash key in `LOYALTY_HASH_KEY` are needed.
    """
    from loyalty.exports.followups import export_followups

    rows = export_followups(warehouse_at(warehouse), target)
    typer.echo(f"{rows:,} rows in {target}")


@app.command()
def docs(warehouse: WarehouseOption = None) -> None:
    """Write dbt's documentation of all models, with their lineage, as one file in the warehouse."""
    house = warehouse_at(warehouse)
    keep_inside(house)
    from loyalty.build.dbt_docs import write_dbt_docs

    if not house.build_database.exists():
        raise UsageError(f"{house.folder} holds no warehouse: run a night first")
    with house.lock("dbt documentation"):
        typer.echo(write_dbt_docs(house))


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


def _sources(texts: list[str]) -> dict[str, Path]:
    """Read `NAME=FOLDER` words.

    Raises:
        UsageError: a word is not of that form, or names a source again.
    """
    sources: dict[str, Path] = {}
    for text in texts:
        name, is_given, folder = text.partition("=")
        if not (name and is_given and folder):
            raise UsageError(f"--source {text}: write NAME=FOLDER, as in canonical=landing/shop")
        if name in sources:
            raise UsageError(f"--source {name} is given twice; put its files in one folder")
        sources[name] = Path(folder).expanduser()
    return sources
