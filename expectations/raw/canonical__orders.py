"""Orders: dirt that the definitions leave out, told when there is much of it."""

from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectFewRowsWhere, about

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of orders beyond their declaration."""
    return [
        ExpectFewRowsWhere(
            condition="refunded_amount > order_amount",
            severity="warning",
            description="no more is refunded than was paid",
            meta=about("refunded_above_amount", "refunded_amount"),
        ),
        ExpectFewRowsWhere(
            condition="customer_id is null",
            base="sales_channel is null or sales_channel <> 'store'",
            max_share=0.5,
            severity="warning",
            description="at most half of the orders outside stores are guests",
            meta=about("guest_share", "customer_id"),
        ),
        ExpectFewRowsWhere(
            condition="device_type is null",
            base="sales_channel in ('web', 'app')",
            max_share=0.2,
            severity="warning",
            description="at most 20 % of web and app orders lack their device",
            meta=about("device_unknown_share", "device_type"),
        ),
    ]
