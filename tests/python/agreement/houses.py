"""Warehouses of the tests: folders loaded, models built, no gate asked and nothing published."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from loyalty import landing
from loyalty.build import transform
from loyalty.declarations import read_declarations
from loyalty.project import business_time_zone
from loyalty.warehouse import Warehouse

HASH_KEY = b"a key of the tests' own"


@dataclass(frozen=True)
class House:
    """A warehouse after its models were built."""

    warehouse: Warehouse

    def query(self, sql: str) -> pd.DataFrame:
        """Rows of a query; dates are datetime.date, as in the second computation."""
        # dbt leaves its own connection open in this process: ours may not be read-only beside it.
        connection = self.warehouse.connect()
        try:
            result = connection.sql(sql)
            types = dict(zip(result.columns, map(str, result.types), strict=True))
            frame = result.df()
        finally:
            connection.close()
        for column, kind in types.items():
            if kind == "DATE":
                frame[column] = frame[column].dt.date
        return frame

    def table(self, name: str) -> pd.DataFrame:
        """All rows of `schema.table`."""
        return self.query(f"from {name}")


class Builder:
    """Builds warehouses below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, name: str, landings: Mapping[str, Path], as_of: date) -> House:
        """Load landing folders by source, and build all models as of a day."""
        house = House(Warehouse(self._folder / name))
        house.warehouse.prepare()
        self._load(house.warehouse, landings)
        return self._run(house, as_of)

    def add(self, house: House, landings: Mapping[str, Path], as_of: date) -> House:
        """Load more into a warehouse, as a later night does, and build as of another day."""
        self._load(house.warehouse, landings)
        return self._run(house, as_of)

    def rebuild(self, house: House, name: str, as_of: date) -> House:
        """Build once more as of another day, in a copy: nothing else of the warehouse changes."""
        copy = House(Warehouse(self._folder / name))
        shutil.copytree(house.warehouse.folder, copy.warehouse.folder, symlinks=True)
        return self._run(copy, as_of)

    @staticmethod
    def _load(warehouse: Warehouse, landings: Mapping[str, Path]) -> None:
        declarations = read_declarations()
        connection = warehouse.connect()
        try:
            loader = landing.Loader(
                connection, "night", declarations, HASH_KEY, business_time_zone()
            )
            loader.prepare()
            for source, folder in landings.items():
                for file in landing.find_files(declarations[source], folder).files:
                    batch = loader.land(file)
                    assert batch is not None, f"{file.file_name} was loaded before"
                    assert batch.problems == [], f"{file.file_name}: {batch.problems}"
                    loader.accept(batch)
        finally:
            connection.close()

    def _run(self, house: House, as_of: date) -> House:
        connection = house.warehouse.connect()
        try:
            connection.execute("delete from control.night")
            connection.execute("insert into control.night values ('night', ?)", [as_of])
        finally:
            connection.close()
        with pytest.MonkeyPatch.context() as patch:
            # The build says in the environment where it is; later tests must not find it there.
            patch.setenv("LOYALTY_WAREHOUSE", str(house.warehouse.folder))
            transform.build(house.warehouse, "night")
        return house
