"""Generations: what a night publishes, how readers are switched to it, and the way back.

A generation is one file that is written once and never again. Readers open a symbolic link,
read-only; switching is one atomic rename, so they see the old file or the new one, never half.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import duckdb

from loyalty import privacy, settings
from loyalty.errors import PublicationError
from loyalty.publication.files import (
    UNFINISHED,
    generation_names,
    kept_digest,
    live_name,
    next_name,
    path_of,
    remove,
    remove_unfinished,
    seal,
)
from loyalty.publication.generation_file import (
    Changed,
    Comments,
    Plan,
    Table,
    file_digest,
    write,
    write_changes,
)
from loyalty.publication.reading import Generation, read_generation, verify
from loyalty.publication.switching import point_at
from loyalty.warehouse import Warehouse, durable

LOG = logging.getLogger("loyalty.night")


def publish(
    warehouse: Warehouse,
    connection: duckdb.DuckDBPyConnection,
    night_id: str,
    tables: Sequence[Table],
    *,
    comments: Comments | None = None,
    changed: Changed | None = None,
) -> Generation:
    """Write `tables` of the open build database to a new generation and switch readers to it.

    `comments` are kept in the file as those of its tables and columns. Where `changed` says what
    tells the build from the live generation, the new one is a copy of that with the changes.

    Raises:
        PublicationError: nothing to publish, a table is missing, the file that was written does
            not hold what was to be written, or the disk refused. The live generation stands.
        TakenOverError: another process took the warehouse over. The live generation stands.
    """
    name = next_name(warehouse)
    path = path_of(warehouse, name)
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        remove_unfinished(warehouse)
        plan = Plan(unfinished, name, night_id, tables)
        if not changed or not _write_changes(warehouse, connection, plan, changed):
            write(connection, plan, comments or {})
            verify(unfinished)
        unfinished.chmod(0o444)
        with ThreadPoolExecutor(1) as beside:
            written = beside.submit(durable.sync, unfinished)
            seal(warehouse, name, file_digest(unfinished))
            written.result()
        with warehouse.last_word():
            durable.move(unfinished, path)
            try:
                point_at(warehouse, name)
            except BaseException:
                # What readers never saw is nothing to go back to.
                if live_name(warehouse) != name:
                    remove(warehouse, name)
                raise
    except (duckdb.Error, OSError) as problem:
        # Where the disk is full, what cannot be finished must not stay to fill it.
        with suppress(OSError):
            remove_unfinished(warehouse)
        raise PublicationError(
            f"generation {name} was not published: {privacy.message(problem)}"
        ) from problem
    return read_generation(path)


def _write_changes(
    warehouse: Warehouse, connection: duckdb.DuckDBPyConnection, plan: Plan, changed: Changed
) -> bool:
    """Write the live generation with what has changed; return False where that will not do.

    So it is where the live generation is another than the build goes on from, or damaged, or does
    not end in what was built.
    """
    digest = kept_digest(warehouse, changed.name)
    if changed.name != live_name(warehouse) or digest is None:
        return False
    try:
        base = path_of(warehouse, changed.name)
        write_changes(connection, plan, changed, base, digest)
    except PublicationError as problem:
        LOG.warning("  written as a whole: %s", problem)
        remove_unfinished(warehouse)
        return False
    return True


def clear(warehouse: Warehouse) -> None:
    """Remove what a night that died has left beside the generations and the link.

    The caller holds the lock.
    """
    remove_unfinished(warehouse)
    for file in warehouse.folder.glob(f".*{UNFINISHED}"):
        # A folder of that name is none of ours.
        if not file.is_dir() or file.is_symlink():
            file.unlink()


def prune(warehouse: Warehouse, keep: int | None = None) -> list[str]:
    """Remove all but the newest `keep` generations, never the live one; return their names.

    Raises:
        PublicationError: a file cannot be removed; what is live is not touched.
    """
    keep = keep or settings.kept_generations()
    live = live_name(warehouse)
    old = [name for name in generation_names(warehouse)[:-keep] if name != live]
    for name in old:
        try:
            remove(warehouse, name)
        except OSError as problem:
            raise PublicationError(f"{name} cannot be removed: {problem}") from problem
    return old


def remove_newest_of(warehouse: Warehouse, night_id: str) -> None:
    """Remove the newest generation if that night wrote it and readers were never switched to it."""
    names = generation_names(warehouse)
    if not names or names[-1] == live_name(warehouse):
        return
    path = path_of(warehouse, names[-1])
    # One that cannot be read is nobody's; it is named where it is asked for.
    with suppress(PublicationError):
        if read_generation(path).night_id == night_id:
            remove(warehouse, names[-1])
