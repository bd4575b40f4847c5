"""What hangs together with a changed row is found, in both its states, and nothing else is."""

from datetime import date
from typing import Any

import duckdb
import pytest

from loyalty.build import changes
from loyalty.build.changes import Input
from loyalty.build.last_build import Build

TABLES = [
    Input("int_customers", ("customer_id",), ("customer_id", "email_hash"), ("registered_date",)),
    Input("int_orders", ("order_id",), ("customer_id", "order_id"), ("ordered_date",)),
    Input("int_deliveries", ("delivery_id",), ("order_id", "delivery_id"), ("delivered_date",)),
    Input("int_answers", ("answer_id",), ("customer_id", "order_id"), ("answered_date",)),
]
LAST = Build("code", date(2026, 6, 10), 1, "orders")
NOW = Build("code", date(2026, 6, 11), 2, "orders")


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> duckdb.DuckDBPyConnection:
    """Four customers with an order and its delivery each, all of batch 1."""
    monkeypatch.setattr(changes, "GREATEST_SHARE", 1.0)
    connection = duckdb.connect()
    connection.execute(
        """
        create schema intermediate;
        create schema replaced;
        create table intermediate.int_night as
            select date '2026-06-11' as as_of_date, true as has_memberships;
        create table intermediate.int_customers as
            select * from (values
                ('anna', 'x', date '2026-01-01', 1), ('bo', 'y', date '2026-01-01', 1),
                ('cia', null, date '2026-01-01', 1), ('dan', 'y', date '2026-01-01', 1)
            ) as t (customer_id, email_hash, registered_date, batch_id);
        create table intermediate.int_orders as
            select
                'o-' || customer_id as order_id, customer_id,
                date '2026-02-01' as ordered_date, 1 as batch_id
            from intermediate.int_customers;
        create table intermediate.int_deliveries as
            select
                'd-' || customer_id as delivery_id, order_id,
                date '2026-02-03' as delivered_date, 1 as batch_id
            from intermediate.int_orders;
        create table intermediate.int_answers (
            answer_id varchar, customer_id varchar, order_id varchar, answered_date date,
            batch_id integer
        );
        """
    )
    return connection


def found(connection: duckdb.DuckDBPyConnection, part: str = changes.AFTER) -> set[Any]:
    """Return the keys of all rows of a part."""
    keys = " union all ".join(
        f"select {table.key[0]} from {part}_intermediate.{table.name}" for table in TABLES
    )
    return {key for (key,) in connection.execute(keys).fetchall()}


def find(connection: duckdb.DuckDBPyConnection) -> int | None:
    return changes.find(connection, TABLES, LAST, NOW)


def test_nothing_changed_is_nothing_found(house: duckdb.DuckDBPyConnection) -> None:
    assert find(house) == 0
    assert found(house) == found(house, changes.BEFORE) == set()
    days = house.execute(
        "select b.as_of_date, a.as_of_date "
        "from before_intermediate.int_night as b, after_intermediate.int_night as a"
    ).fetchall()
    assert days == [(LAST.as_of_date, NOW.as_of_date)]


def test_a_new_order_brings_all_of_its_customer(house: duckdb.DuckDBPyConnection) -> None:
    house.execute("insert into intermediate.int_orders values ('new', 'anna', '2026-06-11', 2)")
    assert find(house)
    assert found(house) == {"anna", "o-anna", "d-anna", "new"}
    assert found(house, changes.BEFORE) == {"anna", "o-anna", "d-anna"}


def test_an_address_brings_the_other_account_and_its_orders(
    house: duckdb.DuckDBPyConnection,
) -> None:
    house.execute("insert into intermediate.int_deliveries values ('new', 'o-bo', null, 2)")
    assert find(house)
    both = {"bo", "dan", "o-bo", "o-dan", "d-bo", "d-dan"}
    assert found(house) == {*both, "new"}
    assert found(house, changes.BEFORE) == both


def test_a_row_that_moved_brings_where_it_was_and_where_it_is(
    house: duckdb.DuckDBPyConnection,
) -> None:
    house.execute(
        """
        create table replaced.int_orders as
            select * from intermediate.int_orders where order_id = 'o-anna';
        update intermediate.int_orders set customer_id = 'cia', batch_id = 2
            where order_id = 'o-anna';
        """
    )
    assert find(house)
    everything = {"anna", "cia", "o-anna", "o-cia", "d-anna", "d-cia"}
    assert found(house) == found(house, changes.BEFORE) == everything
    owners = house.execute(
        "select b.customer_id, a.customer_id from before_intermediate.int_orders as b "
        "inner join after_intermediate.int_orders as a using (order_id) where order_id = 'o-anna'"
    ).fetchall()
    assert owners == [("anna", "cia")]


def test_an_answer_about_anothers_order_ties_the_two(house: duckdb.DuckDBPyConnection) -> None:
    house.execute(
        "insert into intermediate.int_answers values ('new', 'cia', 'o-anna', '2026-06-11', 2)"
    )
    assert find(house)
    assert found(house) == {"anna", "cia", "o-anna", "o-cia", "d-anna", "d-cia", "new"}


@pytest.mark.parametrize(
    ("day", "is_found"), [("2026-06-10", False), ("2026-06-11", True), ("2026-06-12", False)]
)
def test_a_day_that_has_come_is_a_change(
    house: duckdb.DuckDBPyConnection, day: str, is_found: bool
) -> None:
    house.execute(
        f"update intermediate.int_deliveries set delivered_date = '{day}' where order_id = 'o-cia'"
    )
    both = {"cia", "o-cia", "d-cia"} if is_found else set()
    assert find(house) == len(both)
    assert found(house) == found(house, changes.BEFORE) == both


def test_a_row_that_names_nobody_comes_alone(house: duckdb.DuckDBPyConnection) -> None:
    house.execute("insert into intermediate.int_answers values ('new', null, null, null, 2)")
    assert find(house)
    assert found(house) == {"new"}
    assert found(house, changes.BEFORE) == set()


def test_where_much_has_changed_nothing_is_gained(
    house: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "GREATEST_SHARE", 0.2)
    house.execute("update intermediate.int_orders set batch_id = 2")
    assert find(house) is None
