"""Steps of the product, each in a process of its own: `python -m bench.tasks build WAREHOUSE`."""

import json
import sys
import time
from pathlib import Path
from typing import Any

from loyalty import publication
from loyalty.build import manifests, transform
from loyalty.warehouse import Warehouse

NIGHT = "bench"


def build(warehouse: Warehouse) -> dict[str, Any]:
    """Build and test all models anew; the project's parse, kept between nights, is not counted."""
    manifests.project_manifest()
    with warehouse.connect() as connection:
        connection.execute("delete from quality.dbt_results where night_id = ?", [NIGHT])
    began = time.monotonic()
    transform.build(warehouse, NIGHT, full_refresh=True)
    seconds = time.monotonic() - began
    with warehouse.connect() as connection:
        rows = connection.execute(
            "select resource_type, split_part(unique_id, '.', 3), seconds "
            "from quality.dbt_results where night_id = ?",
            [NIGHT],
        ).fetchall()
    nodes = {f"{kind} {name}": took for kind, name, took in rows}
    return {"seconds": seconds, "nodes": nodes}


def publish(warehouse: Warehouse) -> dict[str, Any]:
    """Publish what is built, and leave that generation alone."""
    tables, comments = transform.published_tables(), transform.published_comments()
    with warehouse.connect() as connection:
        began = time.monotonic()
        publication.publish(warehouse, connection, NIGHT, tables, comments=comments)
        seconds = time.monotonic() - began
    publication.prune(warehouse, 1)
    return {"seconds": seconds}


TASKS = {"build": build, "publish": publish}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](Warehouse(Path(sys.argv[2])))))
