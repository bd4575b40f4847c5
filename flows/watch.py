"""The watch: some hours after the night, whether it came. What it finds it tells, once."""

from typing import Any

from prefect import State, flow

from flows.ends import ended_badly
from flows.names import run_name
from flows.secrets import take_secrets
from loyalty import notifications
from loyalty.errors import LoyaltyError
from loyalty.warehouse.environment import keep_inside, warehouse_at


@flow(name="watch", flow_run_name=run_name, persist_result=False)
def watch(
    warehouse: str | None = None, max_age: str = "26h", secrets: str | None = None
) -> State[Any] | None:
    """Tell of a night that is missing, died or failed unheard; fail if the data is too old.

    Args:
        warehouse: Warehouse folder; by default $LOYALTY_WAREHOUSE, else ./warehouse.
        max_age: How old the newest good run may be: 90m, 26h, 2d.
        secrets: Secret block with the LOYALTY_NOTIFY_… variables; null takes them from the
            worker's environment.
    """
    try:
        take_secrets(secrets)
        house = warehouse_at(warehouse)
        keep_inside(house)
        verdict = notifications.look(house, notifications.parse_age(max_age))
        verdict.tell()
        verdict.require_fresh()
    except LoyaltyError as problem:
        return ended_badly(problem)
    return None
