"""Keys that point at nothing: a share of them is told, never stops.

Only for tables whose parent's files are loaded before them (tables are loaded in the order of their
names): a child that comes first would always look orphaned.
"""

from typing import TYPE_CHECKING, Any

from expectations.custom import ExpectQueryValueToBeBetween, about, identifier

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch

MAX_ORPHAN_SHARE = 0.05


def known_in(batch: "LandedBatch", column: str, parent: str, parent_key: str) -> Any:
    """Expect nearly every value of `column` to be a key of the source's `parent` in raw.

    Nothing is compared while the parent has no rows.
    """
    parent_relation = f"{identifier(batch.declaration.schema)}.{identifier(parent)}"
    is_orphan = f"""
        exists (select 1 from {parent_relation})
        and {identifier(column)} not in (
            select {identifier(parent_key)} from {parent_relation}
            where {identifier(parent_key)} is not null
        )
    """
    query = f"""
    with children as (
        select {identifier(column)} from {batch.relation}
        where {identifier(column)} is not null
    )
    select
        count(*) / nullif((select count(*) from children), 0) as share,
        count(*) || ' of ' || (select count(*) from children) as shown
    from children
    where {is_orphan}
    """
    return ExpectQueryValueToBeBetween(
        query=query,
        max_value=MAX_ORPHAN_SHARE,
        severity="warning",
        description=(
            f"at most {MAX_ORPHAN_SHARE:.0%} of the rows name a {column} that {parent} lacks; rows"
        ),
        meta=about("orphan_share", column, rows_where=is_orphan),
    )
