"""A warehouse in memory that a small shop's files are loaded into."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from landing_shop import KEY, Shop, declare

from loyalty.landing import Loader
from loyalty.warehouse import SYSTEM_TABLES


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(SYSTEM_TABLES)
    source = declare()
    loader = Loader(connection, "night 1", {"shop": source}, KEY, "Europe/Stockholm")
    loader.prepare()
    yield Shop(tmp_path, connection, source, loader)
    connection.close()
