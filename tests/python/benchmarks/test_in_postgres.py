"""The project's own models run on PostgreSQL, and give the same marts."""

from __future__ import annotations

from pathlib import Path

import pytest
from agreement.houses import House

from bench.in_postgres import models, server

from .fixtures import copied

pytest_plugins = ["benchmarks.fixtures"]


@pytest.mark.skipif(not server.BINARIES, reason="PostgreSQL is not installed")
def test_postgres_gives_what_duckdb_gives(nasty_house: House, tmp_path: Path) -> None:
    built = copied(nasty_house, tmp_path)
    models.write_project(tmp_path / "project")
    with server.running() as socket:
        models.load(built, socket, tmp_path)
        models.run_in_postgres(tmp_path / "project", socket)
        assert models.differing(built, socket, tmp_path) == []
