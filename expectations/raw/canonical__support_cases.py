"""Support cases: dates in their order."""

from typing import TYPE_CHECKING, Any

from expectations.raw.dates import in_order

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is asked of support cases beyond their declaration."""
    return in_order("closed_at < opened_at", "closed_at", "no case is closed before it was opened")
