from collections.abc import Iterator
from pathlib import Path

import pytest
from gates_lab import DECLARATIONS, Lab, create_raw

from loyalty.warehouse import Warehouse


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    connection = warehouse.connect()
    connection.execute("create schema raw_canonical")
    for table in DECLARATIONS["canonical"].tables.values():
        create_raw(connection, table)
    yield Lab(warehouse, connection)
    connection.close()
