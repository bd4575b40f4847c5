"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

WarehouseOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse",
        metavar="DIR",
        show_default=False,
        help="The warehouse folder: $LOYALTY_WAREHOUSE, else ./warehouse.",
    ),
]
