"""Nights that are killed: nobody sees it, and just the same command again finishes the work."""

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import pytest

from faults.figures import Figures
from faults.houses import night_command, run
from faults.killed_nights import Ended, Instant, Nights, started
from faults.scale import chance, is_full, size
from faults.second_night import Known, copied, left_over, seen_whole, split
from loyalty import publication
from loyalty.warehouse import Warehouse

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
ASKING = {signal.SIGTERM: 143, signal.SIGINT: 130}
STEPS = ("load", "build", "check", "publish", "prune", "page")
# How long a night may take to end once it was asked to, on a busy machine.
PROMPT_SECONDS = 20
# After these the ledger is closed: the rest is said to whoever looks on.
LEDGER_CLOSED = "os.rename last_night.json.unfinished"


@dataclass(frozen=True)
class House:
    """A warehouse after its first night, the files of both nights, and what each should leave."""

    nights: Nights
    first: Warehouse
    landing: Path
    before: Known
    after: Known
    instants: tuple[Instant, ...]
    seconds: float

    def words(self, warehouse: Warehouse) -> list[object]:
        """Return the command of a night over all files."""
        return [
            *("run", "--direct"),
            *("--source", f"canonical={self.landing}"),
            *("--warehouse", warehouse.folder),
        ]


@dataclass(frozen=True)
class Kill:
    """One signal, at an instant of the journal or after some of the night's seconds."""

    number: signal.Signals
    at_instant: Instant | None = None
    after_seconds: float = 0.0


