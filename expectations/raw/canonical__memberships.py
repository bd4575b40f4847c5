"""Memberships: dates in their order, members known."""

from typing import TYPE_CHECKING, Any

from expectations.custom import ExpectFewRowsWhere, about
from expectations.raw.orphans import known_in

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of memberships beyond their declaration."""
    return [
        ExpectFewRowsWhere(
            condition="activated_at < enrolled_at or cancelled_at < enrolled_at",
            severity="warning",
            description="nobody is activated or cancelled before they enrolled",
            meta=about("dates_in_order", "activated_at, cancelled_at"),
        ),
        known_in(batch, "customer_id", "customers", "customer_id"),
    ]
