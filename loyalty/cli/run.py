"""`loyalty run` and `loyalty repair`: a run from landing files, or from the archive."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from loyalty.cli.options import WarehouseOption
from loyalty.warehouse.environment import keep_inside, quiet_prefect, warehouse_at


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
    from loyalty.pipeline.request import NightRequest, read_sources
    from loyalty.pipeline.run import run_night

    request = NightRequest(
        house,
        read_sources(source),
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
    from loyalty.pipeline.request import read_sources

    request = RepairRequest(house, read_sources(source or []), is_parquet=house.parquet.is_dir())
    request.check()
    with shown_on(Console()):
        run_repair(request)
