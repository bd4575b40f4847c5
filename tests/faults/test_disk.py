"""Faults of disk and file: said in one sentence, and the way out works."""

import json
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from faults.children import Ended, forked
from faults.disks import copied, flip, loaded, mounted, read_all
from faults.figures import Figures
from faults.houses import content, night
from faults.scale import chance, is_full, size
from loyalty import publication
from loyalty.declarations import read_declarations
from loyalty.landing import reading
from loyalty.operations.repair import RepairRequest, rebuild, run_repair
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.warehouse import Warehouse
from loyalty.warehouse.diagnosis import explained

LATE = ("orders_redelivered.csv", "shares.csv.gz", "support_cases.jsonl", "web_sessions.csv")
KILOBYTE = 1 << 10


@dataclass(frozen=True)
class Place:
    """A warehouse that published yesterday's landing, today's landing, and the night over both."""

    yesterday: Warehouse
    landing: Path
    before: dict[str, tuple[int, str]]
    today: Warehouse
    after: dict[str, tuple[int, str]]

    def night(self, house: Warehouse, step: Path | None = None) -> Ended:
        """Run today's night over a copy, in a process of its own; `step` is to hold its last."""

        def run() -> None:
            log = logging.getLogger("loyalty.night")
            if step:
                log.addHandler(Steps(step))
                log.setLevel(logging.INFO)
            night(house, self.landing)

        return forked(run)


