"""Generations: what is written, how readers are switched, the way back."""

import json
import os
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import pytest

from loyalty import publication
from loyalty.errors import PublicationError, UsageError
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import Warehouse

TABLES = [("core", "dim_dates"), ("indicators", "values")]
COMMENTS = {
    ("core", "dim_dates"): 'Each day, one row; it\'s "all"',
    ("core", "dim_dates", "week"): "ISO week",
    ("core", "not_published"): "of a table that is not published",
}


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path / "it's a house")
    warehouse.prepare()
    with warehouse.connect() as connection:
        connection.execute("insert into control.night values ('n1', date '2026-10-31')")
        connection.execute(
            """
            create schema core;
            create schema indicators;
            create table core.dim_dates (date_id date not null, week bigint);
            insert into core.dim_dates
            select range::date, 1 from range(date '2026-01-01', date '2026-02-01', interval 1 day);
            create view indicators.values as
            select i as "the value", i / 3 as third, null::decimal(18, 2) as amount
            from range(10) as numbers(i);
            """
        )
    return warehouse


def publish(warehouse: Warehouse, night_id: str = "n1") -> publication.Generation:
    with warehouse.connect() as connection:
        return publication.publish(warehouse, connection, night_id, TABLES, comments=COMMENTS)


def test_a_generation_holds_the_marts_as_tables_and_says_what_it_is(house: Warehouse) -> None:
    generation = publish(house)

    assert house.published_link.is_symlink()
    assert not house.published_link.readlink().is_absolute()
    assert generation.path == house.published_link.resolve()
    assert (generation.night_id, generation.as_of_date) == ("n1", date(2026, 10, 31))
    assert sorted(file.name for file in house.generations.iterdir()) == [generation.path.name]
    with publication.open_published(house) as reader:
        assert reader.execute("select count(*) from core.dim_dates").fetchall() == [(31,)]
        kinds = reader.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() "
            "where database_name = 'loyalty' order by all"
        ).fetchall()
        assert kinds == [
            ("core.dim_dates", 'Each day, one row; it\'s "all"'),
            ("indicators.values", None),
            ("publication.generation", None),
            ("publication.tables", None),
        ]
        columns = reader.execute(
            "select column_name, is_nullable, comment from duckdb_columns() "
            "where database_name = 'loyalty' and table_name = 'dim_dates' order by column_index"
        ).fetchall()
        assert columns == [("date_id", False, None), ("week", True, "ISO week")]
        rows = reader.execute("from publication.tables order by all").fetchall()
        assert [row[:3] for row in rows] == [
            ("core", "dim_dates", 31),
            ("indicators", "values", 10),
        ]


def test_the_file_can_be_read_by_older_clients(house: Warehouse) -> None:
    publish(house)
    with publication.open_published(house) as reader:
        tags = reader.execute(
            "select tags from duckdb_databases() where database_name = 'loyalty'"
        ).fetchall()
    assert "v1.4.0" in str(tags)


def test_the_content_hash_is_of_the_rows_and_not_of_their_order(house: Warehouse) -> None:
    first = publish(house)
    with house.connect() as connection:
        connection.execute(
            "create or replace table core.dim_dates as from core.dim_dates order by date_id desc"
        )
    second = publish(house)
    with house.connect() as connection:
        connection.execute("update core.dim_dates set week = 2 where date_id = '2026-01-05'")
    third = publish(house)

    assert first.name < second.name < third.name
    assert first.tables == second.tables
    assert first.tables[0] != third.tables[0]
    assert first.tables[1] == third.tables[1]


def test_a_publication_that_fails_leaves_the_live_one(house: Warehouse) -> None:
    live = publish(house)
    with house.connect() as connection:
        with pytest.raises(PublicationError, match=r"no table core\.absent"):
            publication.publish(house, connection, "n2", [*TABLES, ("core", "absent")])
        with pytest.raises(PublicationError, match="no marts"):
            publication.publish(house, connection, "n2", [])
        # The connection is none the worse for it.
        again = publication.publish(house, connection, "n3", TABLES)
    assert publication.generation_names(house) == [live.name, again.name]
    assert publication.live_name(house) == again.name


def test_what_a_killed_writer_left_is_removed_and_never_live(house: Warehouse) -> None:
    for suffix in (".unfinished", ".unfinished.wal"):
        (house.generations / f"loyalty_20200101T000000Z_001.duckdb{suffix}").write_bytes(b"half")
    generation = publish(house)
    assert [file.name for file in house.generations.iterdir()] == [generation.path.name]


def test_a_stray_log_beside_the_link_is_not_replayed_into_the_new_file(house: Warehouse) -> None:
    publish(house)
    stray = house.folder / "loyalty.duckdb.wal"
    stray.write_bytes(b"not ours")
    publish(house)
    assert not stray.exists()


def test_a_file_where_the_link_should_be_is_not_overwritten(house: Warehouse) -> None:
    house.published_link.write_text("somebody's own")
    with pytest.raises(PublicationError, match="is a file, not a link"):
        publish(house)
    assert house.published_link.read_text() == "somebody's own"


def test_rollback_goes_one_back_or_to_the_named_one(house: Warehouse) -> None:
    with pytest.raises(UsageError, match="no generation before the first"):
        publication.rollback(house)
    names = [publish(house).name for _ in range(3)]

    assert publication.rollback(house).name == names[1]
    assert publication.rollback(house).name == names[0]
    with pytest.raises(UsageError, match="nothing to go back to"):
        publication.rollback(house)
    assert publication.rollback(house, f"{names[2]}.duckdb").name == names[2]
    with pytest.raises(UsageError, match=f"no generation tuesday; it has: {names[0]}"):
        publication.rollback(house, "tuesday")
    assert publication.live_name(house) == names[2]


