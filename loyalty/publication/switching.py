"""Which generation readers see: the link switched, back, and away from a damaged one."""

import duckdb

from loyalty import privacy
from loyalty.errors import DamagedGenerationError, PublicationError, UsageError
from loyalty.publication.files import (
    UNFINISHED,
    generation_names,
    live_name,
    name_before,
    path_of,
    set_aside,
)
from loyalty.publication.reading import Generation, check, read_generation
from loyalty.warehouse import Warehouse, durable


def switch(warehouse: Warehouse, name: str) -> None:
    """Point the link at generation `name`, in one step that no reader can see the middle of.

    Raises:
        PublicationError: a file that is no link stands where the link should be.
        TakenOverError: another process took the warehouse over.
    """
    with warehouse.last_word():
        point_at(warehouse, name)


def point_at(warehouse: Warehouse, name: str) -> None:
    """Move the link; whoever does it has the last word."""
    link = warehouse.published_link
    if link.exists() and not link.is_symlink():
        raise PublicationError(f"{link} is a file, not a link to a generation: move it away")
    # Left by someone who opened the link for writing; it would be replayed into the new file.
    link.with_name(link.name + ".wal").unlink(missing_ok=True)
    fresh = link.with_name(f".{link.name}{UNFINISHED}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(path_of(warehouse, name).relative_to(warehouse.folder))
    fresh.replace(link)
    durable.sync(warehouse.folder)


def rollback(warehouse: Warehouse, name: str | None = None) -> Generation:
    """Point the link at `name`, or at the generation before the live one.

    Raises:
        UsageError: there is no such generation; the ones there are, are named.
    """
    names = generation_names(warehouse)
    target = name.removesuffix(".duckdb") if name else name_before(warehouse, names)
    if target not in names:
        raise UsageError(
            f"{warehouse.generations} has no generation {target}; it has: "
            f"{', '.join(names) or 'none'}"
        )
    path = path_of(warehouse, target)
    try:
        check(warehouse, target)
        switch(warehouse, target)
    except (duckdb.Error, OSError) as problem:
        raise PublicationError(
            f"generation {target} cannot be published: {privacy.message(problem)}"
        ) from problem
    return read_generation(path)


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
            set_aside(warehouse, each)
    except OSError as problem:
        raise PublicationError(
            f"generation {damaged[0]} is damaged and cannot be set aside: {problem}"
        ) from problem
    return damaged