@pytest.fixture(scope="module")
def house(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("kill")
    landing = folder / "landing"
    _, later = split(shop, landing)
    first, undisturbed = Warehouse(folder / "first"), folder / "undisturbed"
    with started(folder / "server", builds_changes=True) as nights:
        made = House(nights, first, landing, *[Known({}, {}, [])] * 2, (), 0.0)
        ended = nights.run(made.words(first))
        assert ended.status == 0, ended.printed
        before = Known.of(first)
        for file in later:
            shutil.copy(file, landing)
        second = copied(first, undisturbed)
        ended = nights.run(made.words(second))
        assert ended.status == 0, ended.printed
        assert "what has changed is built" in ended.printed
        after = Known.of(second)
        assert after.marts != before.marts
        assert not left_over(second)
        yield House(nights, first, landing, before, after, ended.instants, ended.seconds)


def _way(name: str, least: int, trial: str, *, is_short: bool = True) -> Any:
    marks = [pytest.mark.promise("kill", trial)]
    if not is_short:
        marks.append(pytest.mark.skipif(not is_full(), reason="in full only"))
    return pytest.param(name, least, id=name, marks=marks)


@pytest.mark.parametrize(
    ("way", "least"),
    [
        _way("steps", 21, "each signal at each step", is_short=False),
        _way("instants", size(full=72, short=8), "files moved, lines said, three in a row"),
        _way("random", size(full=30, short=2), "random instants"),
    ],
)
def test_a_night_killed_anywhere_hurts_nobody_and_is_finished_by_the_same_command(
    house: House, tmp_path: Path, figures: Figures, way: str, least: int
) -> None:
    for trial, kills in enumerate(WAYS[way](house)):
        warehouse = copied(house.first, tmp_path / f"trial_{trial}")
        for kill in kills:
            _kill_one(house, warehouse, kill, figures)
        _finish(house, warehouse, figures)
        shutil.rmtree(warehouse.folder)
    assert figures.counts["kills"] >= least


def _kill_one(house: House, warehouse: Warehouse, kill: Kill, figures: Figures) -> None:
    """Run a night that is killed, and look with readers' eyes at what is left."""
    ended = house.nights.run(
        house.words(warehouse),
        number=kill.number,
        at_instant=kill.at_instant,
        after_seconds=kill.after_seconds,
    )
    where = f"{kill}: {ended.status}\n{ended.printed}"
    if ended.status == 0:
        # It came when all was done, or to an instant that this night had no more.
        figures.add(came_too_late=1)
        return
    figures.add(kills=1, **{kill.number.name: 1})
    assert "Traceback" not in ended.printed, where
    if kill.number in ASKING:
        # Before the command has begun, the interpreter ends as it always does.
        assert ended.status in (ASKING[kill.number], -kill.number), where
        if ended.status > 0:
            said = f"loyalty: stopped by {kill.number.name}; the same command again"
            assert ended.printed.count(said) == 1, where
            _check_ledger(warehouse, kill, ended)
    else:
        assert ended.status == -kill.number, where
    seen = seen_whole(warehouse, (house.before, house.after))
    figures.add(**{"seen_old_generation" if seen is house.before else "seen_new_generation": 1})


def _check_ledger(warehouse: Warehouse, kill: Kill, ended: Ended) -> None:
    """A night that was asked to end has said so in its ledger, and published only if it did."""
    with duckdb.connect(str(warehouse.build_database), read_only=True) as connection:
        rows = connection.execute(
            "select night_id, status, message, generation from quality.nights "
            "order by started_at desc limit 1"
        ).fetchall()
    if (LEDGER_CLOSED, 1) in ended.instants or ("says load", 1) not in ended.instants:
        return
    [(night_id, status, message, generation)] = rows
    live = publication.read_generation(warehouse.published_link)
    is_published = live.night_id == night_id
    assert message == f"stopped by {kill.number.name}", rows
    assert status == ("published" if is_published else "failed"), rows
    assert generation == (live.name if is_published else None), rows


def _finish(house: House, warehouse: Warehouse, figures: Figures) -> None:
    """Run the same command again and compare everything with the undisturbed night."""
    ended = house.nights.run(house.words(warehouse))
    assert ended.status == 0, ended.printed
    known = Known.of(warehouse)
    assert known.marts == house.after.marts
    assert known.raw == house.after.raw
    assert known.batches == house.after.batches
    assert not left_over(warehouse)
    assert len(publication.generation_names(warehouse)) == 2
    with duckdb.connect(str(warehouse.build_database), read_only=True) as connection:
        running = connection.execute("from quality.nights where status = 'running'").fetchall()
    assert not running
    live = publication.live_name(warehouse)
    assert f'content="{live}"' in warehouse.scorecard.read_text()[:2000], "the page is of another"
    for page in (warehouse.scorecard, warehouse.data_docs / "index.html"):
        assert page.read_text().rstrip().endswith("</html>"), page
    for results in (warehouse.data_docs / ".results").rglob("*.json"):
        json.loads(results.read_text())
    lost = sum(rows[0] for rows in house.after.raw.values()) - sum(
        rows[0] for rows in known.raw.values()
    )
    figures.add(
        finished=1, rows_lost=lost, rows_doubled=-sum(r[1] - r[0] for r in known.raw.values())
    )


def _named(house: House, pattern: str) -> Instant:
    return next(instant for instant in house.instants if re.match(pattern, instant[0]))


def _at_steps(house: House) -> Iterator[list[Kill]]:
    """Each signal at the beginning of each step."""
    for number in SIGNALS:
        for step in (*STEPS, "gate results"):
            yield [Kill(number, _named(house, f"says {step}"))]


def _at_instants(house: House) -> list[list[Kill]]:
    """One signal each at every file that is moved or said, and at some models and pages.

    A warehouse takes three of them, each further on than the one before, in three nights; the
    short part kills one again and again.
    """
    if not is_full():
        return [
            [
                Kill(signal.SIGKILL, _named(house, "says load")),
                Kill(signal.SIGINT, _named(house, r"os.remove \.csv\.zst")),
                Kill(signal.SIGTERM, _named(house, r"says canonical.orders orders_2")),
                Kill(signal.SIGKILL, _named(house, "says model int_orders")),
                Kill(signal.SIGTERM, _named(house, "says model fct_orders")),
                Kill(signal.SIGKILL, _named(house, r"os.rename loyalty_ \.duckdb")),
                Kill(signal.SIGINT, _named(house, r"os.rename \.loyalty\.duckdb")),
                Kill(signal.SIGKILL, _named(house, "says page")),
            ]
        ]
    closed = house.instants.index((LEDGER_CLOSED, 1))
    # On to where the record of the running night goes, and the first word of the report.
    named = house.instants[: closed + 4]
    models = [each for each in named if each[0].startswith("says model")]
    pages = [each for each in named if each[0].startswith("writes")]
    some = {*models[:: max(1, len(models) // 15)], *pages[:: max(1, len(pages) // 10)]}
    chosen = [
        each
        for each in named
        if each in some
        # Of files that are known nothing is done: one such line is as good as all.
        or (
            not each[0].startswith(("says model", "writes"))
            and ("already loaded" not in each[0] or "customers" in each[0])
        )
    ]
    kills = [Kill(number, each) for number, each in zip(cycle(SIGNALS), chosen, strict=False)]
    third = -(-len(kills) // 3)
    return [kills[start::third] for start in range(third)]


def _at_random(house: House) -> list[list[Kill]]:
    """A signal at any time, evenly over the seconds of an undisturbed night."""
    luck = chance("kill", "random instants")
    # The short part keeps to the first half, before which nothing is dear to do again.
    share = 1.0 if is_full() else 0.5
    kills = [
        Kill(number, after_seconds=luck.uniform(0, house.seconds * share))
        for _, number in zip(range(size(full=36, short=3)), cycle(SIGNALS), strict=False)
    ]
    return [[kill] for kill in kills] if is_full() else [kills]


@pytest.mark.promise("kill", "signals to the console command")
@pytest.mark.skipif(not is_full(), reason="a few signals to the real command: in full only")
def test_the_console_command_itself_is_killed(
    house: House, tmp_path: Path, figures: Figures
) -> None:
    luck = chance("kill", "console command")
    for trial in range(6):
        warehouse = copied(house.first, tmp_path / f"trial_{trial}")
        number = SIGNALS[trial % 3]
        status, said = _stopped(
            night_command(warehouse, house.landing), number, luck.uniform(2, 14)
        )
        assert status in (-number, ASKING.get(number), 0), said
        assert "Traceback" not in said
        seen_whole(warehouse, (house.before, house.after))
        again = run(night_command(warehouse, house.landing))
        assert again.returncode == 0, again.stderr
        assert Known.of(warehouse) == house.after
        assert not left_over(warehouse)
        figures.add(kills=1, **{number.name: 1})


def _stopped(command: list[str], number: signal.Signals, after_seconds: float) -> tuple[int, str]:
    """Start a command, send it a signal, and return how it ended and what it said."""
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        time.sleep(after_seconds)
        running.send_signal(number)
        _, said = running.communicate(timeout=PROMPT_SECONDS)
    finally:
        running.kill()
    return running.returncode, said


WAYS = {"steps": _at_steps, "instants": _at_instants, "random": _at_random}
