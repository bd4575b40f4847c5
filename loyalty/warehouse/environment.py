"""What the tools of a night read from the environment, set before any of them is imported."""

import os
from pathlib import Path

from loyalty.warehouse.folder import Warehouse

DEFAULT_WAREHOUSE = "warehouse"
WAREHOUSE_VARIABLE = "LOYALTY_WAREHOUSE"


def warehouse_at(folder: Path | str | None = None) -> Warehouse:
    """Return the warehouse at `folder`, else at $LOYALTY_WAREHOUSE, else at ./warehouse."""
    named = folder or os.environ.get(WAREHOUSE_VARIABLE) or DEFAULT_WAREHOUSE
    return Warehouse(Path(named).expanduser().absolute())


def keep_inside(warehouse: Warehouse) -> None:
    """Turn every tool's telemetry off and keep what it writes below the warehouse folder.

    Prefect's home may be set by the caller, who then has a server or a profile of their own.
    """
    os.environ |= {
        WAREHOUSE_VARIABLE: str(warehouse.folder),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    os.environ.setdefault("PREFECT_HOME", str(warehouse.prefect_home))
    os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "true")
    # Its own 20 seconds are short on a busy machine.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")


def quiet_prefect() -> None:
    """Let Prefect's own lines go to its server only: the command shows the night's progress."""
    os.environ |= {
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "loyalty",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    }
