"""Marketplace orders: delivery dates in their order."""

from typing import TYPE_CHECKING, Any

from expectations.custom import ExpectFewRowsWhere, about

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of orders beyond their declaration."""
    return [
        ExpectFewRowsWhere(
            condition="order_delivered_customer_date < order_delivered_carrier_date",
            max_share=0.01,
            severity="warning",
            description="hardly an order arrives before its carrier had it",
            meta=about("dates_in_order", "order_delivered_customer_date"),
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
