"""The watch: some hours after the night, whether it came. What it finds it tells, once."""

from prefect import flow

from loyalty import notifications
from loyalty.warehouse.environment import keep_inside, warehouse_at


@flow(name="watch", persist_result=False)
def watch(warehouse: str | None = None, max_age: str = "26h") -> None:
    """Tell of a night that is missing, died or failed unheard; fail if the data is too old.

    Without `warehouse`, $LOYALTY_WAREHOUSE or ./warehouse; `max_age` as 90m, 26h or 2d.
    """
    house = warehouse_at(warehouse)
    keep_inside(house)
    verdict = notifications.look(house, notifications.parse_age(max_age))
    verdict.tell()
    verdict.require_fresh()
