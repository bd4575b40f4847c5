"""What earlier batches make likely: a file's size, and that a living feed moves.

Compared are accepted batches of the same table whose file names differ in digits only: a family,
such as `orders_2024-01-31.csv` and `orders_2024-02-29.csv`. A back-fill that is far larger than the
daily files passes under another name (`orders_backfill.csv`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectQueryValueToBeBetween, about, literal
from loyalty.gates.profiles import Profile

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch

FOLDER = Path(__file__).parent
VOLUME = (FOLDER / "volume.sql").read_text()
STANDSTILL = (FOLDER / "standstill.sql").read_text()


def expectations(batch: "LandedBatch", profile: Profile) -> list[Any]:
    """Return the checks of one batch against the batches of its family."""
    if batch.declaration.event_timestamp is None:
        return [_volume(batch)]
    newest = profile.newest_event
    content = f"{newest}, rows {profile.content}"
    return [_volume(batch), _feed_moves(batch, content), _newest_moves(batch, newest)]


def _volume(batch: "LandedBatch") -> Any:
    return ExpectQueryValueToBeBetween(
        query=_fill(VOLUME, batch, record_count=str(batch.record_count)),
        min_value=0.1,
        max_value=10,
        severity="critical",
        description=(
            "the file has between a tenth and ten times the records usual for its kind "
            "(land a back-fill under another file name)"
        ),
        meta=about("volume"),
    )


def _feed_moves(batch: "LandedBatch", content: str) -> Any:
    """A frozen feed: the file changes night after night, its rows do not.

    A correction changes a row, so it can never be taken for a frozen feed.
    """
    return ExpectQueryValueToBeBetween(
        query=_fill(STANDSTILL, batch, position=literal(content), check_name="feed_moves"),
        max_value=0,
        severity="critical",
        description=(
            "a feed that used to move is not frozen: other files bring other rows; newest event"
        ),
        meta=about("feed_moves", batch.declaration.event_timestamp),
    )


def _newest_moves(batch: "LandedBatch", newest_event: str) -> Any:
    """Rows change but nothing new happens: corrections alone look like this too, so it is told."""
    return ExpectQueryValueToBeBetween(
        query=_fill(
            STANDSTILL, batch, position=literal(newest_event), check_name="newest_event_moves"
        ),
        max_value=0,
        severity="warning",
        description="the newest event of a feed that used to move gets newer; newest event",
        meta=about("newest_event_moves", batch.declaration.event_timestamp),
    )


def _fill(template: str, batch: "LandedBatch", **parts: str) -> str:
    known = {
        "source": literal(batch.source_id),
        "table": literal(batch.table_name),
        "file": literal(batch.file_name),
        "batch": str(batch.batch_id),
        **parts,
    }
    for name, part in known.items():
        template = template.replace("{" + name + "}", part)
    return template
