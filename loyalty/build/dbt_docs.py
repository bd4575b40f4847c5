"""dbt's own pages on every model, column and test, and how they hang together: one static file."""

import os
from pathlib import Path

from loyalty.build.manifests import project_manifest
from loyalty.errors import BuildError
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import Warehouse

PAGE = "dbt_docs.html"


def write_dbt_docs(warehouse: Warehouse) -> Path:
    """Write `dbt_docs.html` beside the published file; the caller holds the warehouse's lock.

    The page holds names, descriptions, SQL and column types, and no rows.

    Raises:
        BuildError: dbt could not read the project or the build database.
    """
    from dbt.cli.main import dbtRunner

    os.environ["LOYALTY_WAREHOUSE"] = str(warehouse.folder.resolve())
    target = warehouse.target.resolve() / "docs"
    places = {
        "--project-dir": PROJECT_FOLDER,
        "--profiles-dir": PROJECT_FOLDER / "profiles",
        "--target-path": target,
        "--log-path": warehouse.private.resolve() / "logs",
    }
    words = ["docs", "generate", "--static", "--quiet", "--log-level-file", "warn"]
    words += [str(word) for pair in places.items() for word in pair]
    result = dbtRunner(manifest=project_manifest()).invoke(words)
    if not result.success:
        raise BuildError(f"dbt did not write its pages: {result.exception or result.result}")
    page = warehouse.folder / PAGE
    fresh = page.with_suffix(".unfinished")
    text = (target / "static_index.html").read_text()
    # Where project and warehouse lie on this machine is nobody's affair.
    for place in (target, warehouse.folder.resolve(), PROJECT_FOLDER):
        text = text.replace(f"{place}/", "").replace(str(place), ".")
    fresh.write_text(text)
    fresh.replace(page)
    return page
