"""`loyalty verify` and `loyalty rollback`: what is kept, read or gone back to."""

from typing import Annotated

import typer

from loyalty.cli.options import WarehouseOption
from loyalty.errors import UsageError
from loyalty.warehouse.environment import warehouse_at


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
