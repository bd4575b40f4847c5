"""Real nights on a small shop, run as a user runs them."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from loyalty import publication
from loyalty.publication import generation_file
from loyalty.warehouse import Warehouse

READER = """
import pathlib, sys, duckdb
link, stop = sys.argv[1:]
reads = 0
while not pathlib.Path(stop).exists():
    with duckdb.connect(link, read_only=True) as reader:
        query = "select count(*) from indicators.fct_indicator_values"
        assert reader.execute(query).fetchall()[0][0] > 0
        reads += 1
print(reads)
"""


def night(house: Warehouse, landing: Path, *more: str) -> list[object]:
    return ["run", "--source", f"canonical={landing}", "--warehouse", house.folder, *more]


def ledger(house: Warehouse, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(house.build_database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def contents(house: Warehouse) -> tuple[generation_file.PublishedTable, ...]:
    return publication.read_generation(house.published_link).tables


def test_the_first_night_tells_what_it_did(first_night: tuple[Warehouse, str]) -> None:
    house, printed = first_night
    assert "  canonical.orders  " in printed
    assert "  published  " in printed
    assert publication.live_name(house) in printed
    assert max(len(line) for line in printed.splitlines() if str(house.folder) not in line) <= 200
    steps = ledger(
        house,
        "select list(step order by started_at) from quality.night_steps where part_of is null",
    )
    expected = ["load", "build", "check", "publish", "prune", "page", "data docs"]
    assert steps == [(expected,)]
    assert house.scorecard.stat().st_size > 100_000
    assert ledger(house, "select status, message from quality.nights") == [("published", None)]


def test_nothing_is_left_outside_the_warehouse(
    first_night: tuple[Warehouse, str], home: Path
) -> None:
    house, _ = first_night
    assert not list(home.iterdir())
    assert [entry.name for entry in house.folder.parent.iterdir()] == ["warehouse"]
    assert house.private.stat().st_mode & 0o077 == 0


def test_status_and_scorecard_read_what_stands(loyalty, first_night: tuple[Warehouse, str]) -> None:
    house, _ = first_night
    shown = loyalty("status", "--warehouse", house.folder)
    assert shown.returncode == 0, shown.stderr
    assert publication.live_name(house) in shown.stdout
    assert "indicators.fct_indicator_values" in shown.stdout
    assert "Nothing is in quarantine" in shown.stdout
    table = loyalty("scorecard", LOYALTY_WAREHOUSE=str(house.folder))
    assert table.returncode == 0, table.stderr
    assert "Net Promoter Score" in table.stdout
    assert max(map(len, table.stdout.splitlines())) <= 100


def test_the_same_command_again_finds_nothing_new(loyalty, house: Warehouse, shop: Path) -> None:
    live = publication.live_name(house)
    done = loyalty(*night(house, shop, "--direct"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{live} was made of the same" in done.stdout
    assert publication.generation_names(house) == [live]
    assert (
        max(len(line) for line in done.stdout.splitlines() if str(house.folder) not in line) <= 100
    )


def test_a_full_refresh_loads_nothing_and_publishes_the_same(
    loyalty, house: Warehouse, shop: Path, tmp_path: Path
) -> None:
    before, rows = contents(house), ledger(house, "select count(*) from quality.batches")
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(house.published_link), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        done = loyalty(*night(house, shop, "--direct", "--full-refresh"))
    finally:
        stop.touch()
    reads, errors = reader.communicate(timeout=30)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "already loaded" in done.stdout
    assert ledger(house, "select count(*) from quality.batches") == rows
    assert len(publication.generation_names(house)) == 2
    assert contents(house) == before
    # While that night ran, somebody read all the time.
    assert reader.returncode == 0, errors
    assert int(reads) > 100

    back = loyalty("rollback", "--warehouse", house.folder)
    assert back.returncode == 0, back.stderr
    assert publication.live_name(house) == publication.generation_names(house)[0]


def test_a_file_without_its_key_stops_the_night_until_it_is_taken_away(
    loyalty, house: Warehouse, landing: Path
) -> None:
    live = publication.live_name(house)
    bad = landing / "orders_tuesday.csv"
    bad.write_text("customer_id,ordered_at,status,order_amount\nc1,2026-06-01,paid,10\n")

    # Through Prefect: a gate's stop keeps its exit status there too.
    stopped = loyalty(*night(house, landing))
    assert stopped.returncode == 3, stopped.stdout + stopped.stderr
    assert "orders_tuesday.csv" in stopped.stderr
    assert "order_id" in stopped.stderr
    assert len(stopped.stderr.splitlines()) <= 2, stopped.stderr
    assert publication.live_name(house) == live
    shown = " ".join(loyalty("status", "--warehouse", house.folder).stdout.split())
    assert "orders_tuesday.csv" in shown
    assert "In quarantine" in shown

    bad.unlink()
    repaired = loyalty(*night(house, landing))
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    # Nothing has joined since; what stands is right again.
    assert publication.live_name(house) == live
    assert ledger(house, "select list(status order by night_id) from quality.nights") == [
        (["published", "stopped", "unchanged"],)
    ]


def test_a_night_that_was_killed_is_repaired_by_the_same_command(
    loyalty, start, house: Warehouse, shop: Path
) -> None:
    live, before = publication.live_name(house), contents(house)
    command = night(house, shop, "--direct", "--full-refresh")
    running = start(*command)
    assert running.stdout is not None
    while (line := running.stdout.readline()) and line.strip() != "build":
        pass

    second = loyalty(*night(house, shop, "--direct"))
    assert second.returncode == 5
    assert f"already running in {house.folder} (process {running.pid} on " in second.stderr
    shown = loyalty("status", "--warehouse", house.folder)
    assert shown.returncode == 0, shown.stderr
    assert f"A night is running now (process {running.pid} on " in shown.stdout
    assert loyalty("rollback", "--warehouse", house.folder).returncode == 5

    running.kill()
    running.wait(timeout=10)
    assert publication.live_name(house) == live
    repaired = loyalty(*command)
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert contents(house) == before
    assert ledger(
        house, "select list((status, message) order by night_id) from quality.nights"
    ) == [([("published", None), ("failed", "interrupted"), ("published", None)],)]
