"""Memberships: dates in their order."""

from typing import TYPE_CHECKING, Any

from expectations.raw.dates import in_order

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is asked of memberships beyond their declaration."""
    return in_order(
        "activated_at < enrolled_at or cancelled_at < enrolled_at",
        "activated_at, cancelled_at",
        "nobody is activated or cancelled before they enrolled",
    )
