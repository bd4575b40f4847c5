"""Warehouses that hold a shop: the night as a user runs it, and what a house holds afterwards."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench import timing
from bench.parts import Setting
from bench.results import Measurement
from bench.scale import Shop
from loyalty import publication
from loyalty.build import transform
from loyalty.project import files_fingerprint
from loyalty.warehouse import Warehouse

DAYS_AFTER = (1, 2, 3)
# What raw rows are made by: after a change of it a house is loaded anew.
LOADED_BY = (
    "loyalty/landing/**/*.py",
    "loyalty/warehouse/system_tables.sql",
    "models/staging/**/*.yml",
)
# Invented customers: their keys need no secret that lasts.
SECRETS = {"LOYALTY_HASH_KEY": "a key for customers who were made up to be counted"}
# What a night does from landing files to what readers see.
TO_PUBLICATION = ("load", "build", "check", "publish")

Content = dict[str, str]


@dataclass(frozen=True)
class NightUse:
    """What a night used, and the seconds of its steps and of their parts by its ledger."""

    use: timing.Use
    steps: Mapping[str, float]
    parts: Mapping[tuple[str, str], float]

    @property
    def to_publication(self) -> float:
        """Seconds from the landing files to what readers see."""
        return sum(self.steps.get(step, 0.0) for step in TO_PUBLICATION)


def run_night(
    folder: Path, landing: Path, *options: str, environment: Mapping[str, str] | None = None
) -> NightUse:
    """Run one night in a process of its own."""
    command = [str(Path(sys.executable).with_name("loyalty")), "run", *options]
    places = ["--source", f"canonical={landing}", "--warehouse", str(folder)]
    use, _ = timing.run([*command, *places], {**SECRETS, **(environment or {})})
    with duckdb.connect(str(Warehouse(folder).build_database), read_only=True) as ledger:
        rows = ledger.execute(
            "select step, part_of, sum(seconds) from quality.night_steps "
            "where night_id = (select max_by(night_id, started_at) from quality.nights) "
            "group by all"
        ).fetchall()
    steps = {step: seconds for step, part_of, seconds in rows if part_of is None}
    parts = {(part_of, step): seconds for step, part_of, seconds in rows if part_of is not None}
    return NightUse(use, steps, parts)


def shares(part: str, name: str, millions: float | None, night: NightUse) -> Iterator[Measurement]:
    """Yield the share of each step of a night, and of each part that takes more than a fiftieth."""
    total = sum(night.steps.values())
    took = {step: seconds for step, seconds in night.steps.items() if seconds > total / 1000}
    took |= {
        f"{step}: {part_name}": seconds
        for (step, part_name), seconds in night.parts.items()
        if seconds > total / 50
    }
    for place, seconds in took.items():
        yield Measurement(part, f"of the {name}: {place}", millions, "%", (100 * seconds / total,))


def together(folder: Path, parts: Iterable[Path]) -> Path:
    """Lay the files of several landing folders into one, without copying them."""
    folder.mkdir(parents=True)
    for part in parts:
        for file in part.iterdir():
            os.link(file, folder / file.name)
    return folder


def all_files(shop: Shop, folder: Path) -> Path:
    """Return a folder of the whole history and the days after it."""
    return together(folder, (shop.folder(day) for day in (0, *DAYS_AFTER)))


def full_house(setting: Setting) -> Warehouse:
    """Return a warehouse that one night has made of the whole shop, days after included; cached.

    Its raw rows are those of the code as it is; its models may be of an earlier state.
    """
    folder = kept_house(setting)
    if not folder.exists():
        with setting.scratch() as scratch:
            landing = all_files(Shop.of(setting.millions, setting.cache), scratch / "landing")
            run_night(scratch / "house", landing, "--direct")
            keep_house(setting, scratch / "house")
    return Warehouse(folder)


def kept_house(setting: Setting) -> Path:
    """Return where the warehouse of this shop is kept, there or not."""
    shop = Shop.of(setting.millions, setting.cache)
    return setting.cache / "houses" / f"{shop.name}_{files_fingerprint(LOADED_BY)}"


def keep_house(setting: Setting, house: Path) -> None:
    """Keep a warehouse as that of this shop; one that was kept before goes."""
    place = kept_house(setting)
    place.parent.mkdir(exist_ok=True)
    shop = Shop.of(setting.millions, setting.cache)
    for old in place.parent.glob(f"{shop.thousands}k_*"):
        shutil.rmtree(old)
    house.rename(place)


def built_content(warehouse: Warehouse) -> Content:
    """Return what stands for the content of each mart in the build database."""
    with duckdb.connect(str(warehouse.build_database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return {
            f"{schema}.{table}": str(
                connection.execute(
                    f'select (count(*), sum(hash(content))) from "{schema}"."{table}" as content'
                ).fetchall()[0][0]
            )
            for schema, table in transform.published_tables()
        }


def published_content(warehouse: Warehouse) -> Content:
    """Return what stands for the content of each table that readers see."""
    path = publication.live_path(warehouse)
    assert path is not None
    return {
        f"{table.schema_name}.{table.table_name}": f"{table.row_count} {table.content_hash}"
        for table in publication.read_generation(path).tables
    }


def differing(these: Content, those: Content) -> list[str]:
    """Return the names of the tables whose content differs."""
    return sorted(name for name in these | those if these.get(name) != those.get(name))
