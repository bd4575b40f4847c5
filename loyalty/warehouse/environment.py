"""What the tools of a night read from the environment, set before any of them is imported."""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from loyalty.warehouse.folder import Warehouse

if TYPE_CHECKING:
    from rich.console import Console

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


def outlive_reader(console: "Console") -> None:
    """Let the console fall silent when nobody reads its pipe any more.

    By itself it raises SystemExit then, in whatever thread logs: a night would end at a log line,
    and a thread of dbt's would end unseen while its command waits for it.
    """

    def fall_silent() -> None:
        console.quiet = True
        # What others write to the same pipe goes nowhere too.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, console.file.fileno())
        os.close(nowhere)

    console.on_broken_pipe = fall_silent  # type: ignore[method-assign]


def outlive_readers() -> None:
    """Let every console that this process logs to fall silent when nobody reads it any more."""
    from rich.console import Console

    manager = logging.Logger.manager
    loggers = [manager.root, *manager.loggerDict.values()]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):
            console = getattr(handler, "console", None)
            if isinstance(console, Console):
                outlive_reader(console)
