"""A copy of the generation before, with what has changed, holds what one written whole does."""

from pathlib import Path

import pytest

from loyalty import publication
from loyalty.build.changes import Changed
from loyalty.publication import generation_file, generations
from loyalty.warehouse import Warehouse

TABLES = [("core", "fct_orders"), ("core", "dim_dates")]
KEYS = {("core", "fct_orders"): ("order_id",)}


@pytest.fixture
def house(tmp_path: Path) -> Warehouse:
    """A published night, after which an order changed, one came and the days went on."""
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.prepare()
    with warehouse.connect() as connection:
        connection.execute(
            """
            insert into control.night values ('n', date '2026-10-31');
            create schema core; create schema before_core; create schema after_core;
            create table core.fct_orders (order_id bigint not null, amount decimal(18, 2));
            insert into core.fct_orders select range, range / 7 from range(50000);
            create table core.dim_dates as select range as day from range(30);
            """
        )
        publication.publish(
            warehouse, connection, "n1", TABLES, comments={("core", "fct_orders"): "Orders."}
        )
        connection.execute(
            """
            create table before_core.fct_orders as from core.fct_orders where order_id = 17;
            create table after_core.fct_orders as
                select 17::bigint as order_id, 99.5::decimal(18, 2) as amount
                union all select 50000, null;
            delete from core.fct_orders where order_id = 17;
            insert into core.fct_orders from after_core.fct_orders;
            insert into core.dim_dates values (30);
            """
        )
    return warehouse


def published(house: Warehouse, changed: Changed | None) -> publication.Generation:
    with house.connect() as connection:
        return publication.publish(house, connection, "n2", TABLES, changed=changed)


def refuse(*_: object) -> None:
    raise AssertionError("it was written as a whole")


def test_it_is_the_same_as_one_that_was_written_whole(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publication.live_name(house)
    assert first is not None
    whole = published(house, None)
    publication.rollback(house, first)
    monkeypatch.setattr(generations, "write", refuse)
    copy = published(house, Changed(first, KEYS))
    assert copy.tables == whole.tables
    publication.verify(copy.path)
    publication.check(house, copy.name)
    with publication.open_file(copy.path) as reader:
        assert reader.execute(
            "select comment from duckdb_tables() where table_name = 'fct_orders'"
        ).fetchall() == [("Orders.",)]
        assert reader.execute("select night_id from publication.generation").fetchall() == [("n2",)]


def test_of_another_generation_or_a_damaged_one_nothing_is_copied(house: Warehouse) -> None:
    first = publication.live_name(house)
    assert first is not None
    whole = published(house, None)
    # The build follows the first generation; readers are at another one.
    assert published(house, Changed(first, KEYS)).tables == whole.tables
    publication.rollback(house, first)
    path = house.generations / f"{first}.duckdb"
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[40_000] ^= 1
    path.write_bytes(content)
    again = published(house, Changed(first, KEYS))
    assert again.tables == whole.tables
    publication.verify(again.path)


def test_what_would_not_end_in_what_was_built_is_written_whole(house: Warehouse) -> None:
    first = publication.live_name(house)
    assert first is not None
    with house.connect() as connection:
        connection.execute("delete from core.fct_orders where order_id = 3")
        expected = generation_file.content(connection, "core.fct_orders")
    generation = published(house, Changed(first, KEYS))
    publication.verify(generation.path)
    [orders] = [table for table in generation.tables if table.table_name == "fct_orders"]
    assert (orders.row_count, int(orders.content_hash, 16)) == expected


def test_what_a_whole_one_says_of_itself_is_what_it_holds(house: Warehouse) -> None:
    with house.connect() as connection:
        count, total = generation_file.content(connection, "core.dim_dates")
    assert (count, generation_file.written_hash(total)) in [
        (table.row_count, table.content_hash) for table in published(house, None).tables
    ]
