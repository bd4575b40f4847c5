"""Readers in other processes, while one generation after the other is published."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from faults import reading
from faults.figures import Figures
from faults.scale import chance, is_full, size
from loyalty import publication
from loyalty.warehouse import Warehouse

TABLES = [("core", "parts"), ("indicators", "sums")]
ROWS = 5_000
WAYS = ("connect", "attach", "keep") * 2 + ("connect", "keep")
KEPT = 3


def _make(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """Fill the marts anew; each row says for which generation."""
    connection.execute(
        f"""
        create schema if not exists core;
        create schema if not exists indicators;
        create or replace table core.parts as
        select {number} as made_for, i as part_id, hash(i, {number}) as content
        from range({ROWS} + {number}) as parts(i);
        create or replace table indicators.sums as
        select made_for, part_id % 100 as group_id, count(*) as part_count
        from core.parts group by all;
        """
    )


@pytest.mark.promise("readers", "8 reader processes in three ways, N = 3 generations kept")
def test_readers_see_one_whole_generation_always(tmp_path: Path, figures: Figures) -> None:
    house, stop = Warehouse(tmp_path / "warehouse"), tmp_path / "stop"
    luck = chance("readers")
    house.prepare()
    with house.lock(), house.connect() as connection:
        connection.execute("insert into control.night values ('n', date '2026-10-31')")
        _make(connection, 0)
        publication.publish(house, connection, "n", TABLES)
        readers = [
            subprocess.Popen(
                [sys.executable, reading.__file__, way, str(house.published_link), str(stop)],
                stdout=subprocess.PIPE,
                text=True,
            )
            for way in WAYS
        ]
        try:
            for number in range(1, size(full=100, short=15) + 1):
                _make(connection, number)
                publication.publish(house, connection, "n", TABLES)
                removed = publication.prune(house, KEPT)
                names = publication.generation_names(house)
                assert names[-1] == publication.live_name(house)
                assert len(names) == min(number + 1, KEPT)
                figures.add(publications=1, removed=len(removed))
                if luck.random() < 0.1:
                    publication.rollback(house)
                    publication.switch(house, names[-1])
                    figures.add(rollbacks=1)
        finally:
            stop.touch()
        counted = [json.loads(reader.communicate(timeout=60)[0]) for reader in readers]

    problems = [each.pop("problem") for each in counted]
    seen = [each.pop("generations_seen") for each in counted]
    figures.add(readers=len(readers), most_generations_seen=max(seen))
    for each in counted:
        figures.add(**each)
    for wrong in ("errors", "torn", "mixed", "moved"):
        assert figures.counts[wrong] == 0, problems
    assert min(seen) > 1
    # Those who kept a connection read on in files that had been removed; the few publications of
    # the short part can be over before a busy machine lets a reader read twice.
    assert figures.counts["after_removal"] > 0 or not is_full()
