"""Disks that are small, files that lose a bit, and what a warehouse holds, to compare."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from loyalty.declarations import read_declarations
from loyalty.landing import Loader
from loyalty.landing.hashing import DEMO_KEY
from loyalty.project import business_time_zone
from loyalty.warehouse import Warehouse

LARGE = 400 << 20


class Disk:
    """A file system of its own, in memory, whose size and mode can be changed while it is used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def used(self) -> int:
        """Return how many bytes are taken."""
        return shutil.disk_usage(self.folder).used

    def resize(self, size: int) -> None:
        """Let it hold `size` bytes in all."""
        self.remount(f"size={size}")

    def remount(self, options: str) -> None:
        """Change how it is mounted."""
        subprocess.run(["mount", "-o", f"remount,{options}", self.folder], check=True)


@contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    """Give a large empty disk; a test is skipped where none may be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={LARGE}", "tmpfs", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk may be mounted here: {done.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def copied(house: Warehouse, folder: Path) -> Warehouse:
    """Return a copy of a warehouse in the folder, in the place of what was there."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(house.folder, folder, symlinks=True)
    return Warehouse(folder)


def flip(path: Path, chance: random.Random) -> int:
    """Turn one bit of the file over and return its byte."""
    content = bytearray(path.read_bytes())
    place = chance.randrange(len(content))
    content[place] ^= 1 << chance.randrange(8)
    path.chmod(0o644)
    path.write_bytes(content)
    return place


def open_for_loading(house: Warehouse) -> duckdb.DuckDBPyConnection:
    """Open the build database as a night does that is about to load."""
    connection = house.connect()
    Loader(
        connection, "n", read_declarations(), DEMO_KEY, business_time_zone(), archive=house.archive
    ).prepare()
    return connection


def loaded(house: Warehouse) -> dict[str, tuple[int, str]]:
    """Return rows and content of raw, the batches and the rejects, read to the last block."""
    with open_for_loading(house) as connection:
        tables = connection.execute(
            """
            select '"' || schema_name || '"."' || table_name || '"' from duckdb_tables()
            where schema_name like 'raw_%' or schema_name || '.' || table_name
                in ('quality.batches', 'quality.rejects', 'control.landed_entities')
            """
        ).fetchall()
        return {
            table: connection.execute(
                f"select count(*), sum(hash(content))::varchar from {table} as content"
            ).fetchall()[0]
            for (table,) in tables
        }


def read_all(house: Warehouse) -> dict[str, tuple[int, str]]:
    """Return rows and content of every table of the build database."""
    with house.connect() as connection:
        tables = connection.execute(
            "select '\"' || schema_name || '\".\"' || table_name || '\"' from duckdb_tables()"
        ).fetchall()
        return {
            table: connection.execute(
                f"select count(*), sum(hash(content))::varchar from {table} as content"
            ).fetchall()[0]
            for (table,) in tables
        }
