"""What `prefect.yaml` fills in: one warehouse's name and folders, read where it is deployed."""

import os
import shlex
import sys
from pathlib import Path
from typing import Any

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from loyalty.errors import UsageError
from loyalty.pipeline.request import read_sources
from loyalty.warehouse import Warehouse
from loyalty.warehouse.environment import WAREHOUSE_VARIABLE, warehouse_at

NAME_VARIABLE = "LOYALTY_DEPLOYMENT"
SOURCES_VARIABLE = "LOYALTY_SOURCES"
SECRETS_VARIABLE = "LOYALTY_SECRETS_BLOCK"
DEFAULT_SOURCES = "canonical=landing/canonical"
FLOWS = ("nightly", "watch")


def settings() -> dict[str, Any]:
    """Return what the deployments of one warehouse are made of.

    Keys: `name` (of the deployments), `warehouse` (absolute folder), `sources` (absolute folders
    by source), `secrets` (name of a Secret block, or None for the worker's environment).
    A build step of `prefect.yaml`; each deployment runs it again.

    Raises:
        SystemExit: with a sentence, where a variable cannot be read or the name is taken by
            another warehouse. Prefect would show a trace of any other error.
    """
    try:
        return _settings()
    except UsageError as problem:
        sys.exit(f"loyalty: {problem}")


def _settings() -> dict[str, Any]:
    warehouse = warehouse_at()
    if not os.environ.get(WAREHOUSE_VARIABLE):
        print(f"   {WAREHOUSE_VARIABLE} is not set: deploying {warehouse.folder}")
    try:
        words = shlex.split(os.environ.get(SOURCES_VARIABLE) or DEFAULT_SOURCES)
    except ValueError as problem:
        raise UsageError(f"{SOURCES_VARIABLE} cannot be read: {problem}") from problem
    sources = read_sources(words, SOURCES_VARIABLE)
    name = deployment_name(warehouse)
    _require_free(name, warehouse)
    return {
        "name": name,
        "warehouse": str(warehouse.folder),
        "sources": {source: str(folder.absolute()) for source, folder in sources.items()},
        "secrets": os.environ.get(SECRETS_VARIABLE) or None,
    }


def deployment_name(warehouse: Warehouse) -> str:
    """Return $LOYALTY_DEPLOYMENT, else the name of the warehouse folder."""
    return os.environ.get(NAME_VARIABLE) or warehouse.folder.name


def _require_free(name: str, warehouse: Warehouse) -> None:
    """Let nobody replace the deployments of one warehouse by those of another.

    Raises:
        UsageError: the server has a deployment of this name for another warehouse folder.
    """
    with get_client(sync_client=True) as client:
        for flow in FLOWS:
            try:
                known = client.read_deployment_by_name(f"{flow}/{name}")
            except ObjectNotFound:
                continue
            folder = known.parameters.get("warehouse")
            if folder and Path(folder) != warehouse.folder:
                raise UsageError(
                    f"the deployment {flow}/{name} runs the warehouse {folder} already: set "
                    f"{NAME_VARIABLE} to another name for {warehouse.folder}, or delete that "
                    f"deployment (prefect deployment delete {flow}/{name})"
                )
