"""Databases with built models, to be read by what computes the same."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from agreement.houses import Builder, House

from loyalty.demo import generate

pytest_plugins = ["agreement.fixtures"]

DEMO_END = date(2026, 6, 29)


@pytest.fixture(scope="session")
def demo_house(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("demo-landing") / "landing"
    generate(folder, customers=500)
    return builder.build("demo", {"canonical": folder}, DEMO_END)


@pytest.fixture(params=["demo_house", "nasty_house", "earlier_house"])
def built(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    house: House = request.getfixturevalue(request.param)
    return copied(house, tmp_path)


def copied(house: House, folder: Path) -> Path:
    """Copy a built database: dbt has the house's own open in this process."""
    with house.warehouse.connect() as connection:
        connection.execute("checkpoint")
    return Path(shutil.copy(house.warehouse.build_database, folder / "copy.duckdb"))
