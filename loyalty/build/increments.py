"""What the incremental models are made by: after a change of it they are built anew, from all rows.

A row that they hold stays as it was computed on the night that loaded it, so another model, macro,
seed or zone upstream of them would reach new rows only.
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import duckdb

from loyalty.project import project_file

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


def code_mark(manifest: "Manifest") -> str:
    """Return what tells apart two states of all that incremental models are made by."""
    parts = sorted(lineage(manifest).items())
    return hashlib.sha256(f"{parts} {project_file()['vars']}".encode()).hexdigest()


def lineage(manifest: "Manifest") -> dict[str, str]:
    """Return name and content of the incremental models and the project's nodes upstream."""
    found: dict[str, str] = {}
    waiting = [
        name
        for name, node in manifest.nodes.items()
        if str(node.resource_type) == "model" and node.config.materialized == "incremental"
    ]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        node: Any = manifest.nodes.get(name) or manifest.macros.get(name)
        # Landed tables are no code, and dbt's own macros come with the versions that are locked.
        if node is not None and node.package_name == manifest.metadata.project_name:
            found[name] = getattr(node, "macro_sql", None) or node.checksum.checksum
            waiting += _upstream(node)
    return found


def is_made_by(connection: duckdb.DuckDBPyConnection, mark: str) -> bool:
    """Tell whether the code of `mark` made all rows; if not, nobody is said to have made them.

    So a build that dies half way is not taken for one that ended, whichever code comes next.
    """
    if connection.execute("select mark from control.incremental_code").fetchall() == [(mark,)]:
        return True
    connection.execute("delete from control.incremental_code")
    return False


def keep(connection: duckdb.DuckDBPyConnection, mark: str) -> None:
    """Remember that the code of `mark` made all rows."""
    connection.execute("begin")
    connection.execute("delete from control.incremental_code")
    connection.execute("insert into control.incremental_code values (?)", [mark])
    connection.execute("commit")


def _upstream(node: Any) -> Iterator[str]:
    yield from getattr(node.depends_on, "nodes", ())
    yield from node.depends_on.macros
