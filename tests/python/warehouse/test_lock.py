"""Who holds a warehouse, who is told so, and what one may do who has lost it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from loyalty import publication
from loyalty.errors import TakenOverError, WarehouseLockedError
from loyalty.warehouse import Warehouse, lock

DYING = """
import os, sys, pathlib
from loyalty.warehouse import Warehouse
with Warehouse(pathlib.Path(sys.argv[1])).lock():
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    return warehouse


def test_the_second_is_told_who_the_first_is(house: Warehouse) -> None:
    assert lock.holder(house.lock_file) is None
    with house.lock():
        there = lock.holder(house.lock_file)
        assert there is not None
        assert there.process == os.getpid()
        said = rf"a night is already running in .* \(process {os.getpid()} on .+, since 2.+ UTC\)"
        with pytest.raises(WarehouseLockedError, match=said), house.lock("rollback"):
            pass
    assert lock.holder(house.lock_file) is None
    with house.lock() as again:
        assert again.died is None


def test_nobody_is_refused_by_one_who_lets_go(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    short_lock = lock._short_lock
    free = []

    @contextmanager
    def and_then_come_next(path: Path, mode: str = "a") -> Iterator[None]:
        with short_lock(path, mode):
            yield
        # The earliest moment at which the next one may try, while the last one still closes files.
        with path.open() as file:
            free.append(lock._try_lock(file))

    with lock.take(house.lock_file, "night") as held:
        monkeypatch.setattr(lock, "_short_lock", and_then_come_next)
        held.release()
        # A text that a dead holder left: a look has to try the lock to know.
        house.lock_file.write_text("4711")
        assert lock.holder(house.lock_file) is None
    assert free == [True, True, True]


def test_a_dead_holder_is_taken_over_and_named(house: Warehouse) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DYING, str(house.folder)], capture_output=True, check=False
    )
    assert died.returncode == -9
    assert lock.holder(house.lock_file) is None
    with house.lock() as held:
        assert held.died is not None
        assert held.died.process != os.getpid()
    assert not house.lock_file.read_text()


def test_a_text_that_nobody_understands_is_no_hindrance(house: Warehouse) -> None:
    house.lock_file.write_text("4711")
    with house.lock() as held:
        assert held.is_good
        house.lock_file.write_text("")
        with pytest.raises(WarehouseLockedError, match="unknown host"), house.lock():
            pass


def test_who_was_taken_over_switches_nobody(house: Warehouse) -> None:
    with house.lock() as first:
        house.lock_file.unlink()
        with pytest.raises(TakenOverError, match="lost its lock file"):
            first.check()
        # As another process that takes it: in this one the warehouse would be held twice.
        with lock.take(house.lock_file, "night") as second:
            with pytest.raises(TakenOverError, match="was taken over by process") as told:
                publication.switch(house, "loyalty_20261122T000000Z_001")
            assert told.value.exit_status == 5
            second.check()
        assert not house.published_link.is_symlink()


def test_where_locks_are_not_shared_the_token_tells(house: Warehouse) -> None:
    with house.lock() as first:
        # Another host, whose lock of the same file this one cannot see.
        house.lock_file.write_text(first._path.read_text().replace("night", "other night"))
        with pytest.raises(TakenOverError), first.last_word():
            pass


def test_who_hangs_in_the_middle_of_a_switch_is_not_waited_for(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "SHORT_LOCK_SECONDS", 0.1)
    with (
        house.lock() as held,
        held.last_word(),
        pytest.raises(WarehouseLockedError, match="does not go on"),
        lock.take(house.lock_file, "night"),
    ):
        pass


def test_nobody_publishes_beside_a_night_of_another_process(house: Warehouse) -> None:
    with (
        lock.take(house.lock_file, "night"),
        pytest.raises(WarehouseLockedError, match="already running"),
    ):
        publication.switch(house, "loyalty_20261122T000000Z_001")
