"""The watch: some hours after the night, whether it came. What it finds it tells, once."""

from typing import Annotated, Any

from prefect import State, flow
from pydantic import Field

from flows.ends import ended_badly
from flows.names import run_name
from flows.secrets import take_secrets
from loyalty import telling
from loyalty.errors import StaleError
from loyalty.surroundings import keep_inside, warehouse_at


@flow(name="watch", flow_run_name=run_name, persist_result=False)
def watch(
    warehouse: Annotated[
        str | None,
        Field(description="Warehouse folder; default $LOYALTY_WAREHOUSE, else ./warehouse."),
    ] = None,
    max_age: Annotated[
        str, Field(description="Age of the newest good run that is still fine: 90m, 26h, 2d.")
    ] = "26h",
    secrets: Annotated[
        str | None,
        Field(description="Secret block with LOYALTY_NOTIFY_… variables; null: environment."),
    ] = None,
) -> State[Any] | None:
    """Tell of a night that is missing, died or failed unheard; fail if the data is too old."""
    take_secrets(secrets)
    house = warehouse_at(warehouse)
    keep_inside(house)
    verdict = telling.look(house, telling.parse_age(max_age))
    verdict.tell()
    try:
        verdict.require_fresh()
    except StaleError as problem:
        return ended_badly(problem)
    return None
