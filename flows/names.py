"""What the flows' runs and pages are called on the server."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run as this_run

from loyalty.project import business_time_zone
from loyalty.warehouse import Warehouse
from loyalty.warehouse.environment import warehouse_at


def run_name() -> str:
    """Return a name for the flow run that begins: flow, warehouse folder, local day."""
    house = warehouse_at(this_run.parameters.get("warehouse"))
    scheduled_at = this_run.scheduled_start_time or datetime.now(UTC)
    day = scheduled_at.astimezone(ZoneInfo(business_time_zone())).date()
    return f"{this_run.flow_name} {house.folder.name} {day}"


def results_key(warehouse: Warehouse) -> str:
    """Return the key of a warehouse's results page; Prefect allows a-z, 0-9 and dashes."""
    name = re.sub(r"[^a-z0-9]+", "-", warehouse.folder.name.lower()).strip("-")
    return f"results-{name or 'warehouse'}"
