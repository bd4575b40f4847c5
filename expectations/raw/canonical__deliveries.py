"""Deliveries: dates in their order."""

from typing import TYPE_CHECKING, Any

from expectations.custom import ExpectFewRowsWhere, about

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of deliveries beyond their declaration."""
    return [
        ExpectFewRowsWhere(
            condition="delivered_at < shipped_at",
            severity="warning",
            description="nothing arrives before it was shipped",
            meta=about("dates_in_order", "delivered_at"),
        )
    ]
