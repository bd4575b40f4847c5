"""Marketplace orders: delivery dates in their order."""

from typing import TYPE_CHECKING, Any

from expectations.raw.dates import in_order
from loyalty.gates.custom import ExpectFewRowsWhere, about

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is asked of orders beyond their declaration."""
    return [
        *in_order(
            "order_delivered_customer_date < order_delivered_carrier_date",
            "order_delivered_customer_date",
            "hardly an order arrives before its carrier had it",
            max_share=0.01,
        ),
        ExpectFewRowsWhere(
            condition="order_delivered_customer_date is null",
            base="order_status = 'delivered'",
            max_share=0.01,
            severity="warning",
            description="hardly a delivered order lacks its date of delivery",
            meta=about("delivered_without_date_share", "order_delivered_customer_date"),
        ),
    ]
