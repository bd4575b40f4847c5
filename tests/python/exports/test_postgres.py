"""The publication to PostgreSQL, against a real server, while a reader reads."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi
import duckdb
import psycopg
import pytest

from loyalty.catalogue.contracts import read_contracts
from loyalty.catalogue.marts_docs import read_questions
from loyalty.errors import PublicationError, UsageError
from loyalty.exports import postgres

from .cluster import Cluster, running
from .generations import NEXT_GENERATION, change

pytest_plugins = ["exports.fixtures"]

READER = Path(__file__).with_name("reader.py")
TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "bigint": "bigint",
    "double": "double precision",
    "decimal(18, 2)": "numeric(18,2)",
    "varchar": "text",
    "date": "date",
    "timestamp": "timestamp without time zone",
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running() as started:
        yield started


@pytest.fixture
def database(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    """An empty database of the test's own."""
    name = request.node.name[:60]
    cluster.ask(f'create database "{name}"')
    return str(name)


@pytest.fixture(scope="module")
def filled(cluster: Cluster, published: Path) -> str:
    """A database with one publication, that no test changes."""
    cluster.ask("create database filled")
    postgres.publish(published, cluster.dsn(database="filled"))
    return "filled"


def hashes(path: Path) -> dict[str, tuple[int, str]]:
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.execute("from publication.tables").fetchall()
    return {f"{schema}.{table}": (count, content) for schema, table, count, content in rows}


def hashes_in_postgres(published: Path, dsn: str) -> dict[str, tuple[int, str]]:
    """What DuckDB makes of the rows that come back from PostgreSQL."""
    found = {}
    with (
        duckdb.connect(published, read_only=True) as local,
        adbc_driver_postgresql.dbapi.connect(dsn) as connection,
        connection.cursor() as cursor,
    ):
        for name in hashes(published):
            columns = local.sql(f"from {name}")
            casts = ", ".join(
                f'"{column}"::{kind} as "{column}"'
                for column, kind in zip(columns.columns, columns.types, strict=True)
            )
            cursor.execute(f"select * from {name}")
            rows = cursor.fetch_arrow_table()
            local.register("rows", rows)
            found[name] = local.execute(
                f"with typed as (select {casts} from rows) select count(*), "
                "printf('%032x', coalesce(sum(hash(typed)), 0)) from typed"
            ).fetchall()[0]
    return found


def test_types_keys_comments_and_content_are_those_of_the_marts(
    cluster: Cluster, filled: str, published: Path
) -> None:
    columns = cluster.ask(
        "select table_schema || '.' || table_name, column_name, format_type(atttypid, atttypmod), "
        "col_description(attrelid, attnum) from information_schema.columns inner join pg_attribute "
        "on attrelid = (quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass "
        "and attname = column_name order by 1, ordinal_position",
        database=filled,
    )
    keys = dict(
        cluster.ask(
            "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
            "where contype = 'p'",
            database=filled,
        )
    )
    for mart in read_contracts():
        expected = [(mart.name, c.name, TYPES[c.data_type], c.description) for c in mart.columns]
        assert [row for row in columns if row[0] == mart.name] == expected
        assert keys[mart.name] == f"PRIMARY KEY ({', '.join(mart.key)})"
        comment = cluster.ask(f"select obj_description('{mart.name}'::regclass)", database=filled)
        assert comment == [(mart.description,)]
    assert hashes_in_postgres(published, cluster.dsn(database=filled)) == hashes(published)


def test_the_usual_questions_are_answered_there_as_in_duckdb(
    cluster: Cluster, filled: str, published: Path
) -> None:
    with duckdb.connect(published, read_only=True) as local:
        for question in read_questions():
            here = cluster.ask(question.sql, database=filled)
            there = local.execute(question.sql).fetchall()
            assert here, question.name
            assert sorted(map(repr, _plain(here))) == sorted(map(repr, _plain(there)))


