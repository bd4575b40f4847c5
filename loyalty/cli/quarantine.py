"""`loyalty quarantine`: look into what the gates hold back, and decide on it."""

from contextlib import ExitStack
from typing import Annotated

import typer

from loyalty.cli.options import WarehouseOption
from loyalty.warehouse.environment import warehouse_at

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help=(
        "What the gates hold back, why, and the way out.\n\n"
        "A held file stops every night until a corrected one is landed under its name, it is "
        "taken away, or it is released or discarded here."
    ),
)

Numbers = Annotated[
    list[int],
    typer.Argument(metavar="NUMBER", help="Batches, as `loyalty quarantine list` numbers them."),
]


@app.command("list")
def list_held(
    warehouse: WarehouseOption = None,
    *,
    with_closed: Annotated[
        bool, typer.Option("--all", help="Also what was held before, and how it ended.")
    ] = False,
) -> None:
    """List what is held: number, table, file, since when, why."""
    from loyalty import quarantine
    from loyalty.quarantine import view

    with quarantine.opened(warehouse_at(warehouse)) as ledger:
        found = quarantine.batches(ledger, with_closed=with_closed)
    for line in view.list_lines(found):
        typer.echo(line)


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="A batch, as `list` numbers it.")],
    warehouse: WarehouseOption = None,
    *,
    rows: Annotated[int, typer.Option(min=0, help="Bad rows shown of each kind.")] = 10,
) -> None:
    """Show everything known of a batch, with its first bad rows; personal data is masked.

    The held file is read again for that, and no night can begin meanwhile; not with `--rows 0`.

    Example: `loyalty quarantine show 17 --rows 3`
    """
    from loyalty import quarantine
    from loyalty.quarantine import view

    house = warehouse_at(warehouse)
    with quarantine.opened(house) as ledger, ExitStack() as held:
        batch = quarantine.find(ledger, number)
        file = held.enter_context(quarantine.held_file(house, batch)) if rows else None
        for line in view.show_lines(ledger, batch, file, rows):
            typer.echo(line)


@app.command()
def release(
    numbers: Numbers,
    warehouse: WarehouseOption = None,
    *,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", show_default=False, help="Why; kept.")
    ] = None,
) -> None:
    """Let batches join in the next night although their gate failed: you answer for them.

    A batch that cannot be read, or whose records do not add up, cannot be released.

    Example: `loyalty quarantine release 17 --reason "the drop is real: shop closed on the 24th"`
    """
    from loyalty import quarantine

    house = warehouse_at(warehouse)
    with quarantine.opened(house) as ledger:
        for batch in quarantine.release(house, ledger, numbers, reason):
            typer.echo(
                f"{batch} is released: the next night loads its {batch.accepted_count:,} readable "
                "rows, at the place that it would have had on time, from the held copy"
            )


@app.command()
def discard(
    numbers: Numbers,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept.")],
    warehouse: WarehouseOption = None,
) -> None:
    """Never load these batches, also when the same bytes are landed again.

    Example: `loyalty quarantine discard 17 --reason "export of the test shop"`
    """
    from loyalty import quarantine

    house = warehouse_at(warehouse)
    with quarantine.opened(house) as ledger:
        for batch in quarantine.discard(house, ledger, numbers, reason):
            typer.echo(
                f"{batch} is discarded: it is never loaded and stops no night any more; its bytes "
                "stay in the archive. The next night goes on without it"
            )
