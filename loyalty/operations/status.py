"""What `loyalty status` shows; it only reads."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loyalty import publication
from loyalty.errors import PublicationError
from loyalty.notifications import Message, died, last, running, standing
from loyalty.warehouse import Warehouse, diagnosis

NIGHTS_SHOWN = 5
PIPE_WIDTH = 100

NIGHTS = f"""
    select
        nights.night_id,
        nights.as_of_date,
        if(nights.status = 'running', 'interrupted', nights.status) as status,
        sum(steps.seconds) filter (where steps.part_of is null) as seconds,
        concat_ws(': ', nights.failed_step, nights.message) as message,
    from quality.nights as nights
    left join quality.night_steps as steps using (night_id)
    group by all
    order by nights.night_id desc
    limit {NIGHTS_SHOWN}
"""

QUARANTINES = """
    select
        batch_id::varchar,
        source_id || '.' || table_name,
        file_name,
        night_id,
        if(status = 'released', 'released: joins in the next night', array_to_string(reasons, '; '))
    from quality.batches
    where status in ('quarantined', 'released')
    order by batch_id
"""


def show_status(warehouse: Warehouse) -> None:
    """Print what is published, and of the ledger the last nights and the open quarantines."""
    console = _console()
    _show_published(console, warehouse)
    _show_trouble(console, warehouse)
    _show_ledger(console, warehouse)


def _show_published(console: Console, warehouse: Warehouse) -> None:
    path, name = publication.live_path(warehouse), publication.live_name(warehouse)
    for damaged in publication.damaged_names(warehouse):
        console.print(f"{damaged} was damaged and is set aside.", style="yellow", soft_wrap=True)
    if path is None or name is None:
        console.print(f"Nothing is published at {warehouse.published_link}.")
        return
    try:
        publication.check(warehouse, name)
        generation = publication.read_generation(path)
    except (PublicationError, OSError) as problem:
        console.print(
            f"{problem}. The next night serves the newest good generation, `loyalty rollback` "
            "does so now.",
            soft_wrap=True,
        )
        return
    names = publication.generation_names(warehouse)
    newest = "" if generation.name == names[-1] else f"; the newest is {names[-1]}"
    console.print(f"Published  {warehouse.published_link}", soft_wrap=True)
    console.print(
        f"           {standing(warehouse).sentence(datetime.now(UTC))}\n"
        f"           {len(names)} generations kept{newest}",
        soft_wrap=True,
    )
    rows = [(f"{t.schema_name}.{t.table_name}", f"{t.row_count:,}") for t in generation.tables]
    _print(console, ("table", "rows"), rows, {"rows"})


def _show_trouble(console: Console, warehouse: Warehouse) -> None:
    """Print what a notification says of the last night, where it did not end well."""
    night = last(warehouse)
    begun = running(warehouse)
    if begun and warehouse.holder() is None:
        night = died(warehouse, begun)
    if night and not night.is_good:
        for line in Message(night, standing(warehouse), warehouse).lines():
            console.print(line, style="yellow", markup=False, soft_wrap=True)


def _show_ledger(console: Console, warehouse: Warehouse) -> None:
    if not warehouse.build_database.exists():
        console.print(f"No night has run in {warehouse.folder}.", soft_wrap=True)
        return
    holder = warehouse.holder()
    if holder is not None:
        console.print(
            f"A {holder.task} is running now ({holder}); its ledger can be read when it ends.",
            soft_wrap=True,
        )
        return
    try:
        with duckdb.connect(str(warehouse.build_database), read_only=True) as ledger:
            nights = ledger.execute(NIGHTS).fetchall()
            quarantines = ledger.execute(QUARANTINES).fetchall()
    except duckdb.Error as problem:
        known = diagnosis.explain(problem, warehouse.build_database)
        first = str(known or problem).splitlines()[0]
        console.print(f"The ledger cannot be read now: {first}", soft_wrap=True)
        return
    _show_nights(console, nights)
    if quarantines:
        console.print("In quarantine: no night publishes until they are resolved")
        _print(console, ("no.", "table", "file", "night", "reasons"), quarantines, {"no."})
        console.print(f"Look further: loyalty quarantine show {quarantines[0][0]}")
    else:
        console.print("Nothing is in quarantine.")


def _show_nights(console: Console, nights: list[tuple[Any, ...]]) -> None:
    rows = [
        (name, str(as_of or ""), status, f"{seconds or 0:.1f}", message or "")
        for name, as_of, status, seconds, message in nights
    ]
    _print(console, ("night", "as of", "status", "seconds", "message"), rows, {"seconds"})


def _console() -> Console:
    """Return a console; a pipe gets the width that a terminal usually has."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def _print(
    console: Console,
    headings: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    right: Collection[str] = (),
) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(
            heading,
            justify="right" if heading in right else "left",
            overflow="fold",
            no_wrap=heading in ("night", "as of", "status"),
        )
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
