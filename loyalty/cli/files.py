"""`loyalty demo-data` and `loyalty followups`: files written for people to use."""

from pathlib import Path
from typing import Annotated

import typer

from loyalty.cli.options import WarehouseOption
from loyalty.warehouse.environment import warehouse_at


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
