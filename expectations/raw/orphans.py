"""Keys that point at nothing: a share of them is told. That most do all at once is `drift`'s.

Only for tables whose parent's files are loaded before them (tables are loaded in the order of their
declaration): a child that comes first would always look orphaned.
"""

from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectNothingFound, about, identifier
from loyalty.gates.profiles import Profile, references

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch

MAX_ORPHAN_SHARE = 0.05


def expectations(batch: "LandedBatch", profile: Profile) -> list[Any]:
    """Expect nearly every key of another table to be known there.

    Nothing is compared while the other table has no rows.
    """
    return [
        _known_in(batch, parent, column, profile)
        for column, parent in references(batch.declaration).items()
    ]


def is_orphan(batch: "LandedBatch", parent: str, column: str) -> str:
    """Return the SQL condition of rows whose key the other table lacks."""
    relation = f"{identifier(batch.declaration.schema)}.{identifier(parent)}"
    key = identifier(column)
    return f"{key} not in (select {key} from {relation} where {key} is not null)"


def _known_in(batch: "LandedBatch", parent: str, column: str, profile: Profile) -> Any:
    orphans, filled = profile.columns[column].orphans or 0, profile.columns[column].filled
    is_too_many = orphans > MAX_ORPHAN_SHARE * filled
    return ExpectNothingFound(
        found=(f"{orphans:,} of {filled:,}",) if is_too_many else (),
        severity="warning",
        description=(
            f"at most {MAX_ORPHAN_SHARE:.0%} of the rows name a {column} that {parent} lacks; rows"
        ),
        meta=about("orphan_share", column, rows_where=is_orphan(batch, parent, column)),
    )