def test_rollback_refuses_a_damaged_file(house: Warehouse) -> None:
    damaged, live = publish(house), publish(house)
    content = bytearray(damaged.path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    damaged.path.chmod(0o644)
    damaged.path.write_bytes(content)
    with pytest.raises(PublicationError):
        publication.rollback(house)
    assert publication.live_name(house) == live.name


def test_verify_names_the_table_whose_rows_are_not_those_published(house: Warehouse) -> None:
    path = publish(house).path
    path.chmod(0o644)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as other")
        connection.execute("delete from other.core.dim_dates where date_id = '2026-01-05'")
    with pytest.raises(PublicationError, match=r"core\.dim_dates has 30 rows"):
        publication.verify(path)


def test_prune_keeps_the_newest_and_the_live_one(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [publish(house).name for _ in range(4)]
    publication.rollback(house, names[0])

    monkeypatch.setenv("LOYALTY_KEEP_GENERATIONS", "2")
    assert publication.prune(house) == [names[1]]
    assert publication.generation_names(house) == [names[0], *names[2:]]
    assert publication.prune(house, 14) == []
    monkeypatch.setenv("LOYALTY_KEEP_GENERATIONS", "none")
    with pytest.raises(UsageError, match="'none'"):
        publication.prune(house)


def test_a_name_is_fresh_though_the_clock_went_back(house: Warehouse) -> None:
    ahead = house.generations / "loyalty_29990101T000000Z_007.duckdb"
    ahead.touch()
    assert publish(house).name == "loyalty_29990101T000000Z_008"


READER = """
import sys, duckdb
link, stop = sys.argv[1:]
import pathlib
reads = 0
seen = set()
while not pathlib.Path(stop).exists():
    with duckdb.connect(link, read_only=True) as reader:
        query = "select count(*), min(week), max(week) from core.dim_dates"
        count, lowest, highest = reader.execute(query).fetchall()[0]
        assert count == 31 and lowest == highest, (count, lowest, highest)
        seen.add(lowest)
        reads += 1
print(reads, len(seen))
"""


def test_a_reader_in_another_process_never_fails_and_never_sees_half(
    house: Warehouse, tmp_path: Path
) -> None:
    publish(house)
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(house.published_link), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for week in range(2, 12):
            with house.connect() as connection:
                connection.execute("update core.dim_dates set week = ?", [week])
            publish(house)
            publication.prune(house, 2)
            time.sleep(0.1)
    finally:
        stop.touch()
    output, errors = reader.communicate(timeout=30)
    assert reader.returncode == 0, errors
    reads, generations = (int(number) for number in output.split())
    assert reads > 10
    assert generations > 2


# What nobody who reads the published file has to do.
FORBIDDEN = (
    "from read_csv('/etc/passwd')",
    "copy core.dim_dates to '{elsewhere}'",
    "attach '{private}' as private_room (read_only)",
    "create table core.made_up as select 1",
    "load httpfs",
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
)


def forbidden(house: Warehouse) -> list[str]:
    names = {"elsewhere": house.folder / "copy.csv", "private": house.build_database}
    return [
        statement.format(**{name: str(path).replace("'", "''") for name, path in names.items()})
        for statement in FORBIDDEN
    ]


def test_a_reader_reaches_no_other_file_and_cannot_loosen_that(house: Warehouse) -> None:
    publish(house)
    with publication.open_published(house) as reader:
        for statement in forbidden(house):
            with pytest.raises(duckdb.Error):
                reader.execute(statement)
        assert reader.execute("select count(*) from core.dim_dates").fetchall()[0][0]
    room = house.folder.parent / "room"
    room.mkdir()
    with publication.open_file(house.published_link, may_use=room) as reader:
        reader.execute(f"copy core.dim_dates to '{room}/dates.parquet' (format parquet)")
        for statement in forbidden(house):
            with pytest.raises(duckdb.Error):
                reader.execute(statement)


def test_the_settings_that_docs_name_shut_a_bi_connection_in(house: Warehouse) -> None:
    publish(house)
    page = (PROJECT_FOLDER / "docs" / "bi.md").read_text()
    call = re.search(
        r"`duckdb\.connect\(\"loyalty\.duckdb\", (read_only=True, config=.*?)\)`", page, re.S
    )
    parameters = re.search(
        r"`(\{\"connect_args\": \{\"read_only\": true,\s+\"config\".*?)`", page, re.S
    )
    statements = re.search(r"`(set enable_external_access.*?)`", page)
    assert call
    assert parameters
    assert statements
    words: dict[str, object] = eval(f"dict({call[1]})")
    arguments = json.loads(parameters[1])
    assert arguments == {"connect_args": words}
    script = (
        "import duckdb, sys; link, kind, *forbidden = sys.argv[1:]\n"
        f"connection = duckdb.connect(link, **({words!r} if kind == 'config' else "
        "{'read_only': True}))\n"
        f"kind == 'sql' and connection.execute({statements[1]!r})\n"
        "for statement in forbidden:\n"
        "    try: connection.execute(statement)\n"
        "    except duckdb.Error: continue\n"
        "    sys.exit(statement)\n"
        "print(connection.sql('select count(*) from core.dim_dates').fetchall())\n"
    )
    for kind in ("config", "sql"):
        done = subprocess.run(
            [sys.executable, "-c", script, str(house.published_link), kind, *forbidden(house)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
