"""Support cases: dates in their order."""

from typing import TYPE_CHECKING, Any

from expectations.custom import ExpectFewRowsWhere, about

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of support cases beyond their declaration."""
    return [
        ExpectFewRowsWhere(
            condition="closed_at < opened_at",
            severity="warning",
            description="no case is closed before it was opened",
            meta=about("dates_in_order", "closed_at"),
        )
    ]
