"""Deliveries: dates in their order."""

from typing import TYPE_CHECKING, Any

from expectations.raw.dates import in_order

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is asked of deliveries beyond their declaration."""
    return in_order(
        "delivered_at < shipped_at", "delivered_at", "nothing arrives before it was shipped"
    )