def test_the_role_may_read_all_and_write_nothing(cluster: Cluster, filled: str) -> None:
    cluster.ask(f"create role bi login in role {postgres.READER_ROLE}")
    for name in (mart.name for mart in read_contracts()):
        cluster.ask(f"select * from {name} limit 1", user="bi", database=filled)
    for statement in (
        "delete from core.fct_orders",
        "update core.fct_orders set is_test = true",
        "truncate core.fct_orders",
        "drop table core.fct_orders",
        "create table core.mine (id integer)",
        "insert into publication.generation select * from publication.generation",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cluster.ask(statement, user="bi", database=filled)


def test_a_publisher_needs_no_more_than_to_create(
    cluster: Cluster, filled: str, database: str, published: Path
) -> None:
    # The role is there since the first publication.
    assert cluster.ask(f"select 1 from pg_roles where rolname = '{postgres.READER_ROLE}'")
    cluster.ask("create role publisher login")
    cluster.ask(f'grant create on database "{database}" to publisher')
    dsn = cluster.dsn("publisher", database)
    assert postgres.publish(published, dsn) == postgres.publish(published, dsn) > 0


def test_a_reader_always_sees_one_whole_generation(
    cluster: Cluster, database: str, published: Path, next_published: Path, tmp_path: Path
) -> None:
    dsn = cluster.dsn(database=database)
    postgres.publish(published, dsn)
    cluster.ask("create view public.mine as select * from core.fct_orders", database=database)
    end, answers = tmp_path / "end", tmp_path / "answers"
    with answers.open("w") as output:
        reader = subprocess.Popen([sys.executable, READER, dsn, end], stdout=output)
    try:
        time.sleep(1)
        for path in (next_published, published, next_published):
            postgres.publish(path, dsn)
        time.sleep(0.5)
    finally:
        end.touch()
        reader.wait(timeout=30)
    assert reader.returncode == 0
    seen = [json.loads(line) for line in answers.read_text().splitlines()]
    true = {}
    for path in (published, next_published):
        with duckdb.connect(path, read_only=True) as local:
            generation, *facts = local.execute(
                "select any_value(generation), count(*), sum(order_amount)::varchar "
                "from core.fct_orders cross join publication.generation"
            ).fetchall()[0]
            true[generation] = (facts[0], *facts)
    assert {generation for generation, *_ in seen} == set(true)
    wrong = [row for row in seen if tuple(row[1:4]) != true[row[0]]]
    assert not wrong, f"{len(wrong)} of {len(seen)} reads saw two generations: {wrong[0]}"
    longest = max(seconds for *_, seconds in seen)
    print(f"{len(seen)} reads over three publications, the longest {longest:.3f} s")
    assert longest < 5
    assert hashes_in_postgres(next_published, dsn) == hashes(next_published)
    found = cluster.ask("select count(*) from public.mine", database=database)
    assert found == [(true[NEXT_GENERATION][0],)], "a view on a mart must follow it"


def test_what_fails_in_the_middle_leaves_the_generation_before(
    cluster: Cluster, database: str, published: Path, next_published: Path, tmp_path: Path
) -> None:
    dsn = cluster.dsn(database=database)
    postgres.publish(published, dsn)
    broken = Path(shutil.copy(next_published, tmp_path / "broken.duckdb"))
    change(broken, "insert into retention.fct_return_chances from retention.fct_return_chances")
    with pytest.raises(PublicationError, match=r"^PostgreSQL .*fct_return_chances"):
        postgres.publish(broken, dsn)
    assert hashes_in_postgres(published, dsn) == hashes(published)
    schemas = cluster.ask("select 1 from pg_namespace where nspname ~ 'stag'", database=database)
    assert schemas == []
    postgres.publish(next_published, dsn)
    assert hashes_in_postgres(next_published, dsn) == hashes(next_published)


def test_a_changed_contract_takes_the_place_of_the_old(
    cluster: Cluster, database: str, published: Path, tmp_path: Path
) -> None:
    older = Path(shutil.copy(published, tmp_path / "older.duckdb"))
    older.chmod(0o644)
    change(
        older,
        "alter table core.fct_orders drop column tier",
        "alter table core.fct_shares alter shared_date type varchar",
        "create table core.fct_gone as select 1 as id",
        "insert into publication.tables values ('core', 'fct_gone', 1, '')",
    )
    dsn = cluster.dsn(database=database)
    postgres.publish(older, dsn, "shop_")
    assert cluster.ask("select * from shop_core.fct_gone", database=database) == [(1,)]
    postgres.publish(published, dsn, "shop_")
    with pytest.raises(psycopg.errors.UndefinedTable):
        cluster.ask("select * from shop_core.fct_gone", database=database)
    cluster.ask("select tier from shop_core.fct_orders", database=database)
    cluster.ask("select shared_date + 1 from shop_core.fct_shares", database=database)


def test_a_table_of_others_is_never_replaced(
    cluster: Cluster, database: str, published: Path
) -> None:
    cluster.ask("create schema core", database=database)
    cluster.ask("create table core.fct_orders (id integer)", database=database)
    with pytest.raises(PublicationError, match=r"core\.fct_orders that was not published"):
        postgres.publish(published, cluster.dsn(database=database))
    assert cluster.ask("select * from core.fct_orders", database=database) == []


def test_what_goes_wrong_is_said_in_a_sentence_without_the_password(
    cluster: Cluster, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = f"postgresql://nobody:top%2Fsecret@/postgres?host={cluster.folder}"
    nowhere = "postgresql://user:secret@127.0.0.1:1/secret"
    for dsn in (nobody, nowhere, nowhere.replace("user:secret@", "") + "?password=secret"):
        with pytest.raises(PublicationError) as failure:
            postgres.publish(published, dsn)
        assert str(failure.value).startswith("PostgreSQL holds what it held: ")
        assert "secret" not in str(failure.value)
        assert "\n" not in str(failure.value)
    for dsn in ("", "host=localhost password=secret", "postgresql://u:sec/ret@h/d", "u:secret@h"):
        monkeypatch.setenv(postgres.DSN_VARIABLE, dsn)
        with pytest.raises(UsageError, match=postgres.DSN_VARIABLE) as refused:
            postgres.dsn_from_environment()
        assert "secret" not in str(refused.value) and "ret@h" not in str(refused.value)
    monkeypatch.setenv(postgres.DSN_VARIABLE, cluster.dsn())
    assert postgres.dsn_from_environment() == cluster.dsn()


def _plain(rows: list[Any]) -> list[tuple[Any, ...]]:
    """Numbers alike, whatever kind of number a driver makes of a sum."""
    return [
        tuple(float(v) if hasattr(v, "as_tuple") or isinstance(v, int) else v for v in row)
        for row in rows
    ]
