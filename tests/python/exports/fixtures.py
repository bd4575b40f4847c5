"""One published generation, and the one of the night after, for all who read what is published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from agreement.houses import House

from loyalty import publication
from loyalty.build import transform

from .generations import NEXT_GENERATION, change

pytest_plugins = ["agreement.fixtures"]


@pytest.fixture(scope="session")
def published(nasty_house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generation with every oddity that raw data may have."""
    warehouse = nasty_house.warehouse
    tables = transform.published_tables()
    with warehouse.connect() as connection:
        generation = publication.publish(
            warehouse, connection, "night", tables, comments=transform.published_comments()
        )
    copy = tmp_path_factory.mktemp("published") / generation.path.name
    return Path(shutil.copy(generation.path, copy))


@pytest.fixture(scope="session")
def next_published(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generation after: orders gone, changed and new, and all that it says of itself."""
    path = tmp_path_factory.mktemp("next-published") / f"{NEXT_GENERATION}.duckdb"
    shutil.copy(published, path)
    path.chmod(0o644)
    change(
        path,
        "delete from core.fct_orders where hash(order_id) % 10 = 0",
        "update core.fct_orders set order_amount = 1.25 where hash(order_id) % 10 = 1",
        "insert into core.fct_orders by name select 'new ' || order_id as order_id, "
        "* exclude (order_id) from core.fct_orders where hash(order_id) % 10 < 6",
        f"update publication.generation set generation = '{NEXT_GENERATION}'",
    )
    return path
