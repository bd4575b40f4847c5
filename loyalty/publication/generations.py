"""Generations: what a night publishes, how readers are switched to it, and the way back.

A generation is one file that is written once and never again. Readers open a symbolic link,
read-only; switching is one atomic rename, so they see the old file or the new one, never half.
"""

import errno
import logging
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from loyalty import privacy, settings, signals
from loyalty.errors import DamagedGenerationError, PublicationError, UsageError
from loyalty.landing.quoting import literal, quoted
from loyalty.publication.generation_file import (
    Changed,
    Comments,
    Plan,
    PublishedTable,
    Table,
    content,
    file_digest,
    read_tables,
    write,
    write_changes,
    written_hash,
)
from loyalty.warehouse import Warehouse, durable, memory

LOG = logging.getLogger("loyalty.night")
# The file being written is no generation yet: its name does not end in .duckdb.
UNFINISHED = ".unfinished"
# A file that is not as it was published, kept for whoever wants to know why.
DAMAGED = ".damaged"
# As `sha256sum --check` reads it.
SEAL = re.compile(r"([0-9a-f]{64})  \S+\n")

GENERATION_NAME = re.compile(r"loyalty_(\d{8}T\d{6}Z)_(\d{3})")


@dataclass(frozen=True)
class Generation:
    """One published file: `name` is its file name without `.duckdb`."""

    name: str
    path: Path
    night_id: str
    as_of_date: date
    published_at: datetime
    tables: tuple[PublishedTable, ...]


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
    name = _next_name(warehouse)
    path = _path(warehouse, name)
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        _remove_unfinished(warehouse)
        plan = Plan(unfinished, name, night_id, tables)
        if not changed or not _write_changes(warehouse, connection, plan, changed):
            write(connection, plan, comments or {})
            verify(unfinished)
        unfinished.chmod(0o444)
        with ThreadPoolExecutor(1) as beside:
            written = beside.submit(durable.sync, unfinished)
            _seal(warehouse, name, file_digest(unfinished))
            written.result()
        with warehouse.last_word():
            durable.move(unfinished, path)
            try:
                _point_at(warehouse, name)
            except BaseException:
                # What readers never saw is nothing to go back to.
                if live_name(warehouse) != name:
                    _remove(warehouse, name)
                raise
    except (duckdb.Error, OSError) as problem:
        # Where the disk is full, what cannot be finished must not stay to fill it.
        with suppress(OSError):
            _remove_unfinished(warehouse)
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
    digest = _kept_digest(warehouse, changed.name)
    if changed.name != live_name(warehouse) or digest is None:
        return False
    try:
        base = _path(warehouse, changed.name)
        write_changes(connection, plan, changed, base, digest)
    except PublicationError as problem:
        LOG.warning("  written as a whole: %s", problem)
        _remove_unfinished(warehouse)
        return False
    return True


def clear(warehouse: Warehouse) -> None:
    """Remove what a night that died has left beside the generations and the link.

    The caller holds the lock.
    """
    _remove_unfinished(warehouse)
    for file in warehouse.folder.glob(f".*{UNFINISHED}"):
        # A folder of that name is none of ours.
        if not file.is_dir() or file.is_symlink():
            file.unlink()


def switch(warehouse: Warehouse, name: str) -> None:
    """Point the link at generation `name`, in one step that no reader can see the middle of.

    Raises:
        PublicationError: a file that is no link stands where the link should be.
        TakenOverError: another process took the warehouse over.
    """
    with warehouse.last_word():
        _point_at(warehouse, name)


