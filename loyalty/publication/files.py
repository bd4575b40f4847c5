"""The files of generations: their names, the seals kept beside them, and which one readers see."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from loyalty.errors import UsageError
from loyalty.warehouse import Warehouse, durable

# The file being written is no generation yet: its name does not end in .duckdb.
UNFINISHED = ".unfinished"
# A file that is not as it was published, kept for whoever wants to know why.
DAMAGED = ".damaged"
# As `sha256sum --check` reads it.
SEAL = re.compile(r"([0-9a-f]{64})  \S+\n")

GENERATION_NAME = re.compile(r"loyalty_(\d{8}T\d{6}Z)_(\d{3})")


def generation_names(warehouse: Warehouse) -> list[str]:
    """Return the names of all complete generations, oldest first."""
    files = warehouse.generations.glob("loyalty_*.duckdb")
    return sorted(file.stem for file in files if GENERATION_NAME.fullmatch(file.stem))


def damaged_names(warehouse: Warehouse) -> list[str]:
    """Return the names of the generations that were set aside as damaged, oldest first."""
    return sorted(
        file.name.removesuffix(f".duckdb{DAMAGED}")
        for file in warehouse.generations.glob(f"*.duckdb{DAMAGED}")
    )


def live_name(warehouse: Warehouse) -> str | None:
    """Return the name of the generation that readers see, or None before the first."""
    link = warehouse.published_link
    return link.readlink().stem if link.is_symlink() else None


def live_path(warehouse: Warehouse) -> Path | None:
    """Return the file that readers see, or None before the first publication."""
    link = warehouse.published_link
    return link.resolve() if link.is_symlink() and link.exists() else None


def next_name(warehouse: Warehouse) -> str:
    """Return a name that sorts after every generation there is, though the clock went back."""
    stamp, number = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}", 1
    names = sorted([*generation_names(warehouse), *damaged_names(warehouse)])
    newest = GENERATION_NAME.fullmatch(names[-1]) if names else None
    if newest and newest[1] >= stamp:
        stamp, number = newest[1], int(newest[2]) + 1
    return f"loyalty_{stamp}_{number:03}"


def name_before(warehouse: Warehouse, names: list[str]) -> str:
    """Return the name of the generation before the live one.

    Raises:
        UsageError: there is none.
    """
    live = live_name(warehouse)
    earlier = [name for name in names if live and name < live]
    if not earlier:
        raise UsageError(
            f"{warehouse.folder}: there is no generation before "
            f"{live or 'the first'}; nothing to go back to"
        )
    return earlier[-1]


def path_of(warehouse: Warehouse, name: str) -> Path:
    """Return where the generation's file is."""
    return warehouse.generations / f"{name}.duckdb"


def seal(warehouse: Warehouse, name: str, digest: str) -> None:
    """Keep the SHA-256 of a generation, as `sha256sum --check` reads it."""
    warehouse.seals.mkdir(exist_ok=True)
    durable.write(_seal_path(warehouse, name), f"{digest}  {name}.duckdb\n")


def kept_digest(warehouse: Warehouse, name: str) -> str | None:
    """Return the SHA-256 that was kept of a generation, or None."""
    with suppress(OSError, ValueError):
        seal = SEAL.fullmatch(_seal_path(warehouse, name).read_text())
        return seal[1] if seal else None
    return None


def set_aside(warehouse: Warehouse, name: str) -> None:
    """Keep a damaged file under a name that no reader takes for a generation."""
    path = path_of(warehouse, name)
    if path.exists():
        path.rename(path.with_name(path.name + DAMAGED))
    _seal_path(warehouse, name).unlink(missing_ok=True)


def remove(warehouse: Warehouse, name: str) -> None:
    """Remove a generation and its seal."""
    path_of(warehouse, name).unlink(missing_ok=True)
    _seal_path(warehouse, name).unlink(missing_ok=True)


def remove_unfinished(warehouse: Warehouse) -> None:
    """Remove what a night that was killed while writing has left."""
    for file in warehouse.generations.glob(f"*{UNFINISHED}*"):
        file.unlink()
    for seal in warehouse.seals.glob("*"):
        if seal.stem not in generation_names(warehouse):
            seal.unlink()


def _seal_path(warehouse: Warehouse, name: str) -> Path:
    return warehouse.seals / f"{name}.sha256"
