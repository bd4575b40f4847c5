"""The hand-written script gives the rows that the models give, and what differs is noticed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from bench import equality, hand

pytest_plugins = ["benchmarks.fixtures"]


def test_the_script_gives_what_the_models_give(built: Path, tmp_path: Path) -> None:
    output = tmp_path / "by_hand.duckdb"
    hand.compute(built, output)
    made = hand.tables(output)
    with duckdb.connect() as connection:
        equality.attach(connection, built=str(built), by_hand=str(output))
        published = connection.sql(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = 'built' and schema_name = 'core' order by all"
        ).fetchall()
        assert equality.differing(connection, made, "built", "by_hand") == []
    of_indicators = ["indicators.fct_indicator_exclusions", "indicators.fct_indicator_values"]
    assert made == [name for (name,) in published] + of_indicators


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("update t set x = x + 1e-6 where k = 1", "main.t: 1 rows differ"),
        ("update t set x = x + 1e-12", None),
        ("update t set x = null where k = 2", "main.t: 1 rows differ"),
        ("delete from t where k = 1", "main.t: 1 rows differ"),
        ("insert into t from t where k = 2", "main.t: 1 rows differ"),
        ("alter table t alter k type varchar", "main.t: its columns differ"),
    ],
)
def test_what_differs_is_noticed(change: str, problem: str | None, tmp_path: Path) -> None:
    paths = {name: str(tmp_path / f"{name}.duckdb") for name in ("ours", "theirs")}
    for name, path in paths.items():
        with duckdb.connect(path) as connection:
            connection.execute("create table t as select 1 as k, 2.5::double as x")
            connection.execute("insert into t values (2, 0.1), (null, null)")
            if name == "theirs":
                connection.execute(change)
    with duckdb.connect() as connection:
        equality.attach(connection, **paths)
        found = equality.differing(connection, ["main.t"], "ours", "theirs")
    assert found == ([problem] if problem else [])
