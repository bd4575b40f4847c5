"""`loyalty status`, `scorecard` and `docs`: what a warehouse shows of itself."""

from typing import Annotated

import typer

from loyalty.cli.options import WarehouseOption
from loyalty.errors import UsageError
from loyalty.warehouse.environment import keep_inside, warehouse_at


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
            help="One row per segment of a dimension, such as country_code.",
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


def docs(warehouse: WarehouseOption = None) -> None:
    """Write dbt's documentation of all models, with their lineage, as one file in the warehouse."""
    house = warehouse_at(warehouse)
    keep_inside(house)
    from loyalty.build.dbt_docs import write_dbt_docs

    if not house.build_database.exists():
        raise UsageError(f"{house.folder} holds no warehouse: run a night first")
    with house.lock("dbt documentation"):
        typer.echo(write_dbt_docs(house))
