"""One night at a time: two at once, a dead one's lock, and one that wakes up too late."""

import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from faults.figures import Figures
from faults.killed_nights import Instant, Nights, Running, started
from faults.scale import is_full, size
from faults.second_night import Known, copied, left_over
from loyalty import publication
from loyalty.warehouse import Warehouse

# Where a night falls asleep, each before readers are switched.
ASLEEP_BEFORE_SWITCH: tuple[Instant, ...] = (
    ("os.rename loyalty_ .sha256.unfinished", 1),
    ("says publish", 1),
    ("os.chmod loyalty_ .duckdb.unfinished", 1),
    ("says check", 1),
    ("says model fct_orders ok", 1),
)
ASLEEP_IN_SWITCH: Instant = ("os.rename .loyalty.duckdb.unfinished", 1)
ASLEEP_AFTER_SWITCH: Instant = ("says prune", 1)


@dataclass(frozen=True)
class House:
    """A warehouse with one night published, its files, and what stands in it."""

    nights: Nights
    warehouse: Warehouse
    landing: Path
    known: Known

    def words(self, warehouse: Warehouse, *more: object) -> list[object]:
        """Return the command of a night that builds, though nothing is new."""
        return [
            *("run", "--direct", "--source", f"canonical={self.landing}"),
            *("--warehouse", warehouse.folder, *more),
        ]


