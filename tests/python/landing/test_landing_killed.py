"""Loads that are killed between a file's landing and its acceptance."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import killed_loader
from landing_shop import csv_text, line

NEVER = 0


def test_a_load_that_was_killed_leaves_no_number_to_be_given_twice(tmp_path: Path) -> None:
    database, folder = tmp_path / "build.duckdb", tmp_path / "landing"
    folder.mkdir()

    def load(*numbers: int, killed_at: int = NEVER) -> int:
        for number in numbers:
            (folder / f"orders_{number}.csv").write_text(csv_text(line(number)))
        script = str(Path(killed_loader.__file__))
        words = [sys.executable, script, str(database), str(folder), str(killed_at)]
        return subprocess.run(words, check=False).returncode

    # Twice opened and closed in order, a sequence of the database would say other than it gives.
    assert load(1, 2) == 0
    assert load(3, 4) == 0
    assert load(5, 6, killed_at=2) == -signal.SIGKILL
    assert load(7) == 0
    assert load(8, killed_at=1) == -signal.SIGKILL
    assert load() == 0
    with duckdb.connect(str(database), read_only=True) as connection:
        orders = connection.execute("select order_id from raw_shop.orders order by 1").fetchall()
        batches = connection.execute("select batch_id from quality.batches order by 1").fetchall()
    assert orders == [(f"o{number}",) for number in range(1, 9)]
    assert batches == [(number,) for number in range(1, 9)]
