"""However a shop's exports come in, night by night, it ends as one clean full build."""

import logging
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from faults.figures import Figures
from faults.houses import content, night
from faults.killed_nights import build_changes
from faults.scale import chance, is_full, size
from faults.shop_days import (
    PlannedNight,
    differences,
    draw,
    everything,
    make_history,
    open_history,
    write,
)
from loyalty import settings
from loyalty.landing.hashing import KEY_VARIABLE
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import Night
from loyalty.warehouse import Warehouse

Content = dict[str, tuple[int, str]]
BUILT_CHANGES = "what has changed is built"


class BreakOffError(BaseException):
    """What ends a night that is to end in its middle."""


@dataclass(frozen=True)
class Outcome:
    """What one sequence came to: after its nights, and after each night that came on top."""

    number: int
    oddities: tuple[str, ...]
    contents: dict[str, Content]
    counts: dict[str, int]


def build_clean(history: Path, folder: Path) -> Content:
    """Build everything at once, in a warehouse of its own."""
    landing, house = folder / "landing", Warehouse(folder / "warehouse")
    landing.mkdir(parents=True)
    with open_history(history) as connection:
        write(connection, everything(connection).files, landing)
    night(house, landing)
    with house.connect() as connection:
        assert differences(connection, history) == 0
    found = content(house)
    shutil.rmtree(folder)
    return found


def walk(history: Path, folder: Path, number: int) -> Outcome:
    """Run the nights of one sequence; then, now and then, a full refresh or one of nothing new.

    In every other sequence a night builds only what has changed wherever it may.
    """
    random = chance("order", number)
    if number % 2:
        build_changes()
    else:
        os.environ.pop(settings.ROWS_VARIABLE, None)
    landing, archive = folder / "landing", folder / "archive"
    for room in (landing, archive):
        room.mkdir(parents=True)
    house = Warehouse(folder / "warehouse")
    counts = dict.fromkeys(
        (
            *("sequences", "nights", "broken_off", "full_refreshes", "files", "copies"),
            "nights_that_built_what_has_changed",
        ),
        0,
    )
    with open_history(history) as connection:
        sequence = draw(connection, random)
        is_over = False
        for planned in sequence.nights:
            if is_over and sequence.is_landing_emptied:
                for path in landing.iterdir():
                    path.rename(archive / path.name)
            write(connection, planned.files, landing)
            counts["files"] += len(planned.files)
            counts["copies"] += land_copies(random, landing, archive)
            with counting_said(counts, "nights_that_built_what_has_changed", BUILT_CHANGES):
                is_over = run_planned(house, landing, planned)
            counts["nights" if is_over else "broken_off"] += 1
    contents = {"as it ended": content(house)}
    if number % 3 == 0:
        night(house, landing, is_full_refresh=True)
        contents["after a full refresh"] = content(house)
    elif number % 3 == 1:
        night(house, landing)
        contents["after a night with nothing new"] = content(house)
    counts["sequences"] = 1
    counts["full_refreshes"] = int("after a full refresh" in contents)
    counts["nights"] += len(contents) - 1
    shutil.rmtree(folder)
    return Outcome(number, tuple(sequence.oddities), contents, counts)


def land_copies(random: Random, landing: Path, archive: Path) -> int:
    """Land some files once more as they are, under another name or after they were taken away."""
    files = sorted(path for room in (landing, archive) for path in room.iterdir())
    originals = [path for path in files if "_copy." not in path.name]
    chosen = random.sample(originals, min(3, len(originals)))
    for path in chosen:
        stem, _, ending = path.name.partition(".")
        name = random.choice((path.name, f"{stem}_copy.{ending}"))
        if not (landing / name).exists():
            shutil.copy(path, landing / name)
    return len(chosen)


def run_planned(house: Warehouse, landing: Path, planned: PlannedNight) -> bool:
    """Run a night to its end, or to where it breaks off; return whether it ended."""
    request = NightRequest(
        house, {"canonical": landing}, planned.as_of, is_full_refresh=planned.is_full_refresh
    )
    limit = planned.breaks_off if isinstance(planned.breaks_off, int) else None
    try:
        with Night(request) as running, breaking_off_after(limit):
            for step in (running.load, running.build, running.check, running.publish):
                if running.has_news:
                    step()
                if step.__name__ == planned.breaks_off:
                    raise BreakOffError
    except BreakOffError:
        return False
    return True


@contextmanager
def breaking_off_after(file_count: int | None) -> Iterator[None]:
    """End the night that says that so many of its files are loaded."""
    seen = 0

    def count(record: logging.LogRecord) -> bool:
        nonlocal seen
        seen += record.getMessage().strip().startswith("canonical.")
        if seen == file_count:
            raise BreakOffError
        return True

    with filtered(count):
        yield


@contextmanager
def counting_said(counts: dict[str, int], name: str, words: str) -> Iterator[None]:
    """Count how often the nights within say something."""

    def count(record: logging.LogRecord) -> bool:
        counts[name] += words in record.getMessage()
        return True

    with filtered(count):
        yield


@contextmanager
def filtered(take: Callable[[logging.LogRecord], bool]) -> Iterator[None]:
    """Let `take` see what the nights within say."""
    log = logging.getLogger("loyalty.night")
    level = log.level
    log.setLevel(logging.INFO)
    log.addFilter(take)
    try:
        yield
    finally:
        log.removeFilter(take)
        log.setLevel(level)


def _shop(number: int) -> Any:
    marks = [pytest.mark.promise("order", f"random sequences of nights, shop {number + 1}")]
    if number:
        marks.append(pytest.mark.skipif(not is_full(), reason="one shop is enough: in full only"))
    return pytest.param(number, id=f"shop {number + 1}", marks=marks)


@pytest.mark.parametrize("shop", [_shop(number) for number in range(3)])
def test_every_sequence_of_nights_ends_as_one_clean_build(
    tmp_path: Path, figures: Figures, monkeypatch: pytest.MonkeyPatch, shop: int
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "a key for trials only")
    history = make_history(tmp_path / "shop", shop)
    # Not forked: this process has threads, whose locks a forked one would find held for ever.
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        clean = pool.submit(build_clean, history, tmp_path / "clean")
        walks = [
            pool.submit(walk, history, tmp_path / f"walk_{number}", 100 * shop + number)
            for number in range(size(full=20, short=1))
        ]
        expected = clean.result()
        assert expected, "the clean build published nothing"
        for ended in walks:
            outcome = ended.result()
            for when, found in outcome.contents.items():
                differing = sorted(t for t in expected if found.get(t) != expected[t])
                assert found == expected, (
                    f"sequence {outcome.number}, {when}: {differing}; {outcome.oddities}"
                )
                figures.add(tables_equal=len(expected))
            figures.add(**outcome.counts)