@pytest.fixture(scope="module")
def place(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("disk")
    early = folder / "early"
    shutil.copytree(shop, early, ignore=shutil.ignore_patterns(*LATE))
    house = Warehouse(folder / "yesterday")
    assert forked(lambda: night(house, early)).status == 0
    today = copied(house, folder / "today")
    assert forked(lambda: night(today, shop)).status == 0
    before, after = content(house), content(today)
    assert before != after
    return Place(house, shop, before, today, after)


def assert_explained(ended: Ended, kind: str) -> None:
    """It failed with one named error, in one line."""
    assert ended.is_explained, ended.message
    assert (ended.status, ended.kind) == (1, kind), ended
    assert "\n" not in ended.message
    assert "stands" in ended.message or "archive" in ended.message


class Steps(logging.Handler):
    """Writes the night's steps to a file that a full disk does not matter to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def emit(self, record: logging.LogRecord) -> None:
        if hasattr(record, "step"):
            self.path.write_text(record.step)


@pytest.mark.promise("disk", "a disk that fills up during the night")
def test_a_full_disk(place: Place, tmp_path: Path, figures: Figures) -> None:
    rooms = [64 * KILOBYTE * 1.7**number for number in range(12)]
    for number, room in enumerate(rooms if is_full() else rooms[8:9]):
        with mounted(tmp_path / f"disk_{number}") as disk:
            house = copied(place.yesterday, disk.folder / "warehouse")
            disk.resize(disk.used() + int(room))
            step = tmp_path / "step"
            step.write_text("begin")
            ended = place.night(house, step)
            if ended.status == 0:
                figures.add(nights_that_had_room=1)
                assert content(house) == place.after
                continue
            assert_explained(ended, "DiskFullError")
            assert content(house) == place.before
            figures.add(**{f"full_at_{step.read_text().replace(' ', '_')}": 1})
            disk.resize(400 << 20)
            ended = place.night(house)
            assert ended.status == 0, ended
            assert content(house) == place.after
            figures.add(same_command_again_published=1)
    if is_full():
        assert {"full_at_load", "full_at_build", "full_at_publish"} <= set(figures.counts)


@pytest.mark.promise("disk", "a disk that has no room for a first night")
def test_a_first_night_on_a_full_disk(place: Place, tmp_path: Path, figures: Figures) -> None:
    rooms = (8, 64, 1_500, 9_000)
    for room in rooms if is_full() else rooms[:2]:
        with mounted(tmp_path / f"disk_{room}") as disk:
            house = Warehouse(disk.folder / "warehouse")
            disk.resize(room * KILOBYTE)
            assert_explained(place.night(house), "DiskFullError")
            assert publication.live_path(house) is None
            figures.add(nights_without_room=1)
            if is_full():
                disk.resize(400 << 20)
                ended = place.night(house)
                assert ended.status == 0, ended
                assert content(house) == place.after
                figures.add(same_command_again_published=1)


@pytest.mark.promise("disk", "a warehouse that may only be read")
def test_a_read_only_warehouse(place: Place, tmp_path: Path, figures: Figures) -> None:
    with mounted(tmp_path / "disk") as disk:
        house = copied(place.yesterday, disk.folder / "warehouse")
        disk.remount("ro")
        assert_explained(place.night(house), "NotWritableError")
        assert content(house) == place.before
        disk.remount("rw")
        assert place.night(house).status == 0
        assert content(house) == place.after
        figures.add(nights_refused=1, same_command_again_published=1)


def vanish(path: Path) -> None:
    path.unlink()


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(path.read_bytes()[-200:])


def shrink(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.promise("disk", "landing files that change while they are read")
def test_files_that_change_while_they_are_read(
    place: Place, tmp_path: Path, figures: Figures
) -> None:
    read = reading.read
    turns = size(full=4, short=1)
    for turn in range(turns):
        house = copied(place.yesterday, tmp_path / "warehouse")
        landing = tmp_path / f"landing_{turn}"
        shutil.copytree(place.landing, landing)
        faults = dict(zip(LATE, ((vanish, grow, shrink) * 4)[turn:], strict=False))

        def read_while_it_changes(
            stage: Any,
            is_before: bool = bool(turn % 2),
            faults: dict[str, Callable[[Path], None]] = faults,
        ) -> Any:
            act = faults.get(stage.file.file_name)
            if act and is_before:
                act(stage.file.path)
            contents = read(stage)
            if act and not is_before:
                act(stage.file.path)
            return contents

        def disturbed(
            house: Warehouse = house, landing: Path = landing, act: Any = read_while_it_changes
        ) -> None:
            reading.read = act
            night(house, landing)

        ended = forked(disturbed)
        assert ended.is_explained, ended.message
        assert (ended.status, ended.kind) == (3, "GateStop")
        assert "while it was read" in ended.message
        assert content(house) == place.before
        with duckdb.connect(str(house.build_database), read_only=True) as ledger:
            reasons = dict(
                ledger.execute(
                    "select file_name, reasons[1] from quality.batches where status = 'quarantined'"
                ).fetchall()
            )
        assert set(reasons) == set(LATE)
        figures.add(files=len(LATE), held_with_the_reason=len(reasons), loaded_half=0)
        ended = place.night(house)
        assert ended.status == 0, ended
        assert content(house) == place.after
        figures.add(next_nights_loaded_them=1)


def repaired(house: Warehouse) -> Ended:
    return forked(lambda: run_repair(RepairRequest(house, {})))


def rebuilt(house: Warehouse, landing: Path | None = None) -> Ended:
    """Make the build database anew, without building and publishing from it."""
    sources = {"canonical": landing} if landing else {}
    return forked(lambda: rebuild(house, "n", read_declarations(), sources))


def told(house: Warehouse, kept: Path, reading: Callable[[Warehouse], Any]) -> Ended:
    """Read the build database in a process of its own; what it holds goes to `kept`."""

    def read() -> None:
        with explained(house.build_database):
            kept.write_text(json.dumps(reading(house), sort_keys=True))

    kept.unlink(missing_ok=True)
    return forked(read)


@pytest.mark.promise("disk", "flipped bits in the build database")
def test_flipped_bits_in_the_build_database(place: Place, tmp_path: Path, figures: Figures) -> None:
    good = json.loads(json.dumps(read_all(place.yesterday)))
    raw = json.loads(json.dumps(loaded(copied(place.yesterday, tmp_path / "warehouse"))))
    nights = size(full=4, short=1)
    for number in range(size(full=40, short=3)):
        house = copied(place.yesterday, tmp_path / "warehouse")
        flip(house.build_database, chance("build database", number))
        figures.add(flips=1)
        ended = told(house, tmp_path / "told", read_all)
        if ended.status == 0:
            assert json.loads((tmp_path / "told").read_text()) == good
            figures.add(without_effect=1)
            continue
        assert_explained(ended, "DamagedWarehouseError")
        assert "loyalty repair" in ended.message
        figures.add(noticed=1)
        if nights:
            nights -= 1
            assert_repaired(place, house, figures)
            continue
        assert rebuilt(house).status == 0
        assert told(house, tmp_path / "told", loaded).status == 0
        assert json.loads((tmp_path / "told").read_text()) == raw
        figures.add(repaired=1)


def assert_repaired(place: Place, house: Warehouse, figures: Figures) -> None:
    """The repair publishes what yesterday did, and today's night goes on from there."""
    ended = repaired(house)
    assert ended.status == 0, ended
    assert content(house) == place.before
    figures.add(repaired=1, repaired_and_published=1)
    if is_full():
        ended = place.night(house)
        assert ended.status == 0, ended
        assert content(house) == place.after
        figures.add(next_nights_went_on=1)


@pytest.fixture(scope="module")
def cut(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Yesterday's warehouse in which today's night was killed after it had loaded."""
    house = copied(place.yesterday, tmp_path_factory.mktemp("cut") / "warehouse")

    def killed() -> None:
        with Night(NightRequest(house, {"canonical": place.landing})) as begun:
            begun.load()
            os._exit(9)

    assert forked(killed).status == 9
    assert wal(house).stat().st_size > 0
    return house


def wal(house: Warehouse) -> Path:
    return house.build_database.with_name("build.duckdb.wal")


@pytest.mark.promise("disk", "flipped bits in the write-ahead log")
def test_flipped_bits_in_the_log(
    place: Place, cut: Warehouse, tmp_path: Path, figures: Figures
) -> None:
    raw = json.loads(json.dumps(loaded(copied(cut, tmp_path / "warehouse"))))
    flips = size(full=40, short=2)
    nights = size(full=4, short=0)
    # Beside flips: a log that is cut short, and one that is gone.
    for number in range(flips + 2):
        house = copied(cut, tmp_path / "warehouse")
        random = chance("log", number)
        if number < flips:
            flip(wal(house), random)
        elif number == flips:
            os.truncate(wal(house), random.randrange(wal(house).stat().st_size))
        else:
            wal(house).unlink()
        figures.add(damaged_logs=1)
        ended = told(house, tmp_path / "told", loaded)
        if ended.status == 0:
            assert json.loads((tmp_path / "told").read_text()) == raw
            figures.add(without_effect=1)
            continue
        assert_explained(ended, "DamagedWarehouseError")
        assert "loyalty repair" in ended.message
        figures.add(noticed=1)
        if nights:
            nights -= 1
            ended = repaired(house)
            assert ended.status == 0, ended
            # What the killed night had accepted is in the archive: it is not lost.
            assert content(house) == place.after
            figures.add(repaired=1, repaired_and_published=1)
            continue
        assert rebuilt(house).status == 0
        assert told(house, tmp_path / "told", loaded).status == 0
        assert json.loads((tmp_path / "told").read_text()) == raw
        figures.add(repaired=1)


@pytest.mark.promise("disk", "flipped bits in the archive, when it is needed")
def test_flipped_bits_in_the_archive(place: Place, tmp_path: Path, figures: Figures) -> None:
    raw = json.loads(json.dumps(loaded(copied(place.today, tmp_path / "warehouse"))))
    for number in range(size(full=24, short=2)):
        random = chance("archive", number)
        house = copied(place.today, tmp_path / "warehouse")
        files = sorted(house.archive.folder.glob("*/*/*"))
        path = random.choice(files)
        flip(path, random)
        database = house.build_database.read_bytes()
        ended = rebuilt(house)
        figures.add(flips=1)
        if ended.status == 0:
            # An entry, which the ledger still knew.
            assert path.suffix == ".json"
            figures.add(mended_from_the_ledger=1)
        else:
            assert_explained(ended, "DamagedWarehouseError")
            assert "loyalty repair --source canonical=FOLDER" in ended.message
            assert house.build_database.read_bytes() == database
            assert rebuilt(house, place.landing).status == 0
            figures.add(named=1, replaced_from_landing=1)
        assert told(house, tmp_path / "told", loaded).status == 0
        assert json.loads((tmp_path / "told").read_text()) == raw


@pytest.mark.promise("disk", "flipped bits in the published file")
def test_flipped_bits_in_the_published_file(place: Place, tmp_path: Path, figures: Figures) -> None:
    house = copied(place.today, tmp_path / "warehouse")
    live = publication.live_path(house)
    assert live is not None
    good, seal = live.read_bytes(), house.seals / f"{live.stem}.sha256"
    sealed = seal.read_text()
    for number in range(size(full=300, short=30)):
        flip(live, chance("generation", number))
        assert publication.serve_good(house) == [live.stem]
        assert publication.damaged_names(house) == [live.stem]
        assert publication.live_name(house) == publication.live_name(place.yesterday)
        figures.add(flips=1, noticed_and_the_one_before_served=1)
        live.with_name(f"{live.name}.damaged").unlink()
        live.write_bytes(good)
        seal.write_text(sealed)
        publication.switch(house, live.stem)
    assert publication.serve_good(house) == []
    flip(live, chance("generation", "night"))
    ended = place.night(house)
    assert ended.status == 0, ended
    assert content(house) == place.after
    with duckdb.connect(str(house.build_database), read_only=True) as ledger:
        messages = ledger.execute(
            "select message from quality.nights order by started_at desc limit 1"
        ).fetchall()
    assert f"{live.stem} was damaged and is set aside" in messages[0][0]
    figures.add(nights_that_published_anew=1)