@pytest.fixture(scope="module")
def house(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("lock")
    warehouse = Warehouse(folder / "warehouse")
    with started(folder / "server") as nights:
        made = House(nights, warehouse, shop, Known({}, {}, []))
        ended = nights.run(made.words(warehouse))
        assert ended.status == 0, ended.printed
        yield House(nights, warehouse, shop, Known.of(warehouse))


@pytest.mark.promise("lock", "two nights started together")
def test_of_two_nights_one_runs_and_the_other_says_who_does(
    house: House, tmp_path: Path, figures: Figures
) -> None:
    for trial in range(size(full=12, short=1)):
        warehouse = copied(house.warehouse, tmp_path / f"trial {trial}")
        both = [house.nights.start(house.words(warehouse, "--full-refresh")) for _ in range(2)]
        ended = {running.child: house.nights.wait(running) for running in both}
        (winner, won), (_, lost) = sorted(ended.items(), key=lambda item: item[1].status)
        assert (won.status, lost.status) == (0, 5), won.printed + lost.printed
        said = f"loyalty: a night is already running in {warehouse.folder} (process {winner} on "
        assert said in lost.printed
        assert lost.printed.rstrip().endswith(" UTC); wait for it or stop it")
        assert "Traceback" not in lost.printed
        assert Known.of(warehouse) == house.known
        assert len(publication.generation_names(warehouse)) == 2
        figures.add(pairs=1, published=1, refused=1)


@pytest.mark.promise("lock", "the lock of a dead night")
def test_a_dead_nights_lock_is_taken_over(house: House, tmp_path: Path, figures: Figures) -> None:
    for trial in range(size(full=10, short=2)):
        warehouse = copied(house.warehouse, tmp_path / f"trial {trial}")
        died = house.nights.start(house.words(warehouse), signal.SIGKILL, ("says load", 1))
        assert house.nights.wait(died).status == -signal.SIGKILL
        assert f'"process": {died.child}' in warehouse.lock_file.read_text()
        ended = house.nights.run(house.words(warehouse))
        assert ended.status == 0, ended.printed
        assert f"taken over from a night that died (process {died.child} on " in " ".join(
            ended.printed.split()
        )
        assert Known.of(warehouse) == house.known
        figures.add(killed_holders=1, taken_over=1)


@pytest.mark.promise("lock", "a night that was taken over wakes up")
@pytest.mark.parametrize(
    "asleep_at", ASLEEP_BEFORE_SWITCH[: size(full=len(ASLEEP_BEFORE_SWITCH), short=1)]
)
def test_a_night_that_wakes_up_after_it_was_taken_over_publishes_nothing(
    house: House, tmp_path: Path, figures: Figures, asleep_at: Instant
) -> None:
    figures.trial += f", having slept at: {asleep_at[0]}"
    warehouse = copied(house.warehouse, tmp_path / "warehouse")
    before = publication.live_name(warehouse)
    zombie = _asleep(house, warehouse, asleep_at)

    # Its lock alone is not all that it holds: the database stays closed to others.
    warehouse.lock_file.unlink()
    refused = house.nights.run(house.words(warehouse))
    assert refused.status == 5, refused.printed
    assert "is open in another process" in refused.printed
    _give_a_database_of_its_own(warehouse)
    other = house.nights.run(house.words(warehouse, "--full-refresh"))
    assert other.status == 0, other.printed
    live = publication.live_name(warehouse)
    assert live != before

    os.kill(zombie.child, signal.SIGCONT)
    woken = house.nights.wait(zombie)
    assert woken.status == 5, woken.printed
    assert "publishes nothing any more" in woken.printed
    assert "Traceback" not in woken.printed
    assert publication.live_name(warehouse) == live
    assert Known.of(warehouse) == house.known
    # And it left nothing that the next night would stumble over.
    again = house.nights.run(house.words(warehouse, "--full-refresh"))
    assert again.status == 0, again.printed
    assert Known.of(warehouse) == house.known
    assert not left_over(warehouse)
    figures.add(zombies=1, published_by_zombies=0)


@pytest.mark.promise("lock", "a night that is asleep in the middle of a switch")
@pytest.mark.skipif(not is_full(), reason="the other waits for half a minute: in full only")
def test_who_sleeps_in_the_middle_of_a_switch_is_not_passed_by(
    house: House, tmp_path: Path, figures: Figures
) -> None:
    warehouse = copied(house.warehouse, tmp_path / "warehouse")
    zombie = _asleep(house, warehouse, ASLEEP_IN_SWITCH)
    warehouse.lock_file.unlink()
    _give_a_database_of_its_own(warehouse)
    refused = house.nights.run(house.words(warehouse))
    assert refused.status == 5, refused.printed
    assert "is held by a process that does not go on" in refused.printed
    os.kill(zombie.child, signal.SIGKILL)
    house.nights.wait(zombie)
    other = house.nights.run(house.words(warehouse))
    assert other.status == 0, other.printed
    assert Known.of(warehouse) == house.known
    assert not left_over(warehouse)
    figures.add(zombies=1, refused=1)


@pytest.mark.promise("lock", "a night that fell asleep after its switch wakes up")
@pytest.mark.skipif(not is_full(), reason="like the others, later: in full only")
def test_who_wakes_up_after_a_newer_publication_changes_nothing_more(
    house: House, tmp_path: Path, figures: Figures
) -> None:
    warehouse = copied(house.warehouse, tmp_path / "warehouse")
    zombie = _asleep(house, warehouse, ASLEEP_AFTER_SWITCH)
    warehouse.lock_file.unlink()
    _give_a_database_of_its_own(warehouse)
    other = house.nights.run(house.words(warehouse, "--full-refresh"))
    assert other.status == 0, other.printed
    live, page = publication.live_name(warehouse), warehouse.scorecard.read_bytes()
    os.kill(zombie.child, signal.SIGCONT)
    woken = house.nights.wait(zombie)
    assert woken.status == 5, woken.printed
    assert publication.live_name(warehouse) == live
    assert warehouse.scorecard.read_bytes() == page
    again = house.nights.run(house.words(warehouse, "--full-refresh"))
    assert again.status == 0, again.printed
    assert Known.of(warehouse) == house.known
    figures.add(zombies=1, published_by_zombies=0)


def _asleep(house: House, warehouse: Warehouse, instant: Instant) -> Running:
    """Start a night that stops itself, as a machine that is suspended would, at an instant."""
    zombie = house.nights.start(house.words(warehouse, "--full-refresh"), signal.SIGSTOP, instant)
    zombie.await_instant(instant)
    return zombie


def _give_a_database_of_its_own(warehouse: Warehouse) -> None:
    """Let another night in, as where the database's own lock does not reach: on another host."""
    for path in warehouse.private.glob("build.duckdb*"):
        copy = path.with_name(f"copy of {path.name}")
        shutil.copy(path, copy)
        copy.replace(path)