def _point_at(warehouse: Warehouse, name: str) -> None:
    """Move the link; whoever does it has the last word."""
    link = warehouse.published_link
    if link.exists() and not link.is_symlink():
        raise PublicationError(f"{link} is a file, not a link to a generation: move it away")
    # Left by someone who opened the link for writing; it would be replayed into the new file.
    link.with_name(link.name + ".wal").unlink(missing_ok=True)
    fresh = link.with_name(f".{link.name}{UNFINISHED}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(_path(warehouse, name).relative_to(warehouse.folder))
    fresh.replace(link)
    durable.sync(warehouse.folder)


def rollback(warehouse: Warehouse, name: str | None = None) -> Generation:
    """Point the link at `name`, or at the generation before the live one.

    Raises:
        UsageError: there is no such generation; the ones there are, are named.
    """
    names = generation_names(warehouse)
    target = name.removesuffix(".duckdb") if name else _name_before(warehouse, names)
    if target not in names:
        raise UsageError(
            f"{warehouse.generations} has no generation {target}; it has: "
            f"{', '.join(names) or 'none'}"
        )
    path = _path(warehouse, target)
    try:
        check(warehouse, target)
        switch(warehouse, target)
    except (duckdb.Error, OSError) as problem:
        raise PublicationError(
            f"generation {target} cannot be published: {privacy.message(problem)}"
        ) from problem
    return read_generation(path)


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
            _remove(warehouse, name)
        except OSError as problem:
            raise PublicationError(f"{name} cannot be removed: {problem}") from problem
    return old


def remove_newest_of(warehouse: Warehouse, night_id: str) -> None:
    """Remove the newest generation if that night wrote it and readers were never switched to it."""
    names = generation_names(warehouse)
    if not names or names[-1] == live_name(warehouse):
        return
    path = _path(warehouse, names[-1])
    # One that cannot be read is nobody's; it is named where it is asked for.
    with suppress(PublicationError):
        if read_generation(path).night_id == night_id:
            _remove(warehouse, names[-1])


def _remove(warehouse: Warehouse, name: str) -> None:
    _path(warehouse, name).unlink(missing_ok=True)
    _seal_path(warehouse, name).unlink(missing_ok=True)


def verify(path: Path) -> None:
    """Read every table of the file at `path` and compare it with what the file says of itself.

    Raises:
        PublicationError: a table's rows are not those that were published.
    """
    with open_file(path) as reader:
        for table in read_tables(reader):
            count, total = content(reader, quoted(table.schema_name, table.table_name))
            if (count, written_hash(total)) != (table.row_count, table.content_hash):
                raise PublicationError(
                    f"{path.name}: {table.schema_name}.{table.table_name} has {count} rows that "
                    f"are not the {table.row_count} rows published; the disk may be failing"
                )


def check(warehouse: Warehouse, name: str) -> None:
    """Hold a generation against the SHA-256 that was kept of it when it was written.

    One of which none was kept is read instead, table by table.

    Raises:
        DamagedGenerationError: it is not as it was published, or gone.
        OSError: it may not be read.
    """
    path = _path(warehouse, name)
    if not path.exists():
        raise DamagedGenerationError(f"{path} is gone")
    try:
        digest = file_digest(path)
        kept = _kept_digest(warehouse, name)
        if kept is None:
            verify(path)
        elif kept != digest:
            raise DamagedGenerationError(f"{path} is damaged: it is not as it was published")
    except OSError as problem:
        if problem.errno != errno.EIO:
            raise
        raise DamagedGenerationError(f"{path} is damaged: {problem.strerror}") from problem
    except (duckdb.Error, PublicationError) as problem:
        reason = str(problem).partition("\n")[0]
        raise DamagedGenerationError(f"{path} is damaged: {reason}") from problem


def serve_good(warehouse: Warehouse) -> list[str]:
    """Let readers see the newest good generation if the live one is damaged or gone.

    Returns the damaged ones' names, newest first; their files are set aside as
    `<name>.duckdb.damaged`. Where no good one is left, there is no link any more: better
    nothing than wrong numbers.

    Raises:
        PublicationError: the link or a file cannot be changed.
        OSError: a generation may not be read.
    """
    live, damaged = live_name(warehouse), []
    if live is None:
        return []
    for name in [live, *(n for n in reversed(generation_names(warehouse)) if n < live)]:
        try:
            check(warehouse, name)
        except DamagedGenerationError:
            damaged.append(name)
        else:
            break
    if not damaged:
        return []
    try:
        if damaged[-1] != name:
            switch(warehouse, name)
        else:
            warehouse.published_link.unlink()
        for each in damaged:
            _set_aside(warehouse, each)
    except OSError as problem:
        raise PublicationError(
            f"generation {damaged[0]} is damaged and cannot be set aside: {problem}"
        ) from problem
    return damaged


def damaged_names(warehouse: Warehouse) -> list[str]:
    """Return the names of the generations that were set aside as damaged, oldest first."""
    return sorted(
        file.name.removesuffix(f".duckdb{DAMAGED}")
        for file in warehouse.generations.glob(f"*.duckdb{DAMAGED}")
    )


def generation_names(warehouse: Warehouse) -> list[str]:
    """Return the names of all complete generations, oldest first."""
    files = warehouse.generations.glob("loyalty_*.duckdb")
    return sorted(file.stem for file in files if GENERATION_NAME.fullmatch(file.stem))


def live_name(warehouse: Warehouse) -> str | None:
    """Return the name of the generation that readers see, or None before the first."""
    link = warehouse.published_link
    return link.readlink().stem if link.is_symlink() else None


def live_path(warehouse: Warehouse) -> Path | None:
    """Return the file that readers see, or None before the first publication."""
    link = warehouse.published_link
    return link.resolve() if link.is_symlink() and link.exists() else None


@contextmanager
def open_file(path: Path, may_use: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open one generation read-only, as the default catalog of a connection in UTC.

    The connection reaches no other file, but those in the folder `may_use`, and no network, and
    loads no extensions; nothing can loosen that again.
    """
    # A plain connect() would hand out an instance that this process may hold of an older file.
    with duckdb.connect(":memory:") as reader:
        signals.watched(reader)
        memory.keep_within(reader)
        reader.execute(f"attach {literal(str(path.resolve()))} as loyalty (read_only)")
        reader.execute("set TimeZone = 'UTC'")
        reader.execute("use loyalty")
        if may_use:
            reader.execute(f"set allowed_directories = [{literal(str(may_use.resolve()))}]")
        reader.execute("set enable_external_access = false")
        reader.execute("set lock_configuration = true")
        yield reader


@contextmanager
def open_published(warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the live generation read-only.

    Raises:
        UsageError: nothing has been published here.
    """
    if not warehouse.published_link.exists():
        raise UsageError(
            f"{warehouse.published_link}: nothing is published here yet; "
            "run `loyalty run`, or name the folder with --warehouse"
        )
    with open_file(warehouse.published_link) as reader:
        yield reader


def read_generation(path: Path) -> Generation:
    """Return what the generation at `path` says of itself.

    Raises:
        PublicationError: it cannot be read.
    """
    try:
        with open_file(path) as reader:
            rows = reader.execute(
                "select generation, night_id, as_of_date, published_at from publication.generation"
            ).fetchall()
            tables = tuple(read_tables(reader))
    except duckdb.Error as problem:
        raise PublicationError(f"{path} cannot be read: {problem}") from problem
    name, night_id, as_of_date, published_at = rows[0]
    return Generation(name, path.resolve(), night_id, as_of_date, published_at, tables)


def _next_name(warehouse: Warehouse) -> str:
    """Return a name that sorts after every generation there is, though the clock went back."""
    stamp, number = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}", 1
    names = sorted([*generation_names(warehouse), *damaged_names(warehouse)])
    newest = GENERATION_NAME.fullmatch(names[-1]) if names else None
    if newest and newest[1] >= stamp:
        stamp, number = newest[1], int(newest[2]) + 1
    return f"loyalty_{stamp}_{number:03}"


def _name_before(warehouse: Warehouse, names: list[str]) -> str:
    live = live_name(warehouse)
    earlier = [name for name in names if live and name < live]
    if not earlier:
        raise UsageError(
            f"{warehouse.folder}: there is no generation before "
            f"{live or 'the first'}; nothing to go back to"
        )
    return earlier[-1]


def _path(warehouse: Warehouse, name: str) -> Path:
    return warehouse.generations / f"{name}.duckdb"


def _seal(warehouse: Warehouse, name: str, digest: str) -> None:
    """Keep the SHA-256 of a generation, as `sha256sum --check` reads it."""
    warehouse.seals.mkdir(exist_ok=True)
    durable.write(_seal_path(warehouse, name), f"{digest}  {name}.duckdb\n")


def _seal_path(warehouse: Warehouse, name: str) -> Path:
    return warehouse.seals / f"{name}.sha256"


def _kept_digest(warehouse: Warehouse, name: str) -> str | None:
    with suppress(OSError, ValueError):
        seal = SEAL.fullmatch(_seal_path(warehouse, name).read_text())
        return seal[1] if seal else None
    return None


def _set_aside(warehouse: Warehouse, name: str) -> None:
    path = _path(warehouse, name)
    if path.exists():
        path.rename(path.with_name(path.name + DAMAGED))
    _seal_path(warehouse, name).unlink(missing_ok=True)


def _remove_unfinished(warehouse: Warehouse) -> None:
    """Remove what a night that was killed while writing has left."""
    for file in warehouse.generations.glob(f"*{UNFINISHED}*"):
        file.unlink()
    for seal in warehouse.seals.glob("*"):
        if seal.stem not in generation_names(warehouse):
            seal.unlink()
