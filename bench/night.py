"""Whole nights: a shop's history, days after it one by one, and the same all at once."""

import shutil
from collections.abc import Iterator

from bench import houses
from bench.parts import Setting
from bench.results import Measurement, ratio
from bench.scale import Shop
from bench.timing import copying
from loyalty import publication
from loyalty.warehouse import Warehouse

PART = "night"
GIB = 2**30


def measure(setting: Setting) -> Iterator[Measurement]:
    """Measure a full night, nights of one day more, and compare with one clean night of all."""
    shop = Shop.of(setting.millions, setting.cache)
    with setting.scratch() as scratch:
        history = houses.run_night(scratch / "house", shop.folder(0), "--direct")
        days, copies = [], []
        for day in houses.DAYS_AFTER:
            days.append(houses.run_night(scratch / "house", shop.folder(day), "--direct"))
            live = publication.live_path(Warehouse(scratch / "house"))
            assert live is not None
            copies.append(copying(live, scratch / "copy"))
        grown = houses.published_content(Warehouse(scratch / "house"))
        # Room for the other one.
        shutil.rmtree(scratch / "house")
        landing = houses.all_files(shop, scratch / "landing")
        clean = houses.run_night(scratch / "clean", landing, "--direct")
        different = houses.differing(grown, houses.published_content(Warehouse(scratch / "clean")))
        yield from _sizes(setting, shop, Warehouse(scratch / "clean"))
        houses.keep_house(setting, scratch / "clean")
    size = setting.millions
    full = (history.to_publication + clean.to_publication) / 2
    yield ratio(
        PART,
        "a day more / full night, load to publication",
        size,
        [night.to_publication for night in days],
        [full] * len(days),
        not different,
        f"differs: {', '.join(different)}" if different else "",
    )
    publications = [night.steps["publish"] for night in days]
    yield ratio(PART, "publication of a day more / copy of its file", size, publications, copies)
    yield from _seconds(setting, "full night", [history, clean])
    yield from _seconds(setting, "night of a day more", days)
    yield from houses.shares(PART, "full night", size, clean)
    yield from houses.shares(PART, "night of a day more", size, days[-1])


def _seconds(setting: Setting, name: str, nights: list[houses.NightUse]) -> Iterator[Measurement]:
    size, values = setting.millions, [night.to_publication for night in nights]
    per_million = tuple(value / size for value in values)
    yield Measurement(PART, f"{name}, load to publication", size, "s", tuple(values))
    yield Measurement(
        PART, f"{name}, load to publication, per size", size, "s per million orders", per_million
    )
    whole = tuple(night.use.seconds for night in nights)
    yield Measurement(PART, f"{name}, the whole command", size, "s", whole)
    busy = tuple(night.use.cpu_seconds / size for night in nights)
    yield Measurement(PART, f"{name}, processor time", size, "s per million orders", busy)
    peaks = tuple(night.use.peak_bytes / GIB for night in nights)
    yield Measurement(PART, f"{name}, peak memory", size, "GiB", peaks)


def _sizes(setting: Setting, shop: Shop, warehouse: Warehouse) -> Iterator[Measurement]:
    generation = publication.live_path(warehouse)
    assert generation is not None
    orders = 1000 * shop.thousands
    archive = sum(f.stat().st_size for f in warehouse.archive.folder.rglob("*") if f.is_file())
    for name, size in (
        ("landing files, Parquet", shop.bytes()),
        ("archive", archive),
        ("build database", warehouse.build_database.stat().st_size),
        ("generation", generation.stat().st_size),
    ):
        yield Measurement(PART, name, setting.millions, "bytes per order", (size / orders,))
