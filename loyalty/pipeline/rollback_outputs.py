"""What goes with the live generation when readers are sent back to an earlier one."""

import logging

from loyalty import publication
from loyalty.publication import Generation
from loyalty.warehouse import Warehouse

LOG = logging.getLogger("loyalty.serving")

# The page names its generation within its first bytes.
HEAD_BYTES = 4096


def follow(warehouse: Warehouse, back: Generation) -> None:
    """Let the page, and Parquet where it is used, show the generation that is live again.

    Raises:
        PublicationError: Parquet could not be switched; the generation is live all the same.
    """
    from loyalty.scorecard.page import write_page

    # What the night of that generation loaded is not at hand any more; its numbers are.
    try:
        write_page(back.path, warehouse.scorecard)
    except Exception as trouble:
        # Readers have gone back already; a page must not make that look undone.
        LOG.warning("the scorecard page could not be written: %s", trouble)
    if warehouse.parquet.is_dir():
        from loyalty.exports import parquet

        parquet.export(back.path, warehouse.parquet, warehouse.last_word)


def is_shown(warehouse: Warehouse, generation: Generation) -> bool:
    """Whether the scorecard page is that of the generation."""
    try:
        with warehouse.scorecard.open("rb") as page:
            return f'content="{generation.name}"'.encode() in page.read(HEAD_BYTES)
    except OSError:
        return False


def serve_good(warehouse: Warehouse) -> str | None:
    """Send readers to the newest good generation if the live one is damaged; the lock is held.

    Returns a sentence that says so, or None where nothing was wrong.

    Raises:
        PublicationError: a damaged file cannot be set aside.
    """
    damaged = publication.serve_good(warehouse)
    if not damaged:
        return None
    said = f"the published {', '.join(damaged)} was damaged and is set aside"
    live = publication.live_path(warehouse)
    if live is None:
        return f"{said}; there is no earlier one to serve"
    follow(warehouse, publication.read_generation(live))
    return f"{said}; {live.stem} was served instead"
